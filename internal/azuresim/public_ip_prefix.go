package azuresim

import "strings"

// publicPrefixKind is Microsoft.Network/publicIPPrefixes.
func publicPrefixKind() kind {
	return kind{
		token:    publicPrefixToken,
		path:     networkPath + "/publicIPPrefixes/{publicIpPrefixName}",
		autoname: "publicIpPrefixName",
		naming:   randomName,
		absent:   []string{"customIPPrefix", "extendedLocation", "ipTags", "natGateway"},
		put:      putPublicPrefix,
		remove: func(op *operation, r *Record) error {
			for _, h := range op.holders(r.ID, publicIPToken, natGatewayToken, loadBalancerToken) {
				return refusePrefixInUse.because(r.ID, h.id)
			}
			return nil
		},
		show: func(op *operation, r *Record) {
			if used := op.referrers(r.ID, publicIPToken); len(used) > 0 {
				r.Outputs["publicIPAddresses"] = used
			}
		},
	}
}

func putPublicPrefix(op *operation, old, desired *Record) error {
	if err := checkName(desired); err != nil {
		return err
	}
	if err := locationRequired(desired); err != nil {
		return err
	}
	if sku := text(desired.Inputs, "sku", "name"); !strings.EqualFold(sku, "Standard") {
		return refusePrefixSku.because(desired.ID, sku)
	}
	if strings.EqualFold(text(desired.Inputs, "publicIPAddressVersion"), "IPv6") {
		return notSimulated(desired.ID, "publicIPAddressVersion IPv6")
	}
	length, ok := number(desired.Inputs, "prefixLength")
	if !ok || length < 28 || length > 31 {
		return refusePrefixLength.because(desired.Inputs["prefixLength"], desired.ID)
	}
	if old != nil && old.Inputs["prefixLength"] != length {
		return refusePrefixLengthChange.because(desired.ID, old.Inputs["prefixLength"], length)
	}
	if err := checkZones(desired); err != nil {
		return err
	}
	if err := zonesFixed(old, desired); err != nil {
		return err
	}
	prefix, err := op.allocatePrefix(desired.ID, int(length))
	if err != nil {
		return err
	}
	desired.Outputs = networkAnswer(desired, "publicIPPrefixes")
	desired.Outputs["sku"] = map[string]any{"name": "Standard", "tier": "Regional"}
	desired.Outputs["ipPrefix"] = prefix.String()
	desired.Outputs["resourceGuid"] = guid("resource", desired.ID)
	fill(desired.Outputs, "publicIPAddressVersion", "IPv4")
	fill(desired.Outputs, "ipTags", []any{})
	return nil
}
