package render

import (
	"fmt"
	"io"
	"strings"

	"aks-egress/internal/report"
)

// Marker is the first line of Markdown, by which a workflow finds the comment that it wrote before.
const Marker = "<!-- aks-egress report -->"

// Markdown writes a comment for a pull request, in GitHub's Markdown. It has never more characters than GitHub takes:
// what does not fit is left out, the least important first, and said to be so. Names and messages are escaped: they may
// come from a fork.
func Markdown(w io.Writer, r *report.Report) error {
	_, err := io.WriteString(w, newComment(r).fit(commentLimit))
	return err
}

// newComment is the whole comment.
func newComment(r *report.Report) *comment {
	c := &comment{}
	c.keep(Marker + "\n## Egress report\n\n")
	c.changes(r)
	c.gates(r.Gates)
	c.summary(r.Stacks)
	for i := range r.Stacks {
		if s := &r.Stacks[i]; here(s) || len(s.Change.Details) > 0 {
			c.stack(s)
		}
	}
	return c
}

// changes says what a reviewer needs first.
func (c *comment) changes(r *report.Report) {
	if r.Base == nil {
		return
	}
	if len(r.Base.Problems) > 0 {
		c.may(rankHeadlines, alert("WARNING", "Not compared with "+code(baseText(r.Base))+":", r.Base.Problems))
		return
	}
	list, same := news(r), unchanged(r)
	if text := unchangedText(same, len(list) == 0); text != "" && len(list) == 0 {
		c.may(rankHeadlines, fmt.Sprintf("%s (against %s).\n\n", markdown(text), code(baseText(r.Base))))
		return
	}
	if len(list) == 0 {
		return
	}
	c.may(rankHeadlines, fmt.Sprintf("Against %s:\n\n", code(baseText(r.Base))))
	for _, s := range list {
		headline := markdown(s.Change.Headline)
		c.may(rankHeadlines, fmt.Sprintf("- **%s** (%s): %s\n", markdown(s.Name), s.Change.Status, headline))
	}
	c.keep("\n")
	if text := unchangedText(same, false); text != "" {
		c.may(rankHeadlines, markdown(text)+".\n\n")
	}
}

// gates says which kinds of change fail the check.
func (c *comment) gates(gates []report.Gate) {
	lines := make([]string, len(gates))
	for i, g := range gates {
		lines[i] = fmt.Sprintf("%s: %s", g.Kind, strings.Join(g.Stacks, ", "))
	}
	if len(lines) > 0 {
		c.may(rankHeadlines, alert("CAUTION", "This fails the check (--fail-on):", lines))
	}
}

// summary is a table with a row for each stack.
func (c *comment) summary(stacks []report.Stack) {
	t := newTable("Stack", "Outbound type", "Egress IPs", "Seen by the probe", "Path", "SNAT ports", "Findings",
		"USD a month", "Deploy time")
	for i := range stacks {
		s := &stacks[i]
		switch {
		case !here(s):
		case len(s.Problems) > 0:
			t.row("**"+markdown(s.Name)+"**", code(s.OutboundType), "does not deploy", none, none, none, none, none, none)
		default:
			t.row("**"+markdown(s.Name)+"**", code(s.OutboundType), codes(s.Egress.Expected), verdictOf(&s.Egress),
				markdown(way(s)), number(s.SNAT.Ports), findingCounts(s.Findings), usd(s.Cost.MonthlyUSD), total(s.DeployTime))
		}
	}
	c.may(rankSummary, t.String())
}

// alert is a box of GitHub's with a title and a list.
func alert(word, title string, lines []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "> [!%s]\n> %s\n", word, title)
	for _, line := range lines {
		fmt.Fprintf(&b, "> - %s\n", markdown(line))
	}
	b.WriteString("\n")
	return b.String()
}
