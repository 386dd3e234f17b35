package snat

import "math"

// Way is a way out of a cluster, in the words of the answer.
type Way string

// The ways out: AKS's outbound type, and what decides about its ports.
const (
	LoadBalancerAutomatic  Way = "loadBalancer, automatic ports"
	LoadBalancerExplicit   Way = "loadBalancer, explicit ports"
	ManagedNATGateway      Way = "managedNATGateway"
	UserAssignedNATGateway Way = "userAssignedNATGateway"
	Firewall               Way = "userDefinedRouting, firewall"
	// FirewallNATGateway is a firewall whose own subnet has a NAT gateway (azure-facts 5.3).
	FirewallNATGateway Way = "userDefinedRouting, NAT gateway"
)

// Limit is a rule of Azure's that bounds connections.
type Limit struct {
	Value  int    `json:"value"`
	What   string `json:"what"`   // follows the value: "ports per node"
	Source string `json:"source"` // section of azure-facts
}

// bound is a limit as it works on a need.
type bound struct {
	Limit
	most int  // connections per node to one destination
	byIP bool // more IPs move it
}

// wayOut is what is known of a way.
type wayOut struct {
	way    Way
	maxIPs Limit
	supply func(Need) Supply  // of need.IPs addresses
	bounds func(Need) []bound // the same; never empty
}

var (
	mostLoadBalancerIPs = Limit{MaxLoadBalancerIPs, "IPs", "azure-facts 2.1"}
	mostNATGatewayIPs   = Limit{MaxNATGatewayIPs, "IPs", "azure-facts 3"}
	mostFirewallIPs     = Limit{MaxFirewallIPs, "IPs", "azure-facts 5.3"}
)

var waysOut = []wayOut{
	{LoadBalancerAutomatic, mostLoadBalancerIPs, automaticSupply, automaticBounds},
	{LoadBalancerExplicit, mostLoadBalancerIPs, explicitSupply, explicitBounds},
	{ManagedNATGateway, mostNATGatewayIPs, natGatewaySupply, natGatewayBounds},
	{UserAssignedNATGateway, mostNATGatewayIPs, natGatewaySupply, natGatewayBounds},
	{Firewall, mostFirewallIPs, firewallSupply, firewallBounds},
	{FirewallNATGateway, mostNATGatewayIPs, natGatewaySupply, natGatewayBounds},
}

func automaticSupply(n Need) Supply {
	most, ports := automaticRow(n.Nodes)
	ports *= n.IPs
	return Supply{IPs: n.IPs, Ports: ports * n.Nodes, PortsPerNode: ports, MaxNodes: most}
}

func automaticBounds(n Need) []bound {
	ports := AutomaticPorts(n.Nodes) * n.IPs
	if ports == 0 {
		return []bound{{Limit: Limit{MaxAutomaticNodes, "nodes in the table", "azure-facts 2.2"}}}
	}
	return []bound{{Limit{ports, "ports per node", "azure-facts 2.2"}, ports, true}}
}

func explicitAllocation(n Need) Allocation {
	a := Allocation{n.Nodes, n.PortsPerNode, n.IPs}
	if a.PortsPerNode == 0 {
		a.PortsPerNode = min(a.MostPorts(), RoundToBlock(min(n.ConnectionsPerNode, MaxAllocatedPorts)))
	}
	return a
}

func explicitSupply(n Need) Supply {
	a := explicitAllocation(n)
	return Supply{IPs: n.IPs, Ports: a.Required(), PortsPerNode: a.PortsPerNode, MaxNodes: a.MaxNodes()}
}

func explicitBounds(n Need) []bound {
	ofIPs := bound{Limit{LoadBalancerPortsPerIP, "ports per IP", "azure-facts 2.3"}, 0, true}
	if n.PortsPerNode == 0 {
		ofIPs.most = n.IPs * LoadBalancerPortsPerIP / n.Nodes / portBlock * portBlock
		return []bound{{Limit{MaxAllocatedPorts, "ports per node", "azure-facts 2.1"}, MaxAllocatedPorts, false}, ofIPs}
	}
	// AKS refuses the whole profile when the IPs have too few ports.
	if (Allocation{n.Nodes, n.PortsPerNode, n.IPs}).Fits() {
		ofIPs.most = math.MaxInt
	}
	return []bound{{Limit{n.PortsPerNode, "ports per node", "azure-facts 2.3"}, n.PortsPerNode, false}, ofIPs}
}

func natGatewaySupply(n Need) Supply { return Supply{IPs: n.IPs, Ports: n.IPs * NATGatewayPortsPerIP} }

func natGatewayBounds(n Need) []bound {
	return []bound{
		{
			Limit{NATGatewayConnections, "connections", "azure-facts 3"},
			NATGatewayConnections / (n.Nodes * n.Destinations), false,
		},
		{
			Limit{NATGatewayConnectionsPerIP, "connections per IP", "azure-facts 3"},
			n.IPs * NATGatewayConnectionsPerIP / n.Nodes, true,
		},
	}
}

func firewallSupply(n Need) Supply { return Supply{IPs: n.IPs, Ports: n.IPs * FirewallPortsPerIP} }

func firewallBounds(n Need) []bound {
	return []bound{{
		Limit{FirewallPortsPerIP, "ports per IP", "azure-facts 5.3"},
		n.IPs * FirewallPortsPerIP / (n.Nodes * n.Destinations), true,
	}}
}
