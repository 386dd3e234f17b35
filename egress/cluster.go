package egress

import "net/netip"

// Cluster is a managed cluster, what it uses of the network, and what runs on it as far as the network cares.
type Cluster struct {
	ID                string               `json:"id"`
	Name              string               `json:"name"`
	Location          string               `json:"location,omitempty"`
	Tier              string               `json:"tier,omitempty"` // Free, Standard or Premium; empty: not known
	OutboundType      string               `json:"outboundType"`
	LoadBalancer      *LoadBalancerProfile `json:"loadBalancerProfile,omitempty"`
	NATGateway        *NATGatewayProfile   `json:"natGatewayProfile,omitempty"`
	NodeResourceGroup string               `json:"nodeResourceGroup,omitempty"`
	NodeSubnetIDs     []string             `json:"nodeSubnetIds,omitempty"` // empty: in an AKS-managed VNet that is absent
	PodSubnetIDs      []string             `json:"podSubnetIds,omitempty"`  // empty: pods have node or overlay addresses
	PodCIDR           netip.Prefix         `json:"podCidr,omitzero"`
	ServiceCIDR       netip.Prefix         `json:"serviceCidr,omitzero"`
	NetworkPlugin     string               `json:"networkPlugin,omitempty"`
	NetworkPluginMode string               `json:"networkPluginMode,omitempty"`
	NodeCount         int                  `json:"nodeCount,omitempty"`
	MaxNodeCount      int                  `json:"maxNodeCount,omitempty"`  // with autoscaling and upgrade surge
	Pools             []NodePool           `json:"pools,omitempty"`         // of NodeCount nodes together
	NodePublicIPs     bool                 `json:"nodePublicIps,omitempty"` // a pool gives its nodes public addresses

	// NodePublicIPPrefixIDs are the prefixes of the nodes' own public addresses; without one Azure picks them.
	NodePublicIPPrefixIDs []string `json:"nodePublicIpPrefixIds,omitempty"`

	OutboundLoadBalancerID string         `json:"outboundLoadBalancerId,omitempty"`
	OutboundNATGatewayID   string         `json:"outboundNatGatewayId,omitempty"` // the managed NAT gateway
	OutboundPublicIPIDs    []string       `json:"outboundPublicIpIds,omitempty"`  // effectiveOutboundIPs
	ApplicationGatewayID   string         `json:"applicationGatewayId,omitempty"` // of the AGIC add-on
	GatewaySubnetID        string         `json:"gatewaySubnetId,omitempty"`      // where the add-on makes it
	APIServerFQDN          string         `json:"apiServerFqdn,omitempty"`
	PrivateCluster         bool           `json:"privateCluster,omitempty"`
	AuthorizedIPRanges     []netip.Prefix `json:"authorizedIpRanges,omitempty"`

	// ServerZoneVNetIDs are the VNets that are linked to the private DNS zone of its API server; nil: not known, save
	// that the nodes' VNet is one.
	ServerZoneVNetIDs []string `json:"serverZoneVnetIds,omitempty"`

	Services  []Service `json:"services,omitempty"`  // of type LoadBalancer; nil as well when they are not known
	Ingresses []Ingress `json:"ingresses,omitempty"` // of the application gateway's class
	Images    []string  `json:"images,omitempty"`    // what its workloads run, as `image` fields say; sorted, unique
}

// NodePool is an agent pool: machines of one size.
type NodePool struct {
	Name   string   `json:"name"`
	Count  int      `json:"count,omitempty"`
	VMSize string   `json:"vmSize,omitempty"` // empty: not known
	Zones  []string `json:"zones,omitempty"`
}

// LoadBalancerProfile is networkProfile.loadBalancerProfile (azure-facts 2.1).
type LoadBalancerProfile struct {
	ManagedOutboundIPs     int      `json:"managedOutboundIps,omitempty"`
	OutboundIPIDs          []string `json:"outboundIpIds,omitempty"`
	OutboundIPPrefixIDs    []string `json:"outboundIpPrefixIds,omitempty"`
	AllocatedOutboundPorts int      `json:"allocatedOutboundPorts,omitempty"` // for each node; 0: Azure's table
	IdleTimeoutInMinutes   int      `json:"idleTimeoutInMinutes,omitempty"`
}

// NATGatewayProfile is networkProfile.natGatewayProfile (azure-facts 1.1).
type NATGatewayProfile struct {
	ManagedOutboundIPs   int `json:"managedOutboundIps,omitempty"`
	IdleTimeoutInMinutes int `json:"idleTimeoutInMinutes,omitempty"`
}

// Service is a Kubernetes Service of type LoadBalancer.
type Service struct {
	Namespace string        `json:"namespace"`
	Name      string        `json:"name"`
	Internal  bool          `json:"internal,omitempty"`  // by annotation: a private address of the node subnet
	Addresses []netip.Addr  `json:"addresses,omitempty"` // empty: not assigned, or not known
	Ports     []ServicePort `json:"ports,omitempty"`
}

// ServicePort is a port that a Service listens on.
type ServicePort struct {
	Port     uint16 `json:"port"`
	Protocol string `json:"protocol,omitempty"` // TCP or UDP; empty means TCP
}

// Ingress is a Kubernetes Ingress that the ingress controller of an application gateway, AGIC, serves.
type Ingress struct {
	Namespace string       `json:"namespace"`
	Name      string       `json:"name"`
	Addresses []netip.Addr `json:"addresses,omitempty"` // the gateway's; empty: not assigned, or not known
	Listeners []Listener   `json:"listeners,omitempty"` // that it asks for
}
