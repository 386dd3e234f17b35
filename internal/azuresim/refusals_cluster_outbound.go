package azuresim

// Outbound types (azure-facts 1.2, 1.4).
var (
	refuseAKSOutboundType = row(Refusal{
		ID: "cluster-outbound-type", Code: "UnsupportedOutboundType", Target: "networkProfile.outboundType",
		Knowledge: AzuresCode,
		Message:   "Outbound type %q is not supported.",
		When:      "outboundType is a word that AKS does not know.",
		Source:    "azure-facts 1.4 (EC)",
	})
	refuseAKSOutboundTypeAPI = row(Refusal{
		ID: "cluster-outbound-type-api", Code: "UnsupportedOutboundType", Target: "networkProfile.outboundType",
		Knowledge: AzuresCode,
		Message:   "Outbound type %s is not supported in API version 2024-09-01 and older: %s.",
		When: "outboundType is none, block or managedNATGatewayV2, which need a newer API than azure-native v2 has. " +
			"That Azure answers with this code is inferred.",
		Source: "azure-facts 1.4 (EC), 1.5, 10",
	})
	refuseAKSNATGatewayPresent = row(Refusal{
		ID: "cluster-load-balancer-behind-nat-gateway", Code: "InvalidParameter",
		Target: "networkProfile.outboundType", Knowledge: LabsWords,
		Message: "Outbound type is loadBalancer but subnet '%s' is associated with NAT gateway '%s'.",
		When:    "A new cluster of outbound type loadBalancer has a subnet with a NAT gateway. Updates are allowed.",
		Source:  "azure-facts 1.2 (CHG 2022-05-08)",
	})
	refuseAKSManagedNATOwnNetwork = row(Refusal{
		ID: "cluster-managed-nat-gateway-in-own-network", Code: "InvalidParameter",
		Subcode: "ManagedNATGatewayWithCustomVNetNotAllowed", Target: "properties.vnetSubnetID",
		Message: "Outbound type is managedNATGateway but agent pool '%s' is using custom VNet, which is not allowed.",
		When:    "The outbound type is managedNATGateway and an agent pool has a subnet of its own.",
		Source:  "azure-facts 1.4",
	})
	refuseAKSOwnNATManagedNetwork = row(Refusal{
		ID: "cluster-own-nat-gateway-in-managed-network", Code: "UserAssignedNATGatewayWithManagedVNetNotAllowed",
		Target: "networkProfile.outboundType", Knowledge: AzuresCode,
		Message: "Outbound type is userAssignedNATGateway but agent pool '%s' is not using custom VNet, which is not " +
			"allowed.",
		When:   "The outbound type is userAssignedNATGateway and the agent pools have no subnet.",
		Source: "azure-facts 1.4 (EC)",
	})
	refuseAKSNATGatewayNotAssociated = row(Refusal{
		ID: "cluster-subnet-without-nat-gateway", Code: "SubnetNotAssociatedWithNATGateway",
		Target:  "properties.vnetSubnetID",
		Message: "Subnet '%s' must have a NAT gateway associated for outbound connection",
		When:    "The outbound type is userAssignedNATGateway and an agent pool's subnet has no NAT gateway, at any PUT.",
		Source:  "azure-facts 1.4 (AKS-Construction, EC)",
	})
	refuseAKSNATGatewayWithoutIP = row(Refusal{
		ID: "cluster-nat-gateway-without-address", Code: "NATGatewayNotAssociatedWithPublicIPOrIPPrefix",
		Target:  "properties.vnetSubnetID",
		Message: "NAT gateway '%s' must have at least one public IP or IP prefix associated for outbound connection.",
		When:    "The NAT gateway of an agent pool's subnet has neither address nor prefix.",
		Source:  "azure-facts 1.4 (AKS-Construction, EC)",
	})
	refuseAKSRoutingWithProfile = row(Refusal{
		ID: "cluster-user-defined-routing-with-profile", Code: "InvalidUserDefinedRoutingWithLoadBalancerProfile",
		Target: "networkProfile.loadBalancerProfile",
		Message: "UserDefinedRouting and load balancer profile are mutually exclusive. Please refer to " +
			"http://aka.ms/aks/outboundtype for more details",
		When:   "The outbound type is userDefinedRouting and there is a load balancer profile.",
		Source: "azure-facts 1.4",
	})
	refuseAKSRoutingNodeIP = row(Refusal{
		ID: "cluster-user-defined-routing-node-public-ip", Code: "UDRWithNodePublicIPNotAllowed",
		Target: "properties.enableNodePublicIP", Knowledge: AzuresCode,
		Message: "Outbound type is userDefinedRouting but agent pool '%s' has node public IPs, which is not allowed.",
		When:    "The outbound type is userDefinedRouting and an agent pool's nodes have public addresses.",
		Source:  "azure-facts 1.2, 1.4 (EC)",
	})
	refuseAKSRoutingManagedNetwork = row(Refusal{
		ID: "cluster-user-defined-routing-in-managed-network", Code: "InvalidParameter",
		Target: "networkProfile.outboundType", Knowledge: LabsWords,
		Message: "Outbound type is userDefinedRouting but agent pool '%s' is not using custom VNet, which is not allowed.",
		When:    "The outbound type is userDefinedRouting and the agent pools have no subnet.",
		Source:  "azure-facts 1.2",
	})
	refuseAKSNoRouteTable = row(Refusal{
		ID: "cluster-subnet-without-route-table", Code: "ExistingRouteTableNotAssociatedWithSubnet",
		Target: "properties.vnetSubnetID",
		Message: "An existing route table has not been associated with subnet %s. Please update the route table " +
			"association",
		When:   "The outbound type is userDefinedRouting and an agent pool's subnet has no route table, at any PUT.",
		Source: "azure-facts 1.4",
	})
	refuseAKSNextHop = row(Refusal{
		ID: "cluster-default-route-next-hop", Code: "RouteTableInvalidNextHop", Target: "networkProfile.outboundType",
		Message: "Default route 0.0.0.0/0 has a next hop of %s but only next hops of VirtualAppliance or " +
			"VirtualNetworkGateway are allowed. Please see http://aka.ms/aks/outboundtype for more details",
		When: "The outbound type is userDefinedRouting and the subnet's default route leads to Internet, VnetLocal or " +
			"None.",
		Source: "azure-facts 1.4",
	})
	refuseAKSNoDefaultRoute = row(Refusal{
		ID: "cluster-route-table-without-default-route", Code: "RouteTableMissingDefaultRouteError",
		Target:  "networkProfile.outboundType",
		Message: "Default route 0.0.0.0/0 missing from route table %s",
		When: "The outbound type is userDefinedRouting and the subnet's route table has no route for 0.0.0.0/0. Private " +
			"clusters may learn it by BGP, so they are not refused.",
		Source: "azure-facts 1.4, 14 (5); MicrosoftDocs/azure-docs issue 108240",
	})
)

// The load balancer profile (azure-facts 1.4, 2).
var (
	refuseAKSNoIPProvider = row(Refusal{
		ID: "cluster-outbound-addresses-missing", Code: "InvalidLoadBalancerProfile",
		Target:  "networkProfile.loadBalancerProfile",
		Message: "Load balancer profile must specify one of ManagedOutboundIPs, OutboundIPPrefixes and OutboundIPs.",
		When: "The load balancer profile has none of managed addresses, own addresses and own prefixes; empty lists " +
			"count as none.",
		Source: "azure-facts 1.4, 2.1; hashicorp/terraform-provider-azurerm issue 6525",
	})
	refuseAKSTwoIPProviders = row(Refusal{
		ID: "cluster-outbound-addresses-twice", Code: "InvalidLoadBalancerProfile",
		Target: "networkProfile.loadBalancerProfile",
		Message: "Load balancer profile must specify exactly one of ManagedOutboundIPs, OutboundIPPrefixes and " +
			"OutboundIPs. Please refer to http://aka.ms/slb.",
		When:   "The load balancer profile has more than one of managed addresses, own addresses and own prefixes.",
		Source: "azure-facts 2.1; Azure/azure-cli issue 20693",
	})
	refuseAKSManagedIPCount = row(Refusal{
		ID: "cluster-outbound-address-count", Code: "InvalidLoadBalancerProfileManagedOutboundIPCount",
		Target: "networkProfile.loadBalancerProfile.managedOutboundIPs.count", Knowledge: AzuresCode,
		Message: "Load balancer profile managed outbound IP count %d is not in the range 1 to 100.",
		When:    "The load balancer profile asks for fewer than 1 or more than 100 managed addresses.",
		Source:  "azure-facts 1.4 (EC), 2.1",
	})
	refuseAKSIdleTimeout = row(Refusal{
		ID: "cluster-outbound-idle-timeout", Code: "InvalidLoadBalancerProfileIdleTimeoutInMinutes",
		Target: "networkProfile.loadBalancerProfile.idleTimeoutInMinutes", Knowledge: AzuresCode,
		Message: "Load balancer profile idle timeout %d minutes is not in the range 4 to 120.",
		When:    "The load balancer profile's idle timeout is less than 4 or more than 120 minutes.",
		Source:  "azure-facts 1.4 (EC), 2.1",
	})
	refuseAKSPortRange = row(Refusal{
		ID: "cluster-outbound-port-range", Code: "InvalidLoadBalancerProfileAllocatedOutboundPorts",
		Target: "networkProfile.loadBalancerProfile.allocatedOutboundPorts", Knowledge: AzuresCode,
		Message: "Load balancer profile allocated ports %d is not in the range 0 to 64000.",
		When:    "allocatedOutboundPorts is negative or more than 64000.",
		Source:  "azure-facts 1.4 (EC), 2.1",
	})
	refuseAKSPortMultiple = row(Refusal{
		ID: "cluster-outbound-port-multiple", Code: "InvalidLoadBalancerProfileAllocatedOutboundPorts",
		Target: "networkProfile.loadBalancerProfile.allocatedOutboundPorts",
		Message: "Load balancer profile allocated ports must be a multiple of 8. Refer to https://aka.ms/aks/slb-ports for " +
			"more details.",
		When: "allocatedOutboundPorts is no multiple of 8.",
		Source: "azure-facts 2.1; jenkins-infra/azure pull request 582, against the code " +
			"LoadBalancerProfileAllocatedOutboundPortsMustBeMultipleOfEight of azure-facts 1.4 (EC)",
	})
	refuseAKSPorts = row(Refusal{
		ID: "cluster-outbound-ports", Code: "InvalidLoadBalancerProfileAllocatedOutboundPorts",
		Target: "networkProfile.loadBalancerProfile.allocatedOutboundPorts",
		Message: "Load balancer profile allocated ports %d is not in an allowable range given the number of nodes and IPs " +
			"provisioned. Total node count %d requires %d ports but only %d ports are available given %d outbound public " +
			"IPs. Refer to https://aka.ms/aks/slb-ports for more details.",
		When:   "All nodes with their upgrade surge need more than 64000 ports for each outbound address.",
		Source: "azure-facts 2.3",
	})
	refuseAKSBackendPoolType = row(Refusal{
		ID: "cluster-backend-pool-type", Code: "InvalidLoadBalancerProfile",
		Target: "networkProfile.loadBalancerProfile.backendPoolType", Knowledge: LabsWords,
		Message: "Load balancer profile backend pool type %q is not NodeIPConfiguration or NodeIP.",
		When:    "backendPoolType is neither NodeIPConfiguration nor NodeIP.",
		Source:  "azure-facts 2.1",
	})
)

// outboundIPError begins the text about an outbound address; what follows is AKS's code for the reason (Azure/AKS issue
// 3247), and after it the lab's words where AKS has some that are not known.
const (
	outboundIPError = "Error in validating load balancer profile outbound IPs, error details: " +
		"LoadBalancerProfileOutboundIP"
	outboundPrefixError = "Error in validating load balancer profile outbound IP prefixes, error details: " +
		"LoadBalancerProfileOutboundIPPrefix"
)

// Outbound addresses of one's own (azure-facts 1.4, 2.1).
var (
	refuseAKSOwnIPMissing = outboundIPRow("missing", AzuresText, Refusal{
		Message: outboundIPError + "NotExist",
		When:    "An own outbound address does not exist.",
		Source:  "azure-facts 1.4 (EC); Azure/AKS issue 3247",
	})
	refuseAKSOwnIPRegion = outboundIPRow("region", AzuresCode, Refusal{
		Message: outboundIPError + "NotInTheSameRegion: '%s' is in %s and not in %s.",
		When:    "An own outbound address is in another region than the cluster.",
	})
	refuseAKSOwnIPSKU = outboundIPRow("sku", AzuresCode, Refusal{
		Message: outboundIPError + "NotStandardSKU: '%s' has SKU %s.",
		When:    "An own outbound address is not of SKU Standard.",
	})
	refuseAKSOwnIPState = outboundIPRow("state", AzuresCode, Refusal{
		Message: outboundIPError + "ProvisioningNotSucceeded: '%s' is in state %s.",
		When:    "An own outbound address has not been made successfully.",
	})
	refuseAKSOwnIPManaged = outboundIPRow("managed", AzuresCode, Refusal{
		Message: outboundIPError + "HasManagedOutboundIPTag: '%s' is an address that AKS made.",
		When:    "An own outbound address is one that AKS made for a cluster.",
	})
	refuseAKSOwnIPAttached = outboundIPRow("attached", AzuresCode, Refusal{
		Message: outboundIPError + "AttachedToAnotherIPConfiguration: '%s' is attached to '%s'.",
		When:    "An own outbound address is in use by something else, such as a NAT gateway.",
	})
	refuseAKSOwnPrefixMissing = outboundPrefixRow("missing", Refusal{
		Message: outboundPrefixError + "NotExist: '%s'.",
		When:    "An own outbound prefix does not exist.",
	})
	refuseAKSOwnPrefixSubscription = outboundPrefixRow("subscription", Refusal{
		Message: outboundPrefixError + "NotInTheSameSubscription: '%s' is not in %s.",
		When:    "An own outbound prefix is in another subscription than the cluster.",
	})
	refuseAKSOwnPrefixRegion = outboundPrefixRow("region", Refusal{
		Message: outboundPrefixError + "NotInTheSameRegion: '%s' is in %s and not in %s.",
		When:    "An own outbound prefix is in another region than the cluster.",
	})
	refuseAKSOwnPrefixAttached = outboundPrefixRow("attached", Refusal{
		Message: "Error in validating load balancer profile outbound IP prefixes: '%s' is attached to '%s'.",
		When:    "An own outbound prefix is in use by something else, such as a NAT gateway.",
	})
)

// outboundIPRow is a row about an own outbound address.
func outboundIPRow(id string, knowledge Knowledge, r Refusal) *Refusal {
	r.ID, r.Knowledge = "cluster-outbound-address-"+id, knowledge
	r.Code, r.Target = "InvalidLoadBalancerProfileOutboundIPs", "networkProfile.loadBalancerProfile.outboundIPs"
	if r.Source == "" {
		r.Source = "azure-facts 1.4 (EC), 2.1; that the name is the detail of this code: Azure/AKS issue 3247"
	}
	return row(r)
}

// outboundPrefixRow is a row about an own outbound prefix.
func outboundPrefixRow(id string, r Refusal) *Refusal {
	r.ID, r.Knowledge = "cluster-outbound-prefix-"+id, AzuresCode
	r.Code = "InvalidLoadBalancerProfileOutboundIPPrefixes"
	r.Target = "networkProfile.loadBalancerProfile.outboundIPPrefixes"
	r.Source = "azure-facts 1.4 (EC), 2.1; the form of the text is that for addresses (Azure/AKS issue 3247)"
	return row(r)
}

// The managed NAT gateway's profile (azure-facts 1.1, 1.4).
var (
	refuseAKSNATIPCount = row(Refusal{
		ID: "cluster-nat-gateway-address-count", Code: "InvalidNATGatewayProfileManagedOutboundIPCount",
		Target: "networkProfile.natGatewayProfile.managedOutboundIPProfile.count", Knowledge: AzuresCode,
		Message: "NAT gateway profile managed outbound IP count %d is not in the range 1 to 16.",
		When:    "The NAT gateway profile asks for fewer than 1 or more than 16 addresses.",
		Source:  "azure-facts 1.1, 1.4 (EC)",
	})
	refuseAKSNATIdleTimeout = row(Refusal{
		ID: "cluster-nat-gateway-idle-timeout", Code: "InvalidNATGatewayProfileIdleTimeoutInMinutes",
		Target: "networkProfile.natGatewayProfile.idleTimeoutInMinutes", Knowledge: AzuresCode,
		Message: "NAT gateway profile idle timeout %d minutes is not in the range 4 to 120.",
		When:    "The NAT gateway profile's idle timeout is less than 4 or more than 120 minutes.",
		Source:  "azure-facts 1.1, 1.4 (EC)",
	})
)
