package report_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress"
	"aks-egress/egress/networktest"
	"aks-egress/internal/migrate"
	"aks-egress/internal/report"
)

func TestCompare_Blocked(t *testing.T) {
	t.Parallel()
	was := settings(t, "outboundType=userDefinedRouting", `allow=["https://api.example.com"]`)
	is := settings(t, "outboundType=userDefinedRouting")
	before := side(firewalled("api.example.com"), was, hubIP)
	after := side(firewalled(), is, hubIP)

	c := report.Compare(before, after, report.Update{})
	assert.Equal(t, report.Changed, c.Status)
	assert.Equal(t, []report.Kind{report.Blocked}, c.Kinds)
	assert.Equal(t, "egress IP stays 203.0.113.2; https://api.example.com becomes blocked by the firewall "+
		"(no rule matched)", c.Headline)
	assert.Contains(t, c.Details, "Entries of aks-egress:allow that open it again: https://api.example.com.")
	require.Len(t, c.Flows, 1)
	assert.Equal(t, migrate.Blocked, c.Flows[0].Effect)

	c = report.Compare(after, before, report.Update{})
	assert.Equal(t, []report.Kind{report.Opened}, c.Kinds)
	assert.Equal(t, "egress IP stays 203.0.113.2; https://api.example.com becomes reachable", c.Headline)
}

func TestCompare_AnotherIP(t *testing.T) {
	t.Parallel()
	natgw := settings(t, "outboundType=userAssignedNATGateway")
	before := side(natted(natIP), natgw, natIP)
	replace := report.Update{Steps: []report.Step{
		{Type: "azure-native:network:PublicIPAddress", Name: "nat-ip-1", Op: "replace"},
	}}
	c := report.Compare(before, side(natted("203.0.113.77"), natgw, "203.0.113.77"), replace)
	assert.Equal(t, []report.Kind{report.IPChange, report.Replacement}, c.Kinds)
	assert.True(t, strings.HasPrefix(c.Headline,
		"egress IP changes from 203.0.113.1 to 203.0.113.77: the public IP is replaced; "), c.Headline)
	assert.Regexp(t, `; [0-9]+ allow-lists to tell; resources: 1 replaced$`, c.Headline)
	assert.Equal(t, map[string]string{"nat-ip-1 azure-native:network:PublicIPAddress": "replace"}, c.Resources)

	more := side(natted(natIP, "203.0.113.9"), natgw, natIP, "203.0.113.9")
	assert.Contains(t, report.Compare(before, more, report.Update{}).Headline,
		"egress gets 203.0.113.9 besides 203.0.113.1")
	assert.Contains(t, report.Compare(more, before, report.Update{}).Headline,
		"egress loses 203.0.113.9 and keeps 203.0.113.1")

	udr := settings(t, "outboundType=userDefinedRouting")
	c = report.Compare(before, side(firewalled(), udr, hubIP), report.Update{})
	assert.Contains(t, c.Headline, " destinations become blocked by the firewall (no rule matched); egress IP changes "+
		"from 203.0.113.1 to 203.0.113.2: outbound type userDefinedRouting")
	assert.Contains(t, c.Kinds, report.Blocked)
	assert.Contains(t, c.Details, "Outbound type userAssignedNATGateway becomes userDefinedRouting.")
}

func TestCompare_Replacement(t *testing.T) {
	t.Parallel()
	natgw := settings(t, "outboundType=userAssignedNATGateway")
	x := side(natted(natIP), natgw, natIP)
	for _, step := range []report.Step{
		{Type: "azure-native:containerservice:ManagedCluster", Name: "aks", Op: "replace"},
		{Type: "azure-native:containerservice:ManagedCluster", Name: "aks", Op: "delete"},
	} {
		c := report.Compare(x, x, report.Update{Steps: []report.Step{step}})
		assert.Equal(t, []report.Kind{report.Replacement}, c.Kinds)
		assert.Contains(t, c.Headline, "the cluster is replaced")
	}
	for _, step := range []report.Step{
		{Type: "azure-native:containerservice:ManagedCluster", Name: "aks", Op: "update"},
		{Type: "azure-native:network:PublicIPAddress", Name: "other", Op: "replace"},
	} {
		c := report.Compare(x, x, report.Update{Steps: []report.Step{step}})
		assert.Empty(t, c.Kinds)
		assert.Equal(t, report.Changed, c.Status)
		assert.Contains(t, c.Headline, "egress IP stays 203.0.113.1; resources: 1 ")
	}
}

func TestCompare_Refused(t *testing.T) {
	t.Parallel()
	natgw := settings(t, "outboundType=userAssignedNATGateway")
	x := side(natted(natIP), natgw, natIP)
	c := report.Compare(x, x, report.Update{
		Refused: []string{"it is kept, because:\n  count: 1 in Azure, 3 wanted\n\naz aks update"}, Apart: "Both are new.",
	})
	assert.Equal(t, []report.Kind{report.Refused}, c.Kinds)
	assert.Equal(t, "the update is refused: count: 1 in Azure, 3 wanted", c.Headline)
	assert.Equal(t, []string{
		"The update is refused: it is kept, because: | count: 1 in Azure, 3 wanted | az aks update", "Both are new.",
	}, c.Details)
}

func TestCompare_Ingress(t *testing.T) {
	t.Parallel()
	udr := settings(t, "outboundType=userDefinedRouting")
	in, out := side(withEntrance(firewalled()), udr, hubIP), side(firewalled(), udr, hubIP)
	c := report.Compare(out, in, report.Update{})
	assert.Equal(t, []report.Kind{report.Ingress}, c.Kinds)
	assert.Contains(t, c.Headline, "clients get in at HTTP 203.0.113.2:80")
	c = report.Compare(in, out, report.Update{})
	assert.Equal(t, []report.Kind{report.Ingress}, c.Kinds)
	assert.Contains(t, c.Headline, "clients do not get in at HTTP 203.0.113.2:80 any more")
}

// What is only different in figures: each kind by itself, and the other way round none.
func TestCompare_Figures(t *testing.T) {
	t.Parallel()
	natgw := settings(t, "outboundType=userAssignedNATGateway")
	for kind, change := range map[report.Kind]func(*report.Stack){
		report.CostMore: func(s *report.Stack) { s.Cost.MonthlyUSD += 12.5 },
		report.SNATLess: func(s *report.Stack) { s.SNAT.Ports -= 1000 },
	} {
		before, after := side(natted(natIP), natgw, natIP), side(natted(natIP), natgw, natIP)
		change(&after.Stack)
		assert.Equal(t, []report.Kind{kind}, report.Compare(before, after, report.Update{}).Kinds)
		back := report.Compare(after, before, report.Update{})
		assert.Empty(t, back.Kinds)
		assert.Equal(t, report.Changed, back.Status, "%s: it is told all the same", kind)
	}
}

func TestCompare_Findings(t *testing.T) {
	t.Parallel()
	natgw := settings(t, "outboundType=userAssignedNATGateway")
	cut := natted(natIP)
	cut.VNets[0].Subnets[0].NATGatewayID = ""
	before, after := side(natted(natIP), natgw, natIP), side(cut, natgw, natIP)
	c := report.Compare(before, after, report.Update{})
	assert.Contains(t, c.Kinds, report.NewFinding)
	assert.Contains(t, strings.Join(c.Details, "\n"), "The doctor finds ")
	assert.NotContains(t, report.Compare(after, before, report.Update{}).Kinds, report.NewFinding)

	renamed := side(cut, natgw, natIP)
	for i := range renamed.Stack.Findings {
		renamed.Stack.Findings[i].Resource += "1234"
	}
	assert.NotContains(t, report.Compare(after, renamed, report.Update{}).Kinds, report.NewFinding,
		"a stack that is deployed again has other names")
}

func TestCompare_OneSide(t *testing.T) {
	t.Parallel()
	natgw := settings(t, "outboundType=userAssignedNATGateway")
	x := side(natted(natIP), natgw, natIP)
	for _, row := range []struct {
		before, after *report.Side
		status        report.Status
		headline      string
	}{
		{nil, x, report.Added, "new stack: traffic leaves by 203.0.113.1"},
		{x, nil, report.Removed, "the stack goes, and with it egress by 203.0.113.1"},
		{nil, broken("no"), report.Added, "new stack, and it does not deploy: no"},
		{broken("no"), nil, report.Removed, "the stack goes, and it did not deploy: no"},
		{broken("no\nat all"), x, report.Unclear, "what changes cannot be told: the base: no"},
		{x, broken("no"), report.Unclear, "what changes cannot be told: this revision: no"},
	} {
		c := report.Compare(row.before, row.after, report.Update{})
		assert.Equal(t, row.status, c.Status)
		assert.True(t, strings.HasPrefix(c.Headline, row.headline), c.Headline)
		assert.Empty(t, c.Kinds)
	}
	c := report.Compare(x, broken("no"), report.Update{})
	assert.Equal(t, []string{"this revision: no"}, c.Problems)
	assert.Equal(t, []string{"By the base, traffic leaves by 203.0.113.1 (userAssignedNATGateway)."}, c.Details)
}

// Random networks: a stack compared with itself is unchanged; what is blocked one way is opened the other way; and a
// headline is one short line.
func TestCompare_Properties(t *testing.T) {
	t.Parallel()
	udr := settings(t, "outboundType=userDefinedRouting", `allow=["https://api.example.com"]`)
	healthy := []*egress.Network{natted(natIP), withEntrance(firewalled("api.example.com")), network("loadBalancer")}
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) *report.Side {
			n := networktest.Bend(t, rapid.SampledFrom(healthy).Draw(t, label))
			if rapid.Bool().Draw(t, "settings") {
				return side(n, udr, hubIP)
			}
			return side(n, nil)
		}
		a, b := draw("a"), draw("b")
		for _, x := range []*report.Side{a, b} {
			if c := report.Compare(x, x, report.Update{}); c.Status != report.Unclear {
				assert.Equal(t, report.Unchanged, c.Status, c.Headline)
				assert.Empty(t, c.Kinds)
				assert.Empty(t, c.Flows)
			}
		}
		forth, back := report.Compare(a, b, report.Update{}), report.Compare(b, a, report.Update{})
		assert.Equal(t, forth.Status, back.Status)
		if a.Settings == b.Settings { // both are asked for the same
			assert.Equal(t, has(forth, report.Blocked), has(back, report.Opened))
			assert.Equal(t, has(forth, report.IPChange), has(back, report.IPChange))
			assert.Equal(t, has(forth, report.Ingress), has(back, report.Ingress))
		}
		for _, c := range []report.Change{forth, back} {
			assert.NotEmpty(t, c.Headline)
			assert.NotContains(t, c.Headline, "\n")
			assert.LessOrEqual(t, utf8.RuneCountInString(c.Headline), 200)
		}
		assert.Equal(t, forth, report.Compare(a, b, report.Update{}), "it is deterministic")
	})
}

func has(c report.Change, kind report.Kind) bool {
	for _, k := range c.Kinds {
		if k == kind {
			return true
		}
	}
	return false
}

func TestStepOf(t *testing.T) {
	t.Parallel()
	const of = "urn:pulumi:udr::aks-egress::aks-egress:network:HubFirewall$"
	for urn, want := range map[string]report.Step{
		of + "azure-native:network/v20240501:AzureFirewall::hub-firewall": {
			Type: "azure-native:network:AzureFirewall", Name: "hub-firewall",
		},
		"urn:pulumi:udr::p::azure-native_network_v20240501:network/v20240501:Subnet::a::b": {
			Type: "azure-native:network:Subnet", Name: "a::b",
		},
		of + "kubernetes:apps/v1:StatefulSet::probe": {Type: "kubernetes:apps/v1:StatefulSet", Name: "probe"},
	} {
		for op, word := range map[string]string{
			"create": "create", "update": "update", "delete": "delete", "replace": "replace", "delete-replaced": "replace",
			"create-replacement": "replace",
		} {
			want.Op = word
			step, is := report.StepOf(urn, op)
			assert.True(t, is, urn)
			assert.Equal(t, want, step)
		}
		_, is := report.StepOf(urn, "same")
		assert.False(t, is)
	}
	for _, urn := range []string{
		"", "urn:pulumi:udr::p::pulumi:pulumi:Stack::p-udr", "urn:pulumi:udr::p::pulumi:providers:kubernetes::aks",
		"urn:pulumi:udr::p::aks-egress:network:HubFirewall::hub", "urn:pulumi:udr::p::x::y",
	} {
		_, is := report.StepOf(urn, "create")
		assert.False(t, is, urn)
	}
}

func TestGates(t *testing.T) {
	t.Parallel()
	stack := func(name string, status report.Status, kinds ...report.Kind) report.Stack {
		return report.Stack{Name: name, Change: &report.Change{Status: status, Kinds: kinds}}
	}
	stacks := []report.Stack{
		stack("a", report.Changed, report.Blocked, report.CostMore), stack("b", report.Unchanged),
		stack("c", report.Changed, report.Blocked), stack("d", report.Removed),
		{Name: "e"},
	}
	assert.Empty(t, report.Gates(stacks, nil))
	assert.Empty(t, report.Gates(stacks, []report.Kind{report.IPChange}))
	assert.Equal(t, []report.Gate{
		{Kind: report.Blocked, Stacks: []string{"a", "c"}},
		{Kind: report.CostMore, Stacks: []string{"a"}},
		{Kind: report.AnyChange, Stacks: []string{"a", "c", "d"}},
	}, report.Gates(stacks, []report.Kind{report.AnyChange, report.CostMore, report.Blocked, report.Refused}))
}
