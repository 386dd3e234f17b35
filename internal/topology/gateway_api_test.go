package topology_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/topology"
)

// A Gateway gives the frontend that it names its ports; others, and charts that are not known, stay unknown. Routes
// decide nothing that the network has.
func TestGatewayAPI(t *testing.T) {
	t.Parallel()
	const controller = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ServiceNetworking/trafficControllers/agc"
	gateway := func(address string) topology.Resource {
		return kubernetesObject(t, "gateway.networking.k8s.io/v1:Gateway", "web/gateway", `{"metadata": {"annotations":
			{"alb.networking.azure.io/alb-id": "`+controller+`"}}, "spec": {"listeners": [{"port": 443}, {"port": 80}],
			"addresses": [{"type": "alb.networking.azure.io/alb-frontend", "value": "`+address+`"}]}}`)
	}
	azure := []topology.Resource{
		resource(t, "servicenetworking/v20231101:TrafficControllerInterface", controller, `{}`),
		resource(t, "servicenetworking/v20231101:FrontendsInterface", controller+"/frontends/web", `{"fqdn": "a.example"}`),
		cluster("", clusterID),
	}
	release := kubernetesObject(t, "helm.sh/v3:Release", "alb/alb",
		`{"chart": "oci://mcr.microsoft.com/application-lb/charts/alb-controller", "version": "1.9.13"}`)
	route := kubernetesObject(t, "gateway.networking.k8s.io/v1:HTTPRoute", "web/route", `{}`)

	n := built(t, append(azure, gateway("web"), release, route)...)
	require.Len(t, n.TrafficControllers, 1)
	assert.Equal(t, []uint16{80, 443}, n.TrafficControllers[0].Frontends[0].Ports)
	assert.Contains(t, n.Clusters[0].Images, "mcr.microsoft.com/application-lb/images/alb-controller:1.9.13")
	assert.Empty(t, built(t, append(azure, gateway("other"))...).TrafficControllers[0].Frontends[0].Ports)

	for reason, r := range map[string]topology.Resource{
		"its traffic controller is not in the network": gateway("web"),
		"its type is modelled for the chart of the ALB Controller only": kubernetesObject(
			t, "helm.sh/v3:Release", "a/b", `{"chart": "x"}`),
		"its type is modelled for frontends of Application Gateway for Containers only": kubernetesObject(
			t, "gateway.networking.k8s.io/v1:Gateway", "a/b", `{"spec": {}}`),
	} {
		_, unknown, err := topology.Build([]topology.Resource{r})
		require.NoError(t, err)
		require.Len(t, unknown, 1, reason)
		assert.Equal(t, reason, unknown[0].Reason)
	}
}
