package snat

// automaticTable is Azure's default allocation: up to nodes in the backend pool, ports for each node and frontend
// address (azure-facts 2.2).
var automaticTable = []struct{ nodes, ports int }{
	{50, 1024}, {100, 512}, {200, 256}, {400, 128}, {800, 64}, {MaxAutomaticNodes, 32},
}

// AutomaticPorts are the ports that a load balancer gives each node for each outbound IP if the cluster does not say
// (azure-facts 2.2); 0 outside the table, which is for 1-1000 nodes.
func AutomaticPorts(nodes int) int {
	_, ports := automaticRow(nodes)
	return ports
}

// automaticRow is the table's row for a number of nodes: the most nodes that it holds for, and the ports.
func automaticRow(nodes int) (most, ports int) {
	for _, row := range automaticTable {
		if nodes >= 1 && nodes <= row.nodes {
			return row.nodes, row.ports
		}
	}
	return 0, 0
}

// RoundToBlock is the next number of ports that AKS takes for allocatedOutboundPorts: a multiple of 8
// (azure-facts 2.1).
func RoundToBlock(ports int) int {
	return (ports + portBlock - 1) / portBlock * portBlock
}

// Allocation gives each node behind a load balancer a number of ports, as allocatedOutboundPorts does. AKS takes it if
// all nodes together have no more ports than the IPs (azure-facts 2.3).
type Allocation struct {
	Nodes        int // with those that an upgrade adds for a while (maxSurge)
	PortsPerNode int // 0-64000, a multiple of 8
	IPs          int
}

// Required are the ports of all nodes.
func (a Allocation) Required() int { return a.Nodes * a.PortsPerNode }

// Available are the ports of all IPs.
func (a Allocation) Available() int { return a.IPs * LoadBalancerPortsPerIP }

// Fits says whether AKS takes the allocation.
func (a Allocation) Fits() bool { return a.Required() <= a.Available() }

// MaxNodes are the most nodes that the IPs allow for these ports per node; 0 if no ports are allocated.
func (a Allocation) MaxNodes() int {
	if a.PortsPerNode <= 0 {
		return 0
	}
	return a.Available() / a.PortsPerNode
}

// MostPorts are the most ports per node that the IPs allow for these nodes, in blocks of 8 and up to 64,000.
func (a Allocation) MostPorts() int {
	if a.Nodes <= 0 {
		return 0
	}
	return min(a.Available()/a.Nodes/portBlock*portBlock, MaxAllocatedPorts)
}

// LeastIPs are the fewest IPs that the allocation takes; they may be more than a cluster can have.
func (a Allocation) LeastIPs() int {
	return (a.Required() + LoadBalancerPortsPerIP - 1) / LoadBalancerPortsPerIP
}
