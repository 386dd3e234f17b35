package egress

import "net/netip"

// Network is what the model knows of a deployment: plain data that round-trips through JSON. Every id is an ARM id
// and is compared without case. References are ids; what an id names may be absent, and Trace then says so.
type Network struct {
	VNets                 []VNet                 `json:"vnets,omitempty"`
	RouteTables           []RouteTable           `json:"routeTables,omitempty"`
	NetworkSecurityGroups []NetworkSecurityGroup `json:"networkSecurityGroups,omitempty"`
	NATGateways           []NATGateway           `json:"natGateways,omitempty"`
	PublicIPs             []PublicIP             `json:"publicIps,omitempty"`
	PublicIPPrefixes      []PublicIPPrefix       `json:"publicIpPrefixes,omitempty"`
	LoadBalancers         []LoadBalancer         `json:"loadBalancers,omitempty"`
	Firewalls             []Firewall             `json:"firewalls,omitempty"`
	FirewallPolicies      []FirewallPolicy       `json:"firewallPolicies,omitempty"`
	ApplicationGateways   []ApplicationGateway   `json:"applicationGateways,omitempty"`
	TrafficControllers    []TrafficController    `json:"trafficControllers,omitempty"`
	Clusters              []Cluster              `json:"clusters,omitempty"`

	// Operator is the address of whoever runs Pulumi and kubectl, as the network sees it: public, or in a subnet;
	// invalid: not known.
	Operator netip.Addr `json:"operator,omitzero"`

	// ServiceTags are the prefixes of service tags, by name, such as AzureCloud.westeurope. Microsoft publishes them
	// weekly; a tag that is not listed matches what Flow.ServiceTags says, and nothing else.
	ServiceTags map[string][]netip.Prefix `json:"serviceTags,omitempty"`
}

// VNet is a virtual network with its subnets and its side of every peering.
type VNet struct {
	ID           string         `json:"id"`
	Name         string         `json:"name"`
	Location     string         `json:"location,omitempty"`
	AddressSpace []netip.Prefix `json:"addressSpace,omitempty"`
	DNSServers   []netip.Addr   `json:"dnsServers,omitempty"` // empty: Azure's own DNS
	Subnets      []Subnet       `json:"subnets,omitempty"`
	Peerings     []Peering      `json:"peerings,omitempty"`

	// GatewayRoutes are the prefixes that the VNet's gateway announces (BGP, or a VPN's local networks); nil: not known.
	GatewayRoutes []netip.Prefix `json:"gatewayRoutes,omitempty"`
}

// Subnet is a subnet of a VNet.
type Subnet struct {
	ID               string         `json:"id"`
	Name             string         `json:"name"`
	Prefixes         []netip.Prefix `json:"prefixes,omitempty"`
	RouteTableID     string         `json:"routeTableId,omitempty"`
	NATGatewayID     string         `json:"natGatewayId,omitempty"`
	NSGID            string         `json:"nsgId,omitempty"`
	ServiceEndpoints []string       `json:"serviceEndpoints,omitempty"` // such as Microsoft.Storage

	// DefaultOutboundAccess false makes the subnet private; nil means allowed (azure-facts 2.4).
	DefaultOutboundAccess *bool `json:"defaultOutboundAccess,omitempty"`
}

// NextHopType is Azure's word for where a route leads.
type NextHopType string

// The next hop types of azure-facts 4. VNetPeering and VirtualNetworkServiceEndpoint appear in effective routes only.
const (
	NextHopVNetLocal             NextHopType = "VnetLocal"
	NextHopVNetPeering           NextHopType = "VNetPeering"
	NextHopInternet              NextHopType = "Internet"
	NextHopVirtualAppliance      NextHopType = "VirtualAppliance"
	NextHopVirtualNetworkGateway NextHopType = "VirtualNetworkGateway"
	NextHopNone                  NextHopType = "None"
)

// RouteTable holds user-defined routes; subnets refer to it.
type RouteTable struct {
	ID                         string  `json:"id"`
	Name                       string  `json:"name"`
	Routes                     []Route `json:"routes,omitempty"`
	DisableBGPRoutePropagation bool    `json:"disableBgpRoutePropagation,omitempty"`
	DisablePeeringRoutes       bool    `json:"disablePeeringRoutes,omitempty"` // disablePeeringRoute is All; not modelled
}

// Route is one user-defined route. Exactly one of Prefix and ServiceTag is set.
type Route struct {
	Name        string       `json:"name"`
	Prefix      netip.Prefix `json:"prefix,omitzero"`
	ServiceTag  string       `json:"serviceTag,omitempty"`
	NextHopType NextHopType  `json:"nextHopType"`
	NextHopIP   netip.Addr   `json:"nextHopIp,omitzero"` // VirtualAppliance only
}

// NATGateway translates the source of what leaves the subnets that refer to it.
type NATGateway struct {
	ID                   string   `json:"id"`
	Name                 string   `json:"name"`
	PublicIPIDs          []string `json:"publicIpIds,omitempty"`
	PublicIPPrefixIDs    []string `json:"publicIpPrefixIds,omitempty"`
	IdleTimeoutInMinutes int      `json:"idleTimeoutInMinutes,omitempty"`
	Zones                []string `json:"zones,omitempty"` // empty: in none, or in one that Azure picks (azure-facts 3)
}

// PublicIP is a public IP address resource.
type PublicIP struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Address netip.Addr `json:"address,omitzero"` // invalid: not assigned, or not known
	Owner   string     `json:"owner,omitempty"`  // id of what uses it, as Azure reports it; empty: not known or unused
	Zones   []string   `json:"zones,omitempty"`
}

// PublicIPPrefix is a public IP prefix resource.
type PublicIPPrefix struct {
	ID     string       `json:"id"`
	Name   string       `json:"name"`
	Prefix netip.Prefix `json:"prefix,omitzero"` // invalid: not known
	Zones  []string     `json:"zones,omitempty"`
}
