package azcli_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aks-egress/internal/azcli"
	"aks-egress/internal/azuresim"
	"aks-egress/internal/store"
)

type object = map[string]any

// estate is a simulated Azure that tests talk to as az does.
type estate struct {
	*testing.T
	cloud *azuresim.Cloud
}

// newEstate has the resource group rg with a virtual network spoke (10.1.0.0/16): subnet nodes with route table rt,
// whose route default leads to 10.0.0.4, and an identity control that is Network Contributor on it.
func newEstate(t *testing.T) *estate {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), "lab.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	cloud, err := azuresim.Open(db)
	require.NoError(t, err)
	e := &estate{t, cloud}
	e.put("resources:ResourceGroup", object{"resourceGroupName": "rg"}, object{})
	rt := e.put("network:RouteTable", object{"routeTableName": "rt"}, object{"routes": []any{object{
		"name": "default", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.0.4",
	}}})
	e.put("network:NetworkSecurityGroup", object{"networkSecurityGroupName": "nsg"}, object{})
	e.put("network:VirtualNetwork", object{"virtualNetworkName": "spoke"}, object{
		"addressSpace": object{"addressPrefixes": []any{"10.1.0.0/16"}},
		"subnets":      []any{object{"name": "nodes", "addressPrefix": "10.1.0.0/24", "routeTable": object{"id": rt.ID}}},
	})
	return e
}

// put creates a resource of group rg in westeurope.
func (e *estate) put(short string, names, body object) azuresim.Record {
	e.Helper()
	token := "azure-native:" + short
	if names["resourceGroupName"] == nil && names["scope"] == nil {
		names["resourceGroupName"] = "rg"
	}
	if names["scope"] == nil && !strings.HasSuffix(short, "Peering") && !strings.HasSuffix(short, "RuleCollectionGroup") {
		body["location"] = "westeurope"
	}
	r, err := e.cloud.Put(token, names, body)
	require.NoError(e, err)
	return r
}

// address makes a public IP.
func (e *estate) address(name string) azuresim.Record {
	e.Helper()
	return e.put("network:PublicIPAddress", object{"publicIpAddressName": name}, object{
		"sku": object{"name": "Standard"}, "publicIPAllocationMethod": "Static",
	})
}

// cluster makes a cluster in the subnet nodes, without the route table, which leads nowhere here; profile is its
// networkProfile.
func (e *estate) cluster(profile object) azuresim.Record {
	e.Helper()
	e.must(`az network vnet subnet update -g rg --vnet-name spoke -n nodes --route-table ""`)
	identity := e.put("managedidentity:UserAssignedIdentity", object{"resourceName": "control"}, object{})
	nodes := e.id("network:Subnet", object{"virtualNetworkName": "spoke", "subnetName": "nodes"})
	e.put("authorization:RoleAssignment", object{
		"scope": nodes, "roleAssignmentName": "5c3e3b1e-6a1b-4f0e-9a39-0d3a2f8a7b10",
	}, object{
		"principalId": identity.Outputs["principalId"], "principalType": "ServicePrincipal",
		"roleDefinitionId": "/subscriptions/" + azuresim.SubscriptionID +
			"/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7",
	})
	profile["networkPlugin"], profile["networkPluginMode"] = "azure", "overlay"
	profile["serviceCidr"], profile["dnsServiceIP"] = "172.16.0.0/16", "172.16.0.10"
	pool := object{
		"name": "system", "mode": "System", "count": 2.0, "vmSize": "Standard_D2s_v5", "vnetSubnetID": nodes,
		"osType": "Linux",
	}
	return e.put("containerservice:ManagedCluster", object{"resourceName": "aks"}, object{
		"dnsPrefix": "aks", "networkProfile": profile, "agentPoolProfiles": []any{pool},
		"identity": object{"type": "UserAssigned", "userAssignedIdentities": []any{identity.ID}},
	})
}

func (e *estate) id(short string, names object) string {
	e.Helper()
	names["resourceGroupName"] = "rg"
	id, err := azuresim.ResourceID("azure-native:"+short, names)
	require.NoError(e, err)
	return id
}

// get is a resource's outputs.
func (e *estate) get(id string) object {
	e.Helper()
	r, err := e.cloud.Get(id)
	require.NoError(e, err)
	return r.Outputs
}

// az runs a line that blanks separate; "" and "*" may be quoted.
func (e *estate) az(line string) (string, error) {
	var words []string
	for word := range strings.FieldsSeq(line) {
		words = append(words, strings.Trim(word, `"`))
	}
	return azcli.Run(e.cloud, words)
}

// must runs a line that has to succeed, and answers the printed object.
func (e *estate) must(line string) object {
	e.Helper()
	output, err := e.az(line)
	require.NoError(e, err)
	var printed object
	if output != "" {
		require.NoError(e, json.Unmarshal([]byte(output), &printed))
	}
	return printed
}
