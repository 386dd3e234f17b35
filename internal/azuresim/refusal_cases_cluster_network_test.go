package azuresim

func init() {
	refusalCases = append(refusalCases, clusterPluginCases, clusterRangeCases, clusterSubnetCases)
}

// netProfile changes properties of the usual networkProfile.
func netProfile(values map[string]any) map[string]any {
	changes := map[string]any{}
	for name, v := range values {
		changes["networkProfile."+name] = v
	}
	return changes
}

var clusterPluginCases = []refusalCase{
	clusterCase(refuseAKSNetworkPlugin, `got "weave"`, netProfile(map[string]any{"networkPlugin": "weave"}), nil),
	clusterCase(refuseAKSNetworkPluginMode, `"overlay" with "kubenet"`,
		netProfile(map[string]any{"networkPlugin": "kubenet"}), kubenet(nil)),
	clusterCase(refuseAKSNetworkPolicy, `got "weave"`, netProfile(map[string]any{"networkPolicy": "weave"}),
		netProfile(map[string]any{"networkPolicy": "calico"})),
	clusterCase(refuseAKSNetworkPolicyKubenet, "kubenet", kubenet(netProfile(map[string]any{"networkPolicy": "azure"})),
		kubenet(netProfile(map[string]any{"networkPolicy": "calico"}))),
	clusterCase(refuseAKSLoadBalancerSKU, `got "gold"`, netProfile(map[string]any{"loadBalancerSku": "gold"}),
		netProfile(map[string]any{"loadBalancerSku": "Standard"})),
	clusterCase(refuseAKSBasicWithProfile,
		"Load balancer profile should not be specified for cluster without standard load balancer",
		merge(profile(nil), netProfile(map[string]any{"loadBalancerSku": "basic"})),
		merge(profile(nil), netProfile(map[string]any{"loadBalancerSku": "standard"}))),
	estateCase(refuseAKSBasicForOutboundType, "userDefinedRouting needs load balancer SKU Standard", routed,
		puts(netProfile(map[string]any{"outboundType": "userDefinedRouting", "loadBalancerSku": "Basic"})),
		puts(netProfile(map[string]any{"outboundType": "userDefinedRouting", "loadBalancerSku": "Standard"}))),
	clusterCase(refuseAKSBasicRetired, "retired", netProfile(map[string]any{"loadBalancerSku": "basic"}),
		netProfile(map[string]any{"loadBalancerSku": "standard"})),
}

// serviceRange changes the service range and its DNS address.
func serviceRange(cidr, dns string) map[string]any {
	return netProfile(map[string]any{"serviceCidr": cidr, "dnsServiceIP": dns})
}

// podRange changes the pod range.
func podRange(cidr string) map[string]any { return netProfile(map[string]any{"podCidr": cidr}) }

// Ranges by themselves (azure-facts 11.2).
var clusterRangeCases = []refusalCase{
	clusterCase(refuseAKSRange, `networkProfile.serviceCidr: "10.2.0.0"`, serviceRange("10.2.0.0", "10.2.0.10"),
		serviceRange("10.2.0.0/16", "10.2.0.10")),
	clusterCase(refuseAKSRange, `networkProfile.podCidr: "fd00::/64"`, podRange("fd00::/64"), nil),
	clusterCase(refuseAKSServiceRanges, `"10.3.0.0/16"`, netProfile(map[string]any{"serviceCidrs": []any{"10.3.0.0/16"}}),
		netProfile(map[string]any{"serviceCidrs": []any{"10.2.0.0/16"}})),
	clusterCase(refuseAKSServiceRangeSize, "10.16.0.0/12 must be smaller than /12",
		serviceRange("10.16.0.0/12", "10.16.0.10"),
		serviceRange("10.16.0.0/13", "10.16.0.10")),
	clusterCase(refuseAKSServiceRangePublic, "20.0.0.0/16", serviceRange("20.0.0.0/16", "20.0.0.10"),
		serviceRange("10.20.0.0/16", "10.20.0.10")),
	clusterCase(refuseAKSServiceRangePublic, "239.0.0.0/16", serviceRange("239.0.0.0/16", "239.0.0.10"), nil),
	clusterCase(refuseAKSServiceRangeReserved, "172.30.4.0/24 overlaps 172.30.0.0/16",
		serviceRange("172.30.4.0/24", "172.30.4.10"), serviceRange("172.29.4.0/24", "172.29.4.10")),
	clusterCase(refuseAKSServiceRangeReserved, "overlaps 169.254.0.0/16",
		serviceRange("169.254.1.0/24", "169.254.1.10"), nil),
	clusterCase(refuseAKSServiceRangeReserved, "overlaps 192.0.2.0/24", serviceRange("192.0.0.0/16", "192.0.0.10"), nil),
	clusterCase(refuseAKSPodRangeReserved, "172.16.0.0/12 overlaps 172.30.0.0/16", podRange("172.16.0.0/12"),
		podRange("172.16.0.0/13")),
	clusterCase(refuseAKSPodRangeReserved, "overlaps 172.31.0.0/16", podRange("172.31.0.0/16"), nil),
	clusterCase(refuseAKSPodsInServices, "10.2.0.0/16 overlaps the service CIDR 10.2.0.0/16", podRange("10.2.0.0/16"),
		podRange("10.3.0.0/16")),
	clusterCase(refuseAKSPodRangeSize, "Pre-allocated IPs 1024 exceeds IPs available 512 in Subnet Cidr 10.244.0.0/23, "+
		"Subnet "+
		"Name networkProfile.podCIDR. If Autoscaler is enabled, the max-count from each nodepool is counted towards this "+
		"total (which means that pre-allocated IPs count represents a theoretical max value, not the actual number of IPs "+
		"requested). http://aka.ms/aks/insufficientsubnetsize",
		podRange("10.244.0.0/23"), podRange("10.244.0.0/22")), // three nodes and one of surge
	clusterCase(refuseAKSDNSServiceIP, `"dns"`, serviceRange("10.2.0.0/16", "dns"), nil),
	clusterCase(refuseAKSDNSServiceIPOutside,
		"The DNS service IP 10.0.0.10 is out of the range defined by service CIDR 10.200.0.0/16.",
		serviceRange("10.200.0.0/16", "10.0.0.10"), serviceRange("10.200.0.0/16", "10.200.0.10")),
	clusterCase(refuseAKSDNSServiceIPFirst, "10.2.0.1", serviceRange("10.2.0.0/16", "10.2.0.1"),
		serviceRange("10.2.0.0/16", "10.2.0.2")),
	clusterCase(refuseAKSDNSServiceIPFirst, "10.2.0.0", serviceRange("10.2.0.0/16", "10.2.0.0"), nil),
	clusterCase(refuseAKSDNSServiceIPLast, "10.2.255.255", serviceRange("10.2.0.0/16", "10.2.255.255"),
		serviceRange("10.2.0.0/16", "10.2.255.254")),
}

// spokeSpace writes the spoke's address space.
func spokeSpace(e *estate, prefixes string) {
	e.write(virtualNetworkToken, e.network("virtualNetworks/spoke"),
		`{"name": "spoke", "location": "westeurope", "addressSpace": {"addressPrefixes": [`+prefixes+`]}}`)
}

// peeredHub writes a network 10.3.0.0/16 that the spoke is peered with.
func peeredHub(e *estate) {
	id := e.network("virtualNetworks/hub")
	e.write(virtualNetworkToken, id, `{"name": "hub", "addressSpace": {"addressPrefixes": ["10.3.0.0/16"]}}`)
	e.write(peeringToken, e.network("virtualNetworks/spoke/virtualNetworkPeerings/hub"),
		`{"name": "hub", "remoteVirtualNetwork": {"id": "`+id+`"}, "peeringState": "Connected"}`)
}

// secondPool is a second agent pool in a subnet, or in none.
func secondPool(subnet string) map[string]any {
	return map[string]any{"agentPoolProfiles.1": map[string]any{
		"name": "user", "count": 1.0, "vmSize": "Standard_D2s_v5", "vnetSubnetID": subnet,
	}}
}

// Subnets, and ranges against their network (azure-facts 1.2, 11.2).
var clusterSubnetCases = []refusalCase{
	estateCase(refuseAKSPoolWithoutSubnet, "agent pool 'user'", nil, puts(secondPool("")),
		func(e *estate) error { return puts(secondPool(e.nodes()))(e) }),
	estateCase(refuseAKSTwoNetworks, "virtualNetworks/other/subnets/nodes",
		func(e *estate) {
			e.write(virtualNetworkToken, e.network("virtualNetworks/other"),
				`{"name": "other", "addressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}`)
			e.write(subnetToken, e.network("virtualNetworks/other/subnets/nodes"),
				`{"name": "nodes", "addressPrefix": "10.9.1.0/24"}`)
			e.subnet("more", "10.1.3.0/24", nil)
			e.assign(roleNetworkContributor, groupID("rg"))
		},
		func(e *estate) error { return puts(secondPool(e.network("virtualNetworks/other/subnets/nodes")))(e) },
		func(e *estate) error { return puts(secondPool(e.subnetID("more")))(e) }),
	clusterCase(refuseAKSSubnetNotFound, "Subnet '/subscriptions/x/subnets/none' was not found.",
		map[string]any{firstPool + "vnetSubnetID": "/subscriptions/x/subnets/none"}, nil),
	estateCase(refuseAKSSubnetDelegated, "/virtualNetworks/spoke/subnets/nodes cannot be used as it's a delegated "+
		"subnet. "+
		"Please check https://aka.ms/adv-network-prerequest for more details.",
		func(e *estate) {
			e.subnet("nodes", "10.1.1.0/24", map[string]any{"delegations": []any{map[string]any{
				"name": "aks", "serviceName": "Microsoft.ContainerService/managedClusters",
			}}})
		},
		puts(nil), after(func(e *estate) { e.subnet("nodes", "10.1.1.0/24", nil) }, nil)),
	clusterCase(refuseAKSSubnetSize, "Pre-allocated IPs 252 exceeds IPs available 251 in Subnet Cidr 10.1.1.0/24, "+
		"Subnet Name "+
		"nodes. If Autoscaler is enabled, the max-count from each nodepool is counted towards this total (which means that "+
		"pre-allocated IPs count represents a theoretical max value, not the actual number of IPs requested). "+
		"http://aka.ms/aks/insufficientsubnetsize",
		map[string]any{firstPool + "count": 252.0}, map[string]any{firstPool + "count": 251.0}),
	clusterCase(refuseAKSSubnetSize, "Pre-allocated IPs 279 exceeds IPs available 251", // nine nodes with 30 pods each
		merge(netProfile(map[string]any{"networkPluginMode": nil}), map[string]any{firstPool + "count": 9.0}),
		merge(netProfile(map[string]any{"networkPluginMode": nil}), map[string]any{firstPool + "count": 8.0})),
	clusterCase(refuseAKSServicesInSubnet,
		"The specified service CIDR 10.1.0.0/16 is conflicted with an existing subnet CIDR 10.1.1.0/24",
		serviceRange("10.1.0.0/16", "10.1.0.10"), serviceRange("10.2.0.0/16", "10.2.0.10")),
	clusterCase(refuseAKSServicesInNetwork, "service CIDR 10.1.128.0/17 is conflicted with an existing network CIDR "+
		"10.1.0.0/16",
		serviceRange("10.1.128.0/17", "10.1.128.10"), serviceRange("10.2.128.0/17", "10.2.128.10")),
	estateCase(refuseAKSServicesInNetwork, "10.3.0.0/16", peeredHub, puts(serviceRange("10.3.128.0/17", "10.3.128.10")),
		puts(serviceRange("10.4.128.0/17", "10.4.128.10"))),
	clusterCase(refuseAKSServicesInNetwork, "10.224.0.0/12", managedNetwork(serviceRange("10.225.0.0/16", "10.225.0.10")),
		managedNetwork(serviceRange("10.223.0.0/16", "10.223.0.10"))),
	clusterCase(refuseAKSPodsInNetwork, "NetworkProfile CIDR 10.1.128.0/17 overlaps with reserved VNET CIDR 10.1.0.0/16",
		podRange("10.1.128.0/17"), podRange("10.4.128.0/17")),
	clusterCase(refuseAKSKubenetPodsInNetwork, "10.1.128.0/17", kubenet(podRange("10.1.128.0/17")),
		kubenet(podRange("10.4.128.0/17"))),
	estateCase(refuseAKSPodsInPeer, "10.3.0.0/16 of a peered virtual network", peeredHub, puts(podRange("10.3.0.0/16")),
		puts(podRange("10.4.0.0/16"))),
	estateCase(refuseAKSNetworkRangeReserved, "172.30.0.0/16",
		func(e *estate) { spokeSpace(e, `"10.1.0.0/16", "172.30.0.0/24"`) },
		puts(nil), after(func(e *estate) { spokeSpace(e, `"10.1.0.0/16", "172.29.0.0/24"`) }, nil)),
}
