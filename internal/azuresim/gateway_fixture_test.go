package azuresim

import (
	"net/netip"

	"github.com/stretchr/testify/require"

	"aks-egress/internal/kubesim"
)

// gatewaySubnet writes the subnet gateway of the spoke, delegated to application gateways, with more outputs.
func (e *estate) gatewaySubnet(more map[string]any) {
	e.t.Helper()
	e.subnet("gateway", "10.1.3.0/24", merge(map[string]any{
		"delegations": []any{map[string]any{"name": "gateway", "serviceName": gatewayDelegation}},
	}, more))
}

// withGateway changes the usual inputs to the AGIC add-on with a gateway in the subnet gateway, and more settings.
func (e *estate) withGateway(more map[string]any) map[string]any {
	config := merge(map[string]any{"applicationGatewayName": "agw", "subnetId": e.subnetID("gateway")}, more)
	for name, v := range config {
		if v == nil {
			delete(config, name)
		}
	}
	return map[string]any{"addonProfiles": map[string]any{
		gatewayAddon: map[string]any{"enabled": true, "config": config},
	}}
}

// flat changes the usual inputs to pods with addresses of the node subnet.
func flat(more map[string]any) map[string]any {
	return merge(map[string]any{"networkProfile.networkPluginMode": nil, "networkProfile.podCidr": nil}, more)
}

// agic is the object id of the identity of AGIC in a cluster.
func (e *estate) agic(cluster string) string {
	e.t.Helper()
	return text(e.get(e.clusterID(cluster)).Outputs, "addonProfiles", gatewayAddon, "identity", "objectId")
}

// join lets AGIC of a cluster join the subnet gateway.
func (e *estate) join(cluster string) {
	e.t.Helper()
	scope := e.subnetID("gateway")
	e.create(roleAssignmentToken, scope+"/providers/Microsoft.Authorization/roleAssignments/"+guid(cluster, scope),
		map[string]any{
			"scope": scope, "principalId": e.agic(cluster), "principalType": "ServicePrincipal",
			"roleDefinitionId": roleDefinitionID(roleNetworkContributor),
		})
}

// gatewayUp makes the cluster aks with AGIC and its gateway agw, on a subnet with these outputs more.
func (e *estate) gatewayUp(subnet map[string]any) {
	e.t.Helper()
	e.gatewaySubnet(subnet)
	e.cluster(e.withGateway(nil))
	e.join("aks")
	require.NotNil(e.t, e.get(e.nodeGroup("applicationGateways/agw")), "AGIC makes its gateway when it may")
}

// nodeGroup is the id of a network resource in the node resource group of the cluster aks.
func (e *estate) nodeGroup(path string) string {
	return groupID("MC_rg_aks_westeurope") + "/providers/Microsoft.Network/" + path
}

// program lets AGIC of the cluster aks write routes.
func (e *estate) program(routes ...kubesim.GatewayRoute) (netip.Addr, error) {
	return e.cloud.Kubernetes().ProgramGateway(e.clusterID("aks"), routes)
}

// programs is program as a request of a refusal case, after something else.
func programs(first ...func(e *estate)) func(e *estate) error {
	return func(e *estate) error {
		for _, f := range first {
			f(e)
		}
		_, err := e.program()
		return err
	}
}

// securityGroup writes a network security group with these rules, by name, and answers its reference.
func (e *estate) securityGroup(rules map[string]map[string]any) map[string]any {
	e.t.Helper()
	id := e.network("networkSecurityGroups/guard")
	e.create(securityGroupToken, id, map[string]any{"location": testRegion})
	for name, rule := range rules {
		e.create(securityRuleToken, id+"/securityRules/"+name, rule)
	}
	return map[string]any{"networkSecurityGroup": reference(id)}
}

// tcpRule is a security rule for TCP from a source to ports anywhere.
func tcpRule(priority float64, access, source, ports string, more map[string]any) map[string]any {
	return merge(map[string]any{
		"priority": priority, "direction": "Inbound", "access": access, "protocol": "Tcp", "sourceAddressPrefix": source,
		"sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": ports,
	}, more)
}

// managed is a group that lets Azure manage a gateway.
func managed() map[string]map[string]any {
	return map[string]map[string]any{"manage": tcpRule(300, "Allow", "GatewayManager", "65200-65535", nil)}
}
