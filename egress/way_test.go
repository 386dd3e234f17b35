package egress_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"aks-egress/egress"
)

// change alters a network.
func change(n *egress.Network, f func(*egress.Network)) *egress.Network {
	f(n)
	return n
}

// A trace in few words: the devices that decided, with the rules of firewalls, and what stopped the flow.
func TestPathAndStop(t *testing.T) {
	t.Parallel()
	routeTo := func(hop egress.NextHopType) func(*egress.Network) {
		return func(n *egress.Network) {
			n.RouteTables[0].Routes[0].NextHopType, n.RouteTables[0].Routes[0].NextHopIP = hop, netip.Addr{}
		}
	}
	vault := https("shop.vault.azure.net")
	vault.ServiceTags = []string{"AzureKeyVault.westeurope"}
	server := https("aks.hcp.westeurope.azmk8s.io")
	for name, c := range map[string]struct {
		network    *egress.Network
		flow       egress.Flow
		path, stop string
	}{
		"load balancer": {withLoadBalancer(), https("ifconfig.me"), "load balancer", ""},
		"NAT gateway":   {withNAT([]string{ip1ID}, nil), https("ifconfig.me"), "NAT gateway", ""},
		"firewall":      {hubAndSpoke(), https("ifconfig.me"), "firewall: aks/application/probe", ""},
		"firewall with a NAT gateway": {change(hubAndSpoke(), func(n *egress.Network) {
			n.NATGateways = []egress.NATGateway{{ID: natID, Name: "ng", PublicIPIDs: []string{ip1ID}}}
			n.VNets[1].Subnets[0].NATGatewayID = natID
		}), https("ifconfig.me"), "firewall: aks/application/probe, NAT gateway", ""},
		"denied": {hubAndSpoke(), https("example.org"), "firewall: no rule", "firewall: no rule"},
		"denied by a rule": {change(hubAndSpoke(), func(n *egress.Network) {
			app(n).Action = egress.ActionDeny
		}), https("ifconfig.me"), "firewall: aks/application/probe", "firewall: aks/application/probe"},
		"threat intelligence": {
			change(hubAndSpoke(), func(n *egress.Network) { n.FirewallPolicies[0].ThreatIntel = "Deny" }),
			func() egress.Flow { f := https("ifconfig.me"); f.Malicious = true; return f }(),
			"firewall: threat intelligence", "firewall: threat intelligence",
		},
		"security group": {
			change(withNAT([]string{ip1ID}, nil), func(n *egress.Network) {
				deny := egress.SecurityRule{
					Name: "deny-web", Priority: 100, Direction: "Outbound", Access: "Deny", Protocol: "*", Sources: []string{"*"},
					SourcePorts: []string{"*"}, Destinations: []string{"*"}, DestinationPorts: []string{"443"},
				}
				group := egress.NetworkSecurityGroup{ID: rg + "x/networkSecurityGroups/nsg", Rules: []egress.SecurityRule{deny}}
				n.NetworkSecurityGroups = []egress.NetworkSecurityGroup{group}
				n.VNets[0].Subnets[0].NSGID = group.ID
			}), https("ifconfig.me"), "network security group: deny-web", "network security group: deny-web",
		},
		"service endpoint": {change(withNAT([]string{ip1ID}, nil), func(n *egress.Network) {
			n.VNets[0].Subnets[0].ServiceEndpoints = []string{"Microsoft.KeyVault"}
		}), vault, "service endpoint Microsoft.KeyVault", ""},
		"null route": {
			change(hubAndSpoke(), routeTo(egress.NextHopNone)), https("ifconfig.me"),
			"route 0.0.0.0/0 drops it", "route 0.0.0.0/0 drops it",
		},
		"private subnet": {
			change(hubAndSpoke(), routeTo(egress.NextHopInternet)), https("ifconfig.me"),
			"private subnet: no public address", "private subnet: no public address",
		},
		"default outbound access": {change(hubAndSpoke(), func(n *egress.Network) {
			routeTo(egress.NextHopInternet)(n)
			n.VNets[0].Subnets[0].DefaultOutboundAccess = nil
		}), https("ifconfig.me"), "default outbound access", ""},
		"no next hop": {change(hubAndSpoke(), func(n *egress.Network) {
			n.RouteTables[0].Routes[0].NextHopIP = addr("10.0.1.5")
		}), https("ifconfig.me"), "no route", "no route"},
		"API server that does not know us": {change(withNAT([]string{ip1ID}, nil), func(n *egress.Network) {
			n.Clusters[0].APIServerFQDN, n.Clusters[0].AuthorizedIPRanges = server.Host, prefixes("198.51.100.0/24")
		}), server, "NAT gateway, API server: authorized IP ranges", "API server: authorized IP ranges"},
		"private address behind a firewall": {change(hubAndSpoke(), func(n *egress.Network) {
			network(n).NetworkRules[2].Ports = []string{"443"}
		}), tcp("10.9.0.1", 443), "firewall: aks/network/east-west, route 10.0.0.0/8 drops it", "route 10.0.0.0/8 drops it"},
		"circle": {change(hubAndSpoke(), func(n *egress.Network) {
			n.VNets[1].Subnets[0].RouteTableID = tableID
		}), https("ifconfig.me"), "firewall: aks/application/probe, goes in a circle", "goes in a circle"},
		"not known": {change(hubAndSpoke(), func(n *egress.Network) {
			n.FirewallPolicies = nil
		}), https("ifconfig.me"), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := c.network.Trace(c.flow)
			assert.Equal(t, c.path, got.Path(), got.Reason)
			assert.Equal(t, c.stop, got.Stop(), got.Reason)
			blocked := !got.Disposition.Arrives() && got.Disposition != egress.Insufficient
			assert.Equal(t, blocked, got.Stop() != "", "what is blocked is blocked by something")
		})
	}
}

func TestCaveat(t *testing.T) {
	t.Parallel()
	denied := hubAndSpoke().Trace(https("shop.blob.core.windows.net"))
	assert.Contains(t, denied.Caveat(), "built-in infrastructure rules")
	plain := hubAndSpoke().Trace(https("example.org"))
	assert.Empty(t, plain.Caveat())
}
