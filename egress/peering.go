package egress

import (
	"fmt"
	"net/netip"
	"strings"
)

// PeeringConnected is the state of a peering that carries traffic; both sides must have it.
const PeeringConnected = "Connected"

// Peering is one side of a VNet peering: it belongs to the VNet that lists it.
type Peering struct {
	ID                        string         `json:"id"`
	Name                      string         `json:"name"`
	RemoteVNetID              string         `json:"remoteVnetId"`
	RemoteAddressSpace        []netip.Prefix `json:"remoteAddressSpace,omitempty"` // used when the remote VNet is absent
	AllowVirtualNetworkAccess bool           `json:"allowVirtualNetworkAccess"`
	AllowForwardedTraffic     bool           `json:"allowForwardedTraffic"`
	UseRemoteGateways         bool           `json:"useRemoteGateways,omitempty"`
	State                     string         `json:"state"` // Initiated, Connected or Disconnected
}

// link is a peering as the VNet that lists it sees it.
type link struct {
	*Peering
	remote    *VNet    // nil: not in the network
	back      *Peering // the remote side; nil: absent
	connected bool     // carries routes
	why       string   // why machines of the two VNets cannot talk; empty: they can
	hop       Hop
}

// links reads the peerings of a VNet, one for each remote VNet.
func (ix *index) links(local *VNet) []*link {
	var out []*link
	seen := map[string]bool{}
	for i := range local.Peerings {
		p := &local.Peerings[i]
		key := idKey(p.RemoteVNetID)
		if seen[key] {
			continue
		}
		seen[key] = true
		l := &link{Peering: p, remote: ix.vnets[key]}
		if l.remote != nil {
			l.back = ix.peerings[l.remote][idKey(local.ID)]
			l.why = l.blocked(local)
			l.hop = Hop{
				At: "peering", Resource: p.ID, Rule: "allowVirtualNetworkAccess", Action: "to VNet " + l.remote.Name,
			}
		}
		l.connected = l.carriesRoutes()
		out = append(out, l)
	}
	return out
}

// carriesRoutes: both sides must be Connected. A remote VNet outside the network is taken at the local side's word,
// because Azure sets Connected only when both sides exist.
func (l *link) carriesRoutes() bool {
	if !strings.EqualFold(l.State, PeeringConnected) {
		return false
	}
	return l.remote == nil || l.back != nil && strings.EqualFold(l.back.State, PeeringConnected)
}

// blocked says why machines of two VNets of the network cannot talk over a direct peering: both sides must be Connected
// and have allowVirtualNetworkAccess (azure-facts 4).
func (l *link) blocked(local *VNet) string {
	if l.back == nil {
		return fmt.Sprintf("VNet %s has no peering back to VNet %s", l.remote.Name, local.Name)
	}
	for _, p := range []*Peering{l.Peering, l.back} {
		if !strings.EqualFold(p.State, PeeringConnected) {
			return fmt.Sprintf("peering %s is %s, not %s", ShortName(p.ID), stateWord(p), PeeringConnected)
		}
		if !p.AllowVirtualNetworkAccess {
			return fmt.Sprintf("peering %s has allowVirtualNetworkAccess false", ShortName(p.ID))
		}
	}
	return ""
}

// space is the address space behind the peering.
func (l *link) space() []netip.Prefix {
	if l.remote != nil {
		return l.remote.AddressSpace
	}
	return l.RemoteAddressSpace
}

func stateWord(p *Peering) string {
	if p.State == "" {
		return "without a state"
	}
	return p.State
}
