package azuresim

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestScaleOutboundAddresses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		profile string
		count   func(n float64) map[string]any
	}{
		"load balancer": {"loadBalancerProfile", func(n float64) map[string]any {
			return profile(map[string]any{"managedOutboundIPs": map[string]any{"count": n}})
		}},
		"NAT gateway": {"natGatewayProfile", func(n float64) map[string]any {
			return managedNetwork(map[string]any{
				"networkProfile.outboundType": "managedNATGateway",
				"networkProfile.natGatewayProfile": map[string]any{
					"managedOutboundIPProfile": map[string]any{"count": n},
				},
			})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t)
			two := e.effective(e.cluster(tc.count(2)), tc.profile)
			four := e.effective(e.cluster(tc.count(4)), tc.profile)
			require.Len(t, four, 4)
			assert.Equal(t, two, four[:2], "the first addresses stay")
			one := e.effective(e.cluster(tc.count(1)), tc.profile)
			assert.Equal(t, two[:1], one)
			assert.Len(t, e.owned()["network:PublicIPAddress"], 1, "the others are released")
			assert.Len(t, e.cloud.addresses, 2, "and that of the API server")
			assert.Equal(t, prefixesOf(one...), e.sources())
		})
	}
}

func TestChangeInPlace(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	first := e.cluster(nil)
	second := e.cluster(map[string]any{
		"agentPoolProfiles.0.count": 5.0, "tags": map[string]any{"team": "net"}, "kubernetesVersion": "1.34",
		"networkProfile.loadBalancerProfile": map[string]any{
			"managedOutboundIPs": map[string]any{"count": 1.0}, "allocatedOutboundPorts": 4000.0,
		},
	})
	assert.Equal(t, first.Outputs["fqdn"], second.Outputs["fqdn"])
	assert.NotEqual(t, first.Outputs["eTag"], second.Outputs["eTag"])
	assert.Equal(t, "net", text(second.Outputs, "tags", "team"))
	assert.Equal(t, "1.34.1", second.Outputs["currentKubernetesVersion"])
	assert.Equal(t, e.effective(first, "loadBalancerProfile"), e.effective(second, "loadBalancerProfile"))
	lb := e.get(networkID("MC_rg_aks_westeurope", "loadBalancers", "kubernetes"))
	assert.InEpsilon(t, 4000.0, objects(lb.Outputs, "outboundRules")[0]["allocatedOutboundPorts"], 0)
}

// What leads where between outbound types (azure-facts 1.6).
func TestOutboundMoves(t *testing.T) {
	t.Parallel()
	const lb, nat, own, udr = "loadBalancer", "managedNATGateway", "userAssignedNATGateway", "userDefinedRouting"
	for _, tc := range []struct {
		managed  bool
		from, to string
		code     string // "": allowed
	}{
		{true, lb, nat, ""},
		{true, nat, lb, "UpdatingOutboundTypeNotAllowed"},
		{true, lb, own, "UpdatingOutboundTypeNotAllowed"},
		{true, lb, udr, "UpdatingOutboundTypeNotAllowed"},
		{true, nat, udr, "UpdatingOutboundTypeNotAllowed"},
		{false, lb, own, ""},
		{false, lb, udr, ""},
		{false, own, lb, ""},
		{false, own, udr, ""},
		{false, udr, lb, ""},
		{false, udr, own, ""},
		{false, lb, nat, "UpdatingOutboundTypeNotAllowed"},
	} {
		t.Run(tc.from+" to "+tc.to, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t)
			prepare := func(outboundType string) map[string]any {
				e.subnet("nodes", "10.1.1.0/24", nil)
				if tc.managed {
					return managedNetwork(outbound(outboundType))
				}
				switch outboundType {
				case own:
					e.natGateway(e.publicIP("egress", "203.0.113.210", nil))
				case udr:
					e.firewall("10.1.2.4", "203.0.113.220", true)
					e.routeTable("VirtualAppliance", "10.1.2.4")
				}
				return outbound(outboundType)
			}
			e.cluster(prepare(tc.from))
			c, err := e.update(prepare(tc.to))
			if tc.code != "" {
				refusedAs(t, tc.code, err)
				return
			}
			require.NoError(t, err)
			owned := e.owned()
			assert.Len(t, owned["network:LoadBalancer"], map[bool]int{true: 1}[tc.to == lb])
			assert.Len(t, owned["network:NatGateway"], map[bool]int{true: 1}[tc.to == nat])
			assert.Len(t, owned["network:PublicIPAddress"], map[bool]int{true: 1}[tc.to == lb || tc.to == nat],
				"addresses that no longer serve are released")
			want := map[string]string{own: "203.0.113.210", udr: "203.0.113.220"}[tc.to]
			if want == "" {
				want = append(e.effective(c, "loadBalancerProfile"), e.effective(c, "natGatewayProfile")...)[0]
			}
			assert.Equal(t, prefixesOf(want), e.sources())
		})
	}
}

// A NAT gateway on the subnet makes a create fail, and an update not (azure-facts 1.2): it takes over the egress.
func TestNATGatewayBesideLoadBalancer(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.cluster(nil)
	e.natGateway(e.publicIP("egress", "203.0.113.210", nil))
	_, err := e.update(map[string]any{"tags": map[string]any{"a": "b"}})
	require.NoError(t, err)
	assert.Equal(t, prefixesOf("203.0.113.210"), e.sources())
}

func TestImmutable(t *testing.T) {
	t.Parallel()
	for property, changes := range map[string]map[string]any{
		"dnsPrefix":         {"dnsPrefix": "other"},
		"nodeResourceGroup": {"nodeResourceGroup": "nodes"},
		"networkProfile.networkPlugin": {
			"networkProfile.networkPlugin": "kubenet", "networkProfile.networkPluginMode": nil,
		},
		"networkProfile.podCidr":                      {"networkProfile.podCidr": "10.245.0.0/16"},
		"networkProfile.serviceCidr":                  {"networkProfile.serviceCidr": "10.2.0.0/17"},
		"networkProfile.dnsServiceIP":                 {"networkProfile.dnsServiceIP": "10.2.0.11"},
		"agentPoolProfile.maxPods":                    {"agentPoolProfiles.0.maxPods": 100.0},
		"apiServerAccessProfile.enablePrivateCluster": {"apiServerAccessProfile.enablePrivateCluster": true},
	} {
		t.Run(property, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t)
			e.cluster(nil)
			_, err := e.update(changes)
			arm := refusedAs(t, "PropertyChangeNotAllowed", err)
			assert.Equal(t, property, arm.Target)
			assert.Equal(t, "Changing property '"+property+"' is not allowed.", arm.Message)
		})
	}
	t.Run("agentPoolProfile.vnetSubnetID", func(t *testing.T) {
		t.Parallel()
		e := newEstate(t)
		e.cluster(nil)
		e.subnet("other", "10.1.3.0/24", nil)
		e.assign(roleNetworkContributor, e.subnetID("other"))
		_, err := e.update(map[string]any{"agentPoolProfiles.0.vnetSubnetID": e.subnetID("other")})
		assert.Equal(t, "agentPoolProfile.vnetSubnetID", refusedAs(t, "PropertyChangeNotAllowed", err).Target)
	})
}

func TestVersions(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.cluster(map[string]any{"kubernetesVersion": "1.32.5"})
	_, err := e.update(map[string]any{"kubernetesVersion": "1.34"})
	assert.Contains(t, refusedAs(t, "OperationNotAllowed", err).Message, "Available upgrades: [1.33.2 1.33.1 1.32.6]")
	_, err = e.update(map[string]any{"kubernetesVersion": "1.31"})
	refusedAs(t, "OperationNotAllowed", err)
	c, err := e.update(map[string]any{"kubernetesVersion": "1.32"})
	require.NoError(t, err)
	assert.Equal(t, "1.32.5", c.Outputs["currentKubernetesVersion"], "the same minor version upgrades nothing")
	c, err = e.update(map[string]any{"kubernetesVersion": nil})
	require.NoError(t, err)
	assert.Equal(t, "1.32.5", c.Outputs["currentKubernetesVersion"])
}

// What a PUT leaves out stays as it is.
func TestIssuerStays(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.cluster(map[string]any{"oidcIssuerProfile.enabled": true})
	c := e.cluster(nil)
	assert.Equal(t, true, at(c.Outputs, "oidcIssuerProfile", "enabled"))
}

// A private cluster may learn its default route by BGP (azure-facts 1.4, 14), which the lab has not: AKS takes it, and
// its nodes do not boot.
func TestPrivateClusterWithoutDefaultRoute(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	routed(e)
	e.remove(networkID("rg", "routeTables", "rt") + "/routes/default")
	_, err := e.update(merge(outbound(userRouting), map[string]any{privateCluster: true}))
	refusedAs(t, "VMExtensionProvisioningError", err)

	e.routeTable("Internet", "")
	_, err = e.update(merge(outbound(userRouting), map[string]any{privateCluster: true}))
	refusedAs(t, "RouteTableInvalidNextHop", err)
}
