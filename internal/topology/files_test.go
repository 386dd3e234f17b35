package topology_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/topology"
)

// A hub's and a spoke's states together are what one state of both is.
func TestHubAndSpokeInTwoFiles(t *testing.T) {
	t.Parallel()
	all := exported(t)
	want, wantUnknown, err := topology.Build(all)
	require.NoError(t, err)
	var hub, spoke []topology.Resource
	for _, r := range all {
		if strings.Contains(r.ID, "spoke") || strings.Contains(r.Type, "containerservice") {
			r.Source = "spoke.json"
			spoke = append(spoke, r)
			continue
		}
		r.Source = "hub.json"
		hub = append(hub, r)
		// The spoke's program reads what it needs of the hub, before the hub was finished.
		r.Source, r.External, r.Properties = "spoke.json", true, nil
		spoke = append(spoke, r)
	}
	require.NotEmpty(t, hub)
	for _, files := range [][]topology.Resource{
		append(append([]topology.Resource{}, hub...), spoke...),
		append(append([]topology.Resource{}, spoke...), hub...),
	} {
		got, unknown, err := topology.Build(files)
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.Len(t, unknown, len(wantUnknown)+1, "one of an unknown type, twice")
	}
}

func TestSameResourceTwice(t *testing.T) {
	t.Parallel()
	gateway := func(source, id string, external bool, minutes float64) topology.Resource {
		return topology.Resource{
			Type: "azure-native:network:NatGateway", ID: id, Source: source, External: external,
			Properties: map[string]any{"idleTimeoutInMinutes": minutes},
		}
	}
	managed, other := gateway("b.json", "NG", false, 4), gateway("a.json", "ng", false, 5)
	for _, pair := range [][]topology.Resource{{managed, other}, {other, managed}} {
		_, _, err := topology.Build(pair)
		require.ErrorContains(t, err, ": a.json and b.json both manage the resource of this id: give states of different")
	}
	other.Source = "b.json"
	_, _, err := topology.Build([]topology.Resource{managed, other})
	require.EqualError(t, err, "ng: two resources of b.json have this id")

	read, later := gateway("a.json", "ng", true, 6), gateway("c.json", "ng", true, 7)
	for want, pair := range map[int][]topology.Resource{4: {managed, read}, 6: {later, read}} {
		for range 2 {
			pair[0], pair[1] = pair[1], pair[0]
			network, unknown, err := topology.Build(pair)
			require.NoError(t, err)
			require.Empty(t, unknown)
			require.Len(t, network.NATGateways, 1)
			assert.Equal(t, want, network.NATGateways[0].IdleTimeoutInMinutes)
		}
	}
}

// A standalone child may be in another file than its parent.
func TestChildInAnotherFile(t *testing.T) {
	t.Parallel()
	table := resource(t, "network:RouteTable", networkIDs+"routeTables/rt", `{}`)
	table.Source = "hub.json"
	route := resource(t, "network:Route", networkIDs+"routeTables/RT/routes/default",
		`{"addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"}`)
	route.Source = "spoke.json"
	assert.Equal(t, "default", built(t, route, table).RouteTables[0].Routes[0].Name)
}

func TestErrorsNameTheFile(t *testing.T) {
	t.Parallel()
	r := resource(t, "network:PublicIPAddress", "ip", `{"ipAddress": 7, "ipConfiguration": [1]}`)
	r.Source = "hub.json"
	noID := resource(t, "network:RouteTable", "", `{}`)
	noID.Source = "spoke.json"
	_, _, err := topology.Build([]topology.Resource{r, noID})
	require.EqualError(t, err, "spoke.json: azure-native:network:RouteTable has no id\n"+
		"hub.json: ip ipAddress: must be a string (got 7)\nhub.json: ip ipConfiguration: must be an object (got a list)")
}

// The state of a file backend says the same as the export.
func TestCheckpoint(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("testdata", "udr.json"))
	require.NoError(t, err)
	checkpoint := strings.Replace(string(text), `"deployment": {`, `"checkpoint": {"stack": "s", "latest": {`, 1) + "}"
	resources, err := read(checkpoint)
	require.NoError(t, err)
	got, _, err := topology.Build(resources)
	require.NoError(t, err)
	want, _, err := topology.Build(exported(t))
	require.NoError(t, err)
	require.Equal(t, want, got)
	require.NotEqual(t, &egress.Network{}, got)
}
