package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"aks-egress/egress/doctor"
	"aks-egress/egress/endpoints"
	"aks-egress/egress/matrix"
	"aks-egress/internal/migrate"
)

// refused tells that the deployed stack does not take the update.
func (c *comparison) refused() {
	if len(c.how.Refused) == 0 {
		return
	}
	c.say(Refused, "the update is refused: "+gist(c.how.Refused[0]))
	for _, reason := range c.how.Refused {
		c.detail("The update is refused: %s", strings.Join(linesOf(reason), " | "))
	}
}

// flows tells which destinations are blocked now, or opened: those that the stack or the probe names first.
func (c *comparison) flows(effect migrate.Effect) {
	kind, verb, verbs := Opened, "becomes reachable", "become reachable"
	if effect == migrate.Blocked {
		kind, verb, verbs = Blocked, "becomes blocked", "become blocked"
	}
	var reasons []string
	names, named := map[string][]string{}, map[string]bool{} // by what blocks; named by somebody
	for _, own := range []bool{true, false} {
		for _, f := range c.change.Flows {
			if f.Effect != effect || c.isOwn(f) != own {
				continue
			}
			reason := blocker(f.After.BlockedBy)
			if names[reason] == nil {
				reasons = append(reasons, reason)
			}
			named[reason] = named[reason] || own
			if !slices.Contains(names[reason], f.Destination) {
				names[reason] = append(names[reason], f.Destination)
			}
		}
	}
	for _, reason := range reasons {
		is, what := verbs, some(names[reason])
		switch {
		case len(names[reason]) == 1:
			is = verb
		case !named[reason]:
			what = countOf(len(names[reason]), "destination")
		}
		c.say(kind, what+" "+is+reason)
		if len(names[reason]) > fewNames {
			c.detail("%s: %s%s.", strings.ToUpper(is[:1])+is[1:], strings.Join(names[reason], ", "), reason)
		}
	}
	c.openers(effect)
}

// openers tells which entries of allow open again what is blocked now.
func (c *comparison) openers(effect migrate.Effect) {
	var entries []string
	for _, f := range c.change.Flows {
		if entry := f.After.OpenedBy; f.Effect == effect && entry != "" && c.isOwn(f) && !slices.Contains(entries, entry) {
			entries = append(entries, entry)
		}
	}
	if len(entries) > 0 {
		c.detail("Entries of aks-egress:allow that open it again: %s.", strings.Join(entries, ", "))
	}
}

// isOwn: nobody named the other destinations; they stand for what workloads usually reach.
func (c *comparison) isOwn(f migrate.FlowChange) bool {
	if f.Class == matrix.ClassOwn || f.Class == matrix.ClassTarget || f.Class == matrix.ClassRegistry {
		return true
	}
	for _, side := range []*Side{c.before, c.after} {
		if side.Settings != nil && slices.ContainsFunc(side.Settings.Allow, func(e endpoints.Endpoint) bool {
			return e.Concrete().String() == f.Destination
		}) {
			return true
		}
	}
	return false
}

// addresses tells by which other addresses traffic leaves.
func (c *comparison) addresses() {
	was, is := c.before.Stack.Egress.Expected, c.after.Stack.Egress.Expected
	gone, come := without(was, is), without(is, was)
	tell := 0
	for _, audience := range c.report.AllowLists.Tell {
		if audience.Action == migrate.Tell {
			tell++
		}
	}
	switch {
	case len(gone)+len(come) > 0:
		phrase := moved(was, is, gone, come)
		if cause := c.cause(); cause != "" {
			phrase += ": " + cause
		}
		c.say(IPChange, phrase)
	case slices.ContainsFunc(c.change.Flows, func(f migrate.FlowChange) bool { return f.Effect == migrate.Source }):
		var names []string
		for _, f := range c.change.Flows {
			if f.Effect == migrate.Source && !slices.Contains(names, f.Destination) {
				names = append(names, f.Destination)
			}
		}
		c.say(IPChange, some(names)+" see other addresses")
	default:
		return
	}
	if tell > 0 {
		c.say("", countOf(tell, "allow-list")+" to tell")
		for _, part := range []struct {
			addresses []string
			do        string
		}{{c.report.AllowLists.Add, "add"}, {c.report.AllowLists.Remove, "when it is done, remove"}} {
			if len(part.addresses) > 0 {
				c.detail("Allow-lists: %s %s.", part.do, strings.Join(part.addresses, ", "))
			}
		}
	}
}

// moved is a change of egress addresses in words.
func moved(was, is, gone, come []string) string {
	switch {
	case len(was) == 0:
		return "traffic leaves by " + list(is, "address") + ", and did not before"
	case len(is) == 0:
		return "traffic leaves by no public address any more, it left by " + list(was, "address")
	case len(gone) == 0:
		return "egress gets " + list(come, "IP") + " besides " + list(was, "IP")
	case len(come) == 0:
		return "egress loses " + list(gone, "IP") + " and keeps " + list(is, "IP")
	case len(was) == 1 && len(is) == 1:
		return "egress IP changes from " + was[0] + " to " + is[0]
	}
	return "egress IPs change: " + list(gone, "address") + " go, " + list(come, "address") + " come"
}

func countOf(count int, noun string) string {
	if count == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %s", count, plural(noun))
}

// cause is why addresses are others, if that is plain.
func (c *comparison) cause() string {
	if was, is := c.before.Stack.OutboundType, c.after.Stack.OutboundType; was != is {
		return "outbound type " + is
	}
	if len(c.replacedAddresses()) > 0 {
		return "the public IP is replaced"
	}
	return ""
}

// stays says by which addresses traffic leaves, as before.
func (c *comparison) stays() string {
	ips := c.after.Stack.Egress.Expected
	switch len(ips) {
	case 0:
		return "no egress IP, as before"
	case 1:
		return "egress IP stays " + ips[0]
	}
	return "egress IPs stay " + list(ips, "address")
}

// replaced tells whether the cluster or an address of egress is replaced.
func (c *comparison) replaced() {
	for _, s := range c.how.Steps {
		if s.Type == clusterType && (s.Op == opReplace || s.Op == opDelete) {
			c.say(Replacement, "the cluster is replaced: what runs on it is gone until it is deployed again")
			c.detail("The update replaces cluster %s.", s.Name)
		}
	}
	for _, name := range c.replacedAddresses() {
		c.say(Replacement, "")
		c.detail("The update replaces %s, by which traffic leaves.", name)
	}
}

const (
	clusterType = "azure-native:containerservice:ManagedCluster"
	addressType = "azure-native:network:PublicIPAddress"
	prefixType  = "azure-native:network:PublicIPPrefix"
)

// replacedAddresses are the public IPs and prefixes of egress that the update replaces: Azure's name of a resource
// begins with Pulumi's.
func (c *comparison) replacedAddresses() []string {
	var names []string
	for _, s := range c.how.Steps {
		if s.Op != opReplace || s.Type != addressType && s.Type != prefixType {
			continue
		}
		if slices.ContainsFunc(c.before.Stack.Egress.Sources, func(source Source) bool {
			return strings.HasPrefix(source.Resource[strings.LastIndex(source.Resource, "/")+1:], s.Name)
		}) {
			names = append(names, s.Name)
		}
	}
	slices.Sort(names)
	return names
}

// ingress tells where clients get in.
func (c *comparison) ingress() {
	was, is := entrances(&c.before.Stack), entrances(&c.after.Stack)
	gone, come := without(was, is), without(is, was)
	switch {
	case len(gone)+len(come) == 0:
		return
	case len(come) == 0:
		c.say(Ingress, "clients do not get in at "+some(gone)+" any more")
	case len(gone) == 0:
		c.say(Ingress, "clients get in at "+some(come))
	default:
		c.say(Ingress, "clients get in at "+some(come)+", not at "+some(gone)+" any more")
	}
	for _, p := range c.after.Stack.Paths {
		if p.Title == TitleIngress && !p.Trace.Disposition.Arrives() && slices.Contains(gone, p.Flow.String()) {
			c.detail("Clients of %s: %s", p.Flow, p.Trace.Reason)
		}
	}
}

// entrances are where clients on the internet get in, and are answered.
func entrances(s *Stack) []string {
	var at []string
	for _, p := range s.Paths {
		if p.Title == TitleIngress && p.Trace.Disposition.Arrives() {
			at = append(at, p.Flow.String())
		}
	}
	return at
}

// findings tells which errors the doctor finds that it did not.
func (c *comparison) findings() {
	var ids []string
	for _, f := range newErrors(c.before.Stack.Findings, c.after.Stack.Findings) {
		c.detail("The doctor finds %s at %s: %s", f.ID, f.Name(), f.Message)
		if !slices.Contains(ids, f.ID) {
			ids = append(ids, f.ID)
		}
	}
	if len(ids) > 0 {
		c.say(NewFinding, "the doctor finds "+some(ids))
	}
	for _, f := range newErrors(c.after.Stack.Findings, c.before.Stack.Findings) {
		c.detail("The doctor does not find %s any more.", f.ID)
	}
}

// newErrors are the errors that were not there. One of another resource is the same as long as there are not more:
// resources that are deployed again have other names.
func newErrors(before, after []doctor.Finding) []doctor.Finding {
	isError := func(f doctor.Finding) bool { return f.Severity == doctor.Error }
	old := slices.DeleteFunc(slices.Clone(before), func(f doctor.Finding) bool { return !isError(f) })
	left := slices.DeleteFunc(slices.Clone(after), func(f doctor.Finding) bool { return !isError(f) })
	for _, same := range []func(a, b doctor.Finding) bool{
		func(a, b doctor.Finding) bool { return a.ID == b.ID && strings.EqualFold(a.Resource, b.Resource) },
		func(a, b doctor.Finding) bool { return a.ID == b.ID },
	} {
		left = slices.DeleteFunc(left, func(f doctor.Finding) bool {
			i := slices.IndexFunc(old, func(other doctor.Finding) bool { return same(f, other) })
			if i >= 0 {
				old = slices.Delete(old, i, i+1)
			}
			return i >= 0
		})
	}
	return left
}

// ports tells how many source ports there are.
func (c *comparison) ports() {
	was, is := c.before.Stack.SNAT, c.after.Stack.SNAT
	switch {
	case is.Ports < was.Ports:
		c.say(SNATLess, fmt.Sprintf("SNAT ports fall from %d to %d", was.Ports, is.Ports))
	case is.Ports > was.Ports:
		c.say("", fmt.Sprintf("SNAT ports rise from %d to %d", was.Ports, is.Ports))
	}
	if was.PortsPerNode != is.PortsPerNode {
		c.detail("SNAT ports for each node: %s before, %s now.", perNode(was.PortsPerNode), perNode(is.PortsPerNode))
	}
}

func perNode(ports int) string {
	if ports == 0 {
		return "taken on demand"
	}
	return strconv.Itoa(ports)
}

func (c *comparison) cost() {
	usd := c.change.CostUSD
	switch {
	case differs(usd) && usd > 0:
		c.say(CostMore, costs(usd))
	case differs(usd):
		c.say("", costs(usd))
	}
	was, is := c.before.Stack.Cost.PerGBUSD, c.after.Stack.Cost.PerGBUSD
	if differs(100 * (was - is)) { // fractions of a cent count
		c.detail("A GB that leaves costs %.3f USD, before %.3f.", is, was)
	}
}

// rest tells what is of no kind: the outbound type, and the way out.
func (c *comparison) rest() {
	was, is := &c.before.Stack, &c.after.Stack
	if was.OutboundType != is.OutboundType {
		phrase := fmt.Sprintf("outbound type %s becomes %s", was.OutboundType, is.OutboundType)
		if !slices.Contains(c.change.Kinds, IPChange) {
			c.say("", phrase)
		}
		c.detail("%s.", strings.ToUpper(phrase[:1])+phrase[1:])
	}
	if old, now := wayOut(was), wayOut(is); old != now {
		c.detail("The probe's way out was: %s; it is: %s.", old, now)
	}
}

func wayOut(s *Stack) string {
	for i := range s.Paths {
		if s.Paths[i].Title == TitleEgress {
			return s.Paths[i].Trace.Path()
		}
	}
	return "none"
}
