package azcli

import (
	"cmp"
	"slices"

	"aks-egress/internal/azuresim"
)

const (
	natGatewayToken   = "azure-native:network:NatGateway"
	publicIPToken     = "azure-native:network:PublicIPAddress"
	publicPrefixToken = "azure-native:network:PublicIPPrefix"
	resourceGroupType = "azure-native:resources:ResourceGroup"
)

func natGatewayCommands() []command {
	return []command{{
		name: "network nat gateway update", summary: "Changes a NAT gateway, such as its addresses.",
		token: natGatewayToken,
		names: map[string]string{"resourceGroupName": "resource-group", "natGatewayName": "name"},
		flags: append([]flag{
			resourceGroup, name,
			{name: "public-ip-addresses", kind: list, usage: "names or ids: all that the gateway is to have"},
			{name: "public-ip-prefixes", kind: list, usage: "names or ids: all that the gateway is to have"},
			{name: "idle-timeout", kind: number, usage: "minutes"},
		}, genericFlags...),
		run: func(c *call, id string) (azuresim.Record, error) {
			return c.cloud.Change(id, func(gateway map[string]any) (err error) {
				if c.given("public-ip-addresses") {
					gateway["publicIpAddresses"], err = c.references(c.list("public-ip-addresses"), id, publicIPToken,
						"publicIpAddressName")
				}
				if err == nil && c.given("public-ip-prefixes") {
					gateway["publicIpPrefixes"], err = c.references(c.list("public-ip-prefixes"), id, publicPrefixToken,
						"publicIpPrefixName")
				}
				if err != nil {
					return err
				}
				if c.given("idle-timeout") {
					gateway["idleTimeoutInMinutes"] = c.number("idle-timeout")
				}
				return c.generic(gateway)
			})
		},
	}}
}

func publicIPCommands() []command {
	names := map[string]string{"resourceGroupName": "resource-group", "publicIpAddressName": "name"}
	return []command{
		{
			name: "network public-ip create", summary: "Creates a public IP address, or replaces its settings.",
			token: publicIPToken, names: names, noIDs: true,
			flags: []flag{
				resourceGroup, name,
				{name: "location", short: "l", usage: "the resource group's by default"},
				{name: "sku", usage: "Standard by default"},
				{name: "allocation-method", usage: "Static by default"},
				{name: "zone", short: "z", kind: list, usage: "availability zones"},
				{name: "idle-timeout", kind: number, usage: "minutes"},
				{name: "public-ip-prefix", usage: "name or id of the prefix to take it from"},
				{name: "tags", kind: list, usage: "key=value"},
			},
			run: createPublicIP,
		},
		{
			name: "network public-ip delete", summary: "Deletes a public IP address.",
			token: publicIPToken, names: names, flags: []flag{resourceGroup, name}, run: deletion,
		},
	}
}

func createPublicIP(c *call, id string) (azuresim.Record, error) {
	names, err := c.names(id)
	if err != nil {
		return azuresim.Record{}, err
	}
	location := c.text("location")
	if location == "" {
		if location, err = c.groupLocation(names); err != nil {
			return azuresim.Record{}, err
		}
	}
	body := map[string]any{
		"location":                 location,
		"sku":                      map[string]any{"name": cmp.Or(c.text("sku"), "Standard")},
		"publicIPAllocationMethod": cmp.Or(c.text("allocation-method"), "Static"),
	}
	if zones := c.list("zone"); len(zones) > 0 {
		body["zones"] = anyList(zones)
	}
	if c.given("idle-timeout") {
		body["idleTimeoutInMinutes"] = c.number("idle-timeout")
	}
	if prefix := c.text("public-ip-prefix"); prefix != "" {
		if prefix, err = c.resolve(prefix, id, publicPrefixToken, "publicIpPrefixName"); err != nil {
			return azuresim.Record{}, err
		}
		body["publicIPPrefix"] = reference(prefix)
	}
	if c.given("tags") {
		if body["tags"], err = c.tags(); err != nil {
			return azuresim.Record{}, err
		}
	}
	return c.cloud.Put(publicIPToken, names, body)
}

// groupLocation is the location of the resource group among names.
func (c *call) groupLocation(names map[string]any) (string, error) {
	id, err := azuresim.ResourceID(resourceGroupType, map[string]any{"resourceGroupName": names["resourceGroupName"]})
	if err != nil {
		return "", err
	}
	group, err := c.cloud.Get(id)
	location, _ := group.Outputs["location"].(string)
	return location, err
}

func anyList(values []string) []any {
	var all []any
	for _, value := range slices.Clone(values) {
		all = append(all, value)
	}
	return all
}
