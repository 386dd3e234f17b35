package price_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"aks-egress/egress"
	"aks-egress/egress/networktest"
	"aks-egress/egress/price"
)

func prefixes(text string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(text)} }

// What one GB costs, calculated by hand from azure-facts 12.2 along the way that traffic takes.
func TestOf_PerGB(t *testing.T) {
	t.Parallel()
	behind := networktest.ByFirewall("Standard")
	networktest.PutNATGateway(behind, &behind.VNets[1].Subnets[0])
	sameVNet := networktest.ByFirewall("Standard")
	sameVNet.VNets[0].AddressSpace = append(sameVNet.VNets[0].AddressSpace, prefixes("10.0.0.0/22")...)
	sameVNet.VNets[0].Subnets = append(sameVNet.VNets[0].Subnets, sameVNet.VNets[1].Subnets[0])
	sameVNet.VNets, sameVNet.VNets[0].Peerings = sameVNet.VNets[:1], nil
	misnamed := networktest.ByNATGateway()
	misnamed.Clusters[0].OutboundType = "userDefinedRouting"
	noWay := networktest.Spoke("userAssignedNATGateway")
	two := networktest.ByLoadBalancer()
	two.Clusters = append(two.Clusters, networktest.ByNATGateway().Clusters[0])
	two.Clusters[1].ID += "2"
	two.Clusters[1].NodeSubnetIDs = []string{networktest.SpokeID + "/subnets/other"}
	two.VNets[0].Subnets = append(two.VNets[0].Subnets, networktest.ByNATGateway().VNets[0].Subnets[0])
	other := &two.VNets[0].Subnets[1]
	other.ID, other.Prefixes = networktest.SpokeID+"/subnets/other", prefixes("10.1.4.0/22")
	two.NATGateways = networktest.ByNATGateway().NATGateways
	for name, c := range map[string]struct {
		network *egress.Network
		perGB   float64
		items   int
	}{
		"load balancer":                         {networktest.ByLoadBalancer(), 0.005 + 0.087, 2},
		"NAT gateway":                           {networktest.ByNATGateway(), 0.045 + 0.087, 2},
		"firewall":                              {networktest.ByFirewall("Standard"), 2*0.01 + 0.016 + 0.087, 3},
		"firewall, Premium":                     {networktest.ByFirewall("Premium"), 2*0.01 + 0.016 + 0.087, 3},
		"firewall, Basic":                       {networktest.ByFirewall("Basic"), 2*0.01 + 0.065 + 0.087, 3},
		"firewall in the nodes' own VNet":       {sameVNet, 0.016 + 0.087, 2},
		"firewall with a NAT gateway":           {behind, 2*0.01 + 0.016 + 0.045 + 0.087, 4},
		"what the outbound type says is not so": {misnamed, 0.045 + 0.087, 2},
		"no way out":                            {noWay, 0, 0},
		"two clusters: the dearer":              {two, 0.045 + 0.087, 2},
	} {
		e := price.Of(c.network)
		assert.InDelta(t, c.perGB, e.PerGBUSD, 1e-9, "%s: %v %v", name, e.PerGB, e.NotPriced)
		assert.Len(t, e.PerGB, c.items, name)
		for _, l := range e.PerGB {
			assert.Zero(t, l.MonthlyUSD, name)
		}
	}
}
