package topology

// kind is how the resources of one type enter the network.
type kind struct {
	pass int
	// add is false when the parent is missing.
	add func(b *builder, id string, p *properties) bool
}

// ruleCollectionGroupType is the child whose parent can say that it is absent.
const ruleCollectionGroupType = "network:FirewallPolicyRuleCollectionGroup"

// Groups of addresses come before the rules that use them, parents before children.
const (
	groups = iota
	parents
	children
	passes
)

// kinds are the types that the network has a place for, by module and name. The names of the servicenetworking module
// are the same in azure-native 1, 2 and 3.
var kinds = map[string]kind{
	"network:IpGroup":                              {groups, (*builder).ipGroup},
	"network:VirtualNetwork":                       {parents, (*builder).virtualNetwork},
	"network:RouteTable":                           {parents, (*builder).routeTable},
	"network:NetworkSecurityGroup":                 {parents, (*builder).networkSecurityGroup},
	"network:NatGateway":                           {parents, (*builder).natGateway},
	"network:PublicIPAddress":                      {parents, (*builder).publicIPAddress},
	"network:PublicIPPrefix":                       {parents, (*builder).publicIPPrefix},
	"network:LoadBalancer":                         {parents, (*builder).loadBalancer},
	"network:LoadBalancerBackendAddressPool":       {children, (*builder).backendPool},
	"network:ApplicationGateway":                   {parents, (*builder).applicationGateway},
	"network:AzureFirewall":                        {parents, (*builder).azureFirewall},
	"network:FirewallPolicy":                       {parents, (*builder).firewallPolicy},
	ruleCollectionGroupType:                        {children, (*builder).ruleCollectionGroup},
	"network:Subnet":                               {children, (*builder).subnet},
	"network:VirtualNetworkPeering":                {children, (*builder).peering},
	"network:Route":                                {children, (*builder).route},
	"network:SecurityRule":                         {children, (*builder).securityRule},
	"containerservice:ManagedCluster":              {parents, (*builder).managedCluster},
	"containerservice:AgentPool":                   {children, (*builder).agentPool},
	"servicenetworking:TrafficControllerInterface": {parents, (*builder).trafficController},
	"servicenetworking:FrontendsInterface":         {children, (*builder).trafficFrontend},
	"servicenetworking:AssociationsInterface":      {children, (*builder).trafficAssociation},
}

// needs are the properties of a type that must not be hidden, because their absence would mean something. The network
// may lack the others, such as the address of a public IP.
var needs = map[string][]string{
	"network:IpGroup":              {"ipAddresses"},
	"network:VirtualNetwork":       {"addressSpace", "dhcpOptions", "subnets", "virtualNetworkPeerings"},
	"network:RouteTable":           {"routes", "disableBgpRoutePropagation", "disablePeeringRoute"},
	"network:NetworkSecurityGroup": {"securityRules"},
	"network:NatGateway":           {"publicIpAddresses", "publicIpPrefixes"},
	"network:LoadBalancer": {
		"frontendIPConfigurations", "backendAddressPools", "outboundRules", "loadBalancingRules",
	},
	"network:LoadBalancerBackendAddressPool": {"loadBalancerBackendAddresses"},
	"network:ApplicationGateway": {
		"gatewayIPConfigurations", "frontendIPConfigurations", "frontendPorts", "httpListeners",
		"backendAddressPools",
	},
	"network:AzureFirewall": {
		"sku", "firewallPolicy", "threatIntelMode", "additionalProperties", "ipConfigurations",
		"managementIpConfiguration", "natRuleCollections", "networkRuleCollections", "applicationRuleCollections",
	},
	"network:FirewallPolicy": {
		"sku", "dnsSettings", "threatIntelMode", "threatIntelWhitelist", "basePolicy", "snat",
		"ruleCollectionGroups",
	},
	ruleCollectionGroupType: {"priority", "ruleCollections"},
	"network:Subnet": {
		"addressPrefix", "addressPrefixes", "routeTable", "natGateway", "networkSecurityGroup", "serviceEndpoints",
		"defaultOutboundAccess", "ipamPoolPrefixAllocations",
	},
	"network:VirtualNetworkPeering": {
		"remoteVirtualNetwork", "remoteVirtualNetworkAddressSpace", "remoteAddressSpace",
		"allowVirtualNetworkAccess", "allowForwardedTraffic", "useRemoteGateways", "peeringState",
	},
	"network:Route": {"addressPrefix", "nextHopType", "nextHopIpAddress"},
	"network:SecurityRule": {
		"priority", "direction", "access", "protocol", "sourceAddressPrefix", "sourceAddressPrefixes",
		"sourcePortRange", "sourcePortRanges", "destinationAddressPrefix", "destinationAddressPrefixes",
		"destinationPortRange", "destinationPortRanges", "sourceApplicationSecurityGroups",
		"destinationApplicationSecurityGroups",
	},
	"containerservice:ManagedCluster": {"networkProfile", "agentPoolProfiles", "nodeResourceGroup"},
	"containerservice:AgentPool": {
		"count", "enableAutoScaling", "maxCount", "vnetSubnetID", "podSubnetID", "enableNodePublicIP",
		"nodePublicIPPrefixID",
	},
	"servicenetworking:AssociationsInterface": {"subnet"},
}

// trafficModules are the modules of azure-native, and of the classic azure provider, whose resources carry traffic, say
// where it goes, or hold the names that it goes to. Types of theirs that the network has no place for are unknown.
var trafficModules = map[string]bool{
	"apimanagement": true, "app": true, "avs": true, "batch": true, "cdn": true, "compute": true,
	"containerinstance": true, "containerservice": true, "dns": true, "dnsresolver": true, "frontdoor": true,
	"kubernetesconfiguration": true, "hybridnetwork": true, "network": true, "networkfunction": true, "privatedns": true,
	"redhatopenshift": true, "servicefabric": true, "servicenetworking": true, "trafficmanager": true, "web": true,

	// of the classic provider only
	"appservice": true, "lb": true, "privatelink": true,
}

// trafficGroups are the API groups of Kubernetes whose objects route, filter or hide traffic.
var trafficGroups = map[string]bool{
	"alb.networking.azure.io": true, "cilium.io": true, "crd.projectcalico.org": true,
	"gateway.networking.k8s.io": true, "helm.sh": true, "networking.k8s.io": true,
}

// foreign says whether a type without a place in the network may nevertheless change where traffic goes.
func foreign(t token) bool {
	switch t.pkg {
	case azureNative, "azure":
		return trafficModules[t.module]
	case kubernetesPackage:
		_, modelled := ingressReaders[t]
		return trafficGroups[t.module] && !modelled
	default:
		return false
	}
}

const (
	azureNative       = "azure-native"
	kubernetesPackage = "kubernetes"
)
