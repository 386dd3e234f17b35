package reporttest

import (
	"slices"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
	"aks-egress/egress/matrix"
	"aks-egress/internal/migrate"
	"aks-egress/internal/report"
)

// Case is a report with a name that is good for a file.
type Case struct {
	Name   string
	Report *report.Report
}

// Cases are reports of every kind.
func Cases() []Case {
	return []Case{
		{"all", All()}, {"changes", Changes()}, {"same", Same()}, {"troubles", Troubles()}, {"hostile", Hostile(Words)},
	}
}

// All has every stack as it is, and the comparison of outbound types.
func All() *report.Report {
	r := &report.Report{}
	for _, name := range Names() {
		r.Stacks = append(r.Stacks, Stack(name, Network(name)))
	}
	r.Comparison = comparison(r.Stacks[:4])
	return r
}

// base is what the reports with changes compare with.
func base() *report.Base {
	return &report.Base{Revision: "origin/main", Commit: "71da6db3f0f5e0a52c1d1b6cf4f4f1d6a2c9e8b7"}
}

// Same has stacks that did not change.
func Same() *report.Report {
	r := All()
	r.Base, r.Comparison = base(), nil
	for i := range r.Stacks {
		r.Stacks[i].Change = &report.Change{Status: report.Unchanged, Headline: "no change in egress"}
	}
	return r
}

// Changes has a change of each status, gates, findings and the comparison of outbound types.
func Changes() *report.Report {
	r := Same()
	r.Comparison = comparison(r.Stacks[:4])
	r.Gates = []report.Gate{
		{Kind: report.Blocked, Stacks: []string{"udr"}}, {Kind: report.IPChange, Stacks: []string{"natgw", "udr"}},
	}
	udr := &r.Stacks[slices.Index(Names(), "udr")]
	udr.Findings = []doctor.Finding{{
		ID: "probe-blocked", Severity: doctor.Error, Resource: udr.Paths[0].Flow.From,
		Message: "the probe's target https://api.example.com is blocked", Rule: "what the probe asks must be allowed",
		Why: "the update fails", Fix: "add https://api.example.com to allow", Source: "azure-facts 5.4",
	}}
	udr.Change = &report.Change{
		Status:   report.Changed,
		Headline: "egress IP stays; https://api.example.com becomes blocked by the firewall's default deny",
		Details: []string{
			"https://api.example.com: allowed before (egress/allow/https-api.example.com-443), now no rule matches.",
			"Cost rises by 3.65 USD a month: one public IP more.",
		},
		Kinds: []report.Kind{report.Blocked, report.CostMore, report.NewFinding},
		Flows: []migrate.FlowChange{{
			Class: "The stack's own", Destination: "https://api.example.com",
			Before: migrate.Side{Verdict: matrix.Allowed, Path: "firewall: egress/allow", SourceIPs: udr.Egress.Expected},
			After: migrate.Side{
				Verdict: matrix.Blocked, Path: "firewall: no rule", SourceIPs: []string{}, BlockedBy: "firewall: no rule",
				OpenedBy: "https://api.example.com",
			},
			Effect: migrate.Blocked,
		}},
		Resources: map[string]string{
			"hub-rules azure-native:network:FirewallPolicyRuleCollectionGroup": "update",
			"hub-ip-2 azure-native:network:PublicIPAddress":                    "create",
		},
		CostUSD: 3.65,
	}
	natgw := &r.Stacks[slices.Index(Names(), "natgw")]
	natgw.Change = &report.Change{
		Status: report.Changed, Headline: "egress IP changes from 203.0.113.9 to " + natgw.Egress.Expected[0],
		Details: []string{"The public IP is replaced: its zones change."}, Kinds: []report.Kind{report.IPChange},
		Resources: map[string]string{"nat-ip azure-native:network:PublicIPAddress": "replace"}, Ports: -64512,
	}
	r.Stacks[0].Change = &report.Change{
		Status: report.Added, Headline: "new stack: it leaves by " + r.Stacks[0].Egress.Expected[0],
	}
	r.Stacks = append(r.Stacks, report.Stack{
		Name: "old", Change: &report.Change{Status: report.Removed, Headline: "removed: 203.0.113.77 is no longer used"},
	}, report.Stack{
		Name: "broken", Problems: []string{"stack broken: outboundType: \"nat\" is not one of loadBalancer, …"},
		Change: &report.Change{
			Status: report.Unclear, Headline: "cannot be told: the stack does not deploy",
			Problems: []string{"outboundType: \"nat\" is not one of loadBalancer, …"},
		},
	})
	return r
}

// Troubles has paths that do not arrive, a stack without a network, and a base that is not there.
func Troubles() *report.Report {
	blocked := Network("udr")
	for i := range blocked.FirewallPolicies {
		blocked.FirewallPolicies[i].RuleCollectionGroups = nil
	}
	oneWay := Network("udr-dnat")
	oneWay.RouteTables[0].Routes = append(oneWay.RouteTables[0].Routes, egress.Route{
		Name: "hub-past-the-firewall", Prefix: oneWay.VNets[0].AddressSpace[0], NextHopType: egress.NextHopNone,
	})
	noAddress := Network("natgw")
	noAddress.NATGateways[0].PublicIPIDs = nil
	lost := Network("udr")
	for i := range lost.VNets {
		lost.VNets[i].Peerings = nil
	}
	noIPs := Network("lb")
	noIPs.PublicIPs = nil
	r := &report.Report{Base: &report.Base{
		Revision: "no-such-branch",
		Problems: []string{"revision no-such-branch is not in this repository; fetch it, or name another"},
	}}
	for _, s := range []struct {
		name string
		n    *egress.Network
	}{
		{"blocked", blocked}, {"one-way", oneWay}, {"no-address", noAddress}, {"no-peering", lost}, {"unknown", noIPs},
	} {
		stack := Stack(s.name, s.n)
		stack.Egress.Verified, stack.Egress.Observed = false, nil
		stack.Unknown = []string{"/subscriptions/0/resourceGroups/rg/providers/Microsoft.Network/virtualNetworkGateways/vpn"}
		r.Stacks = append(r.Stacks, stack)
	}
	r.Stacks = append(r.Stacks, report.Stack{Name: "broken", Problems: []string{
		"clusterName: \"\" must not be empty", "allow[3]: \"htps://example.com\" is no entry of an allow list",
	}})
	return r
}

// Words are names that mean something to somebody: to Markdown, HTML, Mermaid, d2, or GitHub.
var Words = []string{
	`end`, "a|b", "`code`", `"quoted"`, `[link](https://evil.example)`,
	`<img src=x onerror=alert(1)>`, `#35;`, `&lt;b&gt;`,
	"@octocat", "![i](https://evil.example/i.png)", "line\nbreak", `back\slash`, `${x}`, `中文 ü 🚀`, `-->`, "1. list",
	`</details>`, "```", "%% comment", "https://evil.example", "www.evil.example", "<!-- x -->",
	"subgraph x", "]]", "$x^2$",
	"{{braces}}", "~~gone~~", ":tada:", "#1", "octo/repo#1",
	"71da6db3f0f5e0a52c1d1b6cf4f4f1d6a2c9e8b7", "GH-12", "* x", "me@evil.example",
	"averyveryverylongnamewithoutanyplacewhereonecouldbreakitintotwolines0123456789",
}

// Hostile has words wherever a name or a text of somebody else's stands.
func Hostile(words []string) *report.Report {
	r := &report.Report{Base: &report.Base{Revision: words[0], Problems: words}}
	udr := Stack("", Network("udr"))
	for i, word := range words {
		s := udr
		s.Name, s.OutboundType = word, word
		s.Paths = slices.Clone(udr.Paths)
		p := &s.Paths[0]
		places := report.Places{}
		for id, names := range *p.Network {
			places[id] = append([]string{word}, names...)
		}
		p.Network, p.Flow.Host = &places, word
		p.Trace.Hops = slices.Clone(p.Trace.Hops)
		for j := range p.Trace.Hops {
			h := &p.Trace.Hops[j]
			h.Rule, h.Action = words[(i+j)%len(words)], words[(i+2*j+1)%len(words)]
		}
		s.Allowed = slices.Clone(udr.Allowed[:1])
		s.Allowed[0].Destination, s.Allowed[0].Path = word, word
		s.Findings = []doctor.Finding{{ID: word, Severity: doctor.Error, Message: word, Fix: word, Why: word, Rule: word}}
		s.Change = &report.Change{Status: report.Changed, Headline: word, Details: []string{word}, Problems: []string{word}}
		s.Problems = []string{word}
		r.Stacks = append(r.Stacks, s)
	}
	return r
}
