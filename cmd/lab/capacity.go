package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/spf13/cobra"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"aks-egress/egress/snat"
	"aks-egress/internal/snatplot"
)

// capacityWidth is that of the command's tables and sentences.
const capacityWidth = 100

// capacityReport is the JSON contract of capacity.
type capacityReport struct {
	Need       snat.Need         `json:"need"`
	Answers    []snat.Answer     `json:"answers"`
	Simulation *simulationReport `json:"simulation,omitempty"`
}

// simulationReport compares a load balancer with a NAT gateway that has as many ports, and the IPs for them.
type simulationReport struct {
	snat.Comparison
	Ports         int          `json:"ports"`
	NATGatewayIPs int          `json:"natGatewayIps"`
	Points        []snat.Point `json:"points"`
	SVG           string       `json:"svg,omitempty"` // the file
}

// capacityFlags are what capacity is asked.
type capacityFlags struct {
	need     snat.Need
	simulate bool
	svg      string
	seed     uint64
}

func (l *lab) capacityCommand() *cobra.Command {
	var f capacityFlags
	c := &cobra.Command{
		Use:   "capacity --nodes N --connections-per-node C",
		Short: "How many public IPs and SNAT ports connections take, by way out",
		Long: "How many public IPs and SNAT ports a cluster's connections take, for each way out.\n\n" +
			"Counted are connections to one destination (IP address, port, protocol) at the same time, since a port is\n" +
			"used again for other destinations. It is arithmetic: nothing is deployed, and no stack is looked at.",
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return l.capacity(c.Context(), f) },
	}
	flags := c.Flags()
	flags.IntVar(&f.need.Nodes, "nodes", 0, "nodes, with those that an upgrade adds for a while (maxSurge)")
	flags.IntVar(&f.need.ConnectionsPerNode, "connections-per-node", 0,
		"connections of each node to one destination at the same time")
	flags.IntVar(&f.need.Destinations, "destinations", 1, "destinations to which each node keeps so many connections")
	flags.IntVar(&f.need.IPs, "ips", 1, "public IPs that there are")
	flags.IntVar(&f.need.PortsPerNode, "ports-per-node", 0,
		"ports that the load balancer gives each node (allocatedOutboundPorts); 0: as many as it takes")
	flags.BoolVar(&f.simulate, "simulate", false,
		"also simulate a load balancer and a NAT gateway with the same number of ports at growing load")
	flags.StringVar(&f.svg, "svg", "", "also draw the simulation into this file; includes --simulate")
	flags.Uint64Var(&f.seed, "seed", 1, "of the simulation: the same seed gives the same numbers")
	for _, required := range []string{"nodes", "connections-per-node"} {
		if err := c.MarkFlagRequired(required); err != nil {
			panic(err) // the flag is not declared above
		}
	}
	return c
}

func (l *lab) capacity(ctx context.Context, f capacityFlags) error {
	answers, err := snat.Answers(f.need)
	if err != nil {
		return flagProblems(err)
	}
	report := capacityReport{Need: f.need, Answers: answers}
	if f.simulate || f.svg != "" {
		comparison, err := comparisonOf(f.need, answers, f.seed)
		if err != nil {
			return err
		}
		if report.Simulation, err = simulateCapacity(ctx, comparison, f.svg); err != nil {
			return failure{err}
		}
	}
	if l.json {
		return l.printJSON(report)
	}
	fmt.Fprint(l.stdout, capacityText(report, widthUpTo(l.stdout, capacityWidth)))
	return nil
}

// flagProblems says what is wrong with a need in terms of flags.
func flagProblems(err error) error {
	var problems snat.Problems
	if !errors.As(err, &problems) {
		return err
	}
	flags := map[string]string{
		"nodes": "--nodes", "connectionsPerNode": "--connections-per-node", "destinations": "--destinations",
		"ips": "--ips", "portsPerNode": "--ports-per-node",
	}
	lines := make([]error, len(problems))
	for i, p := range problems {
		lines[i] = fmt.Errorf("%s %d %s", flags[p.Field], p.Value, p.Rule)
	}
	return errors.Join(lines...)
}

// comparisonOf is the load balancer of a need: with the explicit ports that were given, or else with automatic ones.
func comparisonOf(need snat.Need, answers []snat.Answer, seed uint64) (snat.Comparison, error) {
	way := snat.LoadBalancerAutomatic
	if need.PortsPerNode > 0 {
		way = snat.LoadBalancerExplicit
	}
	var given snat.Supply
	for _, answer := range answers {
		if answer.Way == way {
			given = answer.Given
		}
	}
	c := snat.Comparison{Nodes: need.Nodes, PortsPerNode: given.PortsPerNode, Seed: seed}
	a := snat.Allocation{Nodes: need.Nodes, PortsPerNode: given.PortsPerNode, IPs: given.IPs}
	switch {
	case given.PortsPerNode == 0:
		return c, fmt.Errorf("--simulate with --nodes %d takes --ports-per-node: Azure's table of automatic ports ends "+
			"at %d nodes", need.Nodes, snat.MaxAutomaticNodes)
	case !a.Fits():
		return c, fmt.Errorf("--simulate: --ports-per-node %d for --nodes %d takes %d ports, and %d outbound IPs have %d: "+
			"use --ports-per-node %d or fewer, or more --ips",
			a.PortsPerNode, a.Nodes, a.Required(), a.IPs, a.Available(), a.MostPorts())
	}
	if err := c.Validate(); err != nil {
		return c, fmt.Errorf("--simulate: %w", err)
	}
	return c, nil
}

// simulateCapacity runs a comparison, and draws it if a file is named.
func simulateCapacity(ctx context.Context, c snat.Comparison, file string) (*simulationReport, error) {
	points, err := snat.Compare(ctx, c)
	if err != nil {
		return nil, err
	}
	if file != "" {
		var svg bytes.Buffer
		if err := snatplot.WriteSVG(&svg, c, points); err != nil {
			return nil, err
		}
		if err := os.WriteFile(file, svg.Bytes(), 0o644); err != nil {
			return nil, fmt.Errorf("--svg: %w", err)
		}
	}
	return &simulationReport{
		Comparison: c, Ports: c.Ports(), NATGatewayIPs: c.NATGatewayIPs(), Points: points, SVG: file,
	}, nil
}

// capacityText is the report for people.
func capacityText(r capacityReport, width int) string {
	english := message.NewPrinter(language.English)
	t := plainTable(1, 3, 4)
	if width < capacityWidth { // the words of the first and the last column go on in another line
		t.SetColumnConfigs(append(rightAligned(1, 3, 4),
			table.ColumnConfig{Number: 1, WidthMax: 22, WidthMaxEnforcer: wholeWords},
			table.ColumnConfig{Number: 6, WidthMax: 14, WidthMaxEnforcer: wholeWords}))
	}
	t.AppendHeader(table.Row{"way out", "IPs", "holds", "IPs needed", "ports per node", "first limit"})
	var notes []string
	for _, a := range r.Answers {
		holds, needed := "no", "never"
		if a.Holds {
			holds = "yes"
		}
		if a.Needed != nil {
			needed = english.Sprintf("%d", a.Needed.IPs)
		}
		ports := "on demand"
		if a.Way == snat.LoadBalancerAutomatic || a.Way == snat.LoadBalancerExplicit {
			ports = english.Sprintf("%d", a.Given.PortsPerNode)
		}
		t.AppendRow(table.Row{
			string(a.Way), a.Given.IPs, holds, needed, ports, english.Sprintf("%d %s", a.First.Value, a.First.What),
		})
		if note := capacityNote(english, r.Need, a); note != "" {
			notes = append(notes, paragraph(note, width))
		}
	}
	out := t.Render() + "\n\n" + capacityMeaning(english, r.Need, width)
	if len(notes) > 0 {
		out += "\n" + strings.Join(notes, "")
	}
	if r.Simulation != nil {
		out += "\n" + simulationText(english, r.Simulation, width)
	}
	return out
}

// capacityMeaning says what was counted.
func capacityMeaning(english *message.Printer, n snat.Need, width int) string {
	to := "one destination"
	if n.Destinations > 1 {
		to = english.Sprintf("each of %d destinations", n.Destinations)
	}
	return paragraph(english.Sprintf("Each of %d nodes keeps %d connections to %s (IP address, port, protocol), "+
		"together %d. A load balancer gives every node its ports in advance, busy or not; a NAT gateway and a firewall "+
		"give them to whichever node asks.", n.Nodes, n.ConnectionsPerNode, to,
		n.Nodes*n.ConnectionsPerNode*n.Destinations), width)
}

// capacityNote is what the table has no room for: why a way never holds, and the ports to allocate.
func capacityNote(english *message.Printer, n snat.Need, a snat.Answer) string {
	switch {
	case a.Never != nil:
		return english.Sprintf("%s: never, the limit is %d %s (%s).", a.Way, a.Never.Value, a.Never.What, a.Never.Source)
	case a.Way == snat.LoadBalancerExplicit && n.PortsPerNode == 0:
		return fmt.Sprintf("%s: outboundIpCount=%d outboundPortsPerNode=%d, enough for %d nodes.",
			a.Way, a.Needed.IPs, a.Needed.PortsPerNode, a.Needed.MaxNodes)
	}
	return ""
}

func ipsText(n int) string {
	if n == 1 {
		return "1 IP"
	}
	return fmt.Sprintf("%d IPs", n)
}

// simulationText is the simulation for people.
func simulationText(english *message.Printer, s *simulationReport, width int) string {
	t := plainTable(0, 1, 2, 3, 4)
	t.AppendHeader(table.Row{"load", "ports wanted", "load balancer refuses", "free elsewhere", "NAT gateway refuses"})
	for _, p := range s.Points {
		free := "-"
		if first := p.LoadBalancer.First; first != nil {
			free = english.Sprintf("%d", first.FreeElsewhere)
		}
		t.AppendRow(table.Row{
			fmt.Sprintf("%.0f%%", 100*p.Load), english.Sprintf("%.0f", p.Load*float64(s.Ports)),
			percent(p.LoadBalancer.RefusedShare()), free, percent(p.NATGateway.RefusedShare()),
		})
	}
	out := paragraph(english.Sprintf("Simulated: connections to one destination, half of them from %d of the %d nodes. "+
		"The load balancer gives each node %d ports; the NAT gateway has the same %d for all (%s).",
		s.BusyNodes(), s.Nodes, s.PortsPerNode, s.Ports, ipsText(s.NATGatewayIPs)), width)
	out += "\n" + t.Render() + "\n\n"
	out += paragraph("Free elsewhere: the ports that other nodes had to spare when the load balancer first refused a "+
		"connection. What is refused is not tried again.", width)
	if s.SVG != "" {
		out += "Drawn: " + s.SVG + "\n"
	}
	return out
}

func percent(share float64) string { return fmt.Sprintf("%.1f%%", 100*share) }

// plainTable is a table without lines; numbers are the columns that are aligned to the right.
func plainTable(numbers ...int) table.Writer {
	t := table.NewWriter()
	style := table.StyleDefault
	style.Options = table.OptionsNoBordersAndSeparators
	style.Box.PaddingLeft, style.Box.PaddingRight = "", "  "
	style.Format.Header = text.FormatDefault
	t.SetStyle(style)
	t.SetColumnConfigs(rightAligned(numbers...))
	t.SuppressTrailingSpaces()
	return t
}

// rightAligned is the layout of columns of numbers, counted from 0.
func rightAligned(numbers ...int) (columns []table.ColumnConfig) {
	for _, n := range numbers {
		columns = append(columns, table.ColumnConfig{Number: n + 1, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	return columns
}

// paragraph wraps sentences.
func paragraph(sentences string, width int) string {
	return strings.Join(wrap(sentences, width), "\n") + "\n"
}
