package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
	"aks-egress/internal/topology"
)

// Layout of doctor's text: the label of a part, and the column at which lines end.
const (
	doctorWidth = 100
	doctorLabel = "          " // two blanks before the id, then label and text
)

// doctorReport is the JSON contract of doctor.
type doctorReport struct {
	Findings         []doctor.Finding `json:"findings"`
	UnknownResources []string         `json:"unknownResources"` // ids, or URNs where there is no id
}

func (l *lab) doctorCommand() *cobra.Command {
	var files []string
	c := &cobra.Command{
		Use:   "doctor [STACK]",
		Short: "Find what is wrong with the egress of a stack, or of any export",
		Long: "Find what is wrong with the egress of a stack, or of any exported azure-native state.\n\n" +
			"It looks at outbound types, routes, peerings, addresses, firewall rules and SNAT ports, and asks the model\n" +
			"whether nodes reach what AKS and their images need. It changes nothing. What it looks for, one by one:\n" +
			"docs/reference/findings.md. It ends with 1 when a finding is an error.",
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: completeStacks,
		RunE: func(c *cobra.Command, arguments []string) error {
			return l.doctor(c.Context(), namedStack(arguments), files)
		},
	}
	stateFlag(c, &files)
	l.operatorFlag(c)
	return c
}

func (l *lab) doctor(ctx context.Context, stack string, files []string) error {
	network, unknown, err := l.readNetwork(ctx, stack, files)
	if err != nil {
		return err
	}
	findings := doctor.Examine(network)
	if l.json {
		if err := l.printJSON(doctorReport{findings, unknownIDs(unknown)}); err != nil {
			return err
		}
	} else {
		w := &summary{out: l.stdout, color: wantsColor(l.stdout), lab: l}
		w.findings(findings)
		w.unknown(unknown)
		w.diagnosis(findings, network)
	}
	if slices.ContainsFunc(findings, func(f doctor.Finding) bool { return f.Severity == doctor.Error }) {
		return errFailed
	}
	return nil
}

func unknownIDs(unknown []topology.Resource) []string {
	ids := []string{}
	for _, r := range unknown {
		id := r.ID
		if id == "" {
			id = r.URN
		}
		ids = append(ids, id)
	}
	return ids
}

var severityColors = map[doctor.Severity]color.Attribute{
	doctor.Error: color.FgRed, doctor.Warning: color.FgYellow, doctor.Info: color.FgCyan,
}

// findings writes all findings, by severity.
func (w *summary) findings(findings []doctor.Finding) {
	for _, severity := range doctor.Severities() {
		for _, f := range findings {
			if f.Severity != severity {
				continue
			}
			fmt.Fprintf(w.out, "%s %s\n", w.paint(fmt.Sprintf("%-9s", severity), severityColors[severity]),
				w.paint(f.ID, color.Bold))
			w.part("at", f.Name())
			w.part("", f.Message)
			w.part("why", f.Why)
			w.part("fix", f.Fix)
			fmt.Fprintln(w.out)
		}
	}
}

// part writes a label and its text, wrapped.
func (w *summary) part(label, value string) {
	for _, line := range wrap(value, widthUpTo(w.out, doctorWidth)-len(doctorLabel)) {
		fmt.Fprintf(w.out, "  %-*s%s\n", len(doctorLabel)-2, label, line)
		label = ""
	}
}

// unknown lists what may change the picture and was not looked at.
func (w *summary) unknown(resources []topology.Resource) {
	if len(resources) == 0 {
		return
	}
	fmt.Fprintln(w.out, "Not examined, because these are not known to the model:")
	for i, id := range unknownIDs(resources) {
		r := resources[i]
		text := r.Type + " " + egress.ShortName(id)
		if r.Reason != "" {
			text += ": " + r.Reason
		}
		for j, line := range wrap(text, widthUpTo(w.out, doctorWidth)-4) {
			indent := "  "
			if j > 0 {
				indent = "    "
			}
			fmt.Fprintln(w.out, indent+line)
		}
	}
	fmt.Fprintln(w.out)
}

// diagnosis is the last line: how many findings in how much.
func (w *summary) diagnosis(findings []doctor.Finding, n *egress.Network) {
	counts := map[doctor.Severity]int{}
	for _, f := range findings {
		counts[f.Severity]++
	}
	result := w.paint("No findings", color.FgGreen)
	if len(findings) > 0 {
		var words []string
		for _, severity := range doctor.Severities() {
			if counts[severity] > 0 {
				words = append(words, countOf(counts[severity], string(severity)))
			}
		}
		result = strings.Join(words, ", ")
	}
	examined := []string{countOf(len(n.Clusters), "cluster"), countOf(len(n.VNets), "virtual network")}
	for what, count := range map[string]int{"firewall": len(n.Firewalls), "NAT gateway": len(n.NATGateways)} {
		if count > 0 {
			examined = append(examined, countOf(count, what))
		}
	}
	slices.Sort(examined[2:])
	fmt.Fprintf(w.out, "%s in %s.\n", result, strings.Join(examined, ", "))
}

// countOf is a number with its noun: "1 error", "2 errors". Info is its own plural here.
func countOf(count int, noun string) string {
	if count != 1 && noun != string(doctor.Info) {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", count, noun)
}
