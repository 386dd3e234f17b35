package egress_test

import (
	"net/netip"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

// Threat intelligence comes first, and denies in mode Deny only (azure-facts 5.4, 5.2).
func TestThreatIntelligence(t *testing.T) {
	t.Parallel()
	bad := http("ifconfig.me")
	bad.Malicious = true
	mode := func(mode string) func(*egress.Network) {
		return func(n *egress.Network) { n.FirewallPolicies[0].ThreatIntel = mode }
	}
	refused := want{disposition: egress.DeniedOut, refusal: egress.RefusedHTTP470, words: "threat intelligence (Deny)"}
	runCases(t, []traceCase{
		{"alert", hubAndSpoke, mode("Alert"), bad, allowed},
		{"deny", hubAndSpoke, mode("Deny"), bad, refused},
		{"deny, another destination", hubAndSpoke, mode("Deny"), http("ifconfig.me"), allowed},
		{
			"deny, on the allow-list by name", hubAndSpoke,
			both(mode("Deny"), func(n *egress.Network) { n.FirewallPolicies[0].ThreatIntelAllowed = []string{"ifconfig.me"} }),
			bad, allowed,
		},
		{
			"deny, on the allow-list by address", hubAndSpoke,
			both(mode("Deny"), func(n *egress.Network) { n.FirewallPolicies[0].ThreatIntelAllowed = []string{"20.0.0.0/8"} }),
			egress.Flow{
				From: clusterID, Host: "ifconfig.me", Addr: addr("20.1.2.3"), Port: 80, Protocol: egress.HTTP, Malicious: true,
			},
			allowed,
		},
		{
			"Basic tier only alerts", hubAndSpoke,
			both(mode("Deny"), func(n *egress.Network) { n.Firewalls[0].Tier = "Basic" }), bad, allowed,
		},
		{
			"the base policy's mode is the least", hubAndSpoke, func(n *egress.Network) {
				n.FirewallPolicies[0].BasePolicyID = baseID
				n.FirewallPolicies = append(n.FirewallPolicies, egress.FirewallPolicy{ID: baseID, ThreatIntel: "Deny"})
			}, bad, refused,
		},
	})
}

// Routes that a gateway announces: user over BGP over system, but the VNet's and its peers' prefixes stay (azure-facts
// 4).
func TestGatewayRoutes(t *testing.T) {
	t.Parallel()
	announces := func(list ...string) func(*egress.Network) {
		return func(n *egress.Network) { n.VNets[0].GatewayRoutes = prefixes(list...) }
	}
	toGateway := want{disposition: egress.Insufficient, words: "leads to a virtual network gateway"}
	runCases(t, []traceCase{
		{"announced prefix", spoke, announces("192.168.7.0/24"), tcp("192.168.7.1", 80), toGateway},
		{
			"the rest of the reserved range still goes nowhere", spoke, announces("192.168.7.0/24"), tcp("192.168.8.1", 80),
			want{disposition: egress.NullRouted},
		},
		{"default route before the system's", spoke, announces("0.0.0.0/0"), https("example.com"), toGateway},
		{"default route behind the user's", hubAndSpoke, announces("0.0.0.0/0"), http("ifconfig.me"), allowed},
		{
			"a part of the VNet", spoke, announces("10.1.8.0/24"), tcp("10.1.8.9", 80),
			want{disposition: egress.DeliveredLocal, sources: "10.1.0.0/24"},
		},
		{
			"a gateway that announces nothing", withLoadBalancer, announces(), https("example.com"),
			want{disposition: egress.ExitsInternet, sources: "203.0.113.2/32"},
		},
		{
			"the hub's gateway", hubAndSpoke, func(n *egress.Network) {
				n.VNets[0].Peerings[0].UseRemoteGateways, n.VNets[1].GatewayRoutes = true, prefixes("192.168.7.0/24")
			}, tcp("192.168.7.1", 80), toGateway,
		},
		{
			"the table refuses them", hubAndSpoke, func(n *egress.Network) {
				n.VNets[0].GatewayRoutes = prefixes("20.0.0.0/8")
				n.RouteTables[0].DisableBGPRoutePropagation = true
			},
			egress.Flow{From: clusterID, Host: "ifconfig.me", Addr: addr("20.1.2.3"), Port: 80, Protocol: egress.HTTP},
			allowed,
		},
	})
}

// Service tags as prefixes (azure-facts 4).
func TestServiceTagPrefixes(t *testing.T) {
	t.Parallel()
	tagged := func(tag string, hop egress.NextHopType) egress.Route {
		return egress.Route{Name: tag, ServiceTag: tag, NextHopType: hop}
	}
	with := func(routes ...egress.Route) func(*egress.Network) {
		return func(n *egress.Network) {
			n.RouteTables[0].Routes = append(n.RouteTables[0].Routes, routes...)
			n.ServiceTags = map[string][]netip.Prefix{
				"Storage": prefixes("20.1.0.0/16"), "Storage.westeurope": prefixes("20.1.0.0/16"),
				"AzureCloud": prefixes("20.1.0.0/16"), "Sql": prefixes("20.1.7.0/24"),
			}
		}
	}
	none, internet := egress.NextHopNone, egress.NextHopInternet
	flow := tcp("20.1.2.3", 8080)
	dropped := want{disposition: egress.NullRouted}
	runCases(t, []traceCase{
		{"an address in the tag", hubAndSpoke, with(tagged("Storage", none)), flow, dropped},
		{
			"an address outside", hubAndSpoke, with(tagged("Storage", none)), tcp("20.2.2.3", 8080),
			want{disposition: egress.DeniedOut, refusal: egress.RefusedDropped},
		},
		{
			"the longer prefix", hubAndSpoke, with(tagged("Storage", internet), tagged("Sql", none)), tcp("20.1.7.1", 8080),
			dropped,
		},
		{
			"region before all regions", hubAndSpoke, with(tagged("Storage", internet), tagged("Storage.westeurope", none)),
			flow, dropped,
		},
		{
			"service before AzureCloud", hubAndSpoke, with(tagged("AzureCloud", internet), tagged("Storage", none)), flow,
			dropped,
		},
		{
			"explicit prefix before tag", hubAndSpoke, with(tagged("Storage", internet), egress.Route{
				Name: "explicit", Prefix: prefix("20.1.0.0/16"), NextHopType: none,
			}), flow, dropped,
		},
		{
			"in a network rule", hubAndSpoke, both(with(), func(n *egress.Network) {
				network(n).NetworkRules[2].Destinations = []string{"Storage"}
			}), flow, allowed,
		},
		{
			"in a network rule, outside", hubAndSpoke, both(with(), func(n *egress.Network) {
				network(n).NetworkRules[2].Destinations = []string{"Storage"}
			}), tcp("20.2.2.3", 8080), want{disposition: egress.DeniedOut, refusal: egress.RefusedDropped},
		},
	})
}

// Service endpoints take flows to their service before the route table (azure-facts 4, 0).
func TestServiceEndpoints(t *testing.T) {
	t.Parallel()
	enabled := func(n *egress.Network) { node(n).ServiceEndpoints = []string{"Microsoft.Storage"} }
	listed := func(n *egress.Network) {
		enabled(n)
		n.ServiceTags = map[string][]netip.Prefix{"Storage.westeurope": prefixes("20.1.0.0/16")}
	}
	byTag := https("x.blob.core.windows.net")
	byTag.ServiceTags = []string{"Storage.westeurope"}
	elsewhere := https("x.blob.core.windows.net")
	elsewhere.ServiceTags = []string{"Storage.eastus"}
	direct := want{disposition: egress.DeliveredService, sources: "10.1.0.0/24", words: "Storage.westeurope"}
	runCases(t, []traceCase{
		{
			"a host that may be the service", hubAndSpoke, enabled, https("x.blob.core.windows.net"),
			unsure("service endpoint"),
		},
		{"the flow says that it is", hubAndSpoke, enabled, byTag, direct},
		{"the flow says that it is of another region", hubAndSpoke, enabled, elsewhere, denied(egress.RefusedTLSReset)},
		{"the network knows the prefixes", hubAndSpoke, listed, tcp("20.1.2.3", 443), direct},
		{
			"the network knows the prefixes, another address", hubAndSpoke, listed, tcp("20.2.2.3", 443),
			denied(egress.RefusedDropped),
		},
	})
}

// A node's own public address comes before the load balancer (azure-facts 4).
func TestNodePublicIPs(t *testing.T) {
	t.Parallel()
	public := func(n *egress.Network) {
		n.Clusters[0].NodePublicIPs, n.Clusters[0].NodePublicIPPrefixIDs = true, []string{prefixID}
	}
	runCases(t, []traceCase{
		{
			"with a load balancer for the others", withLoadBalancer, public, https("example.com"),
			want{disposition: egress.ExitsInternet, sources: "198.51.100.0/30 203.0.113.2/32"},
		},
		{
			"behind a NAT gateway", func() *egress.Network { return withNAT([]string{ip1ID}, nil) }, public,
			https("example.com"),
			want{disposition: egress.ExitsInternet, sources: "203.0.113.2/32"},
		},
		{
			"alone", spoke, public, https("example.com"),
			want{disposition: egress.ExitsInternet, sources: "198.51.100.0/30"},
		},
	})
}

func TestEntrances(t *testing.T) {
	t.Parallel()
	n := published(hubAndSpoke())
	dnat("10.1.0.4")(n)
	withGateway(n)
	n.TrafficControllers = []egress.TrafficController{{
		ID: controller, Frontends: []egress.TrafficControllerFrontend{{Name: "web", FQDN: "x.fz1.alb.azure.com"}},
	}}
	var got []string
	for _, f := range egress.Compile(n).Entrances() {
		require.Equal(t, egress.FromInternet, f.From)
		got = append(got, f.String())
	}
	assert.Equal(t, []string{
		"HTTP x.fz1.alb.azure.com:80", "HTTP 203.0.113.2:80", "HTTP 203.0.113.80:80", "HTTP 203.0.113.81:80",
	}, got)
	assert.Empty(t, egress.Compile(&egress.Network{}).Entrances())
}

func TestModelIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	m := egress.Compile(hubAndSpoke())
	first := m.Trace(http("ifconfig.me"))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 100 {
				assert.Equal(t, first, m.Trace(http("ifconfig.me")))
			}
		})
	}
	group.Wait()
}

func TestTraceDoesNotShareWithTheModel(t *testing.T) {
	t.Parallel()
	m := egress.Compile(hubAndSpoke())
	first := m.Trace(http("ifconfig.me"))
	first.Sources[0], first.Hops[0] = prefix("192.0.2.1/32"), egress.Hop{}
	assert.NotEqual(t, first, m.Trace(http("ifconfig.me")))
}
