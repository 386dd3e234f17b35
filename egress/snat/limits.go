package snat

// Limits of a load balancer's outbound rule (azure-facts 2.1, 2.2).
const (
	// LoadBalancerPortsPerIP are the ports of one frontend address.
	LoadBalancerPortsPerIP = 64_000
	// MaxLoadBalancerIPs are the most outbound IPs of a cluster.
	MaxLoadBalancerIPs = 100
	// MaxAllocatedPorts are the most ports that allocatedOutboundPorts gives a node.
	MaxAllocatedPorts = 64_000
	// MaxAutomaticNodes is where the table of automatic ports ends.
	MaxAutomaticNodes = 1000

	portBlock = 8
)

// Limits of a NAT gateway (azure-facts 3).
const (
	// NATGatewayPortsPerIP are the ports of one address.
	NATGatewayPortsPerIP = 64_512
	// NATGatewayConnectionsPerIP are the most connections of one address to one destination at the same time.
	NATGatewayConnectionsPerIP = 50_000
	// NATGatewayConnections are the most connections of one gateway at the same time, to all destinations.
	NATGatewayConnections = 2_000_000
	// MaxNATGatewayIPs are the most IPv4 addresses of one gateway, those of prefixes included.
	MaxNATGatewayIPs = 16
	// NATGatewayReuseSeconds is how long a port rests after a connection was closed by FIN.
	NATGatewayReuseSeconds = 65
)

// Limits of an Azure Firewall (azure-facts 5.3).
const (
	// FirewallPortsPerInstance are the ports of one address on one instance.
	FirewallPortsPerInstance = 2_496
	// FirewallInstances run at least.
	FirewallInstances = 2
	// FirewallPortsPerIP are the ports of one address that a firewall has in any case.
	FirewallPortsPerIP = FirewallPortsPerInstance * FirewallInstances
	// MaxFirewallIPs are the most public IPs of one firewall.
	MaxFirewallIPs = 250
)

// MaxNodes are the most nodes of a cluster (azure-facts 11.3).
const MaxNodes = 5000
