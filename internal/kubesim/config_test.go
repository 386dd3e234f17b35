package kubesim

import (
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
)

func provided(values ...string) resource.PropertyMap {
	out := resource.PropertyMap{}
	for i := 0; i < len(values); i += 2 {
		out[resource.PropertyKey(values[i])] = resource.NewProperty(values[i+1])
		if values[i+1] == "?" {
			out[resource.PropertyKey(values[i])] = resource.MakeComputed(resource.NewProperty(""))
		}
	}
	return out
}

func TestDiffConfig(t *testing.T) {
	t.Parallel()
	here, there := kubeconfig(apiServer), kubeconfig("other.example.com")
	rotated := kubeconfig(apiServer) + "# rotated\n"
	for name, test := range map[string]struct {
		olds, news resource.PropertyMap
		changes    bool
		replaces   bool
	}{
		"nothing": {provided("kubeconfig", here), provided("kubeconfig", here), false, false},
		"version only": {
			provided("version", "4.29.0"),
			provided("version", "4.30.0"),
			false,
			false,
		},
		"credentials": {
			provided("kubeconfig", here),
			provided("kubeconfig", rotated),
			true,
			false,
		},
		"another server":     {provided("kubeconfig", here), provided("kubeconfig", there), true, true},
		"unknown kubeconfig": {provided("kubeconfig", here), provided("kubeconfig", "?"), true, true},
		"another server, same cluster": {
			provided("kubeconfig", here, "clusterIdentifier", "a"),
			provided("kubeconfig", there, "clusterIdentifier", "a"),
			true,
			false,
		},
		"unknown kubeconfig, same cluster": {
			provided("kubeconfig", here, "clusterIdentifier", "a"),
			provided("kubeconfig", "?", "clusterIdentifier", "a"),
			true,
			false,
		},
		"another cluster": {
			provided("kubeconfig", here, "clusterIdentifier", "a"),
			provided("kubeconfig", here, "clusterIdentifier", "b"),
			true,
			true,
		},
		"identifier added": {
			provided("kubeconfig", here),
			provided("kubeconfig", here, "clusterIdentifier", "a"),
			true,
			false,
		},
		"identifier removed, other cluster": {
			provided("kubeconfig", here, "clusterIdentifier", "a"),
			provided("kubeconfig", there),
			true,
			true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := NewProvider(nil)
			secret := test.olds.Copy()
			if value, ok := secret["kubeconfig"]; ok {
				secret["kubeconfig"] = resource.MakeSecret(value)
			}
			diff, err := p.DiffConfig(t.Context(), plugin.DiffConfigRequest{OldInputs: secret, NewInputs: test.news})
			require.NoError(t, err)
			assert.Equal(t, test.changes, diff.Changes == plugin.DiffSome)
			assert.Equal(t, test.replaces, len(diff.ReplaceKeys) > 0)
		})
	}
}

func TestCheckConfig(t *testing.T) {
	t.Parallel()
	p := NewProvider(nil)
	response, err := p.CheckConfig(t.Context(), plugin.CheckConfigRequest{News: provided(
		"kubeconfig", "?", "renderYamlToDirectory", "x", "enableServerSideApply", "false",
	)})
	require.NoError(t, err)
	assert.Equal(t, []plugin.CheckFailure{
		{Property: "renderYamlToDirectory", Reason: "not simulated"},
		{Property: "enableServerSideApply", Reason: "client-side apply is not simulated"},
	}, response.Failures)
}

func TestUnknownKubeconfig(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.configure(provided("kubeconfig", "?"))
	o := l.object("web", refusedSet)
	checked, err := o.check()
	require.NoError(t, err)
	require.Empty(t, checked.Failures)
	response, err := o.preview(checked.Properties)
	require.NoError(t, err)
	assert.Empty(t, response.ID)
	assert.Equal(t, checked.Properties, response.Properties)
}

func TestUnreachableCluster(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		inputs resource.PropertyMap
		words  string
	}{
		"other host": {
			provided("kubeconfig", kubeconfig("other.example.com")),
			`unable to load schema information from the API server: Get ` +
				`"https://other.example.com:443/openapi/v2?timeout=32s": dial tcp: lookup ` +
				`other.example.com: no such host`,
		},
		"not YAML": {
			provided("kubeconfig", "{"),
			"failed to parse kubeconfig data in `kubernetes:config:kubeconfig`- ",
		},
		"none": {provided(), "no kubeconfig is given"},
		"no context": {
			provided("kubeconfig", kubeconfig(apiServer), "context", "none"),
			`context "none" does not exist`,
		},
		"host as path": {provided("kubeconfig", "/home/me/.kube/config"), "failed to parse kubeconfig data"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.configure(test.inputs)
			o := l.object("web", refusedSet)
			o.id = "default/web"
			err := o.create()
			assert.ErrorContains(t, err, "configured Kubernetes cluster is unreachable: ")
			assert.ErrorContains(t, err, test.words)
			_, err = o.preview(o.inputs)
			require.NoError(t, err, "a preview echoes")
			_, err = o.read()
			assert.ErrorContains(t, err, "failed to read resource state due to unreachable cluster.")
			assert.Contains(t, l.log.text(), "configured Kubernetes cluster is unreachable: ")
			assert.ErrorContains(t, o.delete(),
				"configured Kubernetes cluster is unreachable. If the cluster was deleted,")
			inputs := test.inputs.Copy()
			inputs["deleteUnreachable"] = resource.NewProperty(true)
			l.configure(inputs)
			require.NoError(t, o.delete())
			read, err := o.read()
			require.NoError(t, err)
			assert.Empty(t, read.ID)
		})
	}
}

func TestStateSurvivesReopening(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.namespace("probe", restricted)
	o := l.object("probe", probeManifest("Parallel", curlImage, sampleScript))
	require.NoError(t, o.create())
	before, message := l.kube.Objects(), l.message("probe/probe-0")
	l.open()
	assert.Equal(t, before, l.kube.Objects())
	assert.Equal(t, message, l.message("probe/probe-0"))
	read, err := o.read()
	require.NoError(t, err)
	assert.Equal(t, plain(o.outputs), plain(read.Outputs))
	require.NoError(t, o.delete())
	l.open()
	assert.Len(t, l.kube.Objects(), 1, "the namespace is left")
}

func TestClustersThatVanish(t *testing.T) {
	t.Parallel()
	for name, vanish := range map[string]func(l *lab){
		"reported": func(l *lab) { require.NoError(l.t, l.kube.ClusterDeleted(clusterID)) },
		"found missing": func(l *lab) {
			l.cloud.err = fmt.Errorf("aks: %w", ErrNoSuchCluster)
			_, _ = l.kube.connect(apiServer)
		},
		"another one": func(l *lab) { l.cloud.id = "/other"; _, _ = l.kube.connect(apiServer) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			require.NoError(t, l.object("c", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}`).create())
			vanish(l)
			assert.Empty(t, l.kube.Objects())
			l.open()
			assert.Empty(t, l.kube.Objects())
		})
	}
	l := newLab(t)
	require.NoError(t, l.object("c", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}`).create())
	l.cloud.err = errors.New("connection timed out")
	_, err := l.kube.connect(apiServer)
	require.Error(t, err)
	assert.Len(t, l.kube.Objects(), 1, "a cluster that cannot be reached keeps its objects")
}

func TestDeletedWhileWriting(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	cluster, err := l.cloud.ClusterByServer(apiServer)
	require.NoError(t, err)
	s := l.kube.begin(t.Context(), cluster, apiServer)
	defer s.end()
	inputs := manifest(t, `{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: default}}`)
	_, err = s.apply(configMaps, plain(inputs), false)
	require.NoError(t, err)
	require.NoError(t, l.kube.ClusterDeleted(clusterID))
	assert.ErrorIs(t, s.commit(), ErrNoSuchCluster)
	assert.Empty(t, l.kube.Objects())
}

// connect attaches to a provider server as the engine does: with a connection for every provider instance.
func connect(t *testing.T, address string) pulumirpc.ResourceProviderClient {
	t.Helper()
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	require.NoError(t, err)
	t.Cleanup(func() { _ = connection.Close() })
	return pulumirpc.NewResourceProviderClient(connection)
}

func TestOverGRPC(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := grpc.NewServer()
	pulumirpc.RegisterResourceProviderServer(server, plugin.NewProviderServer(l.provider))
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)

	marshal := func(m resource.PropertyMap) *pulumirpc.ConfigureRequest {
		args, err := plugin.MarshalProperties(m, plugin.MarshalOptions{KeepSecrets: true})
		require.NoError(t, err)
		return &pulumirpc.ConfigureRequest{Args: args, AcceptSecrets: true}
	}
	good, bad := connect(t, listener.Addr().String()), connect(t, listener.Addr().String())
	_, err = good.Configure(t.Context(), marshal(provided("kubeconfig", kubeconfig(apiServer))))
	require.NoError(t, err)
	_, err = bad.Configure(t.Context(), marshal(provided("kubeconfig", kubeconfig("other.example.com"))))
	require.NoError(t, err)

	create := func(client pulumirpc.ResourceProviderClient, text string) (*pulumirpc.CreateResponse, error) {
		inputs := manifest(t, text)
		inputs["metadata"].ObjectValue()["namespace"] = resource.NewProperty("default")
		properties, err := plugin.MarshalProperties(inputs, plugin.MarshalOptions{})
		require.NoError(t, err)
		token := typeOf(inputs)
		return client.Create(t.Context(), &pulumirpc.CreateRequest{
			Urn: string(resource.NewURN("dev", "lab", "", token, "x")), Name: "x", Type: string(token), Properties: properties,
		})
	}
	const config = `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}`
	response, err := create(good, config)
	require.NoError(t, err)
	assert.Equal(t, "default/c", response.Id)
	_, err = create(bad, config)
	assert.ErrorContains(t, err, "unreachable", "each instance keeps its own kubeconfig")
	_, err = create(connect(t, listener.Addr().String()), config)
	assert.ErrorContains(t, err, "unreachable", "an unknown connection has the latest one")

	l.cloud.set(func() { l.cloud.nodes = 0 })
	_, err = create(good, refusedSet)
	partial := initFailure(t, err)
	assert.Equal(t, "default/web", partial.Id)
	assert.Contains(t, partial.Reasons, "0 out of 1 replicas succeeded readiness checks")
	assert.Equal(t, "web", partial.Properties.AsMap()["metadata"].(map[string]any)["name"])
}

func TestPluginInfo(t *testing.T) {
	t.Parallel()
	p := NewProvider(nil)
	info, err := p.GetPluginInfo(t.Context())
	require.NoError(t, err)
	assert.Equal(t, providerVersion, info.Version.String())
	_, err = p.Check(t.Context(), plugin.CheckRequest{Type: tokens.Type("kubernetes:core/v1:ConfigMap")})
	assert.ErrorContains(t, err, "not configured")
	require.NoError(t, p.Close())
}

func initFailure(t *testing.T, err error) *pulumirpc.ErrorResourceInitFailed {
	t.Helper()
	failure, ok := status.FromError(err)
	require.True(t, ok)
	require.Len(t, failure.Details(), 1, "%v", err)
	details, ok := failure.Details()[0].(*pulumirpc.ErrorResourceInitFailed)
	require.True(t, ok)
	return details
}
