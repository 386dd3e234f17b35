package azuresim

// Plugins, policies and load balancer SKU (azure-facts 1.1, 1.2).
var (
	refuseAKSNetworkPlugin = row(Refusal{
		ID: "cluster-network-plugin", Code: "UnknownNetworkPlugin", Target: "networkProfile.networkPlugin",
		Knowledge: AzuresCode,
		Message:   "The network plugin is azure, kubenet or none (got %q).",
		When:      "networkPlugin is none of azure, kubenet and none.",
		Source:    "azure-facts 1.1; EC",
	})
	refuseAKSNetworkPluginMode = row(Refusal{
		ID: "cluster-network-plugin-mode", Code: "InvalidParameter", Target: "networkProfile.networkPluginMode",
		Knowledge: LabsWords,
		Message:   "The network plugin mode is overlay, with network plugin azure (got %q with %q).",
		When:      "networkPluginMode is not overlay, or the network plugin is not azure.",
		Source:    "azure-facts 1.1, 7.4",
	})
	refuseAKSNetworkPolicy = row(Refusal{
		ID: "cluster-network-policy", Code: "NetworkPolicyNotSupported", Target: "networkProfile.networkPolicy",
		Knowledge: AzuresCode,
		Message:   "The network policy is azure, calico, cilium or none (got %q).",
		When:      "networkPolicy is none of azure, calico, cilium and none.",
		Source:    "azure-facts 1.1; EC",
	})
	refuseAKSNetworkPolicyKubenet = row(Refusal{
		ID: "cluster-network-policy-kubenet", Code: "NetworkPolicyAzureNotSupportedForKubenet",
		Target: "networkProfile.networkPolicy", Knowledge: AzuresCode,
		Message: "Network policy azure is not supported with network plugin kubenet.",
		When:    "networkPolicy is azure and networkPlugin kubenet.",
		Source:  "EC",
	})
	refuseAKSLoadBalancerSKU = row(Refusal{
		ID: "cluster-load-balancer-sku", Code: "InvalidLoadBalancerSku", Target: "networkProfile.loadBalancerSku",
		Knowledge: AzuresCode,
		Message:   "The load balancer SKU is basic or standard (got %q).",
		When:      "loadBalancerSku is neither basic nor standard.",
		Source:    "azure-facts 1.1; EC",
	})
	refuseAKSBasicWithProfile = row(Refusal{
		ID:      "cluster-basic-load-balancer-with-profile",
		Code:    "UnexpectedLoadBalancerProfileForNonStandardLoadBalancerCluster",
		Target:  "networkProfile.loadBalancerProfile",
		Message: "Load balancer profile should not be specified for cluster without standard load balancer",
		When:    "loadBalancerSku is basic and there is a load balancer profile.",
		Source:  "Azure/AKS issue 2072",
	})
	refuseAKSBasicForOutboundType = row(Refusal{
		ID: "cluster-basic-load-balancer", Code: "UnexpectedLoadBalancerSkuForCurrentOutboundConfiguration",
		Target: "networkProfile.loadBalancerSku", Knowledge: AzuresCode,
		Message: "Outbound type %s needs load balancer SKU Standard (got %q).",
		When:    "loadBalancerSku is basic and the outbound type is another than loadBalancer.",
		Source:  "azure-facts 1.2, 1.4 (EC)",
	})
	refuseAKSBasicRetired = row(Refusal{
		ID: "cluster-basic-load-balancer-retired", Code: "InvalidParameter", Target: "networkProfile.loadBalancerSku",
		Knowledge: LabsWords,
		Message:   "The Basic load balancer is retired; the load balancer SKU is standard (got %q).",
		When:      "loadBalancerSku is basic and the outbound type loadBalancer: no such cluster since 30 March 2025.",
		Source:    "azure-facts 1.2; Azure/AKS issue 5020",
	})
)

// Address ranges by themselves (azure-facts 11.2).
var (
	refuseAKSRange = row(Refusal{
		ID: "cluster-cidr", Code: "CidrStringParseError", Knowledge: AzuresCode,
		Message: "%s: %q is not an IPv4 CIDR.",
		When:    "serviceCidr or podCidr is no IPv4 range.",
		Source:  "azure-facts 11.2; EC",
	})
	refuseAKSServiceRanges = row(Refusal{
		ID: "cluster-service-cidrs-differ", Code: "InvalidParameter", Target: "networkProfile.serviceCidrs",
		Knowledge: LabsWords,
		Message:   "serviceCidrs has %q and serviceCidr is %q; they must be the same.",
		When:      "serviceCidrs and serviceCidr are both given and differ.",
		Source:    "azure-facts 1.1",
	})
	refuseAKSServiceRangeSize = row(Refusal{
		ID: "cluster-service-cidr-size", Code: "InvalidParameter", Target: "networkProfile.serviceCidr",
		Knowledge: LabsWords,
		Message:   "The service CIDR %s must be smaller than /12.",
		When:      "The service CIDR is a /12 or larger.",
		Source:    "azure-facts 11.2 (CHG 2023-10)",
	})
	refuseAKSServiceRangePublic = row(Refusal{
		ID: "cluster-service-cidr-public", Code: "InvalidParameter", Target: "networkProfile.serviceCidr",
		Knowledge: LabsWords,
		Message:   "The service CIDR %s must not be public or multicast.",
		When:      "The service CIDR is not in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10.",
		Source:    "azure-facts 11.2 (CHG 2023-10)",
	})
	refuseAKSServiceRangeReserved = row(Refusal{
		ID: "cluster-service-cidr-reserved", Code: "InvalidParameter", Target: "networkProfile.serviceCidr",
		Knowledge: LabsWords,
		Message:   "The service CIDR %s overlaps %s, which AKS keeps for itself.",
		When:      "The service CIDR overlaps 169.254.0.0/16, 172.30.0.0/16, 172.31.0.0/16 or 192.0.2.0/24.",
		Source:    "azure-facts 11.2; MicrosoftDocs/azure-aks-docs pull request 447",
	})
	refuseAKSPodRangeReserved = row(Refusal{
		ID: "cluster-pod-cidr-reserved", Code: "InvalidParameter", Target: "networkProfile.podCidr",
		Knowledge: LabsWords,
		Message:   "The pod CIDR %s overlaps %s, which AKS keeps for itself.",
		When:      "The pod CIDR overlaps 169.254.0.0/16, 172.30.0.0/16, 172.31.0.0/16 or 192.0.2.0/24.",
		Source:    "azure-facts 11.2",
	})
	refuseAKSNetworkRangeReserved = row(Refusal{
		ID: "cluster-network-reserved", Code: "InvalidParameter", Target: "agentPoolProfile.vnetSubnetID",
		Knowledge: LabsWords,
		Message:   "The virtual network's range %s overlaps %s, which AKS keeps for itself.",
		When:      "The nodes' virtual network overlaps 169.254.0.0/16, 172.30.0.0/16, 172.31.0.0/16 or 192.0.2.0/24.",
		Source:    "azure-facts 11.2",
	})
	refuseAKSPodsInServices = row(Refusal{
		ID: "cluster-pod-cidr-overlaps-services", Code: "PodCidrOverlapServiceCidr", Target: "networkProfile.podCidr",
		Knowledge: AzuresCode,
		Message:   "The pod CIDR %s overlaps the service CIDR %s.",
		When:      "Pod and service CIDR overlap.",
		Source:    "EC",
	})
	refuseAKSPodRangeSize = row(Refusal{
		ID: "cluster-pod-cidr-size", Code: "InsufficientSubnetSize", Target: "networkProfile.podCIDR",
		Message: "Pre-allocated IPs %d exceeds IPs available %d in Subnet Cidr %s, Subnet Name networkProfile.podCIDR. " +
			insufficientSize,
		When: "The pod CIDR has no /24 for each node, upgrade surge included.",
		Source: "azure-facts 11.2; Azure/AKS-Construction issue 701 (256 addresses for each node; that surge counts is " +
			"inferred)",
	})
)

// insufficientSize ends the text of InsufficientSubnetSize.
const insufficientSize = "If Autoscaler is enabled, the max-count from each nodepool is counted towards this total " +
	"(which " +
	"means that pre-allocated IPs count represents a theoretical max value, not the actual number of IPs requested). " +
	"http://aka.ms/aks/insufficientsubnetsize"

// The DNS service (azure-facts 11.2).
var (
	refuseAKSDNSServiceIP = row(Refusal{
		ID: "cluster-dns-service-ip", Code: "DnsServiceIpParseError", Target: "networkProfile.dnsServiceIP",
		Knowledge: AzuresCode,
		Message:   "The DNS service IP %q is not an IPv4 address.",
		When:      "dnsServiceIP is no IPv4 address.",
		Source:    "azure-facts 11.2; EC",
	})
	refuseAKSDNSServiceIPOutside = row(Refusal{
		ID: "cluster-dns-service-ip-outside", Code: "DnsServiceIpOutOfServiceCidr",
		Target:  "networkProfile.dnsServiceIP",
		Message: "The DNS service IP %s is out of the range defined by service CIDR %s.",
		When:    "dnsServiceIP is not in the service CIDR.",
		Source:  "azure-facts 11.2",
	})
	refuseAKSDNSServiceIPFirst = row(Refusal{
		ID: "cluster-dns-service-ip-first", Code: "DnsServiceIpConflicting", Target: "networkProfile.dnsServiceIP",
		Knowledge: AzuresCode,
		Message: "The DNS service IP %s is the network's or the first address of service CIDR %s, which is the API " +
			"server's.",
		When:   "dnsServiceIP is the first address of the service CIDR, or its network address.",
		Source: "azure-facts 11.2 (EC); Azure/AKS issue 2579",
	})
	refuseAKSDNSServiceIPLast = row(Refusal{
		ID: "cluster-dns-service-ip-last", Code: "DnsBroadcastAddressConflicting",
		Target: "networkProfile.dnsServiceIP", Knowledge: AzuresCode,
		Message: "The DNS service IP %s is the broadcast address of service CIDR %s.",
		When:    "dnsServiceIP is the last address of the service CIDR.",
		Source:  "azure-facts 11.2 (EC)",
	})
)

// Subnets, and ranges against their network (azure-facts 1.2, 11.2).
var (
	refuseAKSPoolWithoutSubnet = row(Refusal{
		ID: "cluster-pool-without-subnet", Code: "AgentPoolsWithEmptySubnetError",
		Target: "agentPoolProfile.vnetSubnetID", Knowledge: AzuresCode,
		Message: "All agent pools have a subnet or none has one; agent pool '%s' has none.",
		When:    "Some agent pools have a subnet and others have none.",
		Source:  "azure-facts 1.2; EC",
	})
	refuseAKSTwoNetworks = row(Refusal{
		ID: "cluster-two-networks", Code: "InvalidParameter", Target: "agentPoolProfile.vnetSubnetID",
		Knowledge: LabsWords,
		Message:   "Subnet '%s' is not in virtual network '%s', where another agent pool is.",
		When:      "The agent pools' subnets are in different virtual networks.",
		Source:    "azure-facts 1.2",
	})
	refuseAKSSubnetNotFound = row(Refusal{
		ID: "cluster-subnet-not-found", Code: "SubnetNotFound", Target: "properties.vnetSubnetID",
		Knowledge: AzuresCode,
		Message:   "Subnet '%s' was not found.",
		When:      "An agent pool's subnet does not exist.",
		Source:    "azure-facts 1.4 (EC)",
	})
	refuseAKSSubnetDelegated = row(Refusal{
		ID: "cluster-subnet-delegated", Code: "SubnetIsDelegated",
		Message: "AgentPoolProfile.VnetSubnetID %s cannot be used as it's a delegated subnet. Please check " +
			"https://aka.ms/adv-network-prerequest for more details.",
		When:   "An agent pool's subnet is delegated, even to AKS.",
		Source: "azure-facts 11.2; MicrosoftDocs/azure-docs issue 69774",
	})
	refuseAKSSubnetSize = row(Refusal{
		ID: "cluster-subnet-size", Code: "InsufficientSubnetSize", Target: "agentPoolProfile.count",
		Message: "Pre-allocated IPs %d exceeds IPs available %d in Subnet Cidr %s, Subnet Name %s. " + insufficientSize,
		When: "A subnet has not enough addresses for its nodes, and without overlay and kubenet for their maxPods. " +
			"Upgrade surge and addresses of anything but clusters are not counted.",
		Source: "azure-facts 11.2; Azure/AKS-Construction issue 701, hashicorp/terraform-provider-azurerm pull request 5735",
	})
	refuseAKSServicesInSubnet = row(Refusal{
		ID: "cluster-service-cidr-overlaps-subnet", Code: "ServiceCidrOverlapExistingSubnetsCidr",
		Target:  "networkProfile.serviceCIDR",
		Message: "The specified service CIDR %s is conflicted with an existing subnet CIDR %s",
		When:    "The service CIDR overlaps a subnet of the nodes' virtual network.",
		Source:  "azure-facts 11.2",
	})
	refuseAKSServicesInNetwork = row(Refusal{
		ID: "cluster-service-cidr-overlaps-network", Code: "ServiceCidrOverlapExistingSubnetsCidr",
		Target: "networkProfile.serviceCIDR", Knowledge: AzuresCode,
		Message: "The specified service CIDR %s is conflicted with an existing network CIDR %s.",
		When:    "The service CIDR overlaps the address space of the nodes' virtual network, or of a peered one.",
		Source:  "azure-facts 11.2; that the code is the one for subnets is inferred",
	})
	refuseAKSPodsInNetwork = row(Refusal{
		ID: "cluster-pod-cidr-overlaps-network", Code: "NetworkProfileCIDROverlapVNET",
		Target:  "networkProfile.podCIDR",
		Message: "NetworkProfile CIDR %s overlaps with reserved VNET CIDR %s",
		When:    "An overlay cluster's pod CIDR overlaps its virtual network.",
		Source:  "azure-facts 11.2; Azure/AKS-Construction issue 403",
	})
	refuseAKSKubenetPodsInNetwork = row(Refusal{
		ID: "cluster-kubenet-pod-cidr-overlaps-network", Code: "PodCidrOverlapExistingSubnetsCidr",
		Target: "networkProfile.podCidr", Knowledge: AzuresCode,
		Message: "The pod CIDR %s overlaps the virtual network's range %s.",
		When:    "A kubenet cluster's pod CIDR overlaps its virtual network.",
		Source:  "azure-facts 11.2; EC",
	})
	refuseAKSPodsInPeer = row(Refusal{
		ID: "cluster-pod-cidr-overlaps-peer", Code: "InvalidParameter", Target: "networkProfile.podCidr",
		Knowledge: LabsWords,
		Message:   "The pod CIDR %s overlaps the range %s of a peered virtual network.",
		When:      "The pod CIDR overlaps the address space of a network that is peered with the nodes'.",
		Source:    "azure-facts 11.2",
	})
)
