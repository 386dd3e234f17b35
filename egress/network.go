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
	Clusters              []Cluster              `json:"clusters,omitempty"`
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

// PeeringConnected is the state of a peering that carries traffic; both sides must have it.
const PeeringConnected = "Connected"

// Peering is one side of a VNet peering: it belongs to the VNet that lists it.
type Peering struct {
	ID                        string         `json:"id"`
	Name                      string         `json:"name"`
	RemoteVNetID              string         `json:"remoteVnetId"`
	RemoteAddressSpace        []netip.Prefix `json:"remoteAddressSpace,omitempty"` // used when the remote VNet is absent
	AllowVirtualNetworkAccess bool           `json:"allowVirtualNetworkAccess"`
	AllowForwardedTraffic     bool           `json:"allowForwardedTraffic"`
	UseRemoteGateways         bool           `json:"useRemoteGateways,omitempty"`
	State                     string         `json:"state"` // Initiated, Connected or Disconnected
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
}

// Route is one user-defined route. Exactly one of Prefix and ServiceTag is set.
type Route struct {
	Name        string       `json:"name"`
	Prefix      netip.Prefix `json:"prefix,omitzero"`
	ServiceTag  string       `json:"serviceTag,omitempty"`
	NextHopType NextHopType  `json:"nextHopType"`
	NextHopIP   netip.Addr   `json:"nextHopIp,omitzero"` // VirtualAppliance only
}

// NetworkSecurityGroup is kept only as far as the model needs it to know that it does not know: an outbound deny rule
// makes Trace answer Insufficient.
type NetworkSecurityGroup struct {
	ID                string   `json:"id"`
	Name              string   `json:"name"`
	OutboundDenyRules []string `json:"outboundDenyRules,omitempty"` // names of user rules
}

// NATGateway translates the source of what leaves the subnets that refer to it.
type NATGateway struct {
	ID                   string   `json:"id"`
	Name                 string   `json:"name"`
	PublicIPIDs          []string `json:"publicIpIds,omitempty"`
	PublicIPPrefixIDs    []string `json:"publicIpPrefixIds,omitempty"`
	IdleTimeoutInMinutes int      `json:"idleTimeoutInMinutes,omitempty"`
}

// PublicIP is a public IP address resource.
type PublicIP struct {
	ID      string     `json:"id"`
	Name    string     `json:"name"`
	Address netip.Addr `json:"address,omitzero"` // invalid: not assigned, or not known
}

// PublicIPPrefix is a public IP prefix resource.
type PublicIPPrefix struct {
	ID     string       `json:"id"`
	Name   string       `json:"name"`
	Prefix netip.Prefix `json:"prefix,omitzero"` // invalid: not known
}

// LoadBalancer is a Standard load balancer as far as outbound traffic is concerned.
type LoadBalancer struct {
	ID                 string              `json:"id"`
	Name               string              `json:"name"`
	Frontends          []Frontend          `json:"frontends,omitempty"`
	OutboundRules      []OutboundRule      `json:"outboundRules,omitempty"`
	LoadBalancingRules []LoadBalancingRule `json:"loadBalancingRules,omitempty"`
}

// Frontend is a frontend IP configuration: public by address or prefix, or private.
type Frontend struct {
	ID               string     `json:"id"`
	Name             string     `json:"name"`
	PublicIPID       string     `json:"publicIpId,omitempty"`
	PublicIPPrefixID string     `json:"publicIpPrefixId,omitempty"`
	PrivateAddress   netip.Addr `json:"privateAddress,omitzero"`
}

// OutboundRule gives the machines of a backend pool the frontends' addresses as source.
type OutboundRule struct {
	Name          string   `json:"name"`
	Protocol      string   `json:"protocol,omitempty"` // All, Tcp or Udp; empty means All
	FrontendIDs   []string `json:"frontendIds,omitempty"`
	BackendPoolID string   `json:"backendPoolId,omitempty"`
}

// LoadBalancingRule matters outbound only because it may translate sources implicitly.
type LoadBalancingRule struct {
	Name                string   `json:"name"`
	FrontendID          string   `json:"frontendId,omitempty"`
	BackendPoolIDs      []string `json:"backendPoolIds,omitempty"`
	DisableOutboundSNAT bool     `json:"disableOutboundSnat,omitempty"`
}

// Cluster is a managed cluster and what it uses of the network.
type Cluster struct {
	ID                     string         `json:"id"`
	Name                   string         `json:"name"`
	Location               string         `json:"location,omitempty"`
	OutboundType           string         `json:"outboundType"`
	NodeResourceGroup      string         `json:"nodeResourceGroup,omitempty"`
	NodeSubnetIDs          []string       `json:"nodeSubnetIds,omitempty"` // empty: in an AKS-managed VNet that is absent
	PodSubnetIDs           []string       `json:"podSubnetIds,omitempty"`  // empty: pods have node or overlay addresses
	PodCIDR                netip.Prefix   `json:"podCidr,omitzero"`
	ServiceCIDR            netip.Prefix   `json:"serviceCidr,omitzero"`
	NetworkPlugin          string         `json:"networkPlugin,omitempty"`
	NetworkPluginMode      string         `json:"networkPluginMode,omitempty"`
	NodeCount              int            `json:"nodeCount,omitempty"`
	NodePublicIPs          bool           `json:"nodePublicIps,omitempty"` // a pool gives its nodes public addresses
	OutboundLoadBalancerID string         `json:"outboundLoadBalancerId,omitempty"`
	OutboundNATGatewayID   string         `json:"outboundNatGatewayId,omitempty"` // the managed NAT gateway
	OutboundPublicIPIDs    []string       `json:"outboundPublicIpIds,omitempty"`  // effectiveOutboundIPs
	APIServerFQDN          string         `json:"apiServerFqdn,omitempty"`
	PrivateCluster         bool           `json:"privateCluster,omitempty"`
	AuthorizedIPRanges     []netip.Prefix `json:"authorizedIpRanges,omitempty"`
}
