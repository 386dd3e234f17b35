package azuresim

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/kubesim"
)

// shop is a route of an Ingress to two pods.
var shop = kubesim.GatewayRoute{
	Ingress: "apps/web", Host: "shop.example.com", Paths: []string{"/a", "/a/*"}, Service: "apps/web", ServicePort: "80",
	TargetPort: 8080, Pods: []netip.Addr{netip.MustParseAddr("10.244.0.5"), netip.MustParseAddr("10.244.1.5")},
}

// everywhere is a route of an Ingress that takes every request.
var everywhere = kubesim.GatewayRoute{
	Ingress: "apps/all", Service: "apps/all", ServicePort: "http", TargetPort: 80,
	Pods: []netip.Addr{netip.MustParseAddr("10.244.0.6")},
}

// The identity exists with the cluster, its role only after it, and the gateway when AGIC may join the subnet.
func TestGatewayComesWithItsRole(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.gatewaySubnet(nil)
	c := e.cluster(e.withGateway(nil))
	addon := object(c.Outputs, "addonProfiles", gatewayAddon)
	identity := e.get(text(addon, "identity", "resourceId"))
	require.NotNil(t, identity)
	assert.Equal(t, "ingressapplicationgateway-aks", nameOf(identity.ID))
	assert.Equal(t, text(identity.Outputs, "principalId"), text(addon, "identity", "objectId"))
	assert.Equal(t, e.nodeGroup("applicationGateways/agw"), text(addon, "config", "effectiveApplicationGatewayId"))
	assert.Nil(t, e.get(e.nodeGroup("applicationGateways/agw")), "AGIC may not join the subnet yet")
	cluster, err := e.cloud.Kubernetes().ClusterByServer(text(c.Outputs, "fqdn"))
	require.NoError(t, err)
	assert.True(t, cluster.IngressController)
	assert.False(t, cluster.GatewayAddress.IsValid())

	e.join("aks")
	gateway := e.get(e.nodeGroup("applicationGateways/agw"))
	require.NotNil(t, gateway)
	assert.Equal(t, "Standard_v2", text(gateway.Outputs, "sku", "name"))
	assert.Equal(t, []string{"agw-appgwpip"}, e.owned()["network:PublicIPAddress"][1:], "besides the outbound address")
	cluster, err = e.cloud.Kubernetes().ClusterByServer(text(c.Outputs, "fqdn"))
	require.NoError(t, err)
	assert.True(t, cluster.GatewayAddress.IsValid())

	err = e.deletes(e.subnetID("gateway"))
	assert.Contains(t, refusedAs(t, "InUseSubnetCannotBeDeleted", err).Message, "agw/gatewayIPConfigurations")
	e.delete(e.clusterID("aks"))
	assert.Nil(t, e.get(gateway.ID))
	e.delete(e.subnetID("gateway"))
	require.NoError(t, e.cloud.do("", "", func(op *operation) error {
		assert.Empty(t, op.cloud.addresses, "the address is free again")
		return nil
	}))
}

// A program that looks at the subnet before there is a gateway finds nothing in it, though the cluster names it.
func TestAddonHoldsNothing(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.gatewaySubnet(nil)
	e.cluster(e.withGateway(nil))
	e.delete(e.subnetID("gateway"))
}

func TestProgramGateway(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.gatewayUp(e.securityGroup(merge2(managed(), map[string]map[string]any{
		"clients": tcpRule(200, "Allow", "Internet", "80", nil),
	})))
	addr, err := e.program(shop, everywhere)
	require.NoError(t, err)
	again, err := e.program(shop, everywhere)
	require.NoError(t, err)
	assert.Equal(t, addr, again)

	gateway := e.get(e.nodeGroup("applicationGateways/agw")).Outputs
	pools := map[string]int{}
	for _, pool := range objects(gateway, "backendAddressPools") {
		pools[text(pool, "name")] = len(items(pool, "backendAddresses"))
	}
	assert.Equal(t, map[string]int{
		"defaultaddresspool": 0, "pool-apps-web-80-bp-8080": 2, "pool-apps-all-http-bp-80": 1,
	}, pools)
	assert.Len(t, objects(gateway, "httpListeners"), 2, "one for the host, one for all")
	rules := map[string]string{}
	for _, rule := range objects(gateway, "requestRoutingRules") {
		rules[text(rule, "ruleType")] = nameOf(text(rule, "urlPathMap", "id"))
	}
	assert.Len(t, rules, 2)
	paths := objects(gateway, "urlPathMaps")
	require.Len(t, paths, 1)
	assert.Equal(t, rules["PathBasedRouting"], text(paths[0], "name"))
	assert.Equal(t, "defaultaddresspool", nameOf(text(paths[0], "defaultBackendAddressPool", "id")))
	assert.Equal(t, []any{"/a", "/a/*"}, objects(paths[0], "pathRules")[0]["paths"])

	trace := e.cloud.Kubernetes().Trace(egress.Flow{
		From: egress.FromInternet, Addr: addr, Port: 80, Protocol: egress.HTTP,
	})
	assert.Equal(t, egress.DeliveredLocal, trace.Disposition, trace.Reason)
	assert.NotEmpty(t, trace.Return, "the answer comes back by the gateway")
	trace = e.cloud.Kubernetes().Trace(egress.Flow{
		From: egress.FromInternet, Addr: addr, Port: 443, Protocol: egress.HTTPS,
	})
	assert.Equal(t, egress.DeniedIn, trace.Disposition, "AGIC made no listener there")

	_, err = e.program()
	require.NoError(t, err)
	gateway = e.get(e.nodeGroup("applicationGateways/agw")).Outputs
	assert.Len(t, objects(gateway, "backendAddressPools"), 1, "AGIC owns the whole configuration")
}

func TestAddonTurnedOff(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.gatewayUp(nil)
	_, err := e.update(map[string]any{"addonProfiles": map[string]any{gatewayAddon: map[string]any{"enabled": false}}})
	require.NoError(t, err)
	for _, path := range []string{"applicationGateways/agw", "publicIPAddresses/agw-appgwpip"} {
		assert.Nil(t, e.get(e.nodeGroup(path)), path)
	}
	assert.Equal(t, []string{"aks-agentpool"}, e.owned()["managedidentity:UserAssignedIdentity"])
	_, err = e.program()
	require.ErrorContains(t, err, "does not run the ingress controller")
}

// AGIC is a pod: what it asks of Azure leaves by the cluster's way out.
func TestIngressControllerBehindFirewall(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.gatewaySubnet(nil)
	e.firewall("10.1.2.4", "203.0.113.9", true)
	e.routeTable("VirtualAppliance", "10.1.2.4")
	c := e.cluster(merge(e.withGateway(nil), map[string]any{"networkProfile.outboundType": "userDefinedRouting"}))
	e.firewall("10.1.2.4", "203.0.113.9", false)
	e.join("aks")
	assert.Nil(t, e.get(e.nodeGroup("applicationGateways/agw")))
	_, err := e.program(everywhere)
	require.ErrorContains(t, err, `Get "https://mcr.microsoft.com/": dial tcp: i/o timeout`)

	e.firewall("10.1.2.4", "203.0.113.9", true)
	_, err = e.program(everywhere)
	require.NoError(t, err)
	e.firewall("10.1.2.4", "203.0.113.9", false)
	_, err = e.program(everywhere)
	require.ErrorContains(t, err, "https://management.azure.com/", "the pod runs, and cannot work")

	c = e.get(c.ID)
	c.Outputs["provisioningState"] = "Failed"
	e.replace(c)
	_, err = e.program(everywhere)
	require.ErrorContains(t, err, "does not run the ingress controller", "no nodes to run it")
}

func TestUnsimulatedAddons(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.gatewaySubnet(nil)
	for name, changes := range map[string]map[string]any{
		"addonProfiles.omsagent": {"addonProfiles": map[string]any{"omsagent": map[string]any{"enabled": true}}},
		"config.watchNamespace":  e.withGateway(map[string]any{"watchNamespace": "apps"}),
		"config.subnetCIDR":      e.withGateway(map[string]any{"subnetId": nil, "subnetCIDR": "10.1.4.0/24"}),
		"config.applicationGatewayId": e.withGateway(map[string]any{
			"subnetId": nil, "applicationGatewayName": nil, "applicationGatewayId": inNetwork("applicationGateways/mine"),
		}),
		"kubenet":                 kubenet(e.withGateway(nil)),
		"another virtual network": merge(e.withGateway(nil), map[string]any{"agentPoolProfiles.0.vnetSubnetID": nil}),
	} {
		_, err := e.update(changes)
		require.ErrorContains(t, err, "not simulated", name)
		require.ErrorContains(t, err, name)
	}
	_, err := e.update(map[string]any{"addonProfiles": map[string]any{"omsagent": map[string]any{"enabled": false}}})
	require.NoError(t, err, "an add-on that is off asks for nothing")

	_, err = e.update(e.withGateway(nil))
	require.NoError(t, err)
	_, err = e.update(e.withGateway(map[string]any{"applicationGatewayName": "other"}))
	require.ErrorContains(t, err, "a change from gateway agw")
}

func merge2(all ...map[string]map[string]any) map[string]map[string]any {
	merged := map[string]map[string]any{}
	for _, one := range all {
		for name, v := range one {
			merged[name] = v
		}
	}
	return merged
}
