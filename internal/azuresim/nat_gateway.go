package azuresim

import (
	"net/netip"
	"strings"
)

// Limits of a NAT gateway (azure-facts 3).
const (
	mostGatewayAddresses = 16 // by address and prefix together
	mostGatewaySubnets   = 800
)

// natGatewayKind is Microsoft.Network/natGateways, SKU Standard.
func natGatewayKind() kind {
	return kind{
		token:    natGatewayToken,
		path:     networkPath + "/natGateways/{natGatewayName}",
		autoname: "natGatewayName",
		naming:   randomName,
		put:      putNatGateway,
		remove: func(op *operation, r *Record) error {
			if served := len(op.holders(r.ID, subnetToken)); served > 0 {
				return refuseGatewayInUse.because(r.ID, served)
			}
			return nil
		},
		show: func(op *operation, r *Record) {
			if subnets := op.referrers(r.ID, subnetToken); len(subnets) > 0 {
				r.Outputs["subnets"] = subnets
			}
		},
	}
}

func putNatGateway(op *operation, old, desired *Record) error {
	if err := checkName(desired); err != nil {
		return err
	}
	if err := locationRequired(desired); err != nil {
		return err
	}
	if sku := text(desired.Inputs, "sku", "name"); !strings.EqualFold(sku, "Standard") {
		return refuseGatewaySku.because(desired.ID, sku)
	}
	if err := checkMinutes(desired, 4, 120); err != nil {
		return err
	}
	if err := checkZones(desired); err != nil {
		return err
	}
	if zones := texts(desired.Inputs, "zones"); len(zones) > 1 {
		return refuseGatewayZones.because(desired.ID, zoneList(zones))
	}
	if err := zonesFixed(old, desired); err != nil {
		return err
	}
	if err := checkGatewayAddresses(op, desired); err != nil {
		return err
	}
	desired.Outputs = networkAnswer(desired, "natGateways")
	desired.Outputs["sku"] = map[string]any{"name": "Standard"}
	desired.Outputs["resourceGuid"] = guid("resource", desired.ID)
	fill(desired.Outputs, "idleTimeoutInMinutes", 4.0)
	return nil
}

// checkGatewayAddresses refuses addresses that are not the gateway's to use, and too many.
func checkGatewayAddresses(op *operation, gateway *Record) error {
	region, total := text(gateway.Inputs, "location"), 0
	for _, ref := range objects(gateway.Inputs, "publicIpAddresses") {
		if err := op.takePublicIP(text(ref, "id"), gateway.ID, gateway.ID, region); err != nil {
			return err
		}
		total++
	}
	for _, ref := range objects(gateway.Inputs, "publicIpPrefixes") {
		id := text(ref, "id")
		r, err := op.referenced(id, gateway.ID, publicPrefixToken, region)
		if err != nil {
			return err
		}
		for _, h := range op.holders(id, natGatewayToken, publicIPToken, loadBalancerToken) { // the whole prefix is consumed
			if !sameID(h.ID, gateway.ID) {
				return refuseTakenPrefix.because(gateway.ID, id, h.id)
			}
		}
		if prefix, err := netip.ParsePrefix(text(r.Outputs, "ipPrefix")); err == nil {
			total += 1 << (32 - prefix.Bits())
		}
	}
	if total > mostGatewayAddresses {
		return refuseManyAddresses.because(gateway.ID, mostGatewayAddresses, total)
	}
	return nil
}
