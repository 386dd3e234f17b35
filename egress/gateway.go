package egress

import "net/netip"

// ApplicationGateway is an Application Gateway v2: it ends a client's connection and opens one of its own, from its
// subnet, to a backend (azure-facts 7.5, 7.7).
type ApplicationGateway struct {
	ID             string       `json:"id"`
	Name           string       `json:"name"`
	Location       string       `json:"location,omitempty"`
	SKU            string       `json:"sku,omitempty"`       // Standard_v2 or WAF_v2; empty: not known
	Instances      int          `json:"instances,omitempty"` // that run in any case: fixed, or the least of autoscaling
	SubnetID       string       `json:"subnetId,omitempty"`
	PublicIPIDs    []string     `json:"publicIpIds,omitempty"`
	PrivateAddress netip.Addr   `json:"privateAddress,omitzero"`
	Listeners      []Listener   `json:"listeners,omitempty"` // those of AGIC are written by it, not by Pulumi
	Backends       []netip.Addr `json:"backends,omitempty"`  // addresses of its pools
}

// Listener is a port that an application gateway answers on.
type Listener struct {
	Name     string `json:"name"`
	Protocol string `json:"protocol"` // Http or Https
	Port     uint16 `json:"port"`
	Host     string `json:"host,omitempty"` // empty: every host
}

// TrafficController is an Application Gateway for Containers: public frontends, and associations with the subnets from
// which it reaches pods (azure-facts 7.8).
type TrafficController struct {
	ID           string                      `json:"id"`
	Name         string                      `json:"name"`
	Location     string                      `json:"location,omitempty"`
	Frontends    []TrafficControllerFrontend `json:"frontends,omitempty"`
	Associations []TrafficAssociation        `json:"associations,omitempty"`
}

// TrafficControllerFrontend is an entry point, known by its host name.
type TrafficControllerFrontend struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	FQDN string `json:"fqdn,omitempty"`

	// Ports are where Gateways of a cluster listen; empty: not known, then 80 and 443 are taken.
	Ports []uint16 `json:"ports,omitempty"`
}

// TrafficAssociation connects a traffic controller to a subnet.
type TrafficAssociation struct {
	ID       string `json:"id"`
	SubnetID string `json:"subnetId"`
}
