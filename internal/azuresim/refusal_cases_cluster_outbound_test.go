package azuresim

func init() {
	refusalCases = append(refusalCases, clusterOutboundCases, clusterAddressCases, clusterOwnAddressCases)
}

// routed writes a firewall that lets everything out and a route table that leads to it.
func routed(e *estate) {
	e.firewall("10.1.2.4", "203.0.113.220", true)
	e.routeTable("VirtualAppliance", "10.1.2.4")
}

// behindNAT writes a NAT gateway with one address on the subnet nodes.
func behindNAT(e *estate) { e.natGateway(e.publicIP("egress", "203.0.113.210", nil)) }

// detach leaves the subnet nodes without route table and NAT gateway.
func detach(e *estate) { e.subnet("nodes", "10.1.1.0/24", nil) }

const (
	ownNAT      = "userAssignedNATGateway"
	userRouting = "userDefinedRouting"
)

// Outbound types (azure-facts 1.2, 1.4).
var clusterOutboundCases = []refusalCase{
	clusterCase(refuseAKSOutboundType, `"magic"`, outbound("magic"), outbound("loadBalancer")),
	clusterCase(refuseAKSOutboundTypeAPI, "none is not supported in API version 2024-09-01 and older",
		outbound("none"), nil),
	clusterCase(refuseAKSOutboundTypeAPI, "block is not supported", outbound("block"), nil),
	clusterCase(refuseAKSOutboundTypeAPI, "managedNATGatewayV2 is not supported",
		managedNetwork(outbound("managedNATGatewayV2")), managedNetwork(outbound("managedNATGateway"))),
	estateCase(refuseAKSNATGatewayPresent, "associated with NAT gateway", behindNAT, puts(outbound("loadBalancer")),
		puts(outbound(ownNAT))),
	clusterCase(refuseAKSManagedNATOwnNetwork,
		"Outbound type is managedNATGateway but agent pool 'system' is using custom VNet, which is not allowed.",
		outbound("managedNATGateway"), managedNetwork(outbound("managedNATGateway"))),
	estateCase(refuseAKSOwnNATManagedNetwork, "agent pool 'system' is not using custom VNet", behindNAT,
		puts(managedNetwork(outbound(ownNAT))), puts(outbound(ownNAT))),
	estateCase(refuseAKSNATGatewayNotAssociated, "Subnet '"+nodesOfSpoke+"' must have a NAT gateway associated for "+
		"outbound "+
		"connection", nil, puts(outbound(ownNAT)), after(behindNAT, outbound(ownNAT))),
	estateCase(refuseAKSNATGatewayNotAssociated, nodesOfSpoke, // a subnet that lost its gateway: the next PUT
		func(e *estate) {
			behindNAT(e)
			e.cluster(outbound(ownNAT))
			detach(e)
		},
		puts(outbound(ownNAT)), after(behindNAT, outbound(ownNAT))),
	estateCase(refuseAKSNATGatewayWithoutIP, "NAT gateway '"+networkID("rg", "natGateways", "nat")+"' must have at "+
		"least one "+
		"public IP or IP prefix associated for outbound connection.",
		func(e *estate) { e.natGateway() }, puts(outbound(ownNAT)), after(behindNAT, outbound(ownNAT))),
	estateCase(refuseAKSRoutingWithProfile, "UserDefinedRouting and load balancer profile are mutually exclusive. "+
		"Please refer "+
		"to http://aka.ms/aks/outboundtype for more details", routed,
		puts(merge(profile(nil), outbound(userRouting))), puts(outbound(userRouting))),
	estateCase(refuseAKSRoutingNodeIP, "agent pool 'system' has node public IPs", routed,
		puts(merge(outbound(userRouting), map[string]any{firstPool + "enableNodePublicIP": true})),
		puts(merge(outbound(userRouting), map[string]any{firstPool + "enableNodePublicIP": false}))),
	estateCase(refuseAKSRoutingManagedNetwork, "agent pool 'system' is not using custom VNet", routed,
		puts(managedNetwork(outbound(userRouting))), puts(outbound(userRouting))),
	estateCase(refuseAKSNoRouteTable, "An existing route table has not been associated with subnet "+nodesOfSpoke+". "+
		"Please "+
		"update the route table association", nil, puts(outbound(userRouting)), after(routed, outbound(userRouting))),
	estateCase(refuseAKSNoRouteTable, nodesOfSpoke, // a subnet that lost its table: the next PUT
		func(e *estate) {
			routed(e)
			e.cluster(outbound(userRouting))
			detach(e)
		},
		puts(outbound(userRouting)), after(routed, outbound(userRouting))),
	nextHopCase("Internet"), nextHopCase("None"), nextHopCase("VnetLocal"),
	estateCase(refuseAKSNoDefaultRoute,
		"Default route 0.0.0.0/0 missing from route table "+networkID("rg", "routeTables", "rt"),
		func(e *estate) {
			routed(e)
			e.cluster(outbound(userRouting))
			e.remove(networkID("rg", "routeTables", "rt") + "/routes/default")
		},
		puts(outbound(userRouting)), after(routed, outbound(userRouting))),
}

const nodesOfSpoke = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/" +
	"Microsoft.Network/virtualNetworks/spoke/subnets/nodes"

func nextHopCase(hop string) refusalCase {
	return estateCase(refuseAKSNextHop, "Default route 0.0.0.0/0 has a next hop of "+hop+" but only next hops of "+
		"VirtualAppliance or VirtualNetworkGateway are allowed. Please see http://aka.ms/aks/outboundtype for more details",
		func(e *estate) { e.routeTable(hop, "") }, puts(outbound(userRouting)), after(routed, outbound(userRouting)))
}

// profile changes the load balancer profile, with one managed address unless the values say otherwise.
func profile(values map[string]any) map[string]any {
	p := map[string]any{"managedOutboundIPs": map[string]any{"count": 1.0}}
	for k, v := range values {
		p[k] = v
		if v == nil {
			delete(p, k)
		}
	}
	return map[string]any{"networkProfile.loadBalancerProfile": p}
}

// own changes the load balancer profile to addresses or prefixes of the program's.
func own(provider, list string, ids ...string) map[string]any {
	return profile(map[string]any{"managedOutboundIPs": nil, provider: map[string]any{list: references(ids)}})
}

// managedNAT changes the usual inputs to a managed NAT gateway with one property of its profile.
func managedNAT(property string, v any) map[string]any {
	return managedNetwork(map[string]any{
		"networkProfile.outboundType": "managedNATGateway", "networkProfile.natGatewayProfile": map[string]any{property: v},
	})
}

func managedAddresses(n float64) map[string]any {
	return profile(map[string]any{"managedOutboundIPs": map[string]any{"count": n}})
}

// outboundPorts changes allocatedOutboundPorts, with so many nodes.
func outboundPorts(n, nodes float64) map[string]any {
	return merge(profile(map[string]any{"allocatedOutboundPorts": n}), map[string]any{firstPool + "count": nodes})
}

// The load balancer's and the NAT gateway's profile (azure-facts 1.1, 1.4, 2).
var clusterAddressCases = []refusalCase{
	clusterCase(refuseAKSNoIPProvider,
		"Load balancer profile must specify one of ManagedOutboundIPs, OutboundIPPrefixes and OutboundIPs.",
		own("outboundIPs", "publicIPs"), profile(nil)),
	clusterCase(refuseAKSNoIPProvider, "must specify one of",
		profile(map[string]any{"managedOutboundIPs": nil, "idleTimeoutInMinutes": 10.0}),
		profile(map[string]any{"idleTimeoutInMinutes": 10.0})),
	clusterCase(refuseAKSTwoIPProviders, "Load balancer profile must specify exactly one of ManagedOutboundIPs, "+
		"OutboundIPPrefixes and OutboundIPs. Please refer to http://aka.ms/slb.",
		profile(map[string]any{"outboundIPs": map[string]any{"publicIPs": []any{reference("x")}}}),
		profile(map[string]any{"outboundIPs": map[string]any{"publicIPs": []any{}}})),
	clusterCase(refuseAKSManagedIPCount, "count 101", managedAddresses(101), managedAddresses(100)),
	clusterCase(refuseAKSManagedIPCount, "count 0", managedAddresses(0), managedAddresses(1)),
	clusterCase(refuseAKSIdleTimeout, "3 minutes", profile(map[string]any{"idleTimeoutInMinutes": 3.0}),
		profile(map[string]any{"idleTimeoutInMinutes": 4.0})),
	clusterCase(refuseAKSIdleTimeout, "121 minutes", profile(map[string]any{"idleTimeoutInMinutes": 121.0}),
		profile(map[string]any{"idleTimeoutInMinutes": 120.0})),
	clusterCase(refuseAKSPortRange, "ports 64008", outboundPorts(64008, 1), outboundPorts(32000, 1)),
	clusterCase(refuseAKSPortRange, "ports -8", outboundPorts(-8, 1), outboundPorts(0, 1)),
	clusterCase(refuseAKSPortMultiple, "Load balancer profile allocated ports must be a multiple of 8. Refer to "+
		"https://aka.ms/aks/slb-ports for more details.", outboundPorts(1001, 3), outboundPorts(1000, 3)),
	clusterCase(refuseAKSPorts, "Load balancer profile allocated ports 8000 is not in an allowable range given the "+
		"number of "+
		"nodes and IPs provisioned. Total node count 9 requires 72000 ports but only 64000 ports are available given 1 "+
		"outbound public IPs. Refer to https://aka.ms/aks/slb-ports for more details.",
		outboundPorts(8000, 8), outboundPorts(8000, 7)), // with a node of surge nine, and the eight that 64,000 suffice for
	clusterCase(refuseAKSPorts, "Total node count 11 requires 88000 ports",
		merge(outboundPorts(8000, 8), map[string]any{firstPool + "upgradeSettings.maxSurge": "33%"}),
		merge(outboundPorts(8000, 6), map[string]any{firstPool + "upgradeSettings.maxSurge": "33%"})),
	clusterCase(refuseAKSBackendPoolType, `"IP"`, profile(map[string]any{"backendPoolType": "IP"}),
		profile(map[string]any{"backendPoolType": "NodeIP"})),
	clusterCase(refuseAKSNATIPCount, "count 17", managedNAT("managedOutboundIPProfile", map[string]any{"count": 17.0}),
		managedNAT("managedOutboundIPProfile", map[string]any{"count": 16.0})),
	clusterCase(refuseAKSNATIPCount, "count 0", managedNAT("managedOutboundIPProfile", map[string]any{"count": 0.0}),
		managedNAT("managedOutboundIPProfile", map[string]any{"count": 1.0})),
	clusterCase(refuseAKSNATIdleTimeout, "121 minutes", managedNAT("idleTimeoutInMinutes", 121.0),
		managedNAT("idleTimeoutInMinutes", 120.0)),
	clusterCase(refuseAKSNATIdleTimeout, "3 minutes", managedNAT("idleTimeoutInMinutes", 3.0),
		managedNAT("idleTimeoutInMinutes", 4.0)),
}

// ownAddress writes the address mine with more outputs.
func ownAddress(more map[string]any) func(e *estate) {
	return func(e *estate) { e.publicIP("mine", "203.0.113.201", more) }
}

// withMine is a PUT with the address mine as outbound address, withPrefix one with the prefix mine.
var (
	withMine   = puts(own("outboundIPs", "publicIPs", networkID("rg", "publicIPAddresses", "mine")))
	withPrefix = puts(own("outboundIPPrefixes", "publicIPPrefixes", networkID("rg", "publicIPPrefixes", "mine")))
)

// prefixIn writes the prefix mine.
func prefixIn(region string) func(e *estate) {
	return func(e *estate) {
		e.write(publicPrefixToken, networkID("rg", "publicIPPrefixes", "mine"),
			`{"name": "mine", "location": "`+region+`", "ipPrefix": "198.51.100.8/30", "prefixLength": 30}`)
	}
}

// then makes the estate right and puts.
func then(put func(e *estate) error, right func(e *estate)) func(e *estate) error {
	return func(e *estate) error {
		right(e)
		return put(e)
	}
}

// inUse writes a NAT gateway that refers to an address or prefix.
func inUse(list, id string) func(e *estate) {
	return func(e *estate) {
		e.write(natGatewayToken, networkID("rg", "natGateways", "other"), `{"name": "other", "`+list+`": [{"id": "`+id+`"}]}`)
	}
}

// unused writes that NAT gateway without anything.
func unused(e *estate) {
	e.write(natGatewayToken, networkID("rg", "natGateways", "other"), `{"name": "other"}`)
}

// Outbound addresses of one's own (azure-facts 1.4, 2.1).
var clusterOwnAddressCases = []refusalCase{
	estateCase(refuseAKSOwnIPMissing, "Error in validating load balancer profile outbound IPs, error details: "+
		"LoadBalancerProfileOutboundIPNotExist", nil, withMine, then(withMine, ownAddress(nil))),
	estateCase(refuseAKSOwnIPRegion, "LoadBalancerProfileOutboundIPNotInTheSameRegion",
		ownAddress(map[string]any{"location": "eastus"}), withMine, then(withMine, ownAddress(nil))),
	estateCase(refuseAKSOwnIPSKU, "LoadBalancerProfileOutboundIPNotStandardSKU",
		ownAddress(map[string]any{"sku": map[string]any{"name": "Basic"}}), withMine, then(withMine, ownAddress(nil))),
	estateCase(refuseAKSOwnIPState, "LoadBalancerProfileOutboundIPProvisioningNotSucceeded",
		ownAddress(map[string]any{"provisioningState": "Failed"}), withMine,
		then(withMine, ownAddress(map[string]any{"provisioningState": "Succeeded"}))),
	estateCase(refuseAKSOwnIPManaged, "LoadBalancerProfileOutboundIPHasManagedOutboundIPTag", // AKS's own, given back
		func(e *estate) {
			e.cluster(nil)
			ownAddress(nil)(e)
		},
		func(e *estate) error {
			managed := e.get(e.clusterID("aks"))
			return puts(own("outboundIPs", "publicIPs", text(objects(managed.Outputs,
				"networkProfile", "loadBalancerProfile", "effectiveOutboundIPs")[0], "id")))(e)
		}, withMine),
	estateCase(refuseAKSOwnIPAttached, "LoadBalancerProfileOutboundIPAttachedToAnotherIPConfiguration",
		func(e *estate) {
			ownAddress(nil)(e)
			inUse("publicIpAddresses", networkID("rg", "publicIPAddresses", "mine"))(e)
		}, withMine, then(withMine, unused)),
	estateCase(refuseAKSOwnPrefixMissing, "LoadBalancerProfileOutboundIPPrefixNotExist", nil, withPrefix,
		then(withPrefix, prefixIn("westeurope"))),
	estateCase(refuseAKSOwnPrefixSubscription, "LoadBalancerProfileOutboundIPPrefixNotInTheSameSubscription",
		prefixIn("westeurope"),
		puts(own("outboundIPPrefixes", "publicIPPrefixes", "/subscriptions/y/resourceGroups/rg/providers/"+
			"Microsoft.Network/publicIPPrefixes/mine")), withPrefix),
	estateCase(refuseAKSOwnPrefixRegion, "LoadBalancerProfileOutboundIPPrefixNotInTheSameRegion", prefixIn("eastus"),
		withPrefix, then(withPrefix, prefixIn("West Europe"))),
	estateCase(refuseAKSOwnPrefixAttached, "natGateways/other",
		func(e *estate) {
			prefixIn("westeurope")(e)
			inUse("publicIpPrefixes", networkID("rg", "publicIPPrefixes", "mine"))(e)
		}, withPrefix, then(withPrefix, unused)),
}
