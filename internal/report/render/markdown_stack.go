package render

import (
	"fmt"
	"slices"
	"strings"

	"aks-egress/egress"
	"aks-egress/internal/report"
)

// stack folds what there is to say about one stack.
func (c *comment) stack(s *report.Stack) {
	c.quiet = s.Change != nil && s.Change.Status == report.Unchanged
	if len(s.Problems) > 0 {
		c.may(rankFolds, alert("CAUTION", fmt.Sprintf("**%s** does not deploy:", markdown(s.Name)), s.Problems))
	}
	title := "<b>" + markdown(s.Name) + "</b>"
	if s.OutboundType != "" {
		title += " · " + markdown(s.OutboundType)
	}
	c.open(fmt.Sprintf("<details><summary>%s</summary>\n\n", title))
	c.change(s.Change)
	for i := range s.Paths {
		c.path(&s.Paths[i])
	}
	c.addresses(&s.Egress)
	c.allowed(s)
	if text := snatText(s.SNAT); text != "" {
		c.may(rankSNAT, fmt.Sprintf("**SNAT**: %s.\n\n", markdown(text)))
	}
	c.findings(s)
	c.cost(s)
	c.deployTime(s)
	c.close("</details>\n\n")
}

// change is what is behind a headline.
func (c *comment) change(change *report.Change) {
	if change == nil || change.Status == report.Unchanged {
		return
	}
	if len(change.Problems) > 0 {
		c.may(rankChange, alert("WARNING", "What changes cannot be told:", change.Problems))
	}
	var b strings.Builder
	for _, detail := range change.Details {
		fmt.Fprintf(&b, "- %s\n", markdown(detail))
	}
	if b.Len() > 0 {
		c.may(rankChange, "**What changes**\n\n"+b.String()+"\n")
	}
	t := newTable("Destination", "Before", "After", "Effect")
	for i := range change.Flows {
		f := &change.Flows[i]
		t.row(code(f.Destination), fmt.Sprintf("%s: %s", f.Before.Verdict, markdown(f.Before.Path)),
			fmt.Sprintf("%s: %s", f.After.Verdict, markdown(f.After.Path)), markdown(string(f.Effect)))
	}
	c.may(rankFlows, t.String())
	t = newTable("Resource", "The update")
	for _, name := range sortedKeys(change.Resources) {
		t.row(code(name), markdown(change.Resources[name]))
	}
	c.may(rankResources, t.String())
}

// path is a drawing.
func (c *comment) path(p *report.Path) {
	c.may(rankDrawings, fmt.Sprintf("**%s**: %s\n\n```mermaid\n%s```\n\n",
		markdown(heading(p)), markdown(outcome(&p.Trace)), Mermaid(p)))
}

// heading names a path by its flow.
func heading(p *report.Path) string {
	title := p.Title
	if title != "" {
		title = strings.ToUpper(title[:1]) + title[1:]
	}
	return title + " to " + p.Flow.String()
}

func (c *comment) addresses(e *report.Egress) {
	t := newTable("Egress IP", "Source", "Used by", "Managed by")
	for _, source := range e.Sources {
		resource := none
		if source.Resource != "" {
			resource = code(egress.ShortName(source.Resource))
		}
		t.row(code(source.Address), resource, orNone(code(egress.ShortName(source.Of))), markdown(source.ManagedBy))
	}
	c.may(rankAddresses, t.String())
}

func (c *comment) allowed(s *report.Stack) {
	t := newTable("What is allowed", "Destinations", "Verdict", "By", "An entry of allow that opens it")
	for _, g := range groups(s.Allowed) {
		t.row(markdown(g.Class), codes(g.Destinations), string(g.Verdict), markdown(g.By), orNone(codes(g.OpenedBy)))
	}
	if text := t.String(); text != "" {
		c.may(rankAllowed, fmt.Sprintf("**Destinations**: %s\n\n%s", allowedCounts(s.Allowed), text))
	}
}

func (c *comment) findings(s *report.Stack) {
	t := newTable("Finding", "Severity", "Resource", "What is wrong", "Fix")
	for i := range s.Findings {
		f := &s.Findings[i]
		t.row(code(f.ID), string(f.Severity), code(f.Name()), markdown(f.Message), markdown(f.Fix))
	}
	c.may(rankFindings, t.String())
	if len(s.Unknown) > 0 {
		names := make([]string, len(s.Unknown))
		for i, id := range s.Unknown {
			names[i] = code(egress.ShortName(id))
		}
		c.may(rankFindings, fmt.Sprintf("**Not known to the model**, which may change the picture: %s\n\n",
			strings.Join(names, ", ")))
	}
}

func (c *comment) cost(s *report.Stack) {
	if len(s.Cost.Lines) == 0 {
		return
	}
	t := newTable("Cost", "Count", "USD an hour each", "USD a month", "USD a GB")
	for _, line := range s.Cost.Lines {
		t.row(markdown(line.Item), fmt.Sprintf("%g", line.Count), fmt.Sprintf("%g", line.HourlyUSD), usd(line.MonthlyUSD),
			fmt.Sprintf("%g", line.PerGBUSD))
	}
	t.row("**sum**", "", "", "**"+usd(s.Cost.MonthlyUSD)+"**", fmt.Sprintf("%g", s.Cost.PerGBUSD))
	c.may(rankCost, t.String()+markdown(costFoot(s))+"\n\n")
}

// costFoot says where prices come from and what is not in them.
func costFoot(s *report.Stack) string {
	text := fmt.Sprintf("List prices of %s, %s", s.Cost.Region, s.Cost.Dated)
	if len(s.Cost.NotPriced) > 0 {
		text += "; not included: " + strings.Join(s.Cost.NotPriced, ", ")
	}
	return text + "."
}

func (c *comment) deployTime(s *report.Stack) {
	t := newTable("Deploy time: the longest chain", "Resource", "Typically")
	for _, step := range s.DeployTime.Chain {
		t.row(code(shortType(step.Type)), code(step.Name), duration(step.MinSeconds, step.MaxSeconds))
	}
	c.may(rankTime, t.String())
}

func orNone(text string) string {
	if text == "" {
		return none
	}
	return text
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
