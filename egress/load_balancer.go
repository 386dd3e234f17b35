package egress

import "net/netip"

// LoadBalancer is a Standard load balancer.
type LoadBalancer struct {
	ID                 string              `json:"id"`
	Name               string              `json:"name"`
	Frontends          []Frontend          `json:"frontends,omitempty"`
	BackendPools       []BackendPool       `json:"backendPools,omitempty"`
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
	SubnetID         string     `json:"subnetId,omitempty"` // of a private frontend
}

// BackendPool is who receives what a load balancer takes. The pools of a load balancer in a cluster's node resource
// group hold the cluster's nodes, whatever is listed here.
type BackendPool struct {
	ID        string       `json:"id"`
	Name      string       `json:"name"`
	Addresses []netip.Addr `json:"addresses,omitempty"` // of a pool by address; empty: by network interfaces
}

// OutboundRule gives the machines of a backend pool the frontends' addresses as source.
type OutboundRule struct {
	Name           string   `json:"name"`
	Protocol       string   `json:"protocol,omitempty"` // All, Tcp or Udp; empty means All
	FrontendIDs    []string `json:"frontendIds,omitempty"`
	BackendPoolID  string   `json:"backendPoolId,omitempty"`
	AllocatedPorts int      `json:"allocatedPorts,omitempty"` // for each machine; 0: Azure's table (azure-facts 2.2)
}

// LoadBalancingRule takes flows to a frontend's port to a backend pool. It may translate sources of outbound flows
// implicitly.
type LoadBalancingRule struct {
	Name                string   `json:"name"`
	Protocol            string   `json:"protocol,omitempty"` // All, Tcp or Udp
	FrontendID          string   `json:"frontendId,omitempty"`
	FrontendPort        int      `json:"frontendPort,omitempty"` // 0: all ports, or not known
	BackendPort         int      `json:"backendPort,omitempty"`
	BackendPoolIDs      []string `json:"backendPoolIds,omitempty"`
	FloatingIP          bool     `json:"floatingIp,omitempty"` // the machine sees the frontend's address and port
	DisableOutboundSNAT bool     `json:"disableOutboundSnat,omitempty"`
}
