package egress

import (
	"fmt"
	"net/netip"
	"strings"
)

// connected says whether a peering carries routes: both sides must be Connected. A remote VNet outside the network
// is taken at the local side's word, because Azure sets Connected only when both sides exist.
func (n *Network) connected(local *VNet, peering *Peering) bool {
	if !strings.EqualFold(peering.State, PeeringConnected) {
		return false
	}
	remote := n.vnet(peering.RemoteVNetID)
	if remote == nil {
		return true
	}
	back := peeringTo(remote, local.ID)
	return back != nil && strings.EqualFold(back.State, PeeringConnected)
}

func (n *Network) remoteSpace(peering *Peering) []netip.Prefix {
	if remote := n.vnet(peering.RemoteVNetID); remote != nil {
		return remote.AddressSpace
	}
	return peering.RemoteAddressSpace
}

func peeringTo(v *VNet, remoteID string) *Peering {
	for i := range v.Peerings {
		if sameID(v.Peerings[i].RemoteVNetID, remoteID) {
			return &v.Peerings[i]
		}
	}
	return nil
}

// reach says whether machines of two VNets of the network can talk over a direct peering: both sides Connected and
// allowVirtualNetworkAccess (azure-facts 4). It returns the peering of from, or why not.
func (n *Network) reach(from, to *VNet) (peering *Peering, why string) {
	there, back := peeringTo(from, to.ID), peeringTo(to, from.ID)
	switch {
	case there == nil:
		return nil, fmt.Sprintf("VNet %s has no peering to VNet %s", from.Name, to.Name)
	case back == nil:
		return nil, fmt.Sprintf("VNet %s has no peering back to VNet %s", to.Name, from.Name)
	}
	for _, p := range []*Peering{there, back} {
		if !strings.EqualFold(p.State, PeeringConnected) {
			return nil, fmt.Sprintf("peering %s is %s, not %s", shortName(p.ID), stateWord(p), PeeringConnected)
		}
		if !p.AllowVirtualNetworkAccess {
			return nil, fmt.Sprintf("peering %s has allowVirtualNetworkAccess false", shortName(p.ID))
		}
	}
	return there, ""
}

func stateWord(p *Peering) string {
	if p.State == "" {
		return "without a state"
	}
	return p.State
}

// learnsRoutes says whether the subnet may have routes learned by BGP, which the network does not hold: the VNet
// has a gateway, or uses a peer's, and the route table does not refuse them.
func (n *Network) learnsRoutes(vnet *VNet, subnet *Subnet) bool {
	if table := n.routeTable(subnet.RouteTableID); table != nil && table.DisableBGPRoutePropagation {
		return false
	}
	for i := range vnet.Subnets {
		if strings.EqualFold(vnet.Subnets[i].Name, "GatewaySubnet") {
			return true
		}
	}
	for i := range vnet.Peerings {
		if vnet.Peerings[i].UseRemoteGateways {
			return true
		}
	}
	return false
}
