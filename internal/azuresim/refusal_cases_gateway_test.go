package azuresim

import (
	"strings"

	"aks-egress/internal/kubesim"
)

func init() { refusalCases = append(refusalCases, gatewayAddonCases, applicationGatewayCases) }

// gatewayCase is a case about the settings of the AGIC add-on beside the usual ones; nil: those.
func gatewayCase(row *Refusal, says string, refused, accepted map[string]any) refusalCase {
	put := func(config map[string]any) func(e *estate) error {
		return func(e *estate) error { return puts(e.withGateway(config))(e) }
	}
	return estateCase(row, says, func(e *estate) { e.gatewaySubnet(nil) }, put(refused), put(accepted))
}

// gatewayIn puts the cluster aks with a gateway in a subnet of the spoke, with more changes.
func gatewayIn(subnet string, changes map[string]any) func(e *estate) error {
	return func(e *estate) error {
		return puts(merge(e.withGateway(map[string]any{"subnetId": e.subnetID(subnet)}), changes))(e)
	}
}

// delegationTo is a subnet delegated to a service.
func delegationTo(service string) map[string]any {
	return map[string]any{"delegations": []any{map[string]any{"name": "d", "serviceName": service}}}
}

var gatewayAddonCases = []refusalCase{
	gatewayCase(refuseAKSGatewayAndID, "applicationGatewayId or applicationGatewayName, not both",
		map[string]any{"applicationGatewayId": inNetwork("applicationGateways/mine")}, nil),
	gatewayCase(refuseAKSGatewayNoSubnet, "a subnet for a new gateway", map[string]any{"subnetId": nil}, nil),
	gatewayCase(refuseAKSGatewayTwoSubnets, "subnetCIDR or subnetId, not both",
		map[string]any{"subnetCIDR": "10.1.4.0/24"}, nil),
	gatewayCase(refuseAKSGatewaySubnetPrefix, "subnetCIDR instead of subnetPrefix",
		map[string]any{"subnetId": nil, "subnetPrefix": "10.1.4.0/24"}, nil),
	gatewayCase(refuseAKSGatewaySubnetID, `"gateway" is not the id of a subnet`,
		map[string]any{"subnetId": "gateway"}, nil),
	gatewayCase(refuseAKSGatewaySubnetMissing,
		"IngressApplicationGateway addon cannot find subnet '"+inNetwork("virtualNetworks/spoke/subnets/none")+"'.",
		map[string]any{"subnetId": inNetwork("virtualNetworks/spoke/subnets/none")}, nil),
	gatewayCase(refuseAKSGatewayName, `"agw-" is invalid`, map[string]any{"applicationGatewayName": "agw-"},
		map[string]any{"applicationGatewayName": "agw_"}),
	gatewayCase(refuseAKSGatewayName, "-appgwpip can be up to 80 characters", // the address has a longer name
		map[string]any{"applicationGatewayName": strings.Repeat("a", 72)},
		map[string]any{"applicationGatewayName": strings.Repeat("a", 71)}),
	gatewayCase(refuseAKSGatewaySubnetShared, "an agent pool is in it",
		map[string]any{"subnetId": inNetwork("virtualNetworks/spoke/subnets/nodes")}, nil),
	estateCase(refuseAKSGatewaySubnetShared, "/azureFirewalls/firewall is in it",
		func(e *estate) { e.gatewaySubnet(nil); e.firewall("10.1.2.4", "203.0.113.9", true) },
		gatewayIn("AzureFirewallSubnet", nil), gatewayIn("gateway", nil)),
	estateCase(refuseAKSGatewaySubnetShared, "/applicationGateways/agw is in it", func(e *estate) { e.gatewayUp(nil) },
		func(e *estate) error {
			_, err := e.put(managedClusterToken, e.clusterID("second"), e.inputs(merge(e.withGateway(nil),
				map[string]any{"dnsPrefix": "second"})))
			return err
		},
		func(e *estate) error { return puts(e.withGateway(nil))(e) }),
	estateCase(refuseAKSGatewaySubnetDelegated, "delegated to Microsoft.Web/serverFarms", func(e *estate) {
		e.subnet("web", "10.1.5.0/24", delegationTo("Microsoft.Web/serverFarms"))
		e.gatewaySubnet(nil)
	}, gatewayIn("web", nil), gatewayIn("gateway", nil)),
	estateCase(refuseAKSGatewaySubnetNotDelegated, "must be delegated to Microsoft.Network/applicationGateways",
		func(e *estate) { e.subnet("bare", "10.1.5.0/24", nil) },
		gatewayIn("bare", nil), gatewayIn("bare", flat(nil))),
	estateCase(refuseAKSGatewaySubnetLarge, "is 10.1.4.0/23", func(e *estate) {
		e.subnet("large", "10.1.4.0/23", delegationTo(gatewayDelegation))
	}, gatewayIn("large", nil), gatewayIn("large", flat(nil))),
}

// tabled is a gateway whose subnet has an empty route table.
func tabled(e *estate) {
	e.write(routeTableToken, e.network("routeTables/rt"), `{"name": "rt", "location": "westeurope"}`)
	e.gatewayUp(map[string]any{"routeTable": reference(e.network("routeTables/rt"))})
}

// gatewayRoute adds a route to that table.
func gatewayRoute(inputs map[string]any) func(e *estate) error {
	return func(e *estate) error {
		_, err := e.put(routeToken, e.network("routeTables/rt/routes/out"), inputs)
		return err
	}
}

// guard is a gateway whose subnet has the usual security group.
func guard(e *estate) { e.gatewayUp(e.securityGroup(managed())) }

// guardRule adds a rule to that group.
func guardRule(inputs map[string]any) func(e *estate) error {
	return func(e *estate) error {
		_, err := e.put(securityRuleToken, e.network("networkSecurityGroups/guard/securityRules/more"), inputs)
		return err
	}
}

const gatewayRouteText = "Route Table %rt is associated to subnet %subnet, which contains V2 SKU Application Gateway " +
	"%agw. For routes associated to subnet containing Application Gateway V2, please ensure '0.0.0.0/0' uses " +
	"NextHopType as 'Internet'."

const gatewayInboundText = "Network security group %nsg blocks incoming internet traffic on ports 65200 - 65535 to " +
	"subnet %subnet, associated with Application Gateway %agw. This is not permitted for Application Gateways that have " +
	"V2 Sku."

// ofGateway fills the ids of the estate into a text.
func ofGateway(text string) string {
	return strings.NewReplacer(
		"%rt", inNetwork("routeTables/rt"), "%nsg", inNetwork("networkSecurityGroups/guard"),
		"%subnet", inNetwork("virtualNetworks/spoke/subnets/gateway"),
		"%agw", groupID("MC_rg_aks_westeurope")+"/providers/Microsoft.Network/applicationGateways/agw",
	).Replace(text)
}

var applicationGatewayCases = []refusalCase{
	estateCase(refuseGatewayJoin, "does not have permission on the Virtual Network resource "+
		inNetwork("virtualNetworks/spoke/subnets/gateway")+" to perform action "+
		"Microsoft.Network/virtualNetworks/subnets/join/action. For details on the required permissions, please visit "+
		"https://aka.ms/agsubnetjoin.",
		func(e *estate) { e.gatewaySubnet(nil); e.cluster(e.withGateway(nil)) },
		programs(), programs(func(e *estate) { e.join("aks") })),
	estateCase(refuseGatewayRoute, ofGateway(gatewayRouteText), tabled,
		gatewayRoute(map[string]any{
			"addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.0.4",
		}),
		gatewayRoute(map[string]any{"addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"})),
	estateCase(refuseGatewayRoute, "", tabled,
		gatewayRoute(map[string]any{"addressPrefix": "0.0.0.0/0", "nextHopType": "None"}),
		// Routes to a network of the hub's do not touch the gateway's way to Azure.
		gatewayRoute(map[string]any{
			"addressPrefix": "10.9.0.0/16", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.0.4",
		})),
	estateCase(refuseGatewayInbound, ofGateway(gatewayInboundText), guard,
		guardRule(tcpRule(200, "Deny", "Internet", "*", nil)), guardRule(tcpRule(400, "Deny", "Internet", "*", nil))),
	estateCase(refuseGatewayInbound, "", guard,
		func(e *estate) error { return e.deletes(e.network("networkSecurityGroups/guard/securityRules/manage")) },
		guardRule(tcpRule(200, "Deny", "*", "*", map[string]any{"protocol": "Udp"}))),
	estateCase(refuseGatewayInbound, "", guard, guardRule(tcpRule(500, "Deny", "*", "*", nil)), // Azure's probes, too
		guardRule(tcpRule(500, "Deny", "*", "0-65199", nil))),
	estateCase(refuseGatewayInbound, "", func(e *estate) {
		e.gatewaySubnet(e.securityGroup(map[string]map[string]any{
			"manage": tcpRule(300, "Allow", "GatewayManager", "65200-65535", map[string]any{
				"destinationAddressPrefix": "VirtualNetwork",
			}),
		}))
		e.cluster(e.withGateway(nil))
		e.join("aks")
	}, programs(), programs(func(e *estate) {
		id := e.network("networkSecurityGroups/guard/securityRules/manage")
		e.create(securityRuleToken, id, tcpRule(300, "Allow", "GatewayManager", "65200-65535", nil))
	})),
	estateCase(refuseGatewayOutbound, "blocks outgoing traffic", guard,
		guardRule(tcpRule(200, "Deny", "*", "*", map[string]any{"direction": "Outbound"})),
		guardRule(tcpRule(200, "Deny", "*", "*", map[string]any{"direction": "Outbound", "protocol": "Icmp"}))),
	estateCase(refuseGatewayCapacity, "with prefix 10.1.5.0/29 has 3 addresses besides the five that Azure keeps; its "+
		"application gateways need 4", func(e *estate) {
		for _, name := range []string{"aks", "second"} {
			e.subnet("gateway", "10.1.5.0/29", nil)
			e.create(managedClusterToken, e.clusterID(name), e.inputs(flat(merge(e.withGateway(nil),
				map[string]any{"dnsPrefix": name}))))
		}
		e.join("aks")
		e.join("second")
	}, func(e *estate) error {
		_, err := e.cloud.Kubernetes().ProgramGateway(e.clusterID("second"), []kubesim.GatewayRoute{})
		return err
	}, programs()),
	estateCase(refuseGatewayCompany, "holds application gateway", func(e *estate) {
		e.subnet("gateway", "10.1.3.0/24", nil)
		e.cluster(flat(e.withGateway(nil)))
		e.join("aks")
		e.assign(roleNetworkContributor, e.subnetID("gateway"))
		e.subnet("other", "10.1.6.0/24", nil)
		e.assign(roleNetworkContributor, e.subnetID("other"))
	}, nodesIn("gateway"), nodesIn("other")),
}

// nodesIn puts another cluster with its nodes in a subnet.
func nodesIn(subnet string) func(e *estate) error {
	return func(e *estate) error {
		_, err := e.put(managedClusterToken, e.clusterID("second"), e.inputs(flat(map[string]any{
			"dnsPrefix": "second", "agentPoolProfiles.0.vnetSubnetID": e.subnetID(subnet),
		})))
		return err
	}
}
