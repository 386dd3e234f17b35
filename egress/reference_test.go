package egress_test

import (
	"fmt"
	"net/netip"
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
	user bool
}

func bitsOf(a netip.Addr) string {
	var b strings.Builder
	for _, octet := range a.As4() {
		fmt.Fprintf(&b, "%08b", octet)
	}
	return b.String()
}

func ref(p netip.Prefix, hop string, user bool) refRoute {
	return refRoute{bitsOf(p.Addr())[:p.Bits()], hop, user}
}

// refSelect is azure-facts 4 for a VNet without peerings: "longest prefix; equal prefix: user before system", the
// system routes, and when the reserved ranges are dropped.
func refSelect(space, user []netip.Prefix, hops []string, addr netip.Addr) string {
	var routes []refRoute
	userDefault := false
	for i, p := range user {
		routes = append(routes, ref(p, hops[i], true))
		userDefault = userDefault || p.Bits() == 0
	}
	for _, p := range space {
		routes = append(routes, ref(p, "VnetLocal", false))
	}
	for _, reserved := range []string{"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"} {
		r := ref(netip.MustParsePrefix(reserved), "None", false)
		held := false
		for _, p := range space {
			held = held || strings.HasPrefix(r.bits, ref(p, "", false).bits)
		}
		if !held && !userDefault {
			routes = append(routes, r)
		}
	}
	routes = append(routes, refRoute{"", "Internet", false})
	for length := 32; length >= 0; length-- {
		for _, user := range []bool{true, false} {
			for _, r := range routes {
				if r.user == user && len(r.bits) == length && strings.HasPrefix(bitsOf(addr), r.bits) {
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

func TestRouteSelectionAgainstReference(t *testing.T) {
	t.Parallel()
	hopTypes := []string{"Internet", "None", "VnetLocal", "VirtualNetworkGateway"}
	rapid.Check(t, func(t *rapid.T) {
		space := []netip.Prefix{rapid.SampledFrom(prefixes("10.0.0.0/8", "10.1.0.0/16", "20.0.0.0/7", "172.16.0.0/12",
			"192.168.0.0/17")).Draw(t, "space")}
		var user []netip.Prefix
		var hops []string
		table := egress.RouteTable{ID: tableID}
		used := map[netip.Prefix]bool{}
		for i := range rapid.IntRange(0, 8).Draw(t, "routes") {
			p := drawPrefix(t, fmt.Sprintf("route %d", i))
			if used[p] {
				continue
			}
			used[p] = true
			hop := rapid.SampledFrom(hopTypes).Draw(t, fmt.Sprintf("hop %d", i))
			user, hops = append(user, p), append(hops, hop)
			table.Routes = append(table.Routes, egress.Route{
				Name: fmt.Sprint(i), Prefix: p,
				NextHopType: egress.NextHopType(hop),
			})
		}
		n := &egress.Network{
			VNets: []egress.VNet{{
				ID: spokeID, AddressSpace: space,
				Subnets: []egress.Subnet{{ID: nodesID, Name: "n", Prefixes: space, RouteTableID: tableID}},
			}},
			RouteTables: []egress.RouteTable{table},
		}
		dest := drawPrefix(t, "destination").Addr()
		if dest.IsUnspecified() {
			t.Skip("not a destination")
		}
		got := n.Trace(egress.Flow{From: nodesID, Addr: dest, Port: 1, Protocol: egress.TCP})
		if len(got.Hops) == 0 { // such as 127.0.0.0/8 or 0.0.0.0/8
			require.Equal(t, egress.Insufficient, got.Disposition)
			return
		}
		require.Equal(t, "next hop "+refSelect(space, user, hops, dest), got.Hops[0].Action)
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
