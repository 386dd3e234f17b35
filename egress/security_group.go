package egress

// NetworkSecurityGroup filters what enters and leaves the subnets that refer to it. Azure's default rules follow the
// ones listed here (learn.microsoft.com/azure/virtual-network/network-security-groups-overview).
type NetworkSecurityGroup struct {
	ID    string         `json:"id"`
	Name  string         `json:"name"`
	Rules []SecurityRule `json:"rules,omitempty"`
}

// The directions of a security rule, and what it does.
const (
	Inbound  = "Inbound"
	Outbound = "Outbound"

	AccessAllow = "Allow"
	AccessDeny  = "Deny"
)

// SecurityRule is one rule of a network security group; the lowest priority number that matches decides. Addresses are
// "*", an address, a prefix or a service tag (VirtualNetwork, Internet and AzureLoadBalancer among them); ports are
// "*", a port or a range such as 1000-2000.
type SecurityRule struct {
	Name             string   `json:"name"`
	Priority         int      `json:"priority"`  // 100 to 4096
	Direction        string   `json:"direction"` // Inbound or Outbound
	Access           string   `json:"access"`    // Allow or Deny
	Protocol         string   `json:"protocol"`  // Tcp, Udp, Icmp, Esp, Ah or *
	Sources          []string `json:"sources,omitempty"`
	SourcePorts      []string `json:"sourcePorts,omitempty"`
	Destinations     []string `json:"destinations,omitempty"`
	DestinationPorts []string `json:"destinationPorts,omitempty"`
	NotModelled      []string `json:"notModelled,omitempty"` // such as destinationApplicationSecurityGroups
}
