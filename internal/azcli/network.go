package azcli

import (
	"aks-egress/internal/azuresim"
)

const (
	routeTableToken    = "azure-native:network:RouteTable"
	routeToken         = "azure-native:network:Route"
	subnetToken        = "azure-native:network:Subnet"
	securityGroupToken = "azure-native:network:NetworkSecurityGroup"
	peeringToken       = "azure-native:network:VirtualNetworkPeering"
)

func routeCommands() []command {
	names := map[string]string{
		"resourceGroupName": "resource-group", "routeTableName": "route-table-name", "routeName": "name",
	}
	identity := []flag{resourceGroup, {name: "route-table-name", required: true, usage: "name of the table"}, name}
	properties := []flag{
		{name: "address-prefix", usage: "destination"},
		{name: "next-hop-type", usage: "VirtualAppliance, VirtualNetworkGateway, Internet, VnetLocal or None"},
		{name: "next-hop-ip-address", usage: "of a VirtualAppliance"},
	}
	return []command{
		{
			name: "network route-table route create", summary: "Creates a route, or replaces it.",
			token: routeToken, names: names, noIDs: true, flags: append(clone(identity), properties...),
			run: func(c *call, id string) (azuresim.Record, error) {
				names, err := c.names(id)
				if err != nil {
					return azuresim.Record{}, err
				}
				body := map[string]any{"name": names["routeName"]}
				c.setRoute(body)
				return c.cloud.Put(routeToken, names, body)
			},
		},
		{
			name: "network route-table route update", summary: "Changes a route.",
			token: routeToken, names: names, flags: append(append(clone(identity), properties...), genericFlags...),
			run: func(c *call, id string) (azuresim.Record, error) {
				return c.cloud.Change(id, func(route map[string]any) error {
					c.setRoute(route)
					return c.generic(route)
				})
			},
		},
		{
			name: "network route-table route delete", summary: "Deletes a route.",
			token: routeToken, names: names, flags: append(clone(identity), confirmed), run: deletion,
		},
	}
}

// setRoute copies the route's flags that were given.
func (c *call) setRoute(route map[string]any) {
	for property, flag := range map[string]string{
		"addressPrefix": "address-prefix", "nextHopType": "next-hop-type", "nextHopIpAddress": "next-hop-ip-address",
	} {
		if c.given(flag) {
			route[property] = c.text(flag)
		}
	}
}

func subnetCommands() []command {
	return []command{{
		name: "network vnet subnet update", summary: "Changes a subnet, such as its route table.",
		token: subnetToken,
		names: map[string]string{
			"resourceGroupName": "resource-group", "virtualNetworkName": "vnet-name", "subnetName": "name",
		},
		flags: append([]flag{
			resourceGroup,
			{name: "vnet-name", required: true, usage: "name of the virtual network"},
			name,
			{name: "route-table", usage: `name or id; "" detaches`},
			{name: "network-security-group", aliases: []string{"nsg"}, usage: `name or id; "" detaches`},
			{name: "nat-gateway", usage: "name or id; --remove natGateway detaches"},
		}, genericFlags...),
		run: func(c *call, id string) (azuresim.Record, error) {
			return c.cloud.Change(id, func(subnet map[string]any) error {
				if err := c.associate(subnet, id); err != nil {
					return err
				}
				return c.generic(subnet)
			})
		},
	}}
}

// associations are the flags that attach something to a subnet.
var associations = []struct{ flag, property, token, parameter string }{
	{"route-table", "routeTable", routeTableToken, "routeTableName"},
	{"network-security-group", "networkSecurityGroup", securityGroupToken, "networkSecurityGroupName"},
	{"nat-gateway", "natGateway", natGatewayToken, "natGatewayName"},
}

func (c *call) associate(subnet map[string]any, id string) error {
	for _, a := range associations {
		value := c.text(a.flag)
		switch {
		case !c.given(a.flag):
		case value == "" && a.flag == "nat-gateway": // azure-cli issue 26326: the empty value does not detach
			return c.command.usage(`--nat-gateway "": az does not detach with an empty value; use --remove natGateway`)
		case value == "":
			delete(subnet, a.property)
		default:
			attached, err := c.resolve(value, id, a.token, a.parameter)
			if err != nil {
				return err
			}
			subnet[a.property] = reference(attached)
		}
	}
	return nil
}

func peeringCommands() []command {
	names := map[string]string{
		"resourceGroupName": "resource-group", "virtualNetworkName": "vnet-name", "virtualNetworkPeeringName": "name",
	}
	identity := []flag{resourceGroup, {name: "vnet-name", required: true, usage: "name of the virtual network"}, name}
	return []command{
		{
			name: "network vnet peering update", summary: "Changes one side of a peering.",
			token: peeringToken, names: names, flags: append(clone(identity), genericFlags...),
			run: func(c *call, id string) (azuresim.Record, error) {
				return c.cloud.Change(id, c.generic)
			},
		},
		{
			name: "network vnet peering delete", summary: "Deletes one side of a peering.",
			token: peeringToken, names: names, flags: append(clone(identity), confirmed), run: deletion,
		},
	}
}

func clone(flags []flag) []flag { return append([]flag{}, flags...) }
