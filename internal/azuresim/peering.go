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
			"remoteSubnetNames", "remoteBgpCommunities", "peeringState", "peeringSyncLevel", "allowGatewayTransit",
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

func putPeering(op *operation, _, desired *Record) error {
	if err := checkName(desired, 1, 80); err != nil {
		return err
	}
	local := parentOf(desired.ID)
	remote := text(desired.Inputs, "remoteVirtualNetwork", "id")
	if remote == "" || sameID(local, remote) {
		return refuse("InvalidRequestFormat", "Peering %s needs another virtual network as remoteVirtualNetwork (got %q).",
			desired.ID, remote)
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
	for _, sibling := range op.children(&Record{ID: local}, peeringToken) {
		if !sameID(sibling.ID, desired.ID) && sameID(text(sibling.Outputs, "remoteVirtualNetwork", "id"), remote) {
			return refuse("AnotherPeeringAlreadyReferencesRemoteVnet",
				"Peering %s already references remote virtual network %s. "+
					"Cannot add another peering %s referencing the same remote virtual network.",
				sibling.ID, remote, desired.ID)
		}
	}
	if other := op.otherSide(desired); other != nil && text(other.Outputs, "peeringState") == disconnected {
		return refuse("RemotePeeringIsDisconnected",
			"Cannot create or update peering %s because remote peering %s referencing "+
				"parent virtual network %s is in Disconnected state. Update or re-create the remote peering to get it back to "+
				"Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.",
			desired.ID, other.ID, local)
	}
	op.put(desired)
	return op.checkPeering(desired)
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

// checkPeering refuses networks whose address spaces overlap: the two, and any two that the local one is peered with.
func (op *operation) checkPeering(peering *Record) error {
	local, remote := parentOf(peering.ID), text(peering.Outputs, "remoteVirtualNetwork", "id")
	mine, theirs := op.addressSpace(local), op.addressSpace(remote)
	if both := overlapping(mine, theirs); both != "" {
		return refuse("VnetAddressSpacesOverlap", "Cannot create or update peering %s. Virtual networks %s and %s cannot be "+
			"peered because their address spaces overlap. Overlapping address prefixes: %s", peering.ID, local, remote, both)
	}
	for _, sibling := range op.children(&Record{ID: local}, peeringToken) {
		other := text(sibling.Outputs, "remoteVirtualNetwork", "id")
		if sameID(sibling.ID, peering.ID) || sameID(other, remote) {
			continue
		}
		if both := overlapping(theirs, op.addressSpace(other)); both != "" {
			return refuse("VnetAddressSpaceOverlapsWithAlreadyPeeredVnet", "Cannot create or update peering %s because remote "+
				"virtual network %s address space overlaps with address space of virtual network %s already peered with parent "+
				"virtual network %s. Overlapping address prefixes: %s", peering.ID, remote, other, local, both)
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
