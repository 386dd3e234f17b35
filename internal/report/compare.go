package report

import (
	"fmt"
	"slices"
	"strings"

	"aks-egress/egress/matrix"
	"aks-egress/internal/config"
	"aks-egress/internal/migrate"
)

// Compare says what becomes of a stack's traffic between two revisions. One side may be nil: there is no such stack.
func Compare(before, after *Side, how Update) Change {
	c := &comparison{
		before: before, after: after, how: how,
		change: Change{
			Status: Changed, Details: []string{}, Kinds: []Kind{}, Flows: []migrate.FlowChange{},
			Resources: how.resources(),
		},
	}
	switch {
	case before == nil:
		c.added()
	case after == nil:
		c.removed()
	case !before.deploys() || !after.deploys():
		c.unclear()
	default:
		c.compare()
	}
	slices.Sort(c.change.Kinds)
	c.change.Kinds = slices.Compact(c.change.Kinds)
	return c.change
}

// comparison is a Change under way.
type comparison struct {
	before, after *Side
	how           Update
	report        migrate.Report
	change        Change
	phrases       []string // of the headline, the most important first
}

// compare compares two stacks that deploy.
func (c *comparison) compare() {
	was, is := &c.before.Stack, &c.after.Stack
	c.report = migrate.Compare(c.before.snapshot(), c.after.snapshot(), c.subject())
	c.change.Flows = changed(c.report.Flows)
	c.change.CostUSD = cents(is.Cost.MonthlyUSD - was.Cost.MonthlyUSD)
	c.change.Ports = is.SNAT.Ports - was.SNAT.Ports

	c.refused()
	c.flows(migrate.Blocked)
	c.addresses()
	c.replaced()
	c.ingress()
	c.findings()
	c.ports()
	c.flows(migrate.Opened)
	c.cost()
	c.rest()
	c.end()
}

// subject is what both sides are asked about. Without settings, as of a state, it is what the networks tell.
func (c *comparison) subject() migrate.Subject {
	s := migrate.Subject{Was: c.before.Settings, Wanted: c.after.Settings}
	if s.Wanted == nil {
		s.Wanted = s.Was
	}
	if s.Wanted == nil {
		flow := target(nil)
		s.Wanted = &config.Config{
			Location:    matrix.Start{From: c.after.Network.Clusters[0].ID}.Region(c.after.Network),
			ProbeTarget: urlOf(flow),
		}
	}
	return s
}

func (s *Side) snapshot() migrate.Snapshot {
	return migrate.Snapshot{Outputs: s.Outputs, Network: s.Network}
}

// changed leaves out the flows for which nothing changes, as far as anybody can tell.
func changed(flows []migrate.FlowChange) []migrate.FlowChange {
	return slices.DeleteFunc(slices.Clone(flows), func(f migrate.FlowChange) bool {
		return f.Effect == migrate.Same || f.Effect == migrate.Unsure && f.Before.Verdict == f.After.Verdict
	})
}

// say adds to the headline what is a case of a kind; an empty kind is of none that gates know.
func (c *comparison) say(kind Kind, phrase string) {
	if kind != "" {
		c.change.Kinds = append(c.change.Kinds, kind)
	}
	if phrase != "" {
		c.phrases = append(c.phrases, phrase)
	}
}

func (c *comparison) detail(format string, values ...any) {
	c.change.Details = append(c.change.Details, fmt.Sprintf(format, values...))
}

// end makes the headline, or says that there is nothing to say.
func (c *comparison) end() {
	changes := len(c.phrases)+len(c.change.Details)+len(c.change.Flows)+len(c.how.Steps) > 0
	if len(c.phrases) == 0 && len(c.change.Details) > 0 {
		c.phrases = []string{strings.TrimSuffix(c.change.Details[0], ".")}
	}
	if c.how.Apart != "" {
		c.detail("%s", c.how.Apart)
	}
	if !changes {
		c.change.Status = Unchanged
		c.change.Headline = headline([]string{"nothing changes: " + c.stays()})
		return
	}
	if len(c.how.Refused) == 0 && !slices.Contains(c.change.Kinds, IPChange) {
		c.phrases = slices.Insert(c.phrases, 0, c.stays())
	}
	if counts := c.how.counts(); counts != "" {
		c.say("", "resources: "+counts)
		c.detail("The update changes resources: %s.", counts)
	}
	c.change.Headline = headline(c.phrases)
}

// added tells of a stack that the base does not have.
func (c *comparison) added() {
	s := &c.after.Stack
	c.change.Status = Added
	if !c.after.deploys() {
		c.change.Problems = slices.Clone(s.Problems)
		c.change.Headline = headline([]string{"new stack, and it does not deploy: " + firstLine(s.Problems)})
		return
	}
	c.change.CostUSD, c.change.Ports = s.Cost.MonthlyUSD, s.SNAT.Ports
	c.phrases = []string{"new stack: traffic leaves by " + list(s.Egress.Expected, "address")}
	if differs(s.Cost.MonthlyUSD) {
		c.say("", costs(s.Cost.MonthlyUSD))
	}
	c.change.Headline = headline(c.phrases)
	c.detail("Allow-lists of what it reaches need %s.", strings.Join(s.Egress.Expected, ", "))
}

// removed tells of a stack that only the base has.
func (c *comparison) removed() {
	c.change.Status = Removed
	if !c.before.deploys() {
		c.change.Headline = headline([]string{"the stack goes, and it did not deploy: " + firstLine(c.before.Stack.Problems)})
		return
	}
	s := &c.before.Stack
	c.change.CostUSD, c.change.Ports = -s.Cost.MonthlyUSD, -s.SNAT.Ports
	c.change.Headline = headline([]string{"the stack goes, and with it egress by " + list(s.Egress.Expected, "address")})
	c.detail("Only its file goes: `pulumi destroy` must run while the settings are still there.")
	c.detail("Take %s off allow-lists: another customer of Azure may get what AKS managed.",
		strings.Join(s.Egress.Expected, ", "))
}

// unclear tells which side cannot be told, and what the other one is.
func (c *comparison) unclear() {
	c.change.Status = Unclear
	for _, side := range []struct {
		of   *Side
		name string
	}{{c.before, "the base"}, {c.after, "this revision"}} {
		s := &side.of.Stack
		if side.of.deploys() {
			c.detail("By %s, traffic leaves by %s (%s).", side.name, list(s.Egress.Expected, "address"), s.OutboundType)
			continue
		}
		for _, problem := range s.Problems {
			c.change.Problems = append(c.change.Problems, side.name+": "+problem)
		}
	}
	c.change.Headline = headline([]string{"what changes cannot be told: " + firstLine(c.change.Problems)})
}
