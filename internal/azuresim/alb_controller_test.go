package azuresim

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/kubesim"
)

// albEstate is a cluster with workload identity, a traffic controller in a subnet of its network, and an identity that
// has all that the ALB Controller needs.
func albEstate(t *testing.T) (e *estate, as kubesim.Workload, controller string) {
	t.Helper()
	e = newEstate(t)
	e.subnet("gateway", "10.1.4.0/24", map[string]any{"delegations": []any{map[string]any{
		"serviceName": trafficDelegation,
	}}})
	e.write(managedClusterToken, e.clusterID("aks"), `{"name": "aks", "nodeResourceGroup": "nodes",
		"agentPoolProfiles": [{"vnetSubnetID": "`+e.nodes()+`"}], "networkProfile": {"networkPluginMode": "overlay"},
		"oidcIssuerProfile": {"issuerURL": "https://issuer/"}}`)
	require.NoError(t, e.cloud.do("", "", func(op *operation) error {
		cluster, _ := op.get(e.clusterID("aks"))
		cluster.Inputs = map[string]any{"securityProfile": map[string]any{
			"workloadIdentity": map[string]any{"enabled": true},
		}}
		op.put(cluster)
		return nil
	}))
	controller = groupID("rg") + "/providers/Microsoft.ServiceNetworking/trafficControllers/agc"
	e.write(trafficControllerToken, controller, `{"configurationEndpoints": ["c.alb.azure.com"]}`)
	e.write(trafficFrontendToken, controller+"/frontends/web", `{"fqdn": "web.fz00.alb.azure.com"}`)
	e.write(trafficAssociationToken, controller+"/associations/as", `{"subnet": {"id": "`+e.subnetID("gateway")+`"}}`)
	e.write(federatedCredentialToken, e.identity()+"/federatedIdentityCredentials/alb", `{"issuer": "https://issuer/",
		"subject": "system:serviceaccount:alb:sa", "audiences": ["api://AzureADTokenExchange"]}`)
	e.write(resourceGroupToken, groupID("nodes"), `{"name": "nodes"}`)
	for scope, role := range map[string]string{
		groupID("rg"): roleConfigurationManager, e.subnetID("gateway"): roleNetworkContributor, groupID("nodes"): roleReader,
	} {
		e.assign(role, scope)
	}
	return e, kubesim.Workload{
		ClusterID: e.clusterID("aks"), Namespace: "alb", ServiceAccount: "sa", ClientID: guid("client", e.identity()),
	}, controller
}

func TestTrafficFrontend(t *testing.T) {
	t.Parallel()
	e, as, controller := albEstate(t)
	frontend, err := e.cloud.Kubernetes().TrafficFrontend(as, controller, "web")
	require.NoError(t, err)
	assert.Equal(t, kubesim.TrafficFrontend{FQDN: "web.fz00.alb.azure.com", Configuration: "c.alb.azure.com"}, frontend)
}

// What the ALB Controller gets to hear when something of its identity or its gateway is missing.
func TestTrafficFrontend_Refused(t *testing.T) {
	t.Parallel()
	change := func(id string, set func(r *Record)) func(e *estate, as *kubesim.Workload) {
		return func(e *estate, _ *kubesim.Workload) {
			require.NoError(e.t, e.cloud.do("", "", func(op *operation) error {
				r, ok := op.get(id)
				require.True(e.t, ok, id)
				set(r)
				op.put(r)
				return nil
			}))
		}
	}
	without := func(role, scope string) func(e *estate, as *kubesim.Workload) {
		return func(e *estate, _ *kubesim.Workload) {
			e.delete(scope + "/providers/Microsoft.Authorization/roleAssignments/" + guid("assignment", role, scope))
		}
	}
	e, _, controller := albEstate(t)
	for name, test := range map[string]struct {
		change func(e *estate, as *kubesim.Workload)
		want   string
	}{
		"issuer": {
			change(e.identity()+"/federatedIdentityCredentials/alb",
				func(r *Record) { r.Outputs["issuer"] = "https://issuer" }), "AADSTS70021: No matching federated identity record",
		},
		"subject": {
			func(_ *estate, as *kubesim.Workload) { as.Namespace = "other" },
			"Assertion Subject: 'system:serviceaccount:other:sa'",
		},
		"client": {
			func(_ *estate, as *kubesim.Workload) { as.ClientID = "x" }, "AADSTS700016: Application with identifier 'x'",
		},
		"workload identity": {
			change(e.clusterID("aks"), func(r *Record) { r.Inputs = nil }), "workload identity is not enabled on the cluster",
		},
		"configuration role": {
			without(roleConfigurationManager, groupID("rg")),
			"perform action 'Microsoft.ServiceNetworking/trafficControllers/read' over scope",
		},
		"contributor is not enough": {func(e *estate, as *kubesim.Workload) {
			without(roleConfigurationManager, groupID("rg"))(e, as)
			e.assign(roleContributor, groupID("rg"))
		}, "code = PermissionDenied desc = ALB Controller with object id '" + guid("principal", e.identity()) + "' does not"},
		"reader role": {without(roleReader, groupID("nodes")), "AuthorizationFailed"},
		"subnet role": {
			without(roleNetworkContributor, e.subnetID("gateway")), "Microsoft.Network/virtualNetworks/subnets/join/action",
		},
		"frontend": {
			func(e *estate, _ *kubesim.Workload) { e.delete(controller + "/frontends/web") },
			"trafficControllers/agc/frontends/web' under resource group 'rg' was not found",
		},
		"association": {
			func(e *estate, _ *kubesim.Workload) { e.delete(controller + "/associations/as") }, "has no association",
		},
		"large subnet with overlay": {
			change(e.subnetID("gateway"), func(r *Record) { r.Outputs["addressPrefix"] = "10.1.4.0/23" }),
			"extensionIPRange prefix length too short (/23). Must be 24 or higher.",
		},
		"kubenet": {
			change(e.clusterID("aks"), func(r *Record) {
				r.Outputs["networkProfile"] = map[string]any{"networkPlugin": "kubenet"}
			}),
			"kubenet is not supported",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, as, controller := albEstate(t)
			test.change(e, &as)
			_, err := e.cloud.Kubernetes().TrafficFrontend(as, controller, "web")
			require.ErrorContains(t, err, test.want)
		})
	}
}
