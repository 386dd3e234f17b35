package egress_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress"
)

// refEstate is two spokes around a hub with a firewall that allows everything and translates nothing, as the reference
// sees it: what happens to a packet in each place, by the place that it goes to.
type refEstate struct {
	next      map[string]map[string]string // where, to which spoke → "fw", "direct", "nowhere"
	forwarded map[string]bool              // whether a spoke's peering to the hub lets in what the firewall forwards
}

// refWay is the firewalls that a packet from one place to another passes; false when it is lost.
func (e refEstate) refWay(from, to string) (firewalls []string, arrives bool) {
	at := from
	for range 3 {
		switch e.next[at][to] {
		case "direct":
			return firewalls, at != "hub" || e.forwarded[to]
		case "fw":
			if at == "hub" {
				return nil, false
			}
			at, firewalls = "hub", append(firewalls, "fw")
		default:
			return nil, false
		}
	}
	return nil, false
}

const (
	spokeBID  = rg + "Microsoft.Network/virtualNetworks/vnet-b"
	nodesBID  = spokeBID + "/subnets/snet-nodes"
	tableBID  = rg + "Microsoft.Network/routeTables/rt-b"
	spaceA    = "10.1.0.0/16"
	spaceB    = "10.2.0.0/16"
	inSubnetB = "10.2.0.9"
)

// drawEstate draws the two spokes, for the model and for the reference.
func drawEstate(t *rapid.T) (*egress.Network, refEstate) {
	n := hubAndSpoke()
	network(n).NetworkRules = []egress.NetworkRule{{
		Name: "all", Protocols: []string{"Any"}, Sources: []string{"*"}, Destinations: []string{"*"}, Ports: []string{"*"},
	}}
	direct := rapid.Bool().Draw(t, "spokes peered")
	e := refEstate{forwarded: map[string]bool{
		"a": rapid.Bool().Draw(t, "a forwarded"), "b": rapid.Bool().Draw(t, "b forwarded"),
	}}
	n.VNets[0].Peerings = []egress.Peering{peer(spokeID, "to-hub", hubID)}
	n.VNets[0].Peerings[0].AllowForwardedTraffic = e.forwarded["a"]
	b := egress.VNet{
		ID: spokeBID, Name: "vnet-b", AddressSpace: prefixes(spaceB),
		Subnets:  []egress.Subnet{{ID: nodesBID, Name: "snet-nodes", Prefixes: prefixes("10.2.0.0/24")}},
		Peerings: []egress.Peering{peer(spokeBID, "to-hub", hubID)},
	}
	b.Peerings[0].AllowForwardedTraffic = e.forwarded["b"]
	n.VNets[1].Peerings = []egress.Peering{peer(hubID, "to-a", spokeID), peer(hubID, "to-b", spokeBID)}
	if direct {
		n.VNets[0].Peerings = append(n.VNets[0].Peerings, peer(spokeID, "to-b", spokeBID))
		b.Peerings = append(b.Peerings, peer(spokeBID, "to-a", spokeID))
	}
	n.VNets = append(n.VNets, b)
	e.next = map[string]map[string]string{
		"a": {"b": drawTable(t, n, 0, tableID, spaceB, direct)}, "b": {"a": drawTable(t, n, 2, tableBID, spaceA, direct)},
		"hub": {"a": "direct", "b": "direct"},
	}
	return n, e
}

// drawTable gives the first subnet of a VNet a route table, or none, and says where it leads to the other spoke.
func drawTable(t *rapid.T, n *egress.Network, vnet int, id, other string, direct bool) string {
	n.VNets[vnet].Subnets[0].RouteTableID = ""
	n.VNets[vnet].Subnets[0].DefaultOutboundAccess = nil
	routes := map[string]egress.NextHopType{ // by prefix
		"0.0.0.0/0": rapid.SampledFrom([]egress.NextHopType{"", egress.NextHopVirtualAppliance, egress.NextHopNone}).
			Draw(t, "default route"),
		other: rapid.SampledFrom([]egress.NextHopType{"", "", egress.NextHopVirtualAppliance, egress.NextHopNone}).
			Draw(t, "route to the other spoke"),
	}
	table := egress.RouteTable{ID: id, Name: id}
	for prefixText, hop := range routes {
		if hop == "" {
			continue
		}
		r := egress.Route{Name: prefixText, Prefix: prefix(prefixText), NextHopType: hop}
		if hop == egress.NextHopVirtualAppliance {
			r.NextHopIP = addr("10.0.1.4")
		}
		table.Routes = append(table.Routes, r)
	}
	n.RouteTables = append(n.RouteTables, table)
	if vnet == 0 {
		n.RouteTables = n.RouteTables[1:]
	}
	n.VNets[vnet].Subnets[0].RouteTableID = id
	words := map[egress.NextHopType]string{egress.NextHopVirtualAppliance: "fw", egress.NextHopNone: "nowhere"}
	switch {
	case routes[other] != "": // the longest prefix, or the user's among equal ones
		return words[routes[other]]
	case direct: // longer than the default route
		return "direct"
	case routes["0.0.0.0/0"] != "":
		return words[routes["0.0.0.0/0"]]
	}
	return "nowhere" // 10.0.0.0/8 is a reserved range
}

// A flow between spokes is answered where the reference says so: the firewall must see both directions or none.
func TestAnswersAgainstReference(t *testing.T) {
	t.Parallel()
	ends := map[egress.Disposition]int{}
	rapid.Check(t, func(t *rapid.T) {
		n, e := drawEstate(t)
		flow := tcp(inSubnetB, 8080)
		if rapid.Bool().Draw(t, "udp") {
			flow.Protocol = egress.UDP
		}
		there, arrives := e.refWay("a", "b")
		back, answered := e.refWay("b", "a")
		want := []egress.Disposition{egress.DeliveredLocal}
		switch {
		case !arrives:
			want = []egress.Disposition{egress.NullRouted, egress.NoRoute}
		case len(there) == 0 && e.next["b"]["a"] == "fw": // which never saw the request
			want = []egress.Disposition{egress.Asymmetric}
		case !answered:
			want = []egress.Disposition{egress.NoReturn}
		case len(there) > len(back) && flow.Protocol == egress.TCP:
			want = []egress.Disposition{egress.Asymmetric}
		}
		got := n.Trace(flow)
		ends[got.Disposition]++
		require.Contains(t, want, got.Disposition, "%s: %+v", got.Reason, e)
		require.Equal(t, got.Disposition == egress.DeliveredLocal, len(got.Sources) > 0)
	})
	for _, d := range []egress.Disposition{
		egress.DeliveredLocal, egress.Asymmetric, egress.NoReturn, egress.NoRoute, egress.NullRouted,
	} {
		require.Positive(t, ends[d], fmt.Sprint(d, " was never drawn"))
	}
}
