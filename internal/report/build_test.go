package report_test

import (
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress"
	"aks-egress/egress/matrix"
	"aks-egress/egress/networktest"
	"aks-egress/internal/report"
)

func TestBuild_Sources(t *testing.T) {
	t.Parallel()
	n := natted(natIP)
	n.PublicIPPrefixes = []egress.PublicIPPrefix{
		{ID: scope + "publicIPPrefixes/p", Name: "p", Prefix: netip.MustParsePrefix("198.51.100.0/28")},
	}
	n.NATGateways[0].PublicIPPrefixIDs = []string{scope + "publicIPPrefixes/P"}
	balancer := nodeGroup + "Microsoft.Network/loadBalancers/kubernetes"
	outbound := nodeGroup + "Microsoft.Network/publicIPAddresses/outbound"
	n.PublicIPs = append(n.PublicIPs, egress.PublicIP{ID: outbound, Address: netip.MustParseAddr("203.0.113.8")},
		egress.PublicIP{ID: scope + "publicIPAddresses/vm", Address: netip.MustParseAddr("203.0.113.9"), Owner: "nic"})
	n.LoadBalancers = []egress.LoadBalancer{{
		ID: balancer, Name: "kubernetes",
		Frontends: []egress.Frontend{{ID: balancer + "/frontendIPConfigurations/f", PublicIPID: outbound}},
	}}
	s := side(n, nil, natIP, "198.51.100.0/28", "198.51.100.3", "203.0.113.8", "203.0.113.9", "192.0.2.1", "odd").Stack
	nat := scope + "natGateways/nat"
	assert.Equal(t, []report.Source{
		{Address: natIP, Resource: n.PublicIPs[0].ID, Of: nat, ManagedBy: "you"},
		{Address: "198.51.100.0/28", Resource: scope + "publicIPPrefixes/p", Of: nat, ManagedBy: "you"},
		{Address: "198.51.100.3", Resource: scope + "publicIPPrefixes/p", Of: nat, ManagedBy: "you"},
		{Address: "203.0.113.8", Resource: outbound, Of: balancer, ManagedBy: "AKS"},
		{Address: "203.0.113.9", Resource: scope + "publicIPAddresses/vm", Of: "nic", ManagedBy: "you"},
		{Address: "192.0.2.1"},
		{Address: "odd"},
	}, s.Egress.Sources)
	assert.True(t, s.Egress.Verified)
	assert.Equal(t, s.Egress.Expected, s.Egress.Observed)
}

func TestBuild_PathsAndPlaces(t *testing.T) {
	t.Parallel()
	udr := settings(t, "outboundType=userDefinedRouting", "probeTarget=https://ghcr.io:8443")
	s := side(withEntrance(firewalled("ghcr.io")), udr, hubIP).Stack
	require.Len(t, s.Paths, 2)
	out, in := s.Paths[0], s.Paths[1]
	assert.Equal(t, report.TitleEgress, out.Title)
	assert.Equal(t, "HTTPS ghcr.io:8443", out.Flow.String())
	assert.True(t, out.Flow.Pod)
	assert.Equal(t, egress.DeniedOut, out.Trace.Disposition, "the port is another")

	spokeName, hubName := "VNet spoke 10.1.0.0/16", "VNet hub 10.0.0.0/16"
	places := *out.Network
	for id, want := range map[string][]string{
		"/subscriptions/s/resourcegroups/rg/providers/microsoft.containerservice/managedclusters/aks1": {
			spokeName, "subnet nodes 10.1.0.0/24",
		},
		"/subscriptions/s/resourcegroups/rg/providers/microsoft.network/routetables/rt/routes/all": {
			spokeName, "subnet nodes 10.1.0.0/24",
		},
		"/subscriptions/s/resourcegroups/rg/providers/microsoft.network/azurefirewalls/fw": {
			hubName, "subnet AzureFirewallSubnet 10.0.0.0/26",
		},
		"/subscriptions/s/resourcegroups/rg/providers/microsoft.network/virtualnetworks/spoke/" +
			"virtualnetworkpeerings/to-hub": {spokeName},
	} {
		assert.Equal(t, want, places[id], id)
	}
	assert.Equal(t, report.TitleIngress, in.Title)
	assert.Equal(t, "HTTP 203.0.113.2:80", in.Flow.String())
	assert.NotEmpty(t, in.Trace.Return)
	for _, hop := range append(in.Trace.Hops, in.Trace.Return...) {
		if hop.At == "route" || hop.At == "firewall" || hop.At == "peering" {
			assert.NotEmpty(t, (*in.Network)[strings.ToLower(hop.Resource)], hop.Resource)
		}
	}

	internal := withEntrance(firewalled())
	balancer := nodeGroup + "Microsoft.Network/loadBalancers/kubernetes-internal"
	internal.LoadBalancers = []egress.LoadBalancer{{ID: balancer, Name: "internal", Frontends: []egress.Frontend{{
		ID: balancer + "/frontendIPConfigurations/f", PrivateAddress: netip.MustParseAddr("10.1.0.9"), SubnetID: nodes,
	}}, LoadBalancingRules: []egress.LoadBalancingRule{{
		Name: "web", Protocol: "Tcp", FrontendID: balancer + "/frontendIPConfigurations/f", FrontendPort: 80,
	}}}}
	in = side(internal, udr, hubIP).Stack.Paths[1]
	assert.Equal(t, []string{spokeName, "subnet nodes 10.1.0.0/24"}, (*in.Network)[strings.ToLower(balancer)])

	nat := side(natted(natIP), nil).Stack.Paths[0]
	assert.Equal(t, []string{spokeName}, (*nat.Network)[strings.ToLower(scope+"natGateways/nat")], "it is in no subnet")
}

// Without outputs and settings, as of a stack that is not this project's.
func TestBuild_Foreign(t *testing.T) {
	t.Parallel()
	s := report.Build(report.Input{Name: "x", From: "x.json", Network: natted(natIP), Unknown: []string{"u"}})
	assert.Equal(t, []string{natIP}, s.Egress.Expected, "the model tells")
	assert.Equal(t, []string{}, s.Egress.Observed)
	assert.False(t, s.Egress.Verified)
	assert.Equal(t, "userAssignedNATGateway", s.OutboundType)
	assert.Equal(t, "HTTPS mcr.microsoft.com:443", s.Paths[0].Flow.String())
	assert.Equal(t, []string{"u"}, s.Unknown)
	assert.Empty(t, s.Problems)
	assert.Positive(t, s.SNAT.Ports)
	assert.Positive(t, s.Cost.MonthlyUSD)

	denied := firewalled()
	denied.FirewallPolicies[0].RuleCollectionGroups = nil
	assert.Empty(t, report.Build(report.Input{Network: denied}).Egress.Expected, "nothing leaves, nothing is guessed")
}

func TestBuild_Allowed(t *testing.T) {
	t.Parallel()
	udr := settings(t, "outboundType=userDefinedRouting", `allow=["https://api.example.com"]`)
	s := side(firewalled("api.example.com"), udr, hubIP).Stack
	verdicts := map[string]matrix.Verdict{}
	for _, row := range s.Allowed {
		verdicts[row.Destination] = row.Verdict
	}
	assert.Equal(t, matrix.Allowed, verdicts["https://api.example.com"])
	assert.Equal(t, matrix.Blocked, verdicts["https://ghcr.io"])

	target := settings(t, "outboundType=userAssignedNATGateway", "probeTarget=http://192.0.2.7:81")
	s = side(natted(natIP), target, natIP).Stack
	assert.Equal(t, "TCP 192.0.2.7:81", s.Paths[0].Flow.String())
	assert.True(t, slices.ContainsFunc(s.Allowed, func(row matrix.Row) bool {
		return row.Destination == "tcp://192.0.2.7:81" && row.Class == matrix.ClassTarget
	}))

	two := natted(natIP)
	two.Clusters = append(two.Clusters, two.Clusters[0])
	two.Clusters[1].ID, two.Clusters[1].Location = clusterID+"2", "chinaeast2"
	s = report.Build(report.Input{Network: two})
	require.Len(t, s.Problems, 1)
	assert.Contains(t, s.Problems[0], `region "chinaeast2"`)
	assert.Len(t, s.Paths, 2, "each cluster has its way out")
	assert.NotEmpty(t, s.Allowed, "that of the other can be told")
}

func TestBuild_Nothing(t *testing.T) {
	t.Parallel()
	lb := settings(t, "outboundType=loadBalancer")
	s := report.Build(report.Input{Name: "x", Problems: []string{"no"}, Settings: lb})
	assert.Equal(t, []string{"no"}, s.Problems)
	assert.Equal(t, "loadBalancer", s.OutboundType)
	text, err := json.Marshal(s)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "null", "lists are lists")

	hubOnly := firewalled()
	hubOnly.Clusters = nil
	assert.Contains(t, report.Build(report.Input{Network: hubOnly}).Problems[0], "no managed cluster")

	s = report.Build(report.Input{Network: natted(natIP), Export: []byte("no JSON")})
	assert.Contains(t, s.Problems[0], "how long it takes to deploy: ")

	gone := report.Gone(&report.Stack{Name: "x", OutboundType: "loadBalancer"}, &report.Change{Status: report.Removed})
	assert.Equal(t, "loadBalancer", gone.OutboundType)
	assert.Equal(t, report.Removed, gone.Change.Status)
}

// Any network: nothing panics, lists are lists, and each expected address has its source.
func TestBuild_AnyNetwork(t *testing.T) {
	t.Parallel()
	healthy := []*egress.Network{natted(natIP), withEntrance(firewalled("ghcr.io")), network("loadBalancer")}
	rapid.Check(t, func(t *rapid.T) {
		n := networktest.Bend(t, rapid.SampledFrom(healthy).Draw(t, "network"))
		s := report.Build(report.Input{Network: n})
		assert.Len(t, s.Egress.Sources, len(s.Egress.Expected))
		for _, p := range s.Paths {
			for _, names := range *p.Network {
				assert.NotEmpty(t, names)
			}
		}
		text, err := json.Marshal(s)
		require.NoError(t, err)
		for _, list := range []string{"paths", "allowed", "findings", "expected", "observed", "sources", "lines"} {
			assert.NotContains(t, string(text), `"`+list+`":null`)
		}
	})
}
