package azuresim

import (
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"
)

// Every property that a kind or a constraint names exists in the SDK's newest API version of the type.
func TestKindsNameRealProperties(t *testing.T) {
	t.Parallel()
	_, err := readSchemas()
	require.NoError(t, err)
	newest := map[string]resourceSchema{}
	for token, s := range schemas().resources {
		if have, ok := newest[unversioned(token)]; !ok || len(have.inputs) == 0 || strings.Contains(token, "/") {
			newest[unversioned(token)] = s
		}
	}
	for token, k := range kinds {
		s, ok := newest[token]
		require.True(t, ok, "%s has no schema", token)
		for _, name := range append(append(k.parameters(), k.replace...), k.maintains...) {
			assert.Contains(t, s.inputs, name, token)
		}
		for _, path := range k.absent {
			assert.True(t, s.inputs.has(strings.Split(path, ".")), "%s absent %s", token, path)
		}
		assert.Equal(t, k.autoname, k.parameters()[len(k.parameters())-1], token)
	}
	for token, paths := range constraints {
		for path := range paths {
			assert.True(t, newest[token].inputs.has(strings.Split(path, ".")), "%s constraint %s", token, path)
		}
	}
	for token := range invokes {
		found := false
		for known := range schemas().invokes {
			found = found || unversioned(known) == token
		}
		assert.True(t, found, "%s has no schema", token)
	}
}

// has tells whether a path such as subnets[].name exists.
func (o objectShape) has(path []string) bool {
	name, _ := strings.CutSuffix(path[0], "[]")
	p, ok := o[name]
	if !ok {
		return false
	}
	s := p.shape
	if strings.HasSuffix(path[0], "[]") {
		s = s.item
	}
	if len(path) == 1 || s == nil {
		return s != nil
	}
	if s.object != nil {
		return s.object.has(path[1:])
	}
	for _, variant := range s.union {
		if variant.object.has(path[1:]) {
			return true
		}
	}
	return false
}

// Ids and inputs are each other's inverse.
func TestPathsAreInvertible(t *testing.T) {
	t.Parallel()
	for token, k := range kinds {
		inputs := map[string]any{}
		for _, name := range k.parameters() {
			inputs[name] = "the-" + name
		}
		if _, ok := inputs["scope"]; ok {
			inputs["scope"] = "subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/v"
		}
		id, err := k.id(inputs)
		require.NoError(t, err, token)
		back, err := k.inputs(id)
		require.NoError(t, err, token)
		assert.Equal(t, inputs, back, token)
		_, err = k.inputs(id + "/more")
		require.Error(t, err, token)
	}
}

// The provider works behind the gRPC server that the engine attaches to, configured once for each provider instance.
func TestServed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	server := plugin.NewProviderServer(b.provider)
	_, err := server.Handshake(t.Context(), &pulumirpc.ProviderHandshakeRequest{})
	require.NoError(t, err)
	for range 2 {
		_, err = server.Configure(t.Context(), &pulumirpc.ConfigureRequest{AcceptSecrets: true, AcceptResources: true})
		require.NoError(t, err)
	}
	news, err := structpb.NewStruct(inGroup(input{"routes": []any{input{
		"name": "r", "nextHopType": "None",
		"addressPrefix": "10.0.0.0/8",
	}}}))
	require.NoError(t, err)
	typ := token("network:RouteTable")
	checked, err := server.Check(t.Context(), &pulumirpc.CheckRequest{
		Urn: string(urn(typ, "t")), News: news,
		RandomSeed: []byte("x"),
	})
	require.NoError(t, err)
	require.Empty(t, checked.GetFailures())
	made, err := server.Create(t.Context(), &pulumirpc.CreateRequest{
		Urn:        string(urn(typ, "t")),
		Properties: checked.GetInputs(),
	})
	require.NoError(t, err)
	assert.Contains(t, made.GetId(), "/providers/Microsoft.Network/routeTables/t")
	read, err := server.Read(t.Context(), &pulumirpc.ReadRequest{
		Urn: string(urn(typ, "t")), Id: made.GetId(), Inputs: checked.GetInputs(), Properties: made.GetProperties(),
	})
	require.NoError(t, err)
	assert.Equal(t, made.GetProperties().AsMap(), read.GetProperties().AsMap())
	info, err := server.GetPluginInfo(t.Context(), nil)
	require.NoError(t, err)
	assert.Equal(t, "2.90.0", info.GetVersion())
}
