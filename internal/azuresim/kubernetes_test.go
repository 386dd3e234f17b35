package azuresim

import (
	"encoding/base64"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"

	"aks-egress/egress"
	"aks-egress/internal/kubesim"
)

const serviceUID = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"

func TestCredentials(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	c := e.cluster(nil)
	list := func(token, name string) (map[string]any, error) {
		var result map[string]any
		err := e.cloud.do("", "", func(op *operation) (err error) {
			result, err = managedClusterInvokes()["azure-native:containerservice:"+token](op, map[string]any{
				"resourceGroupName": "RG", "resourceName": name,
			})
			return err
		})
		return result, err
	}
	for token, name := range map[string]string{
		"listManagedClusterUserCredentials": "clusterUser", "listManagedClusterAdminCredentials": "clusterAdmin",
	} {
		result, err := list(token, "aks")
		require.NoError(t, err)
		config := objects(result, "kubeconfigs")[0]
		assert.Equal(t, name, config["name"])
		text, err := base64.StdEncoding.DecodeString(config["value"].(string))
		require.NoError(t, err)
		rest, err := clientcmd.RESTConfigFromKubeConfig(text)
		require.NoError(t, err)
		assert.Equal(t, "https://"+c.Outputs["fqdn"].(string)+":443", rest.Host)
		assert.Len(t, rest.BearerToken, 64)
	}
	_, err := list("listManagedClusterUserCredentials", "none")
	arm := refusedAs(t, "ResourceNotFound", err)
	assert.Equal(t, 404, arm.Status)
	assert.Contains(t, arm.Message, "'Microsoft.ContainerService/managedClusters/none' under resource group 'RG'")

	config := func(serverFqdn string) (string, error) {
		args := map[string]any{"resourceGroupName": "rg", "resourceName": "private"}
		if serverFqdn != "" {
			args["serverFqdn"] = serverFqdn
		}
		var config string
		err := e.cloud.do("", "", func(op *operation) error {
			result, err := credentials("clusterUser")(op, args)
			if err == nil {
				text, err := base64.StdEncoding.DecodeString(objects(result, "kubeconfigs")[0]["value"].(string))
				config = string(text)
				return err
			}
			return err
		})
		return config, err
	}
	private := e.create(managedClusterToken, e.clusterID("private"), e.inputs(managedNetwork(map[string]any{
		"networkProfile.networkPluginMode": nil, "apiServerAccessProfile.enablePrivateCluster": true,
	})))
	assert.NotEmpty(t, private.Outputs["fqdn"], "a public name, too")
	text, err := config("")
	require.NoError(t, err)
	assert.Contains(t, text, "server: https://"+private.Outputs["privateFQDN"].(string)+":443")
	_, err = config("public")
	require.ErrorContains(t, err, "serverFqdn public of private cluster private: not simulated")

	e.cluster(map[string]any{"disableLocalAccounts": true})
	_, err = list("listManagedClusterAdminCredentials", "aks")
	refusedAs(t, "BadRequest", err)
}

func TestClusterByServer(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	c := e.cluster(nil)
	kube := e.cloud.Kubernetes()
	cluster, err := kube.ClusterByServer(c.Outputs["fqdn"].(string))
	require.NoError(t, err)
	assert.Equal(t, c.ID, cluster.ID)
	assert.Equal(t, "1.33.1", cluster.Version)
	assert.Equal(t, 3, cluster.NodeCount)
	assert.Equal(t, netip.MustParsePrefix("10.1.1.0/24"), cluster.NodeSubnet)
	assert.Equal(t, netip.MustParsePrefix("10.244.0.0/16"), cluster.PodCIDR)
	assert.Equal(t, netip.MustParsePrefix("10.2.0.0/16"), cluster.Services)
	assert.True(t, addressPool.Contains(cluster.Address))

	c = e.create(managedClusterToken, e.clusterID("managed"), e.inputs(managedNetwork(map[string]any{
		"networkProfile.networkPluginMode":            nil,
		"apiServerAccessProfile.enablePrivateCluster": true, "apiServerAccessProfile.enablePrivateClusterPublicFQDN": false,
	})))
	assert.Nil(t, c.Outputs["fqdn"])
	cluster, err = kube.ClusterByServer(c.Outputs["privateFQDN"].(string))
	require.NoError(t, err)
	assert.Equal(t, netip.MustParsePrefix("10.224.0.0/16"), cluster.NodeSubnet)
	assert.False(t, cluster.PodCIDR.IsValid(), "pods have addresses of the subnet")
	assert.False(t, cluster.Address.IsValid(), "nothing on the internet")

	_, err = kube.ClusterByServer("gone.hcp.westeurope.azmk8s.io")
	require.ErrorContains(t, err, "no such host")
}

// webService is a Service of type LoadBalancer on port 80.
func webService(clusterID, namespace, name, uid string, internal bool) kubesim.LoadBalancerService {
	return kubesim.LoadBalancerService{
		ClusterID: clusterID, Namespace: namespace, Name: name, UID: uid, Internal: internal,
		Ports: []egress.ServicePort{{Port: 80, Protocol: "TCP"}},
	}
}

func TestPublicService(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.natGateway(e.publicIP("egress", "203.0.113.210", nil))
	c := e.cluster(outbound("userAssignedNATGateway"))
	kube := e.cloud.Kubernetes()
	addr, err := kube.ServiceAddress(webService(c.ID, "default", "web", serviceUID, false))
	require.NoError(t, err)
	again, err := kube.ServiceAddress(webService(c.ID, "default", "web", serviceUID, false))
	require.NoError(t, err)
	assert.Equal(t, addr, again)

	name := "a0a1b2c3d4e5f60718293a4b5c6d7e8f"
	pip := e.get(networkID("MC_rg_aks_westeurope", "publicIPAddresses", "kubernetes-"+name))
	require.NotNil(t, pip)
	assert.Equal(t, addr.String(), pip.Outputs["ipAddress"])
	assert.Equal(t, "default/web", text(pip.Outputs, "tags", "k8s-azure-service"))
	assert.Equal(t, "kubernetes", text(pip.Outputs, "tags", "k8s-azure-cluster-name"))
	lb := e.get(networkID("MC_rg_aks_westeurope", "loadBalancers", "kubernetes"))
	require.NotNil(t, lb, "made with the first service")
	assert.Empty(t, lb.Outputs["outboundRules"])
	assert.Equal(t, name+"-TCP-80", objects(lb.Outputs, "loadBalancingRules")[0]["name"])
	assert.Equal(t, prefixesOf("203.0.113.210"), e.sources(), "egress stays the NAT gateway's")

	other, err := kube.ServiceAddress(webService(c.ID, "default", "api", "1a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9", false))
	require.NoError(t, err)
	assert.NotEqual(t, addr, other)

	allowed := func() []any {
		rules := e.cloud.List(securityRuleToken)
		if len(rules) == 0 {
			return nil
		}
		require.Len(t, rules, 1, "services with the same ports share a rule")
		assert.Equal(t, []any{"80"}, rules[0].Outputs["destinationPortRanges"])
		return items(rules[0].Outputs, "destinationAddressPrefixes")
	}
	assert.Equal(t, []any{addr.String(), other.String()}, allowed())
	require.NoError(t, kube.ReleaseServiceAddress(c.ID, "default", "web", serviceUID))
	assert.Equal(t, []any{other.String()}, allowed())
	require.NoError(t, kube.ReleaseServiceAddress(c.ID, "default", "web", serviceUID), "unknown services are fine")
	assert.Nil(t, e.get(pip.ID))
	assert.Len(t, objects(e.get(lb.ID).Outputs, "frontendIPConfigurations"), 1)
	require.NoError(t, kube.ReleaseServiceAddress(c.ID, "default", "api", "1a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"))
	assert.Nil(t, e.get(lb.ID), "and goes with the last")
	assert.Nil(t, allowed())
	assert.Len(t, e.cloud.addresses, 1, "the API server's is left")
	require.NoError(t, kube.ReleaseServiceAddress("/gone", "default", "web", serviceUID))
}

func TestServiceSurvivesOutboundChanges(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	c := e.cluster(nil)
	addr, err := e.cloud.Kubernetes().ServiceAddress(webService(c.ID, "default", "web", serviceUID, false))
	require.NoError(t, err)
	assert.NotContains(t, e.sources(), netip.PrefixFrom(addr, 32), "never the egress address")

	e.cluster(profile(map[string]any{"managedOutboundIPs": map[string]any{"count": 2.0}}))
	lb := networkID("MC_rg_aks_westeurope", "loadBalancers", "kubernetes")
	assert.Len(t, objects(e.get(lb).Outputs, "frontendIPConfigurations"), 3)

	e.natGateway(e.publicIP("egress", "203.0.113.210", nil))
	e.cluster(outbound("userAssignedNATGateway"))
	frontends := objects(e.get(lb).Outputs, "frontendIPConfigurations")
	require.Len(t, frontends, 1, "the service's")
	again, err := e.cloud.Kubernetes().ServiceAddress(webService(c.ID, "default", "web", serviceUID, false))
	require.NoError(t, err)
	assert.Equal(t, addr, again)
}

func TestInternalService(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	c := e.cluster(nil)
	kube := e.cloud.Kubernetes()
	first, err := kube.ServiceAddress(webService(c.ID, "default", "web", serviceUID, true))
	require.NoError(t, err)
	assert.Equal(t, netip.MustParseAddr("10.1.1.254"), first)
	second, err := kube.ServiceAddress(webService(c.ID, "default", "api", "1a1b2c3d", true))
	require.NoError(t, err)
	assert.Equal(t, netip.MustParseAddr("10.1.1.253"), second)
	assert.Equal(t, []string{"kubernetes", "kubernetes-internal"}, e.owned()["network:LoadBalancer"])

	public, err := kube.ServiceAddress(webService(c.ID, "default", "web", serviceUID, false))
	require.NoError(t, err)
	assert.False(t, public.IsPrivate())
	lb := e.get(networkID("MC_rg_aks_westeurope", "loadBalancers", "kubernetes-internal"))
	require.Len(t, objects(lb.Outputs, "frontendIPConfigurations"), 1, "the private address is given back")
	trace := kube.Trace(egress.Flow{From: c.ID, Addr: second, Port: 80, Protocol: egress.TCP})
	assert.Equal(t, egress.DeliveredLocal, trace.Disposition, trace.Reason)
}

// The address of an API server goes with its cluster, and no allocation is the operator's.
func TestServerAddress(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	c := e.cluster(nil)
	address := e.cloud.addresses[strings.ToLower(c.ID)].Prefix.Addr()
	require.True(t, address.IsValid())
	e.cluster(map[string]any{"disableLocalAccounts": true})
	assert.Equal(t, address, e.cloud.addresses[strings.ToLower(c.ID)].Prefix.Addr(), "it stays")
	e.delete(c.ID)
	assert.NotContains(t, e.cloud.addresses, strings.ToLower(c.ID))

	e.cloud.SetOperator(address)
	again := e.cluster(nil)
	assert.NotEqual(t, address, e.cloud.addresses[strings.ToLower(again.ID)].Prefix.Addr(), "it is somebody's")
}

// Trace asks for the operator that was set.
func TestTraceOfTheOperator(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	c := e.cluster(authorized("198.51.100.0/24"))
	flow := egress.Flow{From: egress.FromOperator, Host: c.Outputs["fqdn"].(string), Port: 443, Protocol: egress.HTTPS}
	trace := e.cloud.Kubernetes().Trace(flow)
	assert.Equal(t, egress.DeniedIn, trace.Disposition)
	assert.Contains(t, trace.Reason, DefaultOperator.String())
	e.cloud.SetOperator(netip.MustParseAddr("198.51.100.7"))
	assert.Equal(t, egress.DeliveredService, e.cloud.Kubernetes().Trace(flow).Disposition)
}
