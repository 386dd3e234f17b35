package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/jedib0t/go-pretty/v6/table"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"aks-egress/internal/compare"
	"aks-egress/internal/config"
)

// Layout of a comparison: with columns as wide as the outbound types' names it takes 100 columns. Where there are fewer,
// names are broken, and it takes 80.
const (
	compareWidth    = 100
	factWidth       = 18
	narrowFactWidth = 14
)

// brokenNames are outbound types that wrap.
var brokenNames = strings.NewReplacer("NATGateway", " NATGateway", "Routing", " Routing")

// fact is a row of a comparison.
type fact struct {
	name string
	of   func(c *compare.Column) string
}

// comparison shows a table: columns first, and below what has no room in them.
func (w *summary) comparison(t *compare.Table, width int) {
	var shown []*compare.Column
	for i := range t.Columns {
		if len(t.Columns[i].Problems) == 0 {
			shown = append(shown, &t.Columns[i])
		}
	}
	if len(shown) > 0 {
		w.factTable(t.Stack, shown, width < compareWidth)
	}
	for i := range t.Columns {
		w.bullets(t.Columns[i].OutboundType, told(&t.Columns[i]), width)
	}
	if len(shown) > 0 {
		cost := shown[0].Cost
		w.noted(fmt.Sprintf("Costs are list prices of a region like %s, the newest of %s, without nodes; --json lists what "+
			"else is not counted (notPriced), and where the time goes (deployTime).",
			strings.TrimSuffix(cost.Region, "-like"), cost.Dated), width)
	}
}

// factTable has a column for each outbound type.
func (w *summary) factTable(stack string, columns []*compare.Column, narrow bool) {
	t := plainTable()
	header := table.Row{w.paint(stack, color.Bold)}
	var configs []table.ColumnConfig
	for i, c := range columns {
		name := c.OutboundType
		if c.Current {
			name += " *"
		}
		cells := max(len(name), factWidth)
		if narrow {
			name, cells = brokenNames.Replace(name), narrowFactWidth
		}
		header = append(header, w.paint(name, color.Bold))
		configs = append(configs, table.ColumnConfig{Number: i + 2, WidthMax: cells, WidthMaxEnforcer: wholeWords})
	}
	t.SetColumnConfigs(configs)
	t.AppendHeader(header)
	for _, f := range facts() {
		row, told := table.Row{f.name}, false
		for _, c := range columns {
			cell := f.of(c)
			row, told = append(row, cell), told || cell != ""
		}
		if told {
			t.AppendRow(row)
		}
	}
	fmt.Fprintln(w.out, t.Render())
}

// facts are the rows, from what a reader looks for first.
func facts() []fact {
	english := message.NewPrinter(language.English)
	return []fact{
		{"leaves by", func(c *compare.Column) string { return strings.Join(c.EgressIPs, " ") }},
		{"owned by", func(c *compare.Column) string { return c.ManagedBy }},
		{"zones", func(c *compare.Column) string { return c.Zones }},
		{"SNAT ports", func(c *compare.Column) string { return portsText(english, c.SNAT.Ports, c.SNAT.IPs) }},
		{"  at most", func(c *compare.Column) string { return portsText(english, c.SNAT.MostPorts, c.SNAT.MostIPs) }},
		{"  first limit", func(c *compare.Column) string { return c.SNAT.FirstLimit }},
		{"filtering", func(c *compare.Column) string { return c.Filtering }},
		{"ingress", ingressCell},
		{"USD a month", func(c *compare.Column) string { return english.Sprintf("%.2f", c.Cost.MonthlyUSD) }},
		{"USD a GB", func(c *compare.Column) string { return fmt.Sprintf("%.3f", c.Cost.PerGBUSD) }},
		{"deploys in", func(c *compare.Column) string { return minutes(c.Time.MinSeconds, c.Time.MaxSeconds) }},
		{"change to it", changeCell},
	}
}

func portsText(english *message.Printer, ports, ips int) string {
	if ips == 0 {
		return "not known"
	}
	return english.Sprintf("%d of %s", ports, ipsText(ips))
}

// minutes are rounded up: who waits does not mind a surprise of that kind.
func minutes(least, most int) string {
	up := func(seconds int) int { return (seconds + 59) / 60 }
	if up(least) == up(most) {
		return fmt.Sprintf("%d min", up(most))
	}
	return fmt.Sprintf("%d-%d min", up(least), up(most))
}

// modeWords are ingress modes in words that wrap.
var modeWords = map[config.Ingress]string{
	config.IngressLoadBalancer: "load balancer", config.IngressFirewallDNAT: "DNAT rule",
	config.IngressApplicationGateway: "application gateway", config.IngressApplicationGatewayForContainers: "AGC",
}

// ingressCell are the modes that work; empty: none was tried.
func ingressCell(c *compare.Column) string {
	var works []string
	for _, m := range c.Ingress {
		if m.Works {
			works = append(works, modeWords[config.Ingress(m.Mode)])
		}
	}
	if len(c.Ingress) > 0 && len(works) == 0 {
		return "none"
	}
	return strings.Join(works, ", ")
}

func changeCell(c *compare.Column) string {
	switch {
	case c.Current:
		return "it is this"
	case c.Migration.InPlace:
		return "in place, " + countOf(len(c.Migration.Steps), "step")
	default:
		return "new cluster"
	}
}

// told are sentences about a column: why there is none, what was left out, what a change means, and what does not work.
func told(c *compare.Column) []string {
	sentences := slices.Clone(c.Problems)
	if len(c.Dropped) > 0 && len(c.Problems) == 0 {
		sentences = append(sentences, "without "+strings.Join(c.Dropped, ", ")+": the type cannot have it")
	}
	sentences = append(sentences, c.Migration.Effects...)
	if !c.Migration.InPlace {
		sentences = append(sentences, c.Migration.Reason)
	}
	for _, m := range c.Ingress {
		if !m.Works {
			sentences = append(sentences, m.Reason)
		}
	}
	return slices.DeleteFunc(sentences, func(s string) bool { return s == "" })
}

// bullets writes sentences below a title, if there are any.
func (w *summary) bullets(title string, sentences []string, width int) {
	if len(sentences) > 0 {
		fmt.Fprintf(w.out, "\n%s\n", w.paint(title, color.Bold))
	}
	for _, sentence := range sentences {
		bullet := "  - "
		for _, line := range wrap(strings.TrimPrefix(sentence, "config: "), width-len(bullet)) {
			fmt.Fprintln(w.out, bullet+line)
			bullet = "    "
		}
	}
}
