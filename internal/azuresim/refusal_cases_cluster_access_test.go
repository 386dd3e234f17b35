package azuresim

import (
	"fmt"
)

func init() {
	refusalCases = append(refusalCases, clusterIdentityCases, clusterServerCases, clusterNodeCases)
}

var systemAssigned = map[string]any{"identity": map[string]any{"type": "SystemAssigned"}}

// roleless takes the identity's role on the subnet nodes away.
func roleless(e *estate) { e.delete(roleAssignmentOn(e, e.nodes())) }

// joinRefusal is what ARM says of the identity control, the cluster aks and the subnet nodes (azure-facts 1.4).
func joinRefusal(e *estate) string {
	return fmt.Sprintf("The client '%s' with object id '%s' has permission to perform action "+
		"'Microsoft.ContainerService/managedClusters/write' on scope '%s'; however, it does not have permission to perform "+
		"action 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '%s' or the linked scope(s) "+
		"are invalid.", guid("principal", e.identity()), guid("principal", e.identity()), e.clusterID("aks"), e.nodes())
}

// twoSubnets writes the subnets nodes and more with route tables, all under a role of the identity's.
func twoSubnets(table func(name string) string) func(e *estate) {
	return func(e *estate) {
		for _, name := range []string{"one", "two"} {
			e.write(routeTableToken, networkID("rg", "routeTables", name), `{"name": "`+name+`", "routes": []}`)
		}
		e.assign(roleNetworkContributor, groupID("rg"))
		for name, prefix := range map[string]string{"nodes": "10.1.1.0/24", "more": "10.1.3.0/24"} {
			e.subnet(name, prefix, map[string]any{"routeTable": reference(networkID("rg", "routeTables", table(name)))})
		}
	}
}

// Identities and their roles (azure-facts 1.3, 1.4, 7.3, 7.4).
var clusterIdentityCases = []refusalCase{
	clusterCase(refuseAKSIdentityMissing, "Required parameter servicePrincipalProfile is missing (null).",
		map[string]any{"identity": nil}, nil),
	clusterCase(refuseAKSIdentityType, `got "Both"`, map[string]any{"identity.type": "Both"}, systemAssigned),
	clusterCase(refuseAKSIdentityCount, "got 2",
		map[string]any{"identity.userAssignedIdentities": []any{"/a", "/b"}}, nil),
	clusterCase(refuseAKSIdentityNotFound, "Failed to perform resource identity operation",
		map[string]any{"identity.userAssignedIdentities": []any{"/none"}}, nil),
	estateCase(refuseAKSKubenetSystemIdentityTable, "Clusters using managed identity type SystemAssigned do not "+
		"support bringing "+
		"your own route table. Please see https://aka.ms/aks/customrt for more information", routed,
		puts(kubenet(merge(systemAssigned, outbound(userRouting)))), puts(merge(systemAssigned, outbound(userRouting)))),
	clusterCase(refuseAKSKubenetSystemIdentity, "needs a user-assigned identity", kubenet(systemAssigned),
		kubenet(managedNetwork(systemAssigned))),
	estateCase(refuseAKSSubnetJoin, "Reconcile VNet failed. Details: VNetReconciler retry failed: Category: "+
		"ClientError; SubCode: "+
		"LinkedAuthorizationFailed; Dependency: Microsoft.Network/virtualNetworks; OrginalError: "+
		"Code=\"LinkedAuthorizationFailed\" Message=\"The client '", roleless, puts(nil),
		after(func(e *estate) { e.assign(roleNetworkContributor, e.nodes()) }, nil)),
	estateCase(refuseAKSSubnetJoin, "on the linked scope(s) '"+nodesOfSpoke+"'", // the role is on another subnet
		func(e *estate) {
			roleless(e)
			e.subnet("more", "10.1.3.0/24", nil)
			e.assign(roleNetworkContributor, e.subnetID("more"))
		}, puts(nil),
		after(func(e *estate) { e.assign(roleNetworkContributor, e.network("virtualNetworks/spoke")) }, nil)),
	estateCase(refuseAKSRouteTableRole, "Managed identity or service principle must be given permission to read and "+
		"write to "+
		"custom route table "+networkID("rg", "routeTables", "rt")+". Please see https://aka.ms/aks/customrt for more "+
		"information", routed, puts(kubenet(outbound(userRouting))),
		after(func(e *estate) { e.assign(roleNetworkContributor, networkID("rg", "routeTables", "rt")) },
			kubenet(outbound(userRouting)))),
	estateCase(refuseAKSTwoRouteTables, "routeTables/two",
		twoSubnets(func(subnet string) string { return map[string]string{"nodes": "one", "more": "two"}[subnet] }),
		func(e *estate) error { return puts(kubenet(secondPool(e.subnetID("more"))))(e) },
		func(e *estate) error {
			twoSubnets(func(string) string { return "one" })(e)
			return puts(kubenet(secondPool(e.subnetID("more"))))(e)
		}),
	estateCase(refuseAKSRouteTableChange, "one that was there before",
		func(e *estate) {
			twoSubnets(func(string) string { return "one" })(e)
			e.cluster(kubenet(nil))
			detach(e)
		}, puts(kubenet(nil)),
		after(twoSubnets(func(string) string { return "one" }), kubenet(nil))),
	estateCase(refuseAKSRouteTableChange, "AKS's own",
		func(e *estate) {
			e.cluster(kubenet(nil))
			twoSubnets(func(string) string { return "one" })(e)
		}, puts(kubenet(nil)), after(detach, kubenet(nil))),
}

// ranges are n address ranges.
func ranges(n int) []any {
	var all []any
	for i := range n {
		all = append(all, fmt.Sprintf("203.0.%d.%d/32", 100+i/250, 1+i%250))
	}
	return all
}

// authorized changes the authorized ranges.
func authorized(ranges ...any) map[string]any {
	return map[string]any{"apiServerAccessProfile.authorizedIPRanges": ranges}
}

const privateCluster = "apiServerAccessProfile.enablePrivateCluster"

// credentialsOf asks for a cluster's credentials.
func credentialsOf(verb string) func(e *estate) error {
	return func(e *estate) error {
		return e.cloud.do("", "", func(op *operation) error {
			_, err := managedClusterInvokes()["azure-native:containerservice:"+verb](op,
				map[string]any{"resourceGroupName": "rg", "resourceName": "aks"})
			return err
		})
	}
}

const (
	askUser  = "listManagedClusterUserCredentials"
	askAdmin = "listManagedClusterAdminCredentials"
)

// The API server (azure-facts 7.2, 11.3).
var clusterServerCases = []refusalCase{
	clusterCase(refuseAKSPrivateRanges, "not for private clusters",
		merge(authorized("203.0.113.1"), map[string]any{privateCluster: true}), map[string]any{privateCluster: true}),
	clusterCase(refuseAKSRangeCount, "201 authorized IP ranges", authorized(ranges(201)...), authorized(ranges(200)...)),
	clusterCase(refuseAKSAuthorizedRange, `"everyone"`, authorized("everyone"), authorized("203.0.113.1")),
	clusterCase(refuseAKSAuthorizedRange, `"10.0.0.0/33"`, authorized("10.0.0.0/33"), authorized("10.0.0.0/32")),
	clusterCase(refuseAKSOnlyBalancerRange, "Setting apiServerAuthorizedIPRange to 0.0.0.0/32 is not allowed with "+
		"other IP "+
		"ranges. Refer to https://aka.ms/aks/auth-ip-ranges for more details",
		authorized("0.0.0.0/32", "203.0.113.1"), authorized("0.0.0.0/32")),
	estateCase(refuseAKSStaticCredential,
		"Getting static credential is not allowed because this cluster is set to disable local accounts.",
		func(e *estate) {
			e.cluster(map[string]any{"disableLocalAccounts": true, "aadProfile": map[string]any{"managed": true}})
		}, credentialsOf(askAdmin), credentialsOf(askUser)),
	estateCase(refuseAKSStaticCredential, "Getting static credential is not allowed",
		func(e *estate) { e.cluster(map[string]any{"disableLocalAccounts": true}) },
		credentialsOf(askUser), then(credentialsOf(askUser), func(e *estate) { e.cluster(nil) })),
}

// serviceOf asks for the address of a Service of the cluster aks.
func serviceOf(internal bool) func(e *estate) error {
	return func(e *estate) error {
		_, err := e.cloud.Kubernetes().ServiceAddress(webService(e.clusterID("aks"), "default", "web", serviceUID, internal))
		return err
	}
}

// served writes the cluster aks with n public services.
func served(n int) func(e *estate) {
	return func(e *estate) {
		e.cluster(nil)
		id := networkID("MC_rg_aks_westeurope", "loadBalancers", "kubernetes")
		balancer := e.get(id)
		balancer.Outputs["loadBalancingRules"] = []any{}
		for i := range n {
			balancer.Outputs["loadBalancingRules"] = append(items(balancer.Outputs, "loadBalancingRules"),
				map[string]any{"name": fmt.Sprintf("a%d-TCP-80", i), "frontendIPConfiguration": reference(fmt.Sprint("a", i))})
		}
		e.replace(balancer)
	}
}

// Nodes and services (azure-facts 6.6, 7.2, 8, 11.3).
var clusterNodeCases = []refusalCase{
	estateCase(refuseAKSNodesWithoutEgress, "Unable to establish outbound connection from agents, please see "+
		"https://aka.ms/aks-required-ports-and-addresses for more information. Details: VMSSAgentPoolReconciler retry "+
		"failed: "+
		"Category: ClientError; SubCode: VMExtensionError_OutboundConnFail; OrginalError: VM has reported a failure when "+
		"processing extension 'vmssCSE'. Error message: \"Enable failed: failed to execute command: command terminated with "+
		"exit status=50\n",
		func(e *estate) {
			e.firewall("10.1.2.4", "203.0.113.220", false)
			e.routeTable("VirtualAppliance", "10.1.2.4")
		}, puts(outbound(userRouting)),
		after(func(e *estate) { e.firewall("10.1.2.4", "203.0.113.220", true) }, outbound(userRouting))),
	estateCase(refuseAKSNodesWithoutServer, "exit status=51", behindNAT,
		puts(merge(outbound(ownNAT), authorized("198.51.100.1"))),
		puts(merge(outbound(ownNAT), authorized("203.0.113.210")))),
	estateCase(refuseAKSNodesWithoutServerName, "exit status=52", nil,
		func(e *estate) error {
			e.spoke(map[string]any{"dhcpOptions": map[string]any{"dnsServers": []any{"10.9.0.4"}}})
			_, err := e.update(map[string]any{privateCluster: true})
			return err
		},
		puts(map[string]any{privateCluster: true})),
	estateCase(refuseAKSServiceJoin, "action 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked "+
		"scope(s)",
		func(e *estate) { e.cluster(systemAssigned) }, serviceOf(true), serviceOf(false)),
	estateCase(refuseAKSServiceSubnetFull,
		"Subnet nodes with address prefix 10.1.1.0/29 does not have enough capacity for 1 IP addresses.",
		func(e *estate) {
			e.subnet("nodes", "10.1.1.0/29", nil)
			e.cluster(nil)
			for i := range 3 {
				service := webService(e.clusterID("aks"), "default", fmt.Sprint("s", i), fmt.Sprint(i, serviceUID), true)
				_, err := e.cloud.Kubernetes().ServiceAddress(service)
				if err != nil {
					e.t.Fatal(err)
				}
			}
		}, serviceOf(true), serviceOf(false)),
	estateCase(refuseAKSServiceCount, "300 services", served(300), serviceOf(false), then(serviceOf(false), served(299))),
}
