package deploytime_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/internal/deploytime"
	"aks-egress/internal/topology"
)

// object is a resource of an export.
type object map[string]any

const urns = "urn:pulumi:s::p::"

func urn(name string) string { return urns + "t::" + name }

// custom is a resource that waits for others by name.
func custom(token, name string, waits ...string) object {
	dependencies := make([]string, len(waits))
	for i, other := range waits {
		dependencies[i] = urn(other)
	}
	return object{"urn": urn(name), "type": token, "custom": true, "dependencies": dependencies}
}

func (o object) with(key string, value any) object {
	o[key] = value
	return o
}

func export(t require.TestingT, resources ...object) []byte {
	text, err := json.Marshal(map[string]any{"version": 3, "deployment": map[string]any{"resources": resources}})
	require.NoError(t, err)
	return text
}

func estimate(t require.TestingT, resources ...object) deploytime.Estimate {
	e, err := deploytime.FromExport(bytes.NewReader(export(t, resources...)))
	require.NoError(t, err)
	return e
}

const (
	group       = "azure-native:resources/v20220901:ResourceGroup"
	vnet        = "azure-native:network/v20240501:VirtualNetwork"                  // 8-23 s
	firewall    = "azure-native:network/v20240501:AzureFirewall"                   // 300-600 s
	gateway     = "azure-native_network_v20240501:network/v20240501:NatGateway"    // 13 s
	role        = "azure-native:authorization:RoleAssignment"                      // 25 s
	cluster     = "azure-native:containerservice/v20240901:ManagedCluster"         // 220-900 s
	association = "azure-native:servicenetworking/v20231101:AssociationsInterface" // 300-360 s
)

func names(e deploytime.Estimate) string {
	var list []string
	for _, step := range e.Chain {
		list = append(list, step.Name)
	}
	return strings.Join(list, " ")
}

// Ways through the graph, added up by hand from azure-facts 12.1.
func TestFromExport(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		resources []object
		min, max  int
		chain     string
	}{
		"nothing":           {nil, 0, 0, ""},
		"what is not known": {[]object{custom(group, "g")}, 0, 0, ""},
		"one":               {[]object{custom(vnet, "v")}, 8, 23, "v"},
		"a local package":   {[]object{custom(gateway, "n")}, 13, 13, "n"},
		"side by side":      {[]object{custom(vnet, "v"), custom(gateway, "n")}, 13, 23, "v"},
		"one after another": {[]object{custom(vnet, "v"), custom(role, "r", "v")}, 33, 48, "v r"},
		"through what is not known": {
			[]object{custom(vnet, "v"), custom(group, "g", "v"), custom(role, "r", "g")}, 33, 48, "v r",
		},
		"in any order":                 {[]object{custom(role, "r", "v"), custom(vnet, "v")}, 33, 48, "v r"},
		"what is only read takes none": {[]object{custom(vnet, "v").with("external", true)}, 0, 0, ""},
		"nor does what is deleted":     {[]object{custom(vnet, "v").with("delete", true)}, 0, 0, ""},
		"nor does a component":         {[]object{custom(vnet, "v").with("custom", false)}, 0, 0, ""},
		"by a property": {[]object{
			custom(vnet, "v"), custom(role, "r").with("propertyDependencies", object{"scope": []string{urn("v")}}),
		}, 33, 48, "v r"},
		"by the parent":     {[]object{custom(vnet, "v"), custom(role, "r").with("parent", urn("v"))}, 33, 48, "v r"},
		"by whose deletion": {[]object{custom(vnet, "v"), custom(role, "r").with("deletedWith", urn("v"))}, 33, 48, "v r"},
		"by its provider": {[]object{
			custom(vnet, "v"), custom("pulumi:providers:kubernetes", "k", "v"),
			custom(role, "r").with("provider", urn("k")+"::1234"),
		}, 33, 48, "v r"},
		"what is not there is not waited for": {[]object{custom(role, "r", "gone")}, 25, 25, "r"},
		// The quickest way and the longest are not the same: 300 s of the association, 600 s of the firewall.
		"the longest of several": {[]object{
			custom(firewall, "f"), custom(association, "a"), custom(cluster, "c", "f", "a"), custom(vnet, "v", "a"),
		}, 520, 1500, "f c"},
		"quick and long by different ways": {[]object{custom(cluster, "c"), custom(association, "a")}, 300, 900, "c"},
	} {
		e := estimate(t, c.resources...)
		assert.Equal(t, c.min, e.MinSeconds, name)
		assert.Equal(t, c.max, e.MaxSeconds, name)
		assert.Equal(t, c.chain, names(e), name)
		assert.NotNil(t, e.Chain, name)
		assert.NotNil(t, e.Unknown, name)
	}
}

// What counts as nothing is named: once for each type, and Kubernetes as one.
func TestFromExport_Unknown(t *testing.T) {
	t.Parallel()
	e := estimate(t,
		custom("pulumi:pulumi:Stack", "s").with("custom", false), custom("pulumi:providers:azure-native", "azure"),
		custom("aks-egress:aks:AksCluster", "aks").with("custom", false), custom(cluster, "c"),
		custom(group, "g"), custom("azure-native:resources/v20240301:ResourceGroup", "h"),
		custom("kubernetes:core/v1:Service", "svc"), custom("kubernetes:helm.sh/v3:Release", "chart"),
		custom("azure-native:network:FirewallPolicy", "p").with("external", true), custom("random:index:Id", "r"),
		custom("azure-native:web:WebApp", "app").with("external", true),
	)
	assert.Equal(t, []string{"azure-native:resources:ResourceGroup", deploytime.Kubernetes, "random:index:Id"}, e.Unknown)
	require.Len(t, e.Chain, 1)
	assert.Equal(t, deploytime.Step{
		Type: "azure-native:containerservice:ManagedCluster", Name: "c", MinSeconds: 220, MaxSeconds: 900,
		Source: "azure-facts 12.1",
	}, e.Chain[0])
}

func TestFromExport_Checkpoint(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		`{"version": 3, "checkpoint": {"latest": {"resources": [{"urn": "a", "type": "azure-native:network:NatGateway",
			"custom": true}]}}}`: 13,
		`{"version": 3, "checkpoint": {"latest": null}}`: 0,
	} {
		e, err := deploytime.FromExport(strings.NewReader(text))
		require.NoError(t, err, text)
		assert.Equal(t, want, e.MaxSeconds, text)
	}
}

func TestFromExport_Refuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "{", "[]", "{}", `{"deployment": 1}`, `{"deployment": {"resources": [{"urn": 7}]}}`,
		string(export(t, custom(vnet, "a", "b"), custom(vnet, "b", "a"))), string(export(t, custom(vnet, "a", "a"))),
	} {
		_, err := deploytime.FromExport(strings.NewReader(text))
		require.ErrorIs(t, err, topology.ErrNotADeployment, text)
	}
}

// graphs are resources that wait for earlier ones only.
func graphs(t *rapid.T) []object {
	tokens := []string{group, vnet, firewall, gateway, role, cluster, association, "kubernetes:core/v1:Pod"}
	resources := make([]object, rapid.IntRange(1, 12).Draw(t, "resources"))
	for i := range resources {
		var waits []string
		for j := range i {
			if rapid.IntRange(0, 3).Draw(t, "waits") == 0 {
				waits = append(waits, string(rune('a'+j)))
			}
		}
		resources[i] = custom(rapid.SampledFrom(tokens).Draw(t, "type"), string(rune('a'+i)), waits...)
	}
	return resources
}

func TestFromExport_Properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		resources := graphs(t)
		e := estimate(t, resources...)
		require.LessOrEqual(t, e.MinSeconds, e.MaxSeconds)
		least, most := 0, 0
		for _, step := range e.Chain {
			require.LessOrEqual(t, step.MinSeconds, step.MaxSeconds)
			least, most = least+step.MinSeconds, most+step.MaxSeconds
		}
		require.Equal(t, e.MaxSeconds, most, "the chain has the longest time")
		require.GreaterOrEqual(t, e.MinSeconds, least, "and no chain is quicker than all")

		last := resources[len(resources)-1]
		other := rapid.IntRange(0, len(resources)-1).Draw(t, "on")
		if other < len(resources)-1 {
			last["dependencies"] = append(last["dependencies"].([]string), urn(string(rune('a'+other))))
		}
		longer := estimate(t, resources...)
		require.GreaterOrEqual(t, longer.MinSeconds, e.MinSeconds)
		require.GreaterOrEqual(t, longer.MaxSeconds, e.MaxSeconds)

		slices.Reverse(resources)
		require.Equal(t, longer.MaxSeconds, estimate(t, resources...).MaxSeconds, "the file's order does not matter")
	})
}

// Whatever a file holds, nothing panics, and an estimate keeps its promises.
func FuzzFromExport(f *testing.F) {
	f.Add(export(f, custom(vnet, "v"), custom(role, "r", "v").with("provider", "::")))
	f.Add([]byte(`{"checkpoint": {"latest": {"resources": [{}, {"urn": "::", "parent": "::"}]}}}`))
	f.Add([]byte(`{"deployment": {"resources": [{"urn": "a", "custom": true, "propertyDependencies": {"x": null}}]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := deploytime.FromExport(bytes.NewReader(text))
		if err != nil {
			return
		}
		if e.MinSeconds > e.MaxSeconds || e.Chain == nil || e.Unknown == nil {
			t.Fatal(e)
		}
	})
}
