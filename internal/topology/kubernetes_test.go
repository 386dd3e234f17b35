package topology_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/topology"
)

const providerURN = "urn:pulumi:udr::p::pulumi:providers:kubernetes::k8s"

// in places a resource in a file, below a provider.
func in(source string, r topology.Resource) topology.Resource {
	r.Source, r.Provider = source, providerURN+"::04d2b7"
	return r
}

func kubernetesObject(t *testing.T, kind, id, text string) topology.Resource {
	t.Helper()
	return topology.Resource{Type: "kubernetes:" + kind, ID: id, Properties: object(t, text)}
}

func kubernetesProvider(t *testing.T, source, identifier string) topology.Resource {
	t.Helper()
	return topology.Resource{
		Type: "pulumi:providers:kubernetes", URN: providerURN, ID: "04d2b7", Source: source,
		Properties: map[string]any{"clusterIdentifier": identifier},
	}
}

func cluster(source, id string) topology.Resource {
	return topology.Resource{Type: "azure-native:containerservice:ManagedCluster", ID: id, Source: source}
}

func TestServices(t *testing.T) {
	t.Parallel()
	public := kubernetesObject(t, "core/v1:Service", "web/public", `{"spec": {"type": "LoadBalancer", "ports": [
		{"port": 443, "protocol": "TCP"}, {"port": 53, "protocol": "UDP"}]},
		"status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.9"}, {"hostname": "x.example"}]}}}`)
	internal := kubernetesObject(t, "core/v1:Service", "web/internal", `{"spec": {"type": "LoadBalancer"}, "metadata":
		{"annotations": {"service.beta.kubernetes.io/azure-load-balancer-internal": "true"}}}`)
	inside := kubernetesObject(t, "core/v1:Service", "web/inside", `{"spec": {"type": "ClusterIP"}}`)
	annotated := kubernetesObject(t, "core/v1:Service", "web/annotated", `{"spec": {"type": "LoadBalancer"}, "metadata":
		{"annotations": {"service.beta.kubernetes.io/azure-load-balancer-internal": "false"}}}`)
	other := kubernetesObject(t, "serving.knative.dev/v1:Service", "web/other", `{"spec": {"type": "LoadBalancer"}}`)
	network := built(t, public, internal, inside, annotated, other, cluster("", clusterID))
	assert.Equal(t, []egress.Service{
		{Namespace: "web", Name: "annotated"},
		{Namespace: "web", Name: "internal", Internal: true},
		{
			Namespace: "web", Name: "public", Addresses: addrs("203.0.113.9"),
			Ports: []egress.ServicePort{{Port: 443, Protocol: "TCP"}, {Port: 53, Protocol: "UDP"}},
		},
	}, network.Clusters[0].Services)
}

func TestImages(t *testing.T) {
	t.Parallel()
	template := func(image string) string {
		return `{"template": {"spec": {"containers": [{"image": "` + image + `"}]}}}`
	}
	network := built(
		t, cluster("", clusterID),
		kubernetesObject(t, "core/v1:Pod", "a/pod", `{"spec": {"initContainers": [{"image": "init"}, {"image": "job"}],
			"containers": [{"image": "pod", "env": [{"name": "A", "value": {"4dabf18193072939515e22adb298388d": "1"}}]}, {}]}}`),
		kubernetesObject(t, "apps/v1:Deployment", "a/deployment", `{"spec": `+template("deployment")+`}`),
		kubernetesObject(t, "apps/v1:DaemonSet", "a/daemonset", `{"spec": `+template("daemonset")+`}`),
		kubernetesObject(t, "apps/v1:StatefulSet", "a/statefulset", `{"spec": `+template("statefulset")+`}`),
		kubernetesObject(t, "apps/v1:ReplicaSet", "a/replicaset", `{"spec": `+template("replicaset")+`}`),
		kubernetesObject(t, "batch/v1:Job", "a/job", `{"spec": `+template("job")+`}`),
		kubernetesObject(t, "batch/v1beta1:CronJob", "a/cronjob",
			`{"spec": {"jobTemplate": {"spec": `+template("cronjob")+`}}}`),
	)
	assert.Equal(t, []string{"cronjob", "daemonset", "deployment", "init", "job", "pod", "replicaset", "statefulset"},
		network.Clusters[0].Images)
}

// Which cluster an object belongs to: its provider's clusterIdentifier, else the only cluster of the same file.
func TestWhichCluster(t *testing.T) {
	t.Parallel()
	const other = clusterID + "-other"
	service := in("app.json", kubernetesObject(t, "core/v1:Service", "a/s", `{"spec": {"type": "LoadBalancer"}}`))
	pod := in("app.json", kubernetesObject(t, "core/v1:Pod", "a/p", `{"spec": {"containers": [{"image": "i"}]}}`))
	external := cluster("app.json", clusterID)
	external.External = true
	for name, c := range map[string]struct {
		resources []topology.Resource
		want      string // id of the cluster; empty: the objects are unknown
	}{
		"the only cluster":          {[]topology.Resource{cluster("app.json", clusterID)}, clusterID},
		"a cluster that it reads":   {[]topology.Resource{external, cluster("infra.json", clusterID)}, clusterID},
		"no cluster":                {nil, ""},
		"a cluster of another file": {[]topology.Resource{cluster("infra.json", clusterID)}, ""},
		"two clusters":              {[]topology.Resource{cluster("app.json", clusterID), cluster("app.json", other)}, ""},
		"identifier": {[]topology.Resource{
			kubernetesProvider(t, "app.json", other), cluster("app.json", clusterID), cluster("infra.json", other),
		}, other},
		"identifier in another case": {[]topology.Resource{
			kubernetesProvider(t, "app.json", "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/resourcegroups/RG-udr"+
				"/providers/microsoft.containerservice/managedclusters/AKS"), cluster("infra.json", clusterID),
		}, clusterID},
		"identifier of a cluster that is not there": {[]topology.Resource{
			kubernetesProvider(t, "app.json", other), cluster("app.json", clusterID),
		}, ""},
		"identifier of another form": {[]topology.Resource{
			kubernetesProvider(t, "app.json", "kind-local"), cluster("app.json", clusterID),
		}, clusterID},
		"provider of the same name in another file": {[]topology.Resource{
			kubernetesProvider(t, "infra.json", other), cluster("app.json", clusterID), cluster("infra.json", other),
		}, clusterID},
	} {
		network, unknown, err := topology.Build(append(c.resources, service, pod))
		require.NoError(t, err, name)
		if c.want == "" {
			if assert.Len(t, unknown, 2, name) {
				assert.Equal(t, "its cluster is not in the network", unknown[0].Reason, name)
			}
			continue
		}
		require.Empty(t, unknown, name)
		for _, got := range network.Clusters {
			assert.Equal(t, got.ID == c.want, len(got.Services) == 1, name)
			assert.Equal(t, got.ID == c.want, len(got.Images) == 1, name)
		}
	}
}

func TestHiddenKubernetesObjects(t *testing.T) {
	t.Parallel()
	const secret = `{"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:a"}`
	for _, r := range []topology.Resource{
		kubernetesObject(t, "core/v1:Service", "a/s", `{"spec": `+secret+`}`),
		kubernetesObject(t, "core/v1:Service", "a/s", `{"spec": {"type": "LoadBalancer"}, "metadata": {"annotations": `+
			secret+`}}`),
		kubernetesObject(t, "core/v1:Pod", "a/p", `{"spec": `+secret+`}`),
		kubernetesObject(t, "core/v1:Pod", "a/p", `{"spec": {"containers": [{"image": "a"}, `+secret+`]}}`),
		kubernetesObject(t, "core/v1:Pod", "a/p", `{"spec": {"containers": [{"image": "a"}, {"image": `+secret+`}]}}`),
	} {
		network, unknown, err := topology.Build([]topology.Resource{r, cluster("", clusterID)})
		require.NoError(t, err)
		require.Len(t, unknown, 1)
		assert.Contains(t, unknown[0].Reason, "secret")
		assert.Empty(t, network.Clusters[0].Services)
		assert.Empty(t, network.Clusters[0].Images)
	}
}

// Ingresses of the application gateway's class are known, with the listeners that they ask for; others are not.
func TestIngresses(t *testing.T) {
	t.Parallel()
	ingress := func(id, text string) topology.Resource {
		return kubernetesObject(t, "networking.k8s.io/v1:Ingress", id, text)
	}
	plain := ingress("web/plain", `{"spec": {"ingressClassName": "azure-application-gateway", "rules": [
		{"host": "a.example"}, {"host": "a.example"}, {}]},
		"status": {"loadBalancer": {"ingress": [{"ip": "203.0.113.9"}, {"hostname": "x.example"}]}}}`)
	secured := ingress("web/secured", `{"metadata": {"annotations": {
		"kubernetes.io/ingress.class": "azure/application-gateway", "appgw.ingress.kubernetes.io/ssl-redirect": "true"}},
		"spec": {"tls": [{"hosts": ["b.example"]}], "rules": [{"host": "b.example"}, {"host": "c.example"}]}}`)
	ported := ingress("web/ported", `{"metadata": {"annotations": {
		"appgw.ingress.kubernetes.io/override-frontend-port": "8080"}},
		"spec": {"ingressClassName": "azure-application-gateway", "tls": [{}], "defaultBackend": {}}}`)
	other := ingress("web/other", `{"spec": {"ingressClassName": "nginx"}, "metadata": {"annotations": {
		"kubernetes.io/ingress.class": "azure/application-gateway"}}}`)
	const gatewaySubnet = subscription + "rg/providers/Microsoft.Network/virtualNetworks/spoke/subnets/gateway"
	aks := cluster("", clusterID)
	aks.Properties = object(t, `{"addonProfiles": {"ingressApplicationGateway": {"enabled": true, "config": {
		"applicationGatewayName": "gw", "subnetId": "`+gatewaySubnet+`"}}}}`)

	built, unknown, err := topology.Build([]topology.Resource{secured, ported, plain, other, aks})
	require.NoError(t, err)
	assert.Equal(t, gatewaySubnet, built.Clusters[0].GatewaySubnetID)
	assert.Equal(t, []egress.Ingress{
		{Namespace: "web", Name: "plain", Addresses: addrs("203.0.113.9"), Listeners: []egress.Listener{
			{Name: "web/plain a.example", Protocol: "Http", Host: "a.example", Port: 80},
			{Name: "web/plain", Protocol: "Http", Port: 80},
		}},
		{Namespace: "web", Name: "ported", Listeners: []egress.Listener{
			{Name: "web/ported", Protocol: "Https", Port: 8080},
		}},
		{Namespace: "web", Name: "secured", Listeners: []egress.Listener{
			{Name: "web/secured b.example", Protocol: "Http", Host: "b.example", Port: 80},
			{Name: "web/secured b.example", Protocol: "Https", Host: "b.example", Port: 443},
			{Name: "web/secured c.example", Protocol: "Http", Host: "c.example", Port: 80},
		}},
	}, built.Clusters[0].Ingresses)
	require.Len(t, unknown, 1)
	assert.Equal(t, "web/other", unknown[0].ID)
}
