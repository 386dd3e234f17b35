package egress_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress"
	"aks-egress/egress/networktest"
)

// anyNetwork is one of the fixtures, bent at random.
func anyNetwork(t *rapid.T) *egress.Network {
	fixtures := []func() *egress.Network{
		spoke, hubAndSpoke, withLoadBalancer, natAndPublished,
		func() *egress.Network { return withNAT([]string{ip1ID}, []string{prefixID}) },
		func() *egress.Network { n := hubAndSpoke(); withGateway(n); return n },
		func() *egress.Network {
			n := published(hubAndSpoke())
			both(internalService, dnat("10.1.0.250"))(n)
			return n
		},
	}
	return networktest.Bend(t, fixtures[rapid.IntRange(0, len(fixtures)-1).Draw(t, "fixture")]())
}

// anyFlow starts at any place of a network and goes to any place inside or outside.
func anyFlow(t *rapid.T, n *egress.Network) egress.Flow {
	froms := append(starts(n), egress.FromInternet, "nowhere")
	f := egress.Flow{
		From: rapid.SampledFrom(froms).Draw(t, "from"), Pod: rapid.Bool().Draw(t, "pod"),
		Host: rapid.SampledFrom([]string{"", "ifconfig.me", "a.example.com", "ntp.ubuntu.com"}).Draw(t, "host"),
		Port: rapid.SampledFrom([]uint16{80, 443, 123, 8080}).Draw(t, "port"),
		Protocol: rapid.SampledFrom([]egress.Protocol{egress.TCP, egress.UDP, egress.HTTP, egress.HTTPS}).
			Draw(t, "protocol"),
	}
	if to := rapid.SampledFrom([]string{
		"", "", "20.1.2.3", "10.1.0.9", "10.1.8.9", "10.0.1.4", "203.0.113.2", serviceIP, gatewayIP, "10.1.0.250",
		"10.244.0.7",
	}).Draw(t, "to"); to != "" {
		f.Addr = addr(to)
	}
	if rapid.Bool().Draw(t, "client") {
		f.Client = addr(someClient)
	}
	return f
}

// The closed set of dispositions.
var (
	arriving = []egress.Disposition{egress.ExitsInternet, egress.DeliveredLocal, egress.DeliveredService}
	others   = []egress.Disposition{
		egress.DeniedOut, egress.DeniedIn, egress.Asymmetric, egress.NoReturn, egress.NoRoute, egress.NullRouted,
		egress.NoEgress, egress.Loop, egress.Insufficient,
	}
)

func TestArrives(t *testing.T) {
	t.Parallel()
	for _, d := range arriving {
		require.True(t, d.Arrives(), d)
	}
	for _, d := range others {
		require.False(t, d.Arrives(), d)
	}
}

// Whatever the network and the flow: it ends, in one of the dispositions, with a reason, and the far end sees addresses
// of the network, or the client's.
func TestSourcesBelongToTheNetwork(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(t)
		model := egress.Compile(n)
		for range flowsEach {
			f := anyFlow(t, n)
			got := model.Trace(f)
			require.Contains(t, slices.Concat(arriving, others), got.Disposition)
			require.NotEmpty(t, got.Reason)
			for _, source := range got.Sources {
				require.True(t, belongs(n, f, got.Disposition, source), "%s of %+v: %s", source, f, got.Reason)
			}
			if !got.Disposition.Arrives() {
				require.Empty(t, got.Sources, "a flow that does not arrive is seen by nobody")
			}
		}
	})
}

func belongs(n *egress.Network, f egress.Flow, end egress.Disposition, source netip.Prefix) bool {
	inside := func(p netip.Prefix) bool {
		return p.IsValid() && p.Bits() <= source.Bits() && p.Contains(source.Addr())
	}
	public := slices.ContainsFunc(n.PublicIPs, func(ip egress.PublicIP) bool { return ip.Address == source.Addr() }) ||
		slices.ContainsFunc(n.PublicIPPrefixes, func(p egress.PublicIPPrefix) bool { return inside(p.Prefix) })
	private := slices.ContainsFunc(n.VNets, func(v egress.VNet) bool {
		return slices.ContainsFunc(v.Subnets, func(s egress.Subnet) bool { return slices.ContainsFunc(s.Prefixes, inside) })
	})
	switch {
	case f.From == egress.FromInternet && f.Client.IsValid() && source.Addr() == f.Client:
		return true
	case end == egress.ExitsInternet:
		return public
	}
	return private || public // a flow that leaves and comes in again is seen by its public address
}

// What has nothing to do with a flow does not change its trace.
func TestUnrelatedResourcesChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(t)
		var flows []egress.Flow
		for range flowsEach {
			flows = append(flows, anyFlow(t, n))
		}
		before := egress.Compile(n)
		traces := make([]egress.Trace, len(flows))
		for i, f := range flows {
			traces[i] = before.Trace(f)
		}
		addUnrelated(t, n)
		after := egress.Compile(n)
		for i, f := range flows {
			require.Equal(t, traces[i], after.Trace(f), "%+v", f)
		}
	})
}

// addUnrelated adds a network of its own, with everything that a network can have, before or behind the rest.
func addUnrelated(t *rapid.T, n *egress.Network) {
	const other = "/subscriptions/00000000-0000-0000-0000-00000000000f/resourceGroups/other/providers/Microsoft.Network/"
	vnet := other + "virtualNetworks/v"
	first := rapid.Bool().Draw(t, "first")
	table := egress.RouteTable{ID: other + "routeTables/t", Routes: []egress.Route{{
		Name: "default", Prefix: prefix("0.0.0.0/0"), NextHopType: egress.NextHopVirtualAppliance,
		NextHopIP: addr("10.77.1.4"),
	}}}
	v := egress.VNet{ID: vnet, Name: "v", AddressSpace: prefixes("10.77.0.0/16"), Subnets: []egress.Subnet{
		{ID: vnet + "/subnets/a", Name: "a", Prefixes: prefixes("10.77.0.0/24"), RouteTableID: table.ID},
		{ID: vnet + "/subnets/AzureFirewallSubnet", Name: "AzureFirewallSubnet", Prefixes: prefixes("10.77.1.0/26")},
	}}
	ip := egress.PublicIP{ID: other + "publicIPAddresses/p", Address: addr("198.51.100.200")}
	firewall := egress.Firewall{
		ID: other + "azureFirewalls/f", PrivateIP: addr("10.77.1.4"), SubnetID: vnet + "/subnets/AzureFirewallSubnet",
		PublicIPIDs: []string{ip.ID},
	}
	gateway := egress.NATGateway{ID: other + "natGateways/g", PublicIPIDs: []string{other + "publicIPAddresses/q"}}
	n.VNets = join(first, n.VNets, v)
	n.RouteTables = join(first, n.RouteTables, table)
	n.PublicIPs = join(first, n.PublicIPs, ip)
	n.Firewalls = join(first, n.Firewalls, firewall)
	n.NATGateways = join(first, n.NATGateways, gateway)
	for i := range rapid.IntRange(0, 3).Draw(t, "tables") {
		table.ID = fmt.Sprintf("%sroute-tables/%d", other, i)
		n.RouteTables = join(first, n.RouteTables, table)
	}
}

func join[T any](first bool, list []T, item T) []T {
	if first {
		return append([]T{item}, list...)
	}
	return append(list[:len(list):len(list)], item)
}
