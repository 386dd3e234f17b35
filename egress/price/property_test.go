package price_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress"
	"aks-egress/egress/networktest"
	"aks-egress/egress/price"
)

// additions put one resource more into a network, of a number that makes it unique.
var additions = []func(t *rapid.T, n *egress.Network, number int){
	func(_ *rapid.T, n *egress.Network, number int) { n.PublicIPs = append(n.PublicIPs, publicIP(number)) },
	func(t *rapid.T, n *egress.Network, number int) {
		bits := rapid.IntRange(24, 32).Draw(t, "bits")
		prefix := netip.PrefixFrom(publicIP(number).Address, bits)
		n.PublicIPPrefixes = append(n.PublicIPPrefixes,
			egress.PublicIPPrefix{ID: id("publicIPPrefixes", number), Prefix: prefix})
	},
	func(_ *rapid.T, n *egress.Network, number int) {
		n.NATGateways = append(n.NATGateways, egress.NATGateway{ID: id("natGateways", number)})
	},
	func(t *rapid.T, n *egress.Network, number int) {
		n.LoadBalancers = append(n.LoadBalancers, egress.LoadBalancer{
			ID: id("loadBalancers", number), LoadBalancingRules: rules(rapid.IntRange(0, 9).Draw(t, "rules")),
			OutboundRules: make([]egress.OutboundRule, rapid.IntRange(0, 2).Draw(t, "outbound rules")),
		})
	},
	func(t *rapid.T, n *egress.Network, number int) {
		tier := rapid.SampledFrom([]string{"", "Basic", "Standard", "Premium"}).Draw(t, "tier")
		n.Firewalls = append(n.Firewalls, egress.Firewall{ID: id("azureFirewalls", number), Tier: tier})
	},
	func(t *rapid.T, n *egress.Network, number int) {
		n.ApplicationGateways = append(n.ApplicationGateways, egress.ApplicationGateway{
			ID:        id("applicationGateways", number),
			SKU:       rapid.SampledFrom([]string{"", "Standard_v2", "WAF_v2"}).Draw(t, "sku"),
			Instances: rapid.IntRange(-1, 125).Draw(t, "instances"),
		})
	},
	func(t *rapid.T, n *egress.Network, number int) {
		n.TrafficControllers = append(n.TrafficControllers, egress.TrafficController{
			ID:           id("trafficControllers", number),
			Frontends:    make([]egress.TrafficControllerFrontend, rapid.IntRange(0, 3).Draw(t, "frontends")),
			Associations: make([]egress.TrafficAssociation, rapid.IntRange(0, 1).Draw(t, "associations")),
		})
	},
	func(t *rapid.T, n *egress.Network, number int) {
		n.Clusters = append(n.Clusters, egress.Cluster{
			ID:             id("managedClusters", number),
			Tier:           rapid.SampledFrom([]string{"", "Free", "Standard", "Premium"}).Draw(t, "tier"),
			PrivateCluster: rapid.Bool().Draw(t, "private"),
		})
	},
}

// unrelated are parts that cost nothing themselves.
func unrelated(n *egress.Network) *egress.Network {
	more := *n
	other := networktest.ByFirewall("Standard")
	more.VNets = append(more.VNets, other.VNets...)
	more.RouteTables = append(more.RouteTables, other.RouteTables...)
	more.FirewallPolicies = append(more.FirewallPolicies, other.FirewallPolicies...)
	more.NetworkSecurityGroups = append(more.NetworkSecurityGroups, egress.NetworkSecurityGroup{ID: "nsg"})
	more.ServiceTags = map[string][]netip.Prefix{"AzureCloud": prefixes("20.0.0.0/8")}
	return &more
}

// The total is the sum of the lines, one resource more never lowers it, and what costs nothing changes nothing.
func TestOf_Sums(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := &egress.Network{}
		before := price.Of(n)
		for number := range rapid.IntRange(1, 12).Draw(t, "resources") {
			rapid.SampledFrom(additions).Draw(t, "addition")(t, n, number)
			e := price.Of(n)
			sum := 0.0
			for _, l := range e.Lines {
				require.Positive(t, l.Count)
				require.Positive(t, l.MonthlyUSD)
				sum += l.MonthlyUSD
			}
			require.InDelta(t, sum, e.MonthlyUSD, 0.005)
			require.GreaterOrEqual(t, e.MonthlyUSD, before.MonthlyUSD)
			require.Equal(t, e.Lines, price.Of(unrelated(n)).Lines)
			before = e
		}
	})
}

// What one GB costs is the sum of its way, and no more than what the dearest way takes.
func TestOf_PerGBSums(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.SampledFrom([]func() *egress.Network{
			networktest.ByNATGateway, networktest.ByLoadBalancer,
			func() *egress.Network { return networktest.ByFirewall("Standard") },
		}).Draw(t, "fixture")()
		for number := range rapid.IntRange(0, 5).Draw(t, "resources") {
			rapid.SampledFrom(additions).Draw(t, "addition")(t, n, number+10)
		}
		e := price.Of(n)
		sum := 0.0
		for _, l := range e.PerGB {
			sum += l.Count * l.PerGBUSD
		}
		require.InDelta(t, sum, e.PerGBUSD, 1e-9)
		require.Positive(t, e.PerGBUSD)
	})
}
