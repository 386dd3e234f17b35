package egress_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress"
)

// The reference decides bit by bit on strings: it shares no code and no library type with the model.
type refRoute struct {
	bits string // of the prefix
	hop  string
	rank int // at equal prefixes: user before BGP before system
}

const (
	refUser = iota
	refBGP
	refSystem
)

func bitsOf(a netip.Addr) string {
	var b strings.Builder
	for _, octet := range a.As4() {
		fmt.Fprintf(&b, "%08b", octet)
	}
	return b.String()
}

func ref(p netip.Prefix, hop string, rank int) refRoute {
	return refRoute{bitsOf(p.Addr())[:p.Bits()], hop, rank}
}

// refNetwork is what decides about the routes of a subnet.
type refNetwork struct {
	space, peer, learned []netip.Prefix // of the VNet, of a peered one, announced by the VNet's gateway
	user                 []netip.Prefix
	hops                 []string // of the user routes
}

// refSelect is azure-facts 4: "longest prefix; equal prefix: user, BGP, system", the system routes, when the reserved
// ranges are dropped, and that VNet and peering stay preferred over more specific BGP routes.
func refSelect(n refNetwork, addr netip.Addr) string {
	var routes []refRoute
	userDefault := false
	for i, p := range n.user {
		routes = append(routes, ref(p, n.hops[i], refUser))
		userDefault = userDefault || p.Bits() == 0
	}
	local := len(routes)
	for _, p := range n.space {
		routes = append(routes, ref(p, "VnetLocal", refSystem))
	}
	for _, p := range n.peer {
		routes = append(routes, ref(p, "VNetPeering", refSystem))
	}
	within := func(bits string) bool {
		for _, r := range routes[local:] {
			if r.rank == refSystem && strings.HasPrefix(bits, r.bits) {
				return true
			}
		}
		return false
	}
	for _, p := range n.learned {
		if r := ref(p, "VirtualNetworkGateway", refBGP); !within(r.bits) {
			routes = append(routes, r)
		}
	}
	for _, reserved := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"} {
		if r := ref(netip.MustParsePrefix(reserved), "None", refSystem); !userDefault && !within(r.bits) {
			routes = append(routes, r)
		}
	}
	routes = append(routes, refRoute{"", "Internet", refSystem})
	for length := 32; length >= 0; length-- {
		for rank := refUser; rank <= refSystem; rank++ {
			for _, r := range routes {
				if r.rank == rank && len(r.bits) == length && strings.HasPrefix(bitsOf(addr), r.bits) {
					return r.hop
				}
			}
		}
	}
	return ""
}

func drawPrefix(t *rapid.T, name string) netip.Prefix {
	// Few distinct addresses, so that prefixes nest and collide often.
	octets := [4]byte{
		rapid.SampledFrom([]byte{10, 11, 100, 172, 192, 20}).Draw(t, name+" a"), rapid.SampledFrom([]byte{
			0, 1, 16, 64,
			168,
		}).Draw(t, name+" b"),
		rapid.SampledFrom([]byte{0, 1, 128}).Draw(t, name+" c"), rapid.SampledFrom([]byte{0, 1, 255}).Draw(t, name+" d"),
	}
	return netip.PrefixFrom(netip.AddrFrom4(octets), rapid.SampledFrom([]int{
		0, 1, 7, 8, 9, 12, 16, 17, 24, 25,
		32,
	}).Draw(t, name+" bits")).Masked()
}

func drawPrefixes(t *rapid.T, name string, most int) []netip.Prefix {
	var out []netip.Prefix
	for i := range rapid.IntRange(0, most).Draw(t, name+"s") {
		if p := drawPrefix(t, fmt.Sprintf("%s %d", name, i)); !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func TestRouteSelectionAgainstReference(t *testing.T) {
	t.Parallel()
	hopTypes := []string{"Internet", "None", "VnetLocal", "VirtualNetworkGateway"}
	rapid.Check(t, func(t *rapid.T) {
		r := refNetwork{
			space: []netip.Prefix{rapid.SampledFrom(prefixes("10.0.0.0/8", "10.1.0.0/16", "20.0.0.0/7", "172.16.0.0/12",
				"192.168.0.0/17")).Draw(t, "space")},
			learned: drawPrefixes(t, "learned", 3), user: drawPrefixes(t, "route", 8),
		}
		if rapid.Bool().Draw(t, "peered") {
			r.peer = []netip.Prefix{rapid.SampledFrom(prefixes("11.0.0.0/8", "100.64.0.0/10", "192.168.128.0/17",
				"11.1.0.0/16")).Draw(t, "peer")}
		}
		table := egress.RouteTable{ID: tableID}
		for i, p := range r.user {
			r.hops = append(r.hops, rapid.SampledFrom(hopTypes).Draw(t, fmt.Sprintf("hop %d", i)))
			table.Routes = append(table.Routes, egress.Route{
				Name: fmt.Sprint(i), Prefix: p, NextHopType: egress.NextHopType(r.hops[i]),
			})
		}
		vnet := egress.VNet{
			ID: spokeID, AddressSpace: r.space, GatewayRoutes: r.learned,
			Subnets: []egress.Subnet{{ID: nodesID, Name: "n", Prefixes: r.space, RouteTableID: tableID}},
		}
		if r.peer != nil {
			vnet.Peerings = []egress.Peering{{
				ID: spokeID + "/virtualNetworkPeerings/p", RemoteVNetID: hubID, RemoteAddressSpace: r.peer,
				State: egress.PeeringConnected,
			}}
		}
		if table.DisableBGPRoutePropagation = rapid.Bool().Draw(t, "BGP off"); table.DisableBGPRoutePropagation {
			r.learned = nil
		}
		n := &egress.Network{VNets: []egress.VNet{vnet}, RouteTables: []egress.RouteTable{table}}
		dest := drawPrefix(t, "destination").Addr()
		if dest.IsUnspecified() {
			t.Skip("not a destination")
		}
		got := n.Trace(egress.Flow{From: nodesID, Addr: dest, Port: 1, Protocol: egress.TCP})
		if len(got.Hops) == 0 { // such as 127.0.0.0/8 or 0.0.0.0/8
			require.Equal(t, egress.Insufficient, got.Disposition)
			return
		}
		require.Equal(t, "next hop "+refSelect(r, dest), got.Hops[0].Action)
	})
}

// A flow to a host name ends like a flow to a public address of it, whenever the model says that it knows.
func TestHostFlowsAgreeWithAddresses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := hubAndSpoke()
		n.VNets[0].Subnets[0].DefaultOutboundAccess = nil
		n.RouteTables[0].Routes = nil
		used := map[netip.Prefix]bool{}
		for i := range rapid.IntRange(0, 6).Draw(t, "routes") {
			bits := rapid.IntRange(0, 5).Draw(t, fmt.Sprintf("bits %d", i))
			first := rapid.SampledFrom([]byte{0, 64, 128, 192, 240}).Draw(t, fmt.Sprintf("first %d", i))
			p := netip.PrefixFrom(netip.AddrFrom4([4]byte{first}), bits).Masked()
			if used[p] {
				continue
			}
			used[p] = true
			r := egress.Route{Name: fmt.Sprint(i), Prefix: p, NextHopType: egress.NextHopInternet}
			if rapid.Bool().Draw(t, fmt.Sprintf("appliance %d", i)) {
				r.NextHopType, r.NextHopIP = egress.NextHopVirtualAppliance, addr("10.0.1.4")
			}
			n.RouteTables[0].Routes = append(n.RouteTables[0].Routes, r)
		}
		byName := http("ifconfig.me")
		byAddr := byName
		byAddr.Addr = addr(rapid.SampledFrom([]string{
			"1.1.1.1", "34.5.6.7", "66.1.2.3", "130.1.2.3", "200.1.2.3",
			"223.9.9.9",
		}).Draw(t, "address"))
		name, exact := n.Trace(byName), n.Trace(byAddr)
		if name.Disposition == egress.Insufficient {
			return
		}
		require.Equal(t, exact.Disposition, name.Disposition, name.Reason)
		require.Equal(t, exact.Sources, name.Sources, name.Reason)
	})
}
