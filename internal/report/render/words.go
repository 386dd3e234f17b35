package render

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
	"aks-egress/egress/matrix"
	"aks-egress/internal/compare"
	"aks-egress/internal/deploytime"
	"aks-egress/internal/report"
)

// none stands for what there is not.
const none = "–"

// usd is an amount of money.
func usd(amount float64) string { return grouped(strconv.FormatFloat(amount, 'f', 2, 64)) }

// number is a whole number.
func number(n int) string { return grouped(strconv.Itoa(n)) }

// grouped puts a comma before each three digits.
func grouped(digits string) string {
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	whole, fraction, found := strings.Cut(digits, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if found {
		whole += "." + fraction
	}
	return sign + whole
}

// duration is a range of times, in minutes from one minute on.
func duration(minSeconds, maxSeconds int) string {
	switch {
	case maxSeconds == 0:
		return none
	case maxSeconds < 120:
		return fmt.Sprintf("%d–%d s", minSeconds, maxSeconds)
	}
	return fmt.Sprintf("%d–%d min", minSeconds/60, (maxSeconds+59)/60)
}

// total is how long a deployment takes.
func total(e deploytime.Estimate) string { return duration(e.MinSeconds, e.MaxSeconds) }

// verdictOf says whether the probe saw the addresses that it should.
func verdictOf(e *report.Egress) string {
	switch {
	case e.Verified:
		return "verified"
	case len(e.Expected)+len(e.Observed) == 0:
		return none
	}
	return "NOT verified"
}

// findingCounts are the findings by severity, such as "1 error, 2 warnings".
func findingCounts(list []doctor.Finding) string {
	var parts []string
	for _, severity := range doctor.Severities() {
		n := 0
		for i := range list {
			if list[i].Severity == severity {
				n++
			}
		}
		switch {
		case n == 1 || n > 0 && severity == doctor.Info:
			parts = append(parts, fmt.Sprintf("%d %s", n, severity))
		case n > 0:
			parts = append(parts, fmt.Sprintf("%d %ss", n, severity))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// way is a path in short: its devices, or what stops it.
func way(s *report.Stack) string {
	p := egressPath(s)
	if p == nil {
		return none
	}
	return cmp.Or(p.Trace.Path(), string(p.Trace.Disposition))
}

// outcome is how a path ends.
func outcome(t *egress.Trace) string {
	text := string(t.Disposition)
	if from := sources(t); len(from) > 0 {
		text += " from " + strings.Join(from, ", ")
	}
	return text + ": " + t.Reason
}

// snatText is how many source ports there are, in a sentence.
func snatText(s compare.SNAT) string {
	if s.Ports == 0 {
		return ""
	}
	text := fmt.Sprintf("%s of %d IP", plural(s.Ports, "port"), s.IPs)
	if s.IPs != 1 {
		text += "s"
	}
	if s.PortsPerNode > 0 {
		text += fmt.Sprintf(", %s for each node", number(s.PortsPerNode))
	} else {
		text += ", taken on demand"
	}
	if s.MostIPs > 0 {
		text += fmt.Sprintf("; at most %s of %s", plural(s.MostPorts, "port"), plural(s.MostIPs, "IP"))
	}
	if s.FirstLimit != "" {
		text += "; first limit: " + s.FirstLimit
	}
	return text
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return number(n) + " " + noun
}

// group is destinations of which the same is to be said.
type group struct {
	Class        string
	Verdict      matrix.Verdict
	By           string // the path, or what blocks
	Destinations []string
	OpenedBy     []string
}

// groups puts the rows of a class together that have the same verdict for the same reason.
func groups(rows []matrix.Row) []group {
	var list []group
	for i := range rows {
		r := &rows[i]
		by := r.Path
		if r.Verdict == matrix.Unknown {
			by = r.Reason
		}
		at := slices.IndexFunc(list, func(g group) bool {
			return g.Class == r.Class && g.Verdict == r.Verdict && g.By == by
		})
		if at < 0 {
			at = len(list)
			list = append(list, group{Class: r.Class, Verdict: r.Verdict, By: by})
		}
		g := &list[at]
		g.Destinations = append(g.Destinations, r.Destination)
		if r.OpenedBy != "" && !slices.Contains(g.OpenedBy, r.OpenedBy) {
			g.OpenedBy = append(g.OpenedBy, r.OpenedBy)
		}
	}
	return list
}

// allowedCounts is how many destinations have each verdict, such as "31 allowed, 12 blocked".
func allowedCounts(rows []matrix.Row) string {
	var parts []string
	for _, verdict := range []matrix.Verdict{matrix.Allowed, matrix.Blocked, matrix.Unknown} {
		n := 0
		for i := range rows {
			if rows[i].Verdict == verdict {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, verdict))
		}
	}
	return strings.Join(parts, ", ")
}

// shortType is a resource's type without the provider: AzureFirewall of azure-native:network:AzureFirewall.
func shortType(token string) string { return token[strings.LastIndexByte(token, ':')+1:] }

// unchanged are the names of stacks without a change in egress.
func unchanged(r *report.Report) []string {
	var names []string
	for i := range r.Stacks {
		if c := r.Stacks[i].Change; c != nil && c.Status == report.Unchanged {
			names = append(names, r.Stacks[i].Name)
		}
	}
	return names
}

// news are the stacks of whose change there is something to say.
func news(r *report.Report) []*report.Stack {
	var list []*report.Stack
	for i := range r.Stacks {
		if c := r.Stacks[i].Change; c != nil && c.Status != report.Unchanged {
			list = append(list, &r.Stacks[i])
		}
	}
	return list
}

// unchangedText says which stacks did not change: of all in one line.
func unchangedText(names []string, all bool) string {
	switch {
	case len(names) == 0:
		return ""
	case all:
		return "No change in egress in any stack: " + strings.Join(names, ", ")
	}
	return "No change in egress: " + strings.Join(names, ", ")
}

// baseText says what the report compares with.
func baseText(b *report.Base) string {
	if b.Commit == "" {
		return b.Revision
	}
	return fmt.Sprintf("%s (%s)", b.Revision, b.Commit[:min(len(b.Commit), 12)])
}

// here says whether a stack is more than the memory of one that was removed.
func here(s *report.Stack) bool { return s.Change == nil || s.Change.Status != report.Removed }
