package azuresim

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

// managedNetwork changes the usual inputs to the network that AKS manages.
func managedNetwork(more map[string]any) map[string]any {
	changes := map[string]any{"agentPoolProfiles.0.vnetSubnetID": nil}
	for k, v := range more {
		changes[k] = v
	}
	return changes
}

func outbound(outboundType string) map[string]any {
	return map[string]any{"networkProfile.outboundType": outboundType}
}

// sources are the addresses by which a node of the cluster aks is seen.
func (e *estate) sources() []netip.Prefix {
	e.t.Helper()
	trace := e.cloud.Kubernetes().Trace(egress.Flow{
		From: e.clusterID("aks"), Host: "ifconfig.me", Port: 443, Protocol: egress.HTTPS,
	})
	require.Equal(e.t, egress.ExitsInternet, trace.Disposition, trace.Reason)
	return trace.Sources
}

func prefixesOf(addrs ...string) []netip.Prefix {
	var all []netip.Prefix
	for _, a := range addrs {
		addr := netip.MustParseAddr(a)
		all = append(all, netip.PrefixFrom(addr, 32))
	}
	return all
}

func TestLoadBalancerCluster(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	c := e.cluster(nil)
	owned := e.owned()
	require.Len(t, owned["network:PublicIPAddress"], 1)
	assert.Equal(t, []string{"kubernetes"}, owned["network:LoadBalancer"])
	assert.Equal(t, []string{"aks-agentpool"}, owned["managedidentity:UserAssignedIdentity"])
	assert.Equal(t, []string{"MC_rg_aks_westeurope"}, owned["resources:ResourceGroup"])
	assert.Len(t, owned["network:NetworkSecurityGroup"], 1)
	assert.Empty(t, owned["network:VirtualNetwork"], "the subnet is the program's")
	assert.Empty(t, owned["network:NatGateway"])

	lb := e.get(networkID("MC_rg_aks_westeurope", "loadBalancers", "kubernetes"))
	rule := objects(lb.Outputs, "outboundRules")[0]
	assert.Equal(t, "aksOutboundRule", rule["name"])
	assert.Equal(t, "All", rule["protocol"])
	assert.InEpsilon(t, 30.0, rule["idleTimeoutInMinutes"], 0)
	pip := e.get(text(objects(c.Outputs, "networkProfile", "loadBalancerProfile", "effectiveOutboundIPs")[0], "id"))
	assert.Equal(t, "aks-slb-managed-outbound-ip", text(pip.Outputs, "tags", "aks-managed-type"))
	assert.Equal(t, "Standard", text(pip.Outputs, "sku", "name"))
	assert.Len(t, pip.Outputs["zones"], 3)

	assert.Equal(t, prefixesOf(e.effective(c, "loadBalancerProfile")...), e.sources())
}

func TestClusterAnswer(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	out := e.cluster(map[string]any{"oidcIssuerProfile.enabled": true, "kubernetesVersion": "1.32"}).Outputs
	assert.Regexp(t, `^lab-[0-9a-f]{8}\.hcp\.westeurope\.azmk8s\.io$`, out["fqdn"])
	assert.Equal(t, "1.32", out["kubernetesVersion"])
	assert.Equal(t, "1.32.6", out["currentKubernetesVersion"], "the newest patch")
	assert.Equal(t, "Running", text(out, "powerState", "code"))
	assert.Equal(t, "Succeeded", out["provisioningState"])
	assert.Equal(t, "MC_rg_aks_westeurope", out["nodeResourceGroup"])
	assert.InEpsilon(t, 100.0, out["maxAgentPools"], 0)
	assert.Contains(t, text(out, "identityProfile", "kubeletidentity", "resourceId"), "aks-agentpool")
	assert.Contains(t, text(out, "oidcIssuerProfile", "issuerURL"), "https://westeurope.oic.prod-aks.azure.com/")
	assert.Equal(t, guid("principal", e.identity()),
		text(object(out, "identity", "userAssignedIdentities", e.identity()), "principalId"))
	pool := objects(out, "agentPoolProfiles")[0]
	assert.InEpsilon(t, 250.0, pool["maxPods"], 0, "overlay")
	assert.Equal(t, "1.32.6", pool["currentOrchestratorVersion"])
	failures := schemas().resources["azure-native:containerservice/v20240901:ManagedCluster"].outputs.conform(nil, out)
	for _, f := range failures {
		assert.Contains(t, f.reason, "missing", "%v: every output is one of the SDK's", f.path)
	}
}

func TestOwnOutboundAddresses(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		profile func(e *estate) map[string]any
		want    []netip.Prefix
	}{
		"addresses": {
			func(e *estate) map[string]any {
				return map[string]any{"outboundIPs": map[string]any{"publicIPs": []any{
					reference(e.publicIP("one", "203.0.113.201", nil)), reference(e.publicIP("two", "203.0.113.202", nil)),
				}}}
			},
			prefixesOf("203.0.113.201", "203.0.113.202"),
		},
		"prefix": {
			func(e *estate) map[string]any {
				id := e.network("publicIPPrefixes/prefix")
				e.write(publicPrefixToken, id,
					`{"name": "prefix", "location": "westeurope", "ipPrefix": "198.51.100.8/30", "prefixLength": 30}`)
				return map[string]any{"outboundIPPrefixes": map[string]any{"publicIPPrefixes": []any{reference(id)}}}
			},
			[]netip.Prefix{netip.MustParsePrefix("198.51.100.8/30")},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t)
			e.cluster(map[string]any{"networkProfile.loadBalancerProfile": tc.profile(e)})
			assert.Empty(t, e.owned()["network:PublicIPAddress"], "AKS makes none")
			assert.Equal(t, tc.want, e.sources())
		})
	}
}

func TestManagedNetwork(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	c := e.cluster(managedNetwork(map[string]any{
		"networkProfile.outboundType":      "managedNATGateway",
		"networkProfile.natGatewayProfile": map[string]any{"managedOutboundIPProfile": map[string]any{"count": 2.0}},
	}))
	owned := e.owned()
	require.Len(t, owned["network:PublicIPAddress"], 2)
	require.Len(t, owned["network:NatGateway"], 1)
	require.Len(t, owned["network:VirtualNetwork"], 1)
	assert.Regexp(t, `^aks-vnet-\d{8}$`, owned["network:VirtualNetwork"][0])
	assert.Equal(t, []string{"aks-subnet"}, owned["network:Subnet"])
	assert.Empty(t, owned["network:LoadBalancer"], "until the first service")
	subnet := e.get(nodeSubnetOf(e, c))
	assert.Equal(t, false, subnet.Outputs["defaultOutboundAccess"])
	assert.Equal(t, "10.224.0.0/16", subnet.Outputs["addressPrefix"])
	assert.InEpsilon(t, 4.0, at(c.Outputs, "networkProfile", "natGatewayProfile", "idleTimeoutInMinutes"), 0)
	assert.ElementsMatch(t, prefixesOf(e.effective(c, "natGatewayProfile")...), e.sources())
}

func nodeSubnetOf(e *estate, cluster *Record) (id string) {
	require.NoError(e.t, e.cloud.do("", "", func(op *operation) error {
		id = nodeSubnets(op, cluster)[0]
		return nil
	}))
	return id
}

func TestUserAssignedNATGatewayCluster(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.natGateway(e.publicIP("egress", "203.0.113.210", nil))
	c := e.cluster(outbound("userAssignedNATGateway"))
	assert.Empty(t, e.owned()["network:PublicIPAddress"])
	assert.Empty(t, e.owned()["network:LoadBalancer"])
	assert.Nil(t, at(c.Outputs, "networkProfile", "loadBalancerProfile"))
	assert.Equal(t, prefixesOf("203.0.113.210"), e.sources())
}

func TestUserDefinedRoutingCluster(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.firewall("10.1.2.4", "203.0.113.220", true)
	e.routeTable("VirtualAppliance", "10.1.2.4")
	e.cluster(outbound("userDefinedRouting"))
	assert.Empty(t, e.owned()["network:PublicIPAddress"])
	assert.Empty(t, e.owned()["network:LoadBalancer"])
	assert.Equal(t, prefixesOf("203.0.113.220"), e.sources())
}

func TestDeleteLeavesNothing(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]map[string]any{
		"own network":     nil,
		"managed network": managedNetwork(outbound("managedNATGateway")),
		"kubenet": {
			"networkProfile.networkPlugin": "kubenet", "networkProfile.networkPluginMode": nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t)
			before, addresses := e.cloud.Records(), len(e.cloud.addresses)
			c := e.cluster(changes)
			kube := e.cloud.Kubernetes()
			_, err := kube.ServiceAddress(webService(c.ID, "default", "web", "0a1b2c3d-0000-0000-0000-000000000001", false))
			require.NoError(t, err)
			assert.NotEqual(t, before, e.cloud.Records())
			e.delete(c.ID)
			assert.Equal(t, before, e.cloud.Records(), "what was there before, and nothing else")
			assert.Len(t, e.cloud.addresses, addresses, "every address is free again")
		})
	}
}

func TestKubenetRouteTable(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	kubenet := map[string]any{"networkProfile.networkPlugin": "kubenet", "networkProfile.networkPluginMode": nil}
	e.cluster(kubenet)
	e.cluster(kubenet) // AKS may write its own table
	tables := e.owned()["network:RouteTable"]
	require.Len(t, tables, 1)
	assert.Regexp(t, `^aks-agentpool-\d{8}-routetable$`, tables[0])
	assert.Equal(t, tables[0], nameOf(text(e.get(e.nodes()).Outputs, "routeTable", "id")))
}

func TestStateSurvives(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.cluster(nil)
	again, err := Open(e.db)
	require.NoError(t, err)
	assert.Equal(t, e.cloud.Records(), again.Records())
	assert.Equal(t, e.cloud.addresses, again.addresses)
}

func TestClustersUsingSubnet(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.cluster(nil)
	require.NoError(t, e.cloud.do("", "", func(op *operation) error {
		assert.Len(t, clustersUsingSubnet(op, e.nodes()), 1)
		assert.Empty(t, clustersUsingSubnet(op, e.subnetID("other")))
		return nil
	}))
}
