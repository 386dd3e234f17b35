package main

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"

	"aks-egress/egress"
)

// traceWidth is that of the command's tables and sentences.
const traceWidth = 100

// answerPrefix marks the hops of the answer.
const answerPrefix = "answer: "

// traceReport is the JSON contract of one trace.
type traceReport struct {
	Flow egress.Flow `json:"flow"`
	egress.Trace
	SourceIPs []string `json:"sourceIps"` // in place of the trace's
}

// traceFlows traces flows and shows them: as JSON one object, or a list of them.
func (l *lab) traceFlows(model *egress.Model, flows []egress.Flow, list bool) error {
	reports := make([]traceReport, len(flows))
	arrive, circle := true, false
	for i, flow := range flows {
		trace := model.Trace(flow)
		reports[i] = traceReport{flow, trace, sourceTexts(trace.Sources)}
		arrive = arrive && trace.Disposition.Arrives()
		circle = circle || trace.Disposition == egress.Loop
	}
	switch {
	case l.json && list:
		if err := l.printJSON(map[string]any{"traces": reports}); err != nil {
			return err
		}
	case l.json:
		if err := l.printJSON(reports[0]); err != nil {
			return err
		}
	case len(reports) == 0:
		fmt.Fprintln(l.stdout, "nothing listens: no public service, DNAT rule or gateway is known")
	default:
		w := &summary{out: l.stdout, color: wantsColor(l.stdout), lab: l}
		for i := range reports {
			if i > 0 {
				fmt.Fprintln(l.stdout)
			}
			w.trace(&reports[i])
		}
	}
	switch {
	case circle: // no network has such routes on purpose
		return errInput
	case !arrive:
		return errFailed
	}
	return nil
}

// trace shows one flow: its hops and those of the answer, each with what happens and what decided it, and the verdict.
func (w *summary) trace(r *traceReport) {
	fmt.Fprintln(w.out, w.paint(flowTitle(r.Flow), color.Bold))
	for _, line := range hopLines(r, widthUpTo(w.out, traceWidth)) {
		fmt.Fprintln(w.out, "  "+line)
	}
	shade := color.FgRed
	if r.Disposition.Arrives() {
		shade = color.FgGreen
	}
	verdict := w.paint(string(r.Disposition), shade)
	if len(r.SourceIPs) > 0 {
		verdict += " from " + strings.Join(r.SourceIPs, ", ")
	}
	for i, line := range wrap(verdict+": "+r.Reason, widthUpTo(w.out, traceWidth)-4) {
		indent := "  "
		if i > 0 {
			indent = "    "
		}
		fmt.Fprintln(w.out, indent+line)
	}
}

// hopLines are the hops in columns: where, what happens, and what decided it, which has lines of its own below what
// happens where the columns would be wider than the terminal.
func hopLines(r *traceReport, width int) []string {
	if len(r.Hops)+len(r.Return) == 0 {
		return nil
	}
	wide := hopTable(r, []table.ColumnConfig{
		{Number: 2, WidthMax: 34, WidthMaxEnforcer: wholeWords},
		{Number: 3, WidthMax: 44, WidthMaxEnforcer: wholeWords},
	}, false)
	if width >= traceWidth || widest(wide) <= width-2 {
		return wide
	}
	labels := 0
	for _, h := range slices.Concat(r.Hops, r.Return) {
		labels = max(labels, len(h.At))
	}
	if len(r.Return) > 0 {
		labels += len(answerPrefix)
	}
	rest := width - labels - 6 // blanks before, between and behind the columns
	return hopTable(r, []table.ColumnConfig{{Number: 2, WidthMax: rest, WidthMaxEnforcer: wholeWords}}, true)
}

func widest(lines []string) (columns int) {
	for _, line := range lines {
		columns = max(columns, text.StringWidthWithoutEscSequences(line))
	}
	return columns
}

func hopTable(r *traceReport, columns []table.ColumnConfig, below bool) []string {
	t := table.NewWriter()
	t.SetStyle(table.Style{Box: table.BoxStyle{MiddleVertical: "  ", PaddingLeft: "", PaddingRight: "", Left: "  "}})
	t.Style().Options.SeparateColumns = true
	t.SetColumnConfigs(columns)
	addHops(t, "", r.Hops, below)
	addHops(t, answerPrefix, r.Return, below)
	lines := strings.Split(t.Render(), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return lines
}

// wholeWords wraps a cell without breaking names, which people copy.
func wholeWords(cell string, width int) string { return strings.Join(wrap(cell, width), "\n") }

func addHops(t table.Writer, prefix string, hops []egress.Hop, below bool) {
	for _, h := range hops {
		by := h.Rule
		if h.Resource != "" {
			by = strings.TrimPrefix(h.Rule+", "+h.ResourceName(), ", ")
		}
		if below {
			t.AppendRows([]table.Row{{prefix + h.At, h.Action}, {"", by}})
			continue
		}
		t.AppendRow(table.Row{prefix + h.At, h.Action, by})
	}
}

// sourceTexts are the addresses that the far end may see, as the stack output egressIps has them.
func sourceTexts(sources []netip.Prefix) []string {
	texts := make([]string, len(sources))
	for i, p := range sources {
		texts[i] = egress.PrefixText(p)
	}
	return texts
}

// flowTitle is a flow on one line, such as `pod of aks → HTTPS example.com:443`.
func flowTitle(f egress.Flow) string { return flowStart(f) + " → " + f.String() }

// flowStart is where a flow comes from, such as `pod of aks`.
func flowStart(f egress.Flow) string {
	name := f.From[strings.LastIndex(f.From, "/")+1:]
	switch {
	case f.From == egress.FromInternet && f.Client.IsValid():
		return "client " + f.Client.String()
	case f.From == egress.FromOperator:
		return "operator " + f.Client.String()
	case f.From == egress.FromInternet:
		return "a client on the internet"
	case f.Pod:
		return "pod of " + name
	case strings.Contains(strings.ToLower(f.From), "/subnets/"):
		return "subnet " + name
	}
	return "node of " + name
}
