package egress_test

import (
	"encoding/json"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

const bothIPs = "203.0.113.1/32 203.0.113.2/32"

type traceCase struct {
	name    string
	network func() *egress.Network
	change  func(*egress.Network)
	flow    egress.Flow
	want    want
}

func runCases(t *testing.T, cases []traceCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n := c.network()
			if c.change != nil {
				c.change(n)
			}
			check(t, n, c.flow, c.want)
		})
	}
}

// Precedence at next hop Internet: azure-facts 0, 2.4 and 3.
func TestNATGateway(t *testing.T) {
	t.Parallel()
	exits, noEgress, unsure := egress.ExitsInternet, egress.NoEgress, egress.Insufficient
	nat := func() *egress.Network { return withNAT([]string{ip1ID, ip2ID}, nil) }
	mixed := func() *egress.Network { return withNAT([]string{ip1ID}, []string{prefixID}) }
	flow := https("example.com")
	runCases(t, []traceCase{
		{
			"NAT gateway", nat, nil,
			flow,
			want{disposition: exits, sources: bothIPs, words: "NAT gateway | ng | subnet snet-nodes"},
		},
		{
			"NAT gateway with address and prefix", mixed, nil,
			flow,
			want{disposition: exits, sources: "198.51.100.0/30 203.0.113.2/32"},
		},
		{"NAT gateway beats load balancer", withLoadBalancer, func(n *egress.Network) {
			n.NATGateways = []egress.NATGateway{{ID: natID, Name: "ng", PublicIPPrefixIDs: []string{prefixID}}}
			n.VNets[0].Subnets[0].NATGatewayID = natID
		}, flow, want{disposition: exits, sources: "198.51.100.0/30", words: "NAT gateway"}},
		{
			"NAT gateway that the network lacks", nat, func(n *egress.Network) { n.NATGateways = nil },
			flow,
			want{disposition: unsure, words: "is not in the network"},
		},
		{
			"NAT gateway without address", nat, func(n *egress.Network) { n.NATGateways[0].PublicIPIDs = nil },
			flow,
			want{disposition: unsure, words: "has no public IP"},
		},
		{
			"NAT gateway without address, bare machine in a private subnet", nat,
			func(n *egress.Network) { n.NATGateways[0].PublicIPIDs = nil },
			egress.Flow{From: nodesID, Host: "example.com", Port: 443, Protocol: egress.TCP},
			want{disposition: noEgress},
		},
		{
			"public IP not assigned yet", nat, func(n *egress.Network) { n.PublicIPs[1].Address = netip.Addr{} },
			flow,
			want{disposition: unsure, words: "pip2 is not known"},
		},
	})
}

func TestLoadBalancerAndDefaultOutbound(t *testing.T) {
	t.Parallel()
	exits, noEgress, unsure := egress.ExitsInternet, egress.NoEgress, egress.Insufficient
	flow, eastus := https("example.com"), https("x.blob.core.windows.net")
	eastus.ServiceTags = []string{"Storage.eastus"}
	runCases(t, []traceCase{
		{
			"load balancer", withLoadBalancer, nil,
			flow,
			want{disposition: exits, sources: "203.0.113.2/32", words: "kubernetes | outbound rule aksOutboundRule"},
		},
		{
			"load balancer for TCP only, flow UDP", withLoadBalancer,
			func(n *egress.Network) { n.LoadBalancers[0].OutboundRules[0].Protocol = "Tcp" },
			egress.Flow{From: clusterID, Host: "ntp.ubuntu.com", Port: 123, Protocol: egress.UDP},
			want{disposition: noEgress},
		},
		{
			"load balancer for TCP only, flow TCP", withLoadBalancer,
			func(n *egress.Network) { n.LoadBalancers[0].OutboundRules[0].Protocol = "Tcp" },
			flow,
			want{disposition: exits, sources: "203.0.113.2/32"},
		},
		{
			"load balancer without outbound rule", withLoadBalancer,
			func(n *egress.Network) { n.LoadBalancers[0].OutboundRules = nil },
			flow,
			want{disposition: noEgress},
		},
		{"load balancer of public services only", withLoadBalancer, func(n *egress.Network) {
			n.LoadBalancers[0].OutboundRules = nil
			n.LoadBalancers[0].LoadBalancingRules = []egress.LoadBalancingRule{{
				Name: "svc", FrontendID: lbID + "/frontendIPConfigurations/one",
			}}
		}, flow, want{disposition: unsure, words: "load balancing rules"}},
		{"load balancer that the state lacks, cluster reports its IPs", withLoadBalancer, func(n *egress.Network) {
			n.LoadBalancers, n.Clusters[0].OutboundLoadBalancerID = nil, ""
			n.Clusters[0].OutboundPublicIPIDs = []string{ip2ID}
		}, flow, want{disposition: exits, sources: "203.0.113.1/32", words: "effectiveOutboundIPs"}},
		{
			"load balancer that the state lacks, no IPs reported", withLoadBalancer,
			func(n *egress.Network) { n.LoadBalancers, n.Clusters[0].OutboundLoadBalancerID = nil, "" },
			flow,
			want{disposition: unsure},
		},
		{
			"nodes with public IPs", withLoadBalancer, func(n *egress.Network) { n.Clusters[0].NodePublicIPs = true },
			flow,
			want{disposition: unsure, words: "public IPs of their own"},
		},
		{"private subnet", spoke, nil, flow, want{disposition: noEgress, words: "is private"}},
		{
			"private subnet, storage of the region", spoke, nil, https("x.blob.core.windows.net"),
			want{disposition: unsure, words: "storage of its own region"},
		},
		{"private subnet, storage of another region", spoke, nil, eastus, want{disposition: noEgress}},
		{
			"default outbound access", spoke, func(n *egress.Network) { n.VNets[0].Subnets[0].DefaultOutboundAccess = nil },
			flow,
			want{disposition: exits, words: "default outbound access"},
		},
		{"private address at the internet", spoke, func(n *egress.Network) {
			n.VNets[0].Subnets[0].RouteTableID = tableID
			n.RouteTables = []egress.RouteTable{{ID: tableID, Routes: []egress.Route{{
				Name: "r", Prefix: prefix("10.9.0.0/16"), NextHopType: egress.NextHopInternet,
			}}}}
		}, tcp("10.9.0.1", 443), want{disposition: egress.NoRoute, words: "private address"}},
	})
}

func TestManagedNetwork(t *testing.T) {
	t.Parallel()
	managed := func() *egress.Network {
		n := spoke()
		n.VNets = nil
		n.Clusters[0].NodeSubnetIDs, n.Clusters[0].OutboundType = nil, "managedNATGateway"
		n.Clusters[0].OutboundPublicIPIDs = []string{ip1ID, ip2ID}
		return n
	}
	exits, unsure := egress.ExitsInternet, egress.Insufficient
	runCases(t, []traceCase{
		{
			"effective IPs of the managed NAT gateway", managed, nil,
			http("ifconfig.me"),
			want{disposition: exits, sources: bothIPs},
		},
		{"managed NAT gateway among the resources", managed, func(n *egress.Network) {
			n.NATGateways = []egress.NATGateway{{ID: natID, PublicIPIDs: []string{ip1ID}}}
			n.Clusters[0].OutboundNATGatewayID = natID
		}, http("ifconfig.me"), want{disposition: exits, sources: "203.0.113.2/32"}},
		{
			"effective IPs of the load balancer", managed,
			func(n *egress.Network) { n.Clusters[0].OutboundType = "loadBalancer" },
			http("ifconfig.me"),
			want{disposition: exits, sources: bothIPs},
		},
		{
			"effective IP that the state lacks", managed, func(n *egress.Network) { n.PublicIPs = nil },
			http("ifconfig.me"),
			want{disposition: unsure, words: "is not known"},
		},
		{
			"own routing without a subnet", managed,
			func(n *egress.Network) { n.Clusters[0].OutboundType = "userDefinedRouting" },
			http("ifconfig.me"),
			want{disposition: unsure},
		},
		{
			"private destination", managed, nil,
			tcp("10.1.0.9", 80),
			want{disposition: unsure, words: "no route to 10.1.0.9 is known"},
		},
	})
}

func TestPods(t *testing.T) {
	t.Parallel()
	pod := tcp("10.1.8.9", 80)
	pod.Pod = true
	runCases(t, []traceCase{
		{
			"overlay", spoke, nil,
			pod,
			want{disposition: egress.DeliveredLocal, sources: "10.1.0.0/24", words: "overlay 10.244.0.0/16 | SNAT to node"},
		},
		{
			"kubenet", spoke, func(n *egress.Network) {
				n.Clusters[0].NetworkPlugin, n.Clusters[0].NetworkPluginMode = "kubenet", ""
			},
			pod,
			want{disposition: egress.DeliveredLocal, sources: "10.1.0.0/24", words: "kubenet 10.244.0.0/16 | SNAT to node"},
		},
		{
			"node subnet", spoke, func(n *egress.Network) { n.Clusters[0].NetworkPluginMode = "" },
			pod,
			want{disposition: egress.DeliveredLocal, sources: "10.1.0.0/24", words: "pod | aks | node subnet"},
		},
		{
			"pod subnet has its own way out", func() *egress.Network { return withNAT([]string{ip1ID}, nil) },
			func(n *egress.Network) {
				n.Clusters[0].NetworkPluginMode, n.Clusters[0].PodSubnetIDs = "", []string{podsID}
			}, https("example.com"),
			want{disposition: egress.NoEgress, words: "snet-pods is private"},
		},
		{"pod CIDR", spoke, nil, tcp("10.244.1.2", 80), want{disposition: egress.DeliveredLocal}},
		{"service CIDR", spoke, nil, tcp("10.0.0.1", 443), want{disposition: egress.Insufficient, words: "Service"}},
		{
			"node subnets alike", withLoadBalancer,
			func(n *egress.Network) { n.Clusters[0].NodeSubnetIDs = []string{nodesID, podsID} },
			https("example.com"),
			want{disposition: egress.ExitsInternet, sources: "203.0.113.2/32", words: "2 subnets"},
		},
		{
			"node subnets differ", func() *egress.Network { return withNAT([]string{ip1ID}, nil) },
			func(n *egress.Network) { n.Clusters[0].NodeSubnetIDs = []string{nodesID, podsID} },
			https("example.com"),
			want{disposition: egress.Insufficient, words: "differ"},
		},
		{
			"subnet that the network lacks", spoke, func(n *egress.Network) { n.Clusters[0].NodeSubnetIDs = []string{"x"} },
			https("example.com"),
			want{disposition: egress.Insufficient, words: "subnet x is not in the network"},
		},
	})
}

func TestIncompleteFlows(t *testing.T) {
	t.Parallel()
	full := https("example.com")
	for words, change := range map[string]func(*egress.Flow){
		"where it starts":      func(f *egress.Flow) { f.From = "" },
		"neither a cluster":    func(f *egress.Flow) { f.From = "/subscriptions/x" },
		"needs a cluster":      func(f *egress.Flow) { f.From = nodesID },
		`protocol "ICMP"`:      func(f *egress.Flow) { f.Protocol = "ICMP" },
		"no destination port":  func(f *egress.Flow) { f.Port = 0 },
		"neither a host name":  func(f *egress.Flow) { f.Host = "" },
		"not IPv4":             func(f *egress.Flow) { f.Addr = addr("2001:db8::1") },
		"not an ordinary dest": func(f *egress.Flow) { f.Addr = addr("169.254.169.254") },
	} {
		f := full
		change(&f)
		check(t, hubAndSpoke(), f, want{disposition: egress.Insufficient, words: words})
	}
}

func TestWhatSubnetsHide(t *testing.T) {
	t.Parallel()
	n := hubAndSpoke()
	n.VNets[0].Subnets[0].ServiceEndpoints = []string{"Microsoft.Storage"}
	check(t, n, https("x.blob.core.windows.net"), want{disposition: egress.Insufficient, words: "service endpoint"})
	check(t, n, http("ifconfig.me"), want{disposition: egress.ExitsInternet, sources: bothIPs})
	check(t, n, tcp("20.1.2.3", 443), want{disposition: egress.Insufficient, words: "service endpoint"})

	n = hubAndSpoke()
	n.VNets[0].Subnets[0].NSGID = rg + "Microsoft.Network/networkSecurityGroups/NSG"
	check(t, n, http("ifconfig.me"), want{disposition: egress.ExitsInternet, sources: bothIPs})
	n.NetworkSecurityGroups = []egress.NetworkSecurityGroup{{ID: rg + "microsoft.network/networksecuritygroups/nsg"}}
	check(t, n, http("ifconfig.me"), want{disposition: egress.ExitsInternet, sources: bothIPs})
	n.NetworkSecurityGroups[0].Rules = []egress.SecurityRule{{
		Name: "no-internet", Priority: 100, Direction: "Outbound", Access: "Deny", Protocol: "*", Sources: []string{"*"},
		SourcePorts: []string{"*"}, Destinations: []string{"Internet"}, DestinationPorts: []string{"*"},
	}}
	check(t, n, http("ifconfig.me"), want{
		disposition: egress.DeniedOut, refusal: egress.RefusedDropped, words: "no-internet",
	})
}

func TestDualStackSubnets(t *testing.T) {
	t.Parallel()
	n := hubAndSpoke()
	n.VNets[0].AddressSpace = append(n.VNets[0].AddressSpace, prefix("fd00:1::/48"))
	n.VNets[0].Subnets[0].Prefixes = append(n.VNets[0].Subnets[0].Prefixes, prefix("fd00:1::/64"))
	check(t, n, http("ifconfig.me"), want{disposition: egress.ExitsInternet, sources: bothIPs})
	check(t, n, tcp("10.0.1.9", 80), want{disposition: egress.DeliveredLocal, sources: "10.1.0.0/24"})
}

func TestJSONHasNoNull(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal((&egress.Network{}).Trace(egress.Flow{}))
	require.NoError(t, err)
	require.JSONEq(t, `{"disposition": "insufficient", "sourceIps": [], "hops": [],
		"reason": "the flow does not say where it starts"}`, string(data))
}

func TestHopsOfUserDefinedRouting(t *testing.T) {
	t.Parallel()
	got := hubAndSpoke().Trace(http("ifconfig.me"))
	var lines []string
	for _, h := range got.Hops {
		lines = append(lines, h.String())
	}
	require.Equal(t, []string{
		"pod | aks | overlay 10.244.0.0/16 | SNAT to node address",
		"route | rt-udr/default | 0.0.0.0/0 (user) | next hop VirtualAppliance 10.0.1.4",
		"peering | vnet-spoke/to-hub | allowVirtualNetworkAccess | to VNet vnet-hub",
		"firewall | afw | aks/application/probe (application rule) | allow",
		"route | vnet-hub/AzureFirewallSubnet | 0.0.0.0/0 (system) | next hop Internet",
		"firewall | afw | public IPs of the firewall | SNAT to 203.0.113.1, 203.0.113.2",
	}, lines)
}
