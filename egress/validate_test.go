package egress_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

// flaws maps the words of an error to the change of a valid hub and spoke that causes it.
type flaws map[string]func(*egress.Network)

func node(n *egress.Network) *egress.Subnet { return &n.VNets[0].Subnets[0] }
func route(n *egress.Network) *egress.Route { return &n.RouteTables[0].Routes[0] }

func (f flaws) check(t *testing.T) {
	t.Helper()
	t.Parallel()
	for words, change := range f {
		n := hubAndSpoke()
		change(n)
		assert.ErrorContains(t, n.Validate(), words)
	}
}

func TestValidateAcceptsTheFixtures(t *testing.T) {
	t.Parallel()
	for _, n := range []*egress.Network{{}, spoke(), hubAndSpoke(), withLoadBalancer(), natAndPublished()} {
		require.NoError(t, n.Validate())
	}
}

func TestValidateNamesAllProblemsAtOnce(t *testing.T) {
	t.Parallel()
	n := withLoadBalancer()
	n.LoadBalancers[0].OutboundRules[0].FrontendIDs = []string{"x"}
	n.LoadBalancers[0].Frontends[0].PublicIPID = "y"
	require.ErrorContains(t, n.Validate(), "frontend x is not in the network")
	require.ErrorContains(t, n.Validate(), "public IP y is not in the network")
}

func TestValidateVNets(t *testing.T) {
	flaws{
		"VNet: has no id": func(n *egress.Network) {
			n.VNets[1].ID = ""
		},
		"belongs to a subnet and a subnet": func(n *egress.Network) {
			n.VNets[0].Subnets[1].ID = nodesID
		},
		"prefix 10.1.0.0/24 overlaps 10.1.0.0/25": func(n *egress.Network) {
			n.VNets[0].Subnets[1].Prefixes = prefixes("10.1.0.0/24")
			node(n).Prefixes = prefixes("10.1.0.0/25")
		},
		"lies outside VNet vnet-spoke": func(n *egress.Network) {
			node(n).Prefixes = prefixes("10.3.0.0/24")
		},
		"has host bits set: write 10.1.0.0/24": func(n *egress.Network) {
			node(n).Prefixes = prefixes("10.1.0.7/24")
		},
		"prefix is not a valid prefix": func(n *egress.Network) {
			node(n).Prefixes = []netip.Prefix{{}}
		},
		"has no address prefix": func(n *egress.Network) {
			node(n).Prefixes = nil
		},
		"has no address space": func(n *egress.Network) {
			n.VNets[0].AddressSpace = nil
		},
		"route table x is not in the network": func(n *egress.Network) {
			node(n).RouteTableID = "x"
		},
		"NAT gateway x is not in the network": func(n *egress.Network) {
			node(n).NATGatewayID = "x"
		},
		"remote VNet x is not in the network": func(n *egress.Network) {
			n.VNets[0].Peerings[0].RemoteVNetID = "x"
		},
		"peers the VNet with itself": func(n *egress.Network) {
			n.VNets[0].Peerings[0].RemoteVNetID = spokeID
		},
		"VNet vnet-hub has no peering back": func(n *egress.Network) {
			n.VNets[1].Peerings = nil
		},
		"overlaps 10.0.0.0/16 of VNet vnet-hub": func(n *egress.Network) {
			n.VNets[0].AddressSpace = prefixes("10.0.0.0/12")
		},
	}.check(t)
}

func TestValidateRoutes(t *testing.T) {
	flaws{
		"needs a prefix or a service tag": func(n *egress.Network) {
			route(n).ServiceTag = "Storage"
		},
		"VirtualAppliance needs an address": func(n *egress.Network) {
			route(n).NextHopIP = netip.Addr{}
		},
		"takes no address (got 10.0.1.4)": func(n *egress.Network) {
			route(n).NextHopType = egress.NextHopInternet
		},
		`(got "Somewhere")`: func(n *egress.Network) {
			route(n).NextHopType = "Somewhere"
		},
		"another route has the destination": func(n *egress.Network) {
			n.RouteTables[0].Routes = append(n.RouteTables[0].Routes, *route(n))
		},
	}.check(t)
}

func TestValidateFirewalls(t *testing.T) {
	flaws{
		"public IP x is not in the network": func(n *egress.Network) {
			n.Firewalls[0].PublicIPIDs = []string{"x"}
		},
		"firewall policy x is not": func(n *egress.Network) {
			n.Firewalls[0].PolicyID = "x"
		},
		"must be named AzureFirewallSubnet": func(n *egress.Network) {
			n.Firewalls[0].SubnetID = podsID
		},
		"private IP 10.9.9.9 lies outside": func(n *egress.Network) {
			n.Firewalls[0].PrivateIP = addr("10.9.9.9")
		},
		"only one is allowed": func(n *egress.Network) {
			n.Firewalls[0].Collections = []egress.RuleCollection{{Priority: 100, Action: "Allow"}}
		},
		"base policy x is not": func(n *egress.Network) {
			n.FirewallPolicies[0].BasePolicyID = "x"
		},
		"base policies form a circle": func(n *egress.Network) {
			n.FirewallPolicies[0].BasePolicyID = policyID
		},
		"priority must be 100 to 65000 (got 99)": func(n *egress.Network) {
			app(n).Priority = 99
		},
		`action must be Allow, Deny or DNAT`: func(n *egress.Network) {
			app(n).Action = "Permit"
		},
		"action DNAT takes NAT rules only": func(n *egress.Network) {
			app(n).Action = egress.ActionDNAT
		},
		"need collections of their own": func(n *egress.Network) {
			app(n).NetworkRules = network(n).NetworkRules
		},
		`"10.1.0.0/33" is not an address`: func(n *egress.Network) {
			app(n).ApplicationRules[0].Sources = []string{"10.1.0.0/33"}
		},
		`"0-70000" is not a port`: func(n *egress.Network) {
			network(n).NetworkRules[0].Ports = []string{"0-70000"}
		},
		"take no wildcard": func(n *egress.Network) {
			network(n).NetworkRules[1].FQDNs = []string{"*.ubuntu.com"}
		},
		"stands at the left only": func(n *egress.Network) {
			app(n).ApplicationRules[1].FQDNs = []string{"a.*.com"}
		},
		"protocol must be Http, Https or Mssql": func(n *egress.Network) {
			app(n).ApplicationRules[1].Protocols[0].Type = "TCP"
		},
		`SNAT private range: "x" is neither`: func(n *egress.Network) {
			n.FirewallPolicies[0].SNATPrivateRanges = []string{"x"}
		},
	}.check(t)
}

func TestValidateClustersAndAddresses(t *testing.T) {
	flaws{
		"address 203.0.113.2 belongs to": func(n *egress.Network) {
			n.PublicIPs[1].Address = n.PublicIPs[0].Address
		},
		"overlaps 198.51.100.0/30 of": func(n *egress.Network) {
			n.PublicIPPrefixes = append(n.PublicIPPrefixes, egress.PublicIPPrefix{ID: "p", Prefix: prefix("198.51.100.0/29")})
		},
		"subnet x is not in the network": func(n *egress.Network) {
			n.Clusters[0].NodeSubnetIDs = []string{"x"}
		},
		"has no outbound type": func(n *egress.Network) {
			n.Clusters[0].OutboundType = ""
		},
		"10.1.0.0/16 overlaps 10.1.0.0/16 of VNet": func(n *egress.Network) {
			n.Clusters[0].PodCIDR = prefix("10.1.0.0/16")
		},
		"pod CIDR 172.16.0.0/12 overlaps": func(n *egress.Network) {
			n.Clusters[0].PodCIDR = prefix("172.16.0.0/12")
		},
	}.check(t)
}

func TestValidateEntries(t *testing.T) {
	gateway := func(change func(*egress.ApplicationGateway)) func(*egress.Network) {
		return func(n *egress.Network) {
			withGateway(n)
			change(&n.ApplicationGateways[0])
		}
	}
	rule := func(change func(*egress.SecurityRule)) func(*egress.Network) {
		return func(n *egress.Network) {
			good := egress.SecurityRule{
				Name: "web", Priority: 100, Direction: "Inbound", Access: "Allow", Protocol: "Tcp",
				Sources: []string{"Internet"}, SourcePorts: []string{"*"}, Destinations: []string{"*"},
				DestinationPorts: []string{"80"},
			}
			bad := good
			bad.Name, bad.Priority = "bad", 101
			change(&bad)
			n.NetworkSecurityGroups = []egress.NetworkSecurityGroup{{ID: nsgID, Rules: []egress.SecurityRule{good, bad}}}
		}
	}
	service := func(services ...egress.Service) func(*egress.Network) {
		return func(n *egress.Network) { n.Clusters[0].Services = services }
	}
	web := egress.Service{Namespace: "web", Name: "shop"}
	flaws{
		"snet-agw-gone is not in the network": gateway(func(g *egress.ApplicationGateway) { g.SubnetID += "-gone" }),
		"listener http: protocol must be Http, Https (got \"Tcp\")": gateway(func(g *egress.ApplicationGateway) {
			g.Listeners[0].Protocol = "Tcp"
		}),
		"listener http: has no port":             gateway(func(g *egress.ApplicationGateway) { g.Listeners[0].Port = 0 }),
		"gateway subnet x is not in the network": func(n *egress.Network) { n.Clusters[0].GatewaySubnetID = "x" },
		"ingress web/a listener http: has no port": func(n *egress.Network) {
			n.Clusters[0].Ingresses = []egress.Ingress{{
				Namespace: "web", Name: "a", Listeners: []egress.Listener{{Name: "http", Protocol: "Http"}},
			}}
		},
		"application gateway x is not": func(n *egress.Network) { n.Clusters[0].ApplicationGatewayID = "x" },
		"has 2 associations": func(n *egress.Network) {
			n.TrafficControllers = []egress.TrafficController{{
				ID: controller, Associations: []egress.TrafficAssociation{{SubnetID: nodesID}, {SubnetID: podsID}},
			}}
		},
		"rule bad: priority must be 100 to 4096 (got 99)": rule(func(r *egress.SecurityRule) { r.Priority = 99 }),
		"rule bad: priority 100 belongs to web too":       rule(func(r *egress.SecurityRule) { r.Priority = 100 }),
		"rule bad: direction must be":                     rule(func(r *egress.SecurityRule) { r.Direction = "In" }),
		"rule bad: access must be":                        rule(func(r *egress.SecurityRule) { r.Access = "Permit" }),
		"rule bad: protocol must be":                      rule(func(r *egress.SecurityRule) { r.Protocol = "HTTP" }),
		`rule bad: "10.0.0.0/33" is not an address`: rule(func(r *egress.SecurityRule) {
			r.Sources = []string{"10.0.0.0/33"}
		}),
		`rule bad: "http" is not a port`:      rule(func(r *egress.SecurityRule) { r.DestinationPorts = []string{"http"} }),
		"two services have the name web/shop": service(web, web),
		"service web/shop: a port is missing": service(egress.Service{
			Namespace: "web", Name: "shop", Ports: []egress.ServicePort{{}},
		}),
		"port must be 0 to 65535 (got 70000)": func(n *egress.Network) {
			published(n).LoadBalancers[0].LoadBalancingRules[0].FrontendPort = 70000
		},
		"service tag Storage: prefix": func(n *egress.Network) {
			n.ServiceTags = map[string][]netip.Prefix{"Storage": {prefix("20.0.0.1/8")}}
		},
		"gateway route 10.9.0.1/16 has host bits": func(n *egress.Network) {
			n.VNets[0].GatewayRoutes = prefixes("10.9.0.1/16")
		},
	}.check(t)
}
