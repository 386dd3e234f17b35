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
				return refuse("InUsePublicIpPrefixCannotBeDeleted", "Public IP prefix %s is in use by %s and cannot be deleted.",
					r.ID, h.id)
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
	if err := checkName(desired, 1, 80); err != nil {
		return err
	}
	if err := locationRequired(desired); err != nil {
		return err
	}
	if sku := text(desired.Inputs, "sku", "name"); !strings.EqualFold(sku, "Standard") {
		return refuse("BadRequest", "Public IP prefix %s must have sku.name Standard (got %q).", desired.ID, sku)
	}
	if strings.EqualFold(text(desired.Inputs, "publicIPAddressVersion"), "IPv6") {
		return notSimulated(desired.ID, "publicIPAddressVersion IPv6")
	}
	length, ok := number(desired.Inputs, "prefixLength")
	if !ok || length < 28 || length > 31 {
		return refuse("BadRequest", "prefixLength of public IP prefix %s must be from 28 to 31 (got %v).",
			desired.ID, desired.Inputs["prefixLength"])
	}
	if old != nil && old.Inputs["prefixLength"] != length {
		return refuse("BadRequest", "prefixLength of public IP prefix %s cannot change from %v to %v.",
			desired.ID, old.Inputs["prefixLength"], length)
	}
	if err := checkZones(desired, 3); err != nil {
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
