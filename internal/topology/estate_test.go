package topology_test

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/internal/topology"
)

// estate makes a hub with spokes: each spoke a VNet with a subnet for every cluster's pool, a route table, a security
// group and a peering. children says how each child comes: inline in its parent, or standalone.
type estate struct {
	spokes, subnets int
	children        func() (inline bool)
}

const armNetwork = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-hub/providers/" +
	"Microsoft.Network/"

// add appends a child to its parent's list or makes it a resource of its own.
func (e estate) add(
	all *[]topology.Resource, parent *topology.Resource, collection, kind, name string, p map[string]any,
) {
	id := parent.ID + "/" + collection + "/" + name
	if e.children() {
		p["name"], p["id"] = name, id
		list, _ := parent.Properties[collection].([]any)
		parent.Properties[collection] = append(list, p)
		return
	}
	*all = append(*all, topology.Resource{Type: "azure-native:network/v20240501:" + kind, ID: id, Properties: p})
}

func (e estate) resources() []topology.Resource {
	hub := e.vnet(0)
	var all []topology.Resource
	for i := 1; i <= e.spokes; i++ {
		e.spoke(&all, &hub, i)
	}
	return append(all, hub)
}

func (e estate) vnet(i int) topology.Resource {
	return topology.Resource{
		Type: "azure-native:network/v20240501:VirtualNetwork", ID: fmt.Sprintf("%svirtualNetworks/vnet-%d", armNetwork, i),
		Properties: map[string]any{
			"location": "westeurope", "provisioningState": "Succeeded",
			"addressSpace": map[string]any{"addressPrefixes": []any{fmt.Sprintf("10.%d.%d.0/24", i/256%256, i%256)}},
		},
	}
}

func (e estate) spoke(all *[]topology.Resource, hub *topology.Resource, i int) {
	vnet := e.vnet(i)
	table := topology.Resource{
		Type: "azure-native:network/v20240501:RouteTable", ID: fmt.Sprintf("%srouteTables/rt-%d", armNetwork, i),
		Properties: map[string]any{"location": "westeurope"},
	}
	group := topology.Resource{
		Type: "azure-native:network/v20240501:NetworkSecurityGroup",
		ID:   fmt.Sprintf("%snetworkSecurityGroups/nsg-%d", armNetwork, i), Properties: map[string]any{},
	}
	for j := range e.subnets {
		e.add(all, &vnet, "subnets", "Subnet", fmt.Sprintf("snet-%d", j), map[string]any{
			"addressPrefix": fmt.Sprintf("10.%d.%d.%d/28", i/256%256, i%256, j%16*16),
			"routeTable":    map[string]any{"id": table.ID}, "networkSecurityGroup": map[string]any{"id": group.ID},
			"provisioningState": "Succeeded",
		})
		e.add(all, &table, "routes", "Route", fmt.Sprintf("to-%d", j), map[string]any{
			"addressPrefix": fmt.Sprintf("172.16.%d.0/24", j%256), "nextHopType": "VirtualAppliance",
			"nextHopIpAddress": "10.0.0.4",
		})
		e.add(all, &group, "securityRules", "SecurityRule", fmt.Sprintf("allow-%d", j), map[string]any{
			"priority": float64(100 + j), "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
			"destinationPortRange": "443", "sourceAddressPrefix": "*",
		})
	}
	peer := func(from *topology.Resource, to string, state string) {
		e.add(all, from, "virtualNetworkPeerings", "VirtualNetworkPeering", "to-"+to[strings.LastIndex(to, "/")+1:],
			map[string]any{
				"remoteVirtualNetwork": map[string]any{"id": to}, "peeringState": state, "allowVirtualNetworkAccess": true,
			})
	}
	peer(&vnet, hub.ID, "Connected")
	peer(hub, vnet.ID, "Initiated")
	*all = append(*all, vnet, table, group)
}

// export writes resources as `pulumi stack export` does.
func export(out io.Writer, resources []topology.Resource) error {
	type stored struct {
		URN     string         `json:"urn"`
		Custom  bool           `json:"custom"`
		ID      string         `json:"id"`
		Type    string         `json:"type"`
		Inputs  map[string]any `json:"inputs"`
		Outputs map[string]any `json:"outputs"`
	}
	list := make([]stored, len(resources))
	for i, r := range resources {
		urn := "urn:pulumi:hub::aks-egress::" + r.Type + "::" + r.ID[strings.LastIndex(r.ID, "/")+1:]
		list[i] = stored{urn, true, r.ID, r.Type, r.Properties, r.Properties}
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "    ")
	return encoder.Encode(map[string]any{"version": 3, "deployment": map[string]any{"resources": list}})
}

// Whether children are inline or standalone, with which API version, in which order and case of ids, and what else is
// there: the network is the same.
func TestFormsOfOneNetwork(t *testing.T) {
	t.Parallel()
	version := regexp.MustCompile(`/v\d{8}`)
	rapid.Check(t, func(t *rapid.T) {
		random := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		inline := func() bool { return true }
		e := estate{rapid.IntRange(1, 3).Draw(t, "spokes"), rapid.IntRange(0, 3).Draw(t, "subnets"), inline}
		want, unknown, err := topology.Build(e.resources())
		require.NoError(t, err)
		require.Empty(t, unknown)

		e.children = func() bool { return random.IntN(2) == 0 }
		resources := e.resources()
		unrelated := topology.Resource{Type: "azure-native:network:VirtualNetworkGateway", ID: "vgw"}
		resources = append(resources, unrelated, topology.Resource{Type: "azure-native:keyvault:Vault", ID: "v"})
		random.Shuffle(len(resources), func(i, j int) { resources[i], resources[j] = resources[j], resources[i] })
		tokens := rapid.SampledFrom([]string{"", "/v20190601", "/v20240301"}).Draw(t, "version")
		for i := range resources {
			resources[i].Type = version.ReplaceAllString(resources[i].Type, tokens)
		}
		got, unknown, err := topology.Build(resources)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Len(t, unknown, 1)
		require.Equal(t, unrelated.Type, unknown[0].Type)
	})
}
