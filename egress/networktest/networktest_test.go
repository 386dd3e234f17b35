package networktest_test

import (
	"maps"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"aks-egress/egress"
	"aks-egress/egress/networktest"
)

func TestRemovals(t *testing.T) {
	t.Parallel()
	n := &egress.Network{
		VNets: []egress.VNet{{ID: "v", Subnets: []egress.Subnet{
			{ID: "s", NATGatewayID: "g", NSGID: "ruled"}, {ID: "t", NSGID: "bare"},
		}}},
		NATGateways: []egress.NATGateway{{ID: "g", PublicIPIDs: []string{"one", "two"}}},
		NetworkSecurityGroups: []egress.NetworkSecurityGroup{
			{ID: "ruled", Rules: []egress.SecurityRule{{Name: "r"}}}, {ID: "bare"},
		},
	}
	removals := networktest.Removals(n)
	assert.Equal(t, []string{
		"natGateways[0].publicIpIds[0]", "natGateways[0].publicIpIds[1]", "networkSecurityGroups[0].rules[0]",
		"vnets[0].subnets[0].natGatewayId", "vnets[0].subnets[0].nsgId",
	}, slices.Sorted(maps.Keys(removals)))
	assert.Equal(t, []string{"two"}, removals["natGateways[0].publicIpIds[0]"].NATGateways[0].PublicIPIDs)
	assert.Empty(t, removals["vnets[0].subnets[0].natGatewayId"].VNets[0].Subnets[0].NATGatewayID)
	assert.Equal(t, []string{"one", "two"}, n.NATGateways[0].PublicIPIDs, "the network itself stays whole")
}

func TestFlows(t *testing.T) {
	t.Parallel()
	n := &egress.Network{
		Clusters: []egress.Cluster{{ID: "c"}},
		FirewallPolicies: []egress.FirewallPolicy{{RuleCollectionGroups: []egress.RuleCollectionGroup{{
			Collections: []egress.RuleCollection{{
				ApplicationRules: []egress.ApplicationRule{{
					FQDNs: []string{"*.example.com"}, Protocols: []egress.ApplicationProtocol{{Type: "Https", Port: 8443}},
				}},
				NetworkRules: []egress.NetworkRule{{
					Protocols: []string{"UDP"}, Ports: []string{"1194"}, Destinations: []string{"AzureCloud"},
				}},
			}},
		}}}},
	}
	flows := networktest.Flows(n)
	assert.Contains(t, flows, egress.Flow{
		From: "c", Pod: true, Host: "any.example.com", Port: 8443, Protocol: egress.HTTPS,
	})
	assert.Contains(t, flows, egress.Flow{
		From: "c", Host: "any.example.com", Port: 1194, Protocol: egress.UDP, ServiceTags: []string{"AzureCloud"},
	})
}

func TestUnnoticed(t *testing.T) {
	t.Parallel()
	idle := egress.ApplicationRule{
		Name: "idle", Sources: []string{"10.9.0.0/16"}, FQDNs: []string{"example.com"},
		Protocols: []egress.ApplicationProtocol{{Type: "Https", Port: 443}},
	}
	n := &egress.Network{
		NATGateways: []egress.NATGateway{{ID: "g"}}, Clusters: []egress.Cluster{{ID: "c", NodeSubnetIDs: []string{"s"}}},
		VNets: []egress.VNet{{ID: "v", Subnets: []egress.Subnet{{
			ID: "s", NATGatewayID: "g", Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")},
		}}}},
		FirewallPolicies: []egress.FirewallPolicy{{ID: "p", RuleCollectionGroups: []egress.RuleCollectionGroup{{
			Collections: []egress.RuleCollection{{Action: egress.ActionAllow, ApplicationRules: []egress.ApplicationRule{idle}}},
		}}}},
	}
	assert.Equal(t, []string{"firewallPolicies[0].ruleCollectionGroups[0].collections[0].applicationRules[0]"},
		networktest.Unnoticed(n), "the rule of a policy that no firewall has; the NAT gateway is noticed")
}
