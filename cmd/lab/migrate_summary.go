package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/jedib0t/go-pretty/v6/table"

	"aks-egress/internal/migrate"
)

// moved shows by which addresses and by which way traffic left, and leaves.
func (w *summary) moved(r *migrate.Report) {
	verdict := w.paint("NOT verified", color.FgRed)
	if r.After.EgressVerified {
		verdict = w.paint("verified", color.FgGreen)
	}
	w.line("left by", orNothing(r.Before.EgressIPs))
	w.line("leaves by", orNothing(r.After.EgressIPs)+"   "+verdict)
	w.path(r.After.EgressPath)
	was, is := snatText(r.Before.SNAT), snatText(r.After.SNAT)
	if was != is {
		is = was + " → " + is
	}
	w.line("snat", is)
}

// path shows the hops of an egress path.
func (w *summary) path(hops []string) {
	for i, hop := range hops {
		label, arrow := "", "→ "
		if i == 0 {
			label, arrow = "path", "  "
		}
		w.line(label, arrow+hop)
	}
}

// effectsOf shows what has happened to connections and addresses.
func (w *summary) effectsOf(r *migrateReport) {
	if r.Switches != "" {
		w.line("dropped", "connections that were open when traffic took the new way")
	}
	if released := r.Result.Released; len(released) > 0 {
		w.line("released", strings.Join(released, ", ")+": nobody keeps it for you, another customer may get it")
	}
	if left := r.Result.Left; len(left) > 0 {
		w.line("left", strings.Join(left, ", ")+": still yours and still paid for, and not used for egress")
	}
}

// allowLists shows what changes in lists outside, and who has some.
func (w *summary) allowLists(lists *migrate.AllowLists) {
	fmt.Fprintf(w.out, "\n%s\n", w.paint("Allow-lists outside", color.Bold))
	if len(lists.Add)+len(lists.Remove) == 0 {
		w.line("", "the addresses are the same as before: nobody has to be told")
		return
	}
	w.line("add", orNothing(lists.Add))
	w.line("remove", orNothing(lists.Remove))
	t := newColumns(30, 48, 40)
	for i, a := range lists.Tell {
		label := ""
		if i == 0 {
			label = "who"
		}
		t.AppendRow(table.Row{label, a.Who, w.action(a), strings.Join(a.Known, ", ")})
	}
	w.columns(t)
}

// action is what there is to do for an audience.
func (w *summary) action(a migrate.Audience) string {
	text := map[migrate.Action]string{
		migrate.Tell: a.Setting, migrate.Done: "done", migrate.Nothing: "nothing to do",
		migrate.Denied: "remove; blocked now, so add when allow opens it",
	}[a.Action]
	if a.Why != "" && a.Action != migrate.Denied {
		text += ": " + a.Why
	}
	return text
}

// flows shows what ends otherwise than before, with the entry of `allow` that opens what is blocked.
func (w *summary) flows(flows []migrate.FlowChange) {
	for _, part := range []struct {
		effect migrate.Effect
		title  string
	}{
		{migrate.Blocked, "Blocked now, and went before"},
		{migrate.Opened, "Goes now, and was blocked before"},
		{migrate.Unsure, "The model cannot tell"},
	} {
		t := newColumns(30, 48, 44)
		for _, g := range migrate.Groups(flows, part.effect) {
			names := g.Destinations[0]
			if more := len(g.Destinations) - 1; more > 0 {
				names += fmt.Sprintf(" and %d more", more)
			}
			t.AppendRow(table.Row{"", g.Class, names, g.Why})
		}
		if t.Length() > 0 {
			fmt.Fprintf(w.out, "\n%s\n", w.paint(part.title, color.Bold))
			w.columns(t)
		}
	}
}

// stackFile shows the lines of the stack file that have to change.
func (w *summary) stackFile(f *stackFile) {
	if f.Problem == "" && len(f.Changes) == 0 {
		return
	}
	fmt.Fprintf(w.out, "\n%s\n", w.paint("Change in "+f.File+", or the next run wants the old type back", color.Bold))
	if f.Problem != "" {
		w.line("", "no lines can be named: "+f.Problem)
	}
	for _, e := range f.Changes {
		fmt.Fprintf(w.out, "  @@ line %d\n", e.Line)
		for _, line := range e.Remove {
			fmt.Fprintln(w.out, w.paint("  -"+line, color.FgRed))
		}
		for _, line := range e.Add {
			fmt.Fprintln(w.out, w.paint("  +"+line, color.FgGreen))
		}
	}
}

// stands shows where a migration that stopped has left the stack, and the ways on.
func (w *summary) stands(r *migrateReport) {
	at := slices.IndexFunc(r.Steps, func(s migrateStep) bool { return s.Status == stepFailed })
	w.title(r.Stack, fmt.Sprintf("stopped in step %d of %d", at+1, len(r.Steps)))
	state := r.Stands.OutboundType
	if r.Failed {
		state += ", " + w.paint("Failed", color.FgRed) + ": its next change brings it back, and both ways below make one"
	}
	w.line("cluster", state)
	w.line("leaves by", orNothing(r.Stands.SourceIPs))
	for i, next := range r.Next {
		w.unwrapped([]string{"go on", "go back"}[i], next)
	}
}

func orNothing(texts []string) string {
	if len(texts) == 0 {
		return "nothing"
	}
	return strings.Join(texts, ", ")
}

// newColumns is a table without lines whose first column is a summary's label; widths are those of the others.
func newColumns(widths ...int) table.Writer {
	t := table.NewWriter()
	t.SetStyle(table.Style{Box: table.BoxStyle{MiddleVertical: "  "}})
	t.Style().Options.SeparateColumns = true
	configs := []table.ColumnConfig{{Number: 1, WidthMin: labelWidth - 4}} // two blanks before it, and two behind
	for i, width := range widths {
		configs = append(configs, table.ColumnConfig{Number: i + 2, WidthMax: width, WidthMaxEnforcer: wholeWords})
	}
	t.SetColumnConfigs(configs)
	return t
}

func (w *summary) columns(t table.Writer) {
	for line := range strings.SplitSeq(t.Render(), "\n") {
		fmt.Fprintln(w.out, strings.TrimRight("  "+line, " "))
	}
}
