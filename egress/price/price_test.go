package price_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/egress/price"
)

const providers = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.Network/"

func id(kind string, n int) string { return fmt.Sprintf("%s%s/%s%d", providers, kind, kind, n) }

func publicIP(n int) egress.PublicIP {
	return egress.PublicIP{
		ID: id("publicIPAddresses", n), Name: "ip", Address: netip.AddrFrom4([4]byte{198, 51, 100, byte(n)}),
	}
}

func rules(n int) []egress.LoadBalancingRule { return make([]egress.LoadBalancingRule, n) }

// Prices an hour, calculated by hand from azure-facts 12.2.
func TestOf_Hourly(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		network egress.Network
		hourly  float64
		monthly float64
	}{
		"nothing":       {egress.Network{}, 0, 0},
		"a public IP":   {egress.Network{PublicIPs: []egress.PublicIP{publicIP(1)}}, 0.005, 3.65},
		"three":         {egress.Network{PublicIPs: []egress.PublicIP{publicIP(1), publicIP(2), publicIP(3)}}, 0.015, 10.95},
		"a NAT gateway": {egress.Network{NATGateways: []egress.NATGateway{{ID: "nat"}}}, 0.045, 32.85},
		"a prefix of 4, of which one address is a resource, and another address": {
			egress.Network{
				PublicIPs: []egress.PublicIP{publicIP(1), publicIP(9)},
				PublicIPPrefixes: []egress.PublicIPPrefix{
					{ID: "p", Prefix: netip.MustParsePrefix("198.51.100.0/30")},
				},
			}, 0.005 + 4*0.006, 21.17,
		},
		"a prefix of unknown size": {egress.Network{PublicIPPrefixes: []egress.PublicIPPrefix{{ID: "p"}}}, 0, 0},
		"a load balancer without rules": {
			egress.Network{LoadBalancers: []egress.LoadBalancer{{ID: "lb"}}}, 0, 0,
		},
		"with an outbound rule": {
			egress.Network{LoadBalancers: []egress.LoadBalancer{{ID: "lb", OutboundRules: make([]egress.OutboundRule, 1)}}},
			0.025, 18.25,
		},
		"with 5 rules": {
			egress.Network{LoadBalancers: []egress.LoadBalancer{
				{ID: "lb", OutboundRules: make([]egress.OutboundRule, 1), LoadBalancingRules: rules(4)},
			}}, 0.025, 18.25,
		},
		"with 8 rules": {
			egress.Network{LoadBalancers: []egress.LoadBalancer{
				{ID: "lb", OutboundRules: make([]egress.OutboundRule, 1), LoadBalancingRules: rules(7)},
			}}, 0.025 + 3*0.01, 40.15,
		},
		"firewalls of each tier, in any case": {
			egress.Network{Firewalls: []egress.Firewall{{Tier: "Basic"}, {Tier: "STANDARD"}, {Tier: "premium"}, {Tier: ""}}},
			0.395 + 1.25 + 1.75, 2478.35,
		},
		"an application gateway that scales from nothing": {
			egress.Network{ApplicationGateways: []egress.ApplicationGateway{{SKU: "Standard_v2"}}}, 0.246, 179.58,
		},
		"an application gateway of 2 instances": {
			egress.Network{ApplicationGateways: []egress.ApplicationGateway{{SKU: "Standard_v2", Instances: 2}}},
			0.246 + 20*0.008, 296.38,
		},
		"a web application firewall of 3 instances": {
			egress.Network{ApplicationGateways: []egress.ApplicationGateway{{SKU: "WAF_v2", Instances: 3}}},
			0.443 + 30*0.0144, 638.75,
		},
		"an application gateway v1": {
			egress.Network{ApplicationGateways: []egress.ApplicationGateway{{SKU: "Standard", Instances: 3}}}, 0, 0,
		},
		"Application Gateway for Containers with 2 frontends": {
			egress.Network{TrafficControllers: []egress.TrafficController{{
				Frontends: make([]egress.TrafficControllerFrontend, 2), Associations: make([]egress.TrafficAssociation, 1),
			}}}, 0.017 + 2*0.01 + 0.12, 114.61,
		},
		"clusters of each tier, one private": {
			egress.Network{Clusters: []egress.Cluster{
				{Tier: "Free"}, {Tier: "Standard", PrivateCluster: true}, {Tier: "Premium"}, {},
			}}, 0.1 + 0.01 + 0.6, 518.3,
		},
	} {
		e := price.Of(&c.network)
		assert.InDelta(t, c.hourly, e.HourlyUSD(), 1e-9, name)
		assert.InDelta(t, c.monthly, e.MonthlyUSD, 1e-9, name)
		for _, l := range e.Lines {
			assert.NotEmpty(t, l.Item, name)
			assert.Contains(t, l.Source, "azure-facts 12.2", name)
			assert.InDelta(t, l.Count*l.HourlyUSD*730, l.MonthlyUSD, 0.005, "%s: %s", name, l.Item)
		}
		assert.NotNil(t, e.Lines, name)
		assert.NotNil(t, e.PerGB, name)
		assert.NotNil(t, e.NotPriced, name)
	}
}

// What has no price is named, with what it is.
func TestOf_NotPriced(t *testing.T) {
	t.Parallel()
	n := &egress.Network{
		Firewalls:           []egress.Firewall{{ID: id("azureFirewalls", 1), Tier: "Gold"}},
		PublicIPPrefixes:    []egress.PublicIPPrefix{{ID: id("publicIPPrefixes", 1)}},
		ApplicationGateways: []egress.ApplicationGateway{{ID: "a", SKU: "Standard"}, {ID: "b", SKU: "WAF_v2", Instances: 2}},
		TrafficControllers:  []egress.TrafficController{{ID: "c"}},
		Clusters: []egress.Cluster{
			{ID: "one", Name: "one", Tier: "Free", NodePublicIPs: true, Pools: []egress.NodePool{
				{Name: "system", Count: 1, VMSize: "Standard_D2s_v5"}, {Name: "user", Count: 3},
			}},
			{ID: "two", Name: "two"},
		},
	}
	for _, want := range []string{
		"public IP prefix publicIPPrefixes1: its size is not known",
		`firewall azureFirewalls1: no price is known for its tier "Gold"`,
		`application gateway a: no price is known for its SKU "Standard"`,
		"capacity units of application gateway b beyond 20, by traffic: 0.0144 USD an hour each",
		"capacity units of Application Gateway for Containers c, by traffic: 0.008 USD an hour each",
		"1 node Standard_D2s_v5 with disks, pool system of cluster one",
		"3 nodes of unknown size with disks, pool user of cluster one",
		"the public IPs of the nodes of cluster one",
		`cluster two: no price is known for its tier ""`,
		"the nodes of cluster two",
	} {
		assert.Contains(t, price.Of(n).NotPriced, want)
	}
	assert.Contains(t, fmt.Sprint(price.Of(n).NotPriced), "traffic of cluster one: the way of mcr.microsoft.com:443 is")
}

func TestList(t *testing.T) {
	t.Parallel()
	items := map[string]bool{}
	for _, p := range price.List() {
		assert.False(t, items[p.Item], "%s is there twice", p.Item)
		items[p.Item] = true
		assert.NotEmpty(t, p.Of, p.Item)
		assert.NotEmpty(t, p.Source, p.Item)
		assert.LessOrEqual(t, p.Date, price.Of(&egress.Network{}).Dated, p.Item)
	}
	require.Equal(t, "2026-08-21", price.Of(&egress.Network{}).Dated)
}
