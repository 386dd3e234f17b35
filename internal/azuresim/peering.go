package azuresim

import (
	"net/netip"
	"strings"
)

// The states of a peering. Connected is never stored: it is Initiated on both sides.
const (
	initiated    = "Initiated"
	connected    = "Connected"
	disconnected = "Disconnected"
)

// peeringKind is Microsoft.Network/virtualNetworks/virtualNetworkPeerings.
func peeringKind() kind {
	return kind{
		token:    peeringToken,
		path:     networkPath + "/virtualNetworks/{virtualNetworkName}/virtualNetworkPeerings/{virtualNetworkPeeringName}",
		autoname: "virtualNetworkPeeringName",
		naming:   copiedName,
		absent: []string{
			"peerCompleteVnets", "enableOnlyIPv6Peering", "localAddressSpace", "localSubnetNames",
			"localVirtualNetworkAddressSpace",
			"remoteSubnetNames", "remoteBgpCommunities", "allowGatewayTransit",
			"useRemoteGateways",
			"doNotVerifyRemoteGateways",
		},
		put: putPeering,
		remove: func(op *operation, r *Record) error {
			if other := op.otherSide(r); other != nil {
				other.Outputs["peeringState"] = disconnected
				op.put(other)
			}
			return nil
		},
		show: showPeering,
	}
}

// putPeering makes or changes one side. Azure takes a state and a sync level in the request and decides for itself:
// Microsoft's own templates make a first side with peeringState Connected (github.com/Azure/data-landing-zone,
// infra/modules/auxiliary/dataManagementZoneVnetPeering.bicep).
func putPeering(op *operation, _, desired *Record) error {
	if err := checkName(desired); err != nil {
		return err
	}
	local := parentOf(desired.ID)
	remote := text(desired.Inputs, "remoteVirtualNetwork", "id")
	if remote == "" || sameID(local, remote) {
		return refuseOwnPeering.because(desired.ID, remote)
	}
	if _, err := op.referenced(remote, desired.ID, virtualNetworkToken, ""); err != nil {
		return err
	}
	desired.Outputs = networkAnswer(desired, "virtualNetworks/virtualNetworkPeerings")
	delete(desired.Outputs, "syncRemoteAddressSpace")
	desired.Outputs["remoteVirtualNetwork"] = reference(remote)
	desired.Outputs["peeringState"] = initiated
	desired.Outputs["resourceGuid"] = guid("resource", desired.ID)
	for _, name := range []string{"allowForwardedTraffic", "allowGatewayTransit", "useRemoteGateways"} {
		fill(desired.Outputs, name, false)
	}
	if err := op.checkSiblings(desired); err != nil {
		return err
	}
	if other := op.otherSide(desired); other != nil && text(other.Outputs, "peeringState") == disconnected {
		return refuseDisconnected.because(desired.ID, other.ID, local)
	}
	op.put(desired)
	return op.checkPeering(desired)
}

// mostPeerings is how many peerings a virtual network can have (azure-facts 4).
const mostPeerings = 500

// checkSiblings refuses a second peering to the same network, and too many.
func (op *operation) checkSiblings(peering *Record) error {
	local, remote := parentOf(peering.ID), text(peering.Outputs, "remoteVirtualNetwork", "id")
	total := 1
	for _, sibling := range op.children(&Record{ID: local}, peeringToken) {
		if sameID(sibling.ID, peering.ID) {
			continue
		}
		if sameID(text(sibling.Outputs, "remoteVirtualNetwork", "id"), remote) {
			return refuseSecondPeering.because(sibling.ID, remote, peering.ID)
		}
		total++
	}
	if total > mostPeerings {
		return refuseManyPeerings.because(local, mostPeerings)
	}
	return nil
}

// otherSide is the peering from the remote network back to the local one, or nil.
func (op *operation) otherSide(peering *Record) *Record {
	local, remote := parentOf(peering.ID), text(peering.Outputs, "remoteVirtualNetwork", "id")
	for _, r := range op.children(&Record{ID: remote}, peeringToken) {
		if sameID(text(r.Outputs, "remoteVirtualNetwork", "id"), local) {
			return r
		}
	}
	return nil
}

// showPeering adds the state that both sides make together, and the remote address space.
func showPeering(op *operation, r *Record) {
	other := op.otherSide(r)
	if text(r.Outputs, "peeringState") == initiated && other != nil && text(other.Outputs, "peeringState") == initiated {
		r.Outputs["peeringState"] = connected
		r.Outputs["peeringSyncLevel"] = "FullyInSync"
	} else {
		r.Outputs["peeringSyncLevel"] = "RemoteNotInSync"
	}
	if remote, ok := op.get(text(r.Outputs, "remoteVirtualNetwork", "id")); ok {
		if space := object(remote.Outputs, "addressSpace"); space != nil {
			r.Outputs["remoteAddressSpace"] = cloneObject(space)
			r.Outputs["remoteVirtualNetworkAddressSpace"] = cloneObject(space)
		}
	}
}

// checkPeerings checks a network's peerings, both ways, after its address space changed.
func (op *operation) checkPeerings(network *Record) error {
	for _, peering := range op.children(network, peeringToken) {
		if err := op.checkPeering(peering); err != nil {
			return err
		}
	}
	for _, h := range op.holders(network.ID, peeringToken) {
		if err := op.checkPeering(h.Record); err != nil {
			return err
		}
	}
	return nil
}

// checkPeering refuses networks whose address spaces overlap: the two, and each with what the other is peered with.
func (op *operation) checkPeering(peering *Record) error {
	local, remote := parentOf(peering.ID), text(peering.Outputs, "remoteVirtualNetwork", "id")
	if both := overlapping(op.addressSpace(local), op.addressSpace(remote)); both != "" {
		return refusePeeringOverlap.because(peering.ID, local, remote, both)
	}
	if err := op.checkPeers(peering, local, remote); err != nil {
		return err
	}
	return op.checkPeers(peering, remote, local)
}

// checkPeers refuses a peering if the address space of first overlaps that of a network that second is peered with.
func (op *operation) checkPeers(peering *Record, first, second string) error {
	space := op.addressSpace(first)
	for _, r := range op.children(&Record{ID: second}, peeringToken) {
		peer := text(r.Outputs, "remoteVirtualNetwork", "id")
		if sameID(peer, first) {
			continue
		}
		if both := overlapping(space, op.addressSpace(peer)); both != "" {
			return refusePeerOverlap.because(peering.ID, first, second, peer, both)
		}
	}
	return nil
}

// addressSpace is the address space of a virtual network, or nil.
func (op *operation) addressSpace(id string) []netip.Prefix {
	r, ok := op.get(id)
	if !ok {
		return nil
	}
	space, err := prefixes(id, texts(r.Outputs, "addressSpace", "addressPrefixes"))
	if err != nil {
		return nil // refused when it was put
	}
	return space
}

// overlapping lists the prefixes of both that overlap, or is "".
func overlapping(a, b []netip.Prefix) string {
	var both []string
	for _, x := range a {
		for _, y := range b {
			if x.Overlaps(y) {
				both = append(both, x.String(), y.String())
			}
		}
	}
	return strings.Join(both, ", ")
}
