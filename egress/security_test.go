package egress_test

import (
	"testing"

	"aks-egress/egress"
)

// Security groups on both ways: Azure's default rules, and what VirtualNetwork holds.
func TestSecurityGroups(t *testing.T) {
	t.Parallel()
	group := func(rules ...egress.SecurityRule) func(*egress.Network) {
		return func(n *egress.Network) {
			n.NetworkSecurityGroups = []egress.NetworkSecurityGroup{{ID: nsgID, Name: "nsg", Rules: rules}}
			n.VNets[0].Subnets[0].NSGID = nsgID
		}
	}
	rule := func(direction, access, from, to, port string) egress.SecurityRule {
		return egress.SecurityRule{
			Name: access + direction, Priority: 200, Direction: direction, Access: access, Protocol: "Tcp",
			Sources: []string{from}, SourcePorts: []string{"*"}, Destinations: []string{to}, DestinationPorts: []string{port},
		}
	}
	in, out := inbound(serviceIP, 80, ""), https("example.com")
	deniedIn := want{disposition: egress.DeniedIn, refusal: egress.RefusedDropped, words: "DenyAllInBound"}
	leaves := want{disposition: egress.ExitsInternet, sources: "203.0.113.2/32"}
	runCases(t, []traceCase{
		{"default rules refuse clients", natAndPublished, group(), in, deniedIn},
		{
			"a rule lets clients in", natAndPublished, group(rule("Inbound", "Allow", "Internet", "*", "80")), in,
			want{disposition: egress.DeliveredLocal, words: "AllowInbound"},
		},
		{
			"a rule for the node subnet does not see the floating address", natAndPublished,
			group(rule("Inbound", "Allow", "Internet", "10.1.0.0/24", "80")), in, deniedIn,
		},
		{
			"a rule for another port", natAndPublished, group(rule("Inbound", "Allow", "Internet", "*", "443")), in, deniedIn,
		},
		{"default rules let flows out", natAndPublished, group(), out, leaves},
		{
			"a rule denies flows out", natAndPublished, group(rule("Outbound", "Deny", "*", "Internet", "443")), out,
			want{disposition: egress.DeniedOut, refusal: egress.RefusedDropped, words: "DenyOutbound"},
		},
		{
			"a rule for a tag that is not listed", natAndPublished, group(rule("Outbound", "Deny", "*", "Storage", "443")), out,
			want{disposition: egress.ExitsInternet, sources: "203.0.113.2/32", words: "not considered"},
		},
		{
			"a rule for a prefix that may hold the host", natAndPublished,
			group(rule("Outbound", "Deny", "*", "20.0.0.0/8", "443")), out,
			want{disposition: egress.Insufficient, words: "give the flow an address"},
		},
		{
			"with a user route for everything, VirtualNetwork is everything",
			func() *egress.Network { return published(hubAndSpoke()) }, group(), in,
			want{disposition: egress.Asymmetric, words: "lost at firewall afw"},
		},
	})
}

// Authorized ranges of the API server: azure-facts 7.2.
func TestAPIServer(t *testing.T) {
	t.Parallel()
	const fqdn = "aks-1.hcp.westeurope.azmk8s.io"
	ranges := func(list ...string) func(*egress.Network) {
		return func(n *egress.Network) {
			n.Clusters[0].APIServerFQDN, n.Clusters[0].AuthorizedIPRanges = fqdn, prefixes(list...)
		}
	}
	operator := egress.Flow{From: egress.FromInternet, Host: fqdn, Port: 443, Protocol: egress.HTTPS}
	known := operator
	known.Client = addr(someClient)
	refused := want{disposition: egress.DeniedIn, refusal: egress.RefusedDropped, words: "authorized IP ranges"}
	nat := func() *egress.Network { return withNAT([]string{ip1ID}, nil) }
	runCases(t, []traceCase{
		{"no ranges", nat, ranges(), operator, want{disposition: egress.DeliveredService}},
		{"an operator outside", nat, ranges("192.0.2.0/24"), operator, refused},
		{
			"an operator inside", nat, ranges("198.51.100.0/24"), known,
			want{disposition: egress.DeliveredService, sources: someClient + "/32"},
		},
		{"nodes without the stack's own address", nat, ranges("192.0.2.0/24"), https(fqdn), refused},
		{
			"nodes with it", nat, ranges("203.0.113.2/32"), https(fqdn),
			want{disposition: egress.ExitsInternet, sources: "203.0.113.2/32"},
		},
		{
			"AKS adds the load balancer's addresses", withLoadBalancer, ranges("192.0.2.0/24"), https(fqdn),
			want{disposition: egress.ExitsInternet, sources: "203.0.113.2/32"},
		},
		{
			"only one of two firewall addresses", hubAndSpoke, ranges("203.0.113.2/32"), https(fqdn),
			want{disposition: egress.Insufficient, words: "lets in only some"},
		},
	})
}
