package azuresim

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"aks-egress/internal/store"
)

const testRegion = "westeurope"

// estate is a simulated Azure with a hand-made network for clusters: group rg, identity control, network spoke
// (10.1.0.0/16) with the private subnet nodes (10.1.1.0/24), on which the identity is Network Contributor.
type estate struct {
	t     *testing.T
	db    *store.DB
	cloud *Cloud
}

func newEstate(t *testing.T) *estate {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), "lab.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	cloud, err := Open(db)
	require.NoError(t, err)
	e := &estate{t, db, cloud}
	e.write(resourceGroupToken, groupID("rg"), `{"name": "rg", "location": "westeurope"}`)
	e.spoke(nil)
	e.subnet("nodes", "10.1.1.0/24", nil)
	e.create(userAssignedIdentityToken, e.identity(), map[string]any{"location": testRegion})
	e.assign(roleNetworkContributor, e.nodes())
	return e
}

func (e *estate) network(path string) string {
	return groupID("rg") + "/providers/Microsoft.Network/" + path
}
func (e *estate) nodes() string { return e.subnetID("nodes") }
func (e *estate) identity() string {
	return groupID("rg") + "/providers/Microsoft.ManagedIdentity/userAssignedIdentities/control"
}

func (e *estate) subnetID(name string) string {
	return e.network("virtualNetworks/spoke/subnets/" + name)
}

func (e *estate) clusterID(name string) string {
	return groupID("rg") + "/providers/Microsoft.ContainerService/managedClusters/" + name
}

// write puts a record as another resource provider would have left it; outputs is JSON.
func (e *estate) write(token, id, outputs string) {
	e.t.Helper()
	r := &Record{Token: token, ID: id}
	require.NoError(e.t, json.Unmarshal([]byte(outputs), &r.Outputs))
	require.NoError(e.t, e.cloud.do(id, "", func(op *operation) error { op.put(r); return nil }))
}

// spoke writes the network with more outputs.
func (e *estate) spoke(more map[string]any) {
	e.t.Helper()
	outputs := map[string]any{
		"name": "spoke", "location": testRegion, "addressSpace": map[string]any{"addressPrefixes": []any{"10.1.0.0/16"}},
	}
	maps.Copy(outputs, more)
	encoded, err := json.Marshal(outputs)
	require.NoError(e.t, err)
	e.write(virtualNetworkToken, e.network("virtualNetworks/spoke"), string(encoded))
}

// subnet writes a private subnet of the spoke with more outputs.
func (e *estate) subnet(name, prefix string, more map[string]any) {
	e.t.Helper()
	outputs := map[string]any{"name": name, "addressPrefix": prefix, "defaultOutboundAccess": false}
	maps.Copy(outputs, more)
	encoded, err := json.Marshal(outputs)
	require.NoError(e.t, err)
	e.write(subnetToken, e.subnetID(name), string(encoded))
}

// publicIP writes a Standard static address with more outputs and answers its id.
func (e *estate) publicIP(name, ip string, more map[string]any) string {
	e.t.Helper()
	id := e.network("publicIPAddresses/" + name)
	outputs := map[string]any{
		"name": name, "location": testRegion, "ipAddress": ip, "publicIPAllocationMethod": "Static",
		"sku": map[string]any{"name": "Standard"},
	}
	maps.Copy(outputs, more)
	encoded, err := json.Marshal(outputs)
	require.NoError(e.t, err)
	e.write(publicIPToken, id, string(encoded))
	return id
}

// natGateway writes a NAT gateway with these addresses and associates it with the subnet nodes.
func (e *estate) natGateway(ips ...string) string {
	e.t.Helper()
	id := e.network("natGateways/nat")
	encoded, err := json.Marshal(map[string]any{
		"name": "nat", "location": testRegion, "sku": map[string]any{"name": "Standard"},
		"publicIpAddresses": references(ips),
	})
	require.NoError(e.t, err)
	e.write(natGatewayToken, id, string(encoded))
	e.subnet("nodes", "10.1.1.0/24", map[string]any{"natGateway": reference(id)})
	return id
}

// routeTable writes a route table with one default route, or none, and associates it with the subnet nodes.
func (e *estate) routeTable(nextHopType, nextHop string) string {
	e.t.Helper()
	id := e.network("routeTables/rt")
	routes := []any{}
	if nextHopType != "" {
		route := map[string]any{"name": "default", "addressPrefix": "0.0.0.0/0", "nextHopType": nextHopType}
		if nextHop != "" {
			route["nextHopIpAddress"] = nextHop
		}
		routes = append(routes, route)
		route["id"] = id + "/routes/default"
		encoded, err := json.Marshal(route)
		require.NoError(e.t, err)
		e.write("azure-native:network:Route", id+"/routes/default", string(encoded))
	}
	encoded, err := json.Marshal(map[string]any{"name": "rt", "location": testRegion, "routes": routes})
	require.NoError(e.t, err)
	e.write(routeTableToken, id, string(encoded))
	e.subnet("nodes", "10.1.1.0/24", map[string]any{"routeTable": reference(id)})
	return id
}

// firewall writes a firewall with this private and public address, whose classic rules let everything, or nothing, out.
func (e *estate) firewall(private, public string, open bool) {
	e.t.Helper()
	e.subnet("AzureFirewallSubnet", "10.1.2.0/26", nil)
	ip := e.publicIP("firewall", public, nil)
	rules := []any{}
	if open {
		rules = append(rules, map[string]any{
			"name": "all", "priority": 100, "action": map[string]any{"type": "Allow"},
			"rules": []any{map[string]any{
				"name": "all", "sourceAddresses": []any{"*"}, "targetFqdns": []any{"*"},
				"protocols": []any{map[string]any{"protocolType": "Https", "port": 443}},
			}},
		})
	}
	encoded, err := json.Marshal(map[string]any{
		"name": "firewall", "location": testRegion,
		"sku":                        map[string]any{"name": "AZFW_VNet", "tier": "Standard"},
		"applicationRuleCollections": rules,
		"ipConfigurations": []any{map[string]any{
			"name": "config", "privateIPAddress": private, "publicIPAddress": reference(ip),
			"subnet": reference(e.subnetID("AzureFirewallSubnet")),
		}},
	})
	require.NoError(e.t, err)
	e.write("azure-native:network:AzureFirewall", e.network("azureFirewalls/firewall"), string(encoded))
}

// assign gives the control plane identity a role and answers the assignment's id.
func (e *estate) assign(role, scope string) string {
	e.t.Helper()
	id := scope + "/providers/Microsoft.Authorization/roleAssignments/" + guid("assignment", role, scope)
	e.create(roleAssignmentToken, id, map[string]any{
		"scope": scope, "principalId": guid("principal", e.identity()), "principalType": "ServicePrincipal",
		"roleDefinitionId": roleDefinitionID(role),
	})
	return id
}

// create puts a resource and expects success.
func (e *estate) create(token, id string, inputs map[string]any) *Record {
	e.t.Helper()
	r, err := e.put(token, id, inputs)
	require.NoError(e.t, err)
	return r
}

// put puts a resource as an ARM PUT does. A partial failure answers with the record too.
func (e *estate) put(token, id string, inputs map[string]any) (*Record, error) {
	desired := &Record{Token: token, ID: id, Inputs: cloneObject(inputs)}
	err := e.cloud.do(id, "urn:"+id, func(op *operation) error { return op.request(desired) })
	if err != nil && !isPartial(err) {
		return nil, err
	}
	return desired, err
}

// update puts the cluster aks with changes to its usual inputs.
func (e *estate) update(changes map[string]any) (*Record, error) {
	return e.put(managedClusterToken, e.clusterID("aks"), e.inputs(changes))
}

// replace writes a record as it is.
func (e *estate) replace(r *Record) {
	e.t.Helper()
	require.NoError(e.t, e.cloud.do(r.ID, "", func(op *operation) error { op.put(r); return nil }))
}

// remove takes a record away without asking anybody.
func (e *estate) remove(id string) {
	e.t.Helper()
	require.NoError(e.t, e.cloud.do(id, "", func(op *operation) error { op.remove(id); return nil }))
}

// get is a stored record, or nil.
func (e *estate) get(id string) *Record {
	var found *Record
	require.NoError(e.t, e.cloud.do("", "", func(op *operation) error { found, _ = op.get(id); return nil }))
	return found
}

// delete deletes a resource through its kind.
func (e *estate) delete(id string) {
	e.t.Helper()
	require.NoError(e.t, e.deletes(id))
}

// deletes is a request to delete a resource.
func (e *estate) deletes(id string) error {
	return e.cloud.do(id, "urn:"+id, func(op *operation) error {
		r, ok := op.get(id)
		require.True(e.t, ok)
		return op.delete(r)
	})
}

// inputs are a cluster's inputs: three nodes in the subnet nodes, Azure CNI overlay, with changes. A change's key is a
// path such as networkProfile.outboundType or agentPoolProfiles.0.count; a nil value removes.
func (e *estate) inputs(changes map[string]any) map[string]any {
	e.t.Helper()
	inputs := map[string]any{
		"location": testRegion, "dnsPrefix": "lab", "kubernetesVersion": "1.33.1",
		"identity": map[string]any{"type": "UserAssigned", "userAssignedIdentities": []any{e.identity()}},
		"agentPoolProfiles": []any{map[string]any{
			"name": "system", "mode": "System", "count": 3.0, "vmSize": "Standard_D2s_v5", "vnetSubnetID": e.nodes(),
		}},
		"networkProfile": map[string]any{
			"networkPlugin": "azure", "networkPluginMode": "overlay", "outboundType": "loadBalancer",
			"serviceCidr": "10.2.0.0/16", "dnsServiceIP": "10.2.0.10", "podCidr": "10.244.0.0/16",
		},
	}
	for path, v := range changes {
		change(inputs, strings.Split(path, "."), v)
	}
	return inputs
}

// change sets, or for nil removes, the value at a path; numbers in the path are list indexes, and 1 may append.
func change(o map[string]any, path []string, v any) {
	switch {
	case len(path) == 1 && v == nil:
		delete(o, path[0])
	case len(path) == 1:
		o[path[0]] = v
	case path[1] == "0" || path[1] == "1":
		list := items(o, path[0])
		i := int(path[1][0] - '0')
		if i == len(list) {
			list = append(list, map[string]any{})
			o[path[0]] = list
		}
		if len(path) == 2 {
			list[i] = v
			return
		}
		change(list[i].(map[string]any), path[2:], v)
	default:
		if object(o, path[0]) == nil {
			o[path[0]] = map[string]any{}
		}
		change(object(o, path[0]), path[1:], v)
	}
}

// cluster puts the cluster aks with changes to the usual inputs and expects success.
func (e *estate) cluster(changes map[string]any) *Record {
	e.t.Helper()
	return e.create(managedClusterToken, e.clusterID("aks"), e.inputs(changes))
}

// owned are the names of what the cluster aks owns, by type, in order of their ids.
func (e *estate) owned() map[string][]string {
	found := map[string][]string{}
	require.NoError(e.t, e.cloud.do("", "", func(op *operation) error {
		for _, r := range op.filter(func(_ string, r *Record) bool { return sameID(r.Owner, e.clusterID("aks")) }) {
			name := strings.TrimPrefix(unversioned(r.Token), "azure-native:")
			found[name] = append(found[name], nameOf(r.ID))
		}
		return nil
	}))
	return found
}

// effective are the public addresses that a cluster's profile shows.
func (e *estate) effective(cluster *Record, profile string) []string {
	var addrs []string
	for _, ref := range objects(cluster.Outputs, "networkProfile", profile, "effectiveOutboundIPs") {
		r := e.get(text(ref, "id"))
		require.NotNil(e.t, r, "effective address %v exists", ref)
		addrs = append(addrs, text(r.Outputs, "ipAddress")+text(r.Outputs, "ipPrefix"))
	}
	return addrs
}

// refusedAs expects Azure's refusal with this code and answers it.
func refusedAs(t *testing.T, code string, err error) *armError {
	t.Helper()
	var arm *armError
	require.ErrorAs(t, err, &arm)
	require.Equal(t, code, arm.Code, arm.Message)
	return arm
}
