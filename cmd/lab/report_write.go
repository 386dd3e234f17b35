package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/fatih/color"

	"aks-egress/egress/doctor"
	"aks-egress/internal/report"
	"aks-egress/internal/report/render"
)

// writeReport writes a report where and how it is wanted.
func (l *lab) writeReport(r *report.Report, f reportFlags) error {
	for _, out := range []struct {
		file   string
		render func(io.Writer, *report.Report) error
	}{{f.markdown, render.Markdown}, {f.html, render.HTML}} {
		if out.file == "" {
			continue
		}
		var text bytes.Buffer
		if err := out.render(&text, r); err != nil {
			return failure{fmt.Errorf("%s: %w", out.file, err)}
		}
		if err := os.WriteFile(out.file, text.Bytes(), 0o644); err != nil {
			return failure{err}
		}
	}
	switch {
	case l.json:
		return l.printJSON(r)
	case f.markdown == "" && f.html == "":
		if err := render.Markdown(l.stdout, r); err != nil {
			return failure{err}
		}
	default:
		w := &summary{out: l.stdout, color: wantsColor(l.stdout), lab: l}
		w.reported(r)
	}
	return nil
}

// reported writes a line for each stack: what changes, or else by which addresses it leaves.
func (w *summary) reported(r *report.Report) {
	width := 0
	for i := range r.Stacks {
		width = max(width, len(r.Stacks[i].Name))
	}
	for i := range r.Stacks {
		s := &r.Stacks[i]
		name := w.paint(s.Name, color.Bold) + strings.Repeat(" ", width-len(s.Name))
		for j, line := range wrap(reportLine(s), max(40, summaryWidth-width-2)) {
			if j > 0 {
				name = strings.Repeat(" ", width)
			}
			fmt.Fprintln(w.out, name+"  "+line)
		}
	}
}

// reportLine is a stack in one sentence.
func reportLine(s *report.Stack) string {
	switch {
	case s.Change != nil:
		return s.Change.Headline
	case len(s.Paths) == 0:
		return "does not deploy"
	}
	parts := []string{"leaves by " + listed(s.Egress.Expected)}
	if errors := countErrors(s.Findings); errors > 0 {
		parts = append(parts, countOf(errors, string(doctor.Error)))
	}
	return strings.Join(append(parts, fmt.Sprintf("%.0f USD a month", s.Cost.MonthlyUSD)), ", ")
}

func listed(addresses []string) string {
	if len(addresses) == 0 {
		return "no known address"
	}
	return strings.Join(addresses, ", ")
}

func countErrors(findings []doctor.Finding) int {
	count := 0
	for _, f := range findings {
		if f.Severity == doctor.Error {
			count++
		}
	}
	return count
}
