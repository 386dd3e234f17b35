package kubesim

import (
	"errors"
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const simpleWorkload = `
apiVersion: apps/v1
kind: %s
metadata: {name: web, namespace: apps}
spec:
  replicas: %d
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: %s}}
    spec:
      containers: [{name: nginx, image: "nginx:1.27", resources: {requests: {cpu: "0.1"}}}]
`

// kinds are a manifest of every kind, and a changed one that updates it in place.
var lifecycles = map[string]struct{ before, after, changed string }{
	"Namespace": {
		`{apiVersion: v1, kind: Namespace, metadata: {name: other}}`,
		`{apiVersion: v1, kind: Namespace, metadata: {name: other, labels: {a: b}}}`,
		"metadata.labels",
	},
	"ConfigMap": {
		`{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: apps}, data: {a: "1"}}`,
		`{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: apps, labels: {a: b}}, data: {a: "1"}}`,
		"metadata.labels",
	},
	"Secret": {
		`{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: apps}, stringData: {a: "1"}}`,
		`{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: apps, labels: {a: b}}, data: {a: "MQ=="}}`,
		"metadata.labels",
	},
	"ServiceAccount": {
		`{apiVersion: v1, kind: ServiceAccount, metadata: {name: sa, namespace: apps}}`,
		`{apiVersion: v1, kind: ServiceAccount, metadata: {name: sa, namespace: apps}, automountServiceAccountToken: false}`,
		"automountServiceAccountToken",
	},
	"Service": {
		`{apiVersion: v1, kind: Service, metadata: {name: s, namespace: apps}, spec: {clusterIP: None, ports: [{port: 80}]}}`,
		`{apiVersion: v1, kind: Service, metadata: {name: s, namespace: apps}, spec: {clusterIP: None, ports: [{port: 81}]}}`,
		"spec.ports[0].port",
	},
	"StatefulSet": {
		web("StatefulSet", 1, "one"), web("StatefulSet", 2, "one"), "spec.replicas",
	},
	"Deployment": {
		web("Deployment", 2, "one"), web("Deployment", 2, "two"),
		"spec.template.metadata.labels.tier",
	},
	"Ingress": {
		ingressManifest(everything()), ingressManifest("rules: [{http: {paths: [" + toPath("Prefix", "/a", "web") + "]}}]"),
		"spec.rules[0].http.paths[0].path",
	},
}

func TestLifecycleOfEveryKind(t *testing.T) {
	t.Parallel()
	for name, test := range lifecycles {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.cloud.controller = true
			l.namespace("apps", "")
			before := len(l.kube.Objects())
			o := l.object("x", test.before)

			checked, err := o.check()
			require.NoError(t, err)
			preview, err := o.preview(checked.Properties)
			require.NoError(t, err)
			assert.Empty(t, preview.ID)
			assert.True(t, preview.Properties["metadata"].ObjectValue()["uid"].IsComputed())
			assert.True(t, preview.Properties["status"].IsComputed())
			assert.Len(t, l.kube.Objects(), before, "a preview writes nothing")

			require.NoError(t, o.create())
			assert.NotEmpty(t, o.id)
			assert.NotEmpty(t, o.output("metadata", "uid"))
			version := o.output("metadata", "resourceVersion")
			assert.NotEmpty(t, version)

			read, err := o.read()
			require.NoError(t, err)
			assert.Equal(t, plain(o.outputs), plain(read.Outputs), "a refresh finds no change")
			assert.Equal(t, plugin.DiffNone, l.diff(t, o, read.Inputs, o.inputs).Changes)

			next := l.object("x", test.after)
			nextChecked, err := next.check()
			require.NoError(t, err)
			diff := l.diff(t, o, o.inputs, nextChecked.Properties)
			assert.Equal(t, plugin.DiffSome, diff.Changes)
			assert.Contains(t, diff.DetailedDiff, test.changed)
			assert.Len(t, diff.DetailedDiff, 1)
			assert.Empty(t, diff.ReplaceKeys)

			uid := o.output("metadata", "uid")
			require.NoError(t, o.update(test.after))
			assert.Equal(t, uid, o.output("metadata", "uid"))
			assert.NotEqual(t, version, o.output("metadata", "resourceVersion"))

			require.NoError(t, o.delete())
			require.NoError(t, o.delete(), "deleting what is gone is fine")
			read, err = o.read()
			require.NoError(t, err)
			assert.Empty(t, read.ID)
			assert.Nil(t, read.Outputs)
			assert.Len(t, l.kube.Objects(), before, "nothing is left over")
		})
	}
}

func (l *lab) diff(t *testing.T, o *testObject, olds, news resource.PropertyMap) plugin.DiffResult {
	t.Helper()
	diff, err := l.Diff(t.Context(), plugin.DiffRequest{
		URN: o.urn, Type: o.token, ID: o.id, OldInputs: olds, NewInputs: news,
	})
	require.NoError(t, err)
	return diff
}

func TestReplacement(t *testing.T) {
	t.Parallel()
	const set = `
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: %s, namespace: %s}
spec:
  serviceName: %s
  podManagementPolicy: %s
  selector: {matchLabels: {app: %s}}
  template:
    metadata: {labels: {app: a, b: b}}
    spec: {containers: [{name: c, image: i, resources: {requests: {cpu: %s}}}]}
`
	base := []any{"web", "ns", "svc", "Parallel", "a", "100m"}
	for name, test := range map[string]struct {
		index       int
		value       string
		replaces    string
		deleteFirst bool
	}{
		"name":                {0, "other", "metadata.name", false},
		"namespace":           {1, "other", "metadata.namespace", false},
		"serviceName":         {2, "svc2", "spec.serviceName", true},
		"podManagementPolicy": {3, "OrderedReady", "spec.podManagementPolicy", true},
		"selector":            {4, "b", "spec.selector.matchLabels.app", true},
		"the same quantity":   {5, "'0.1'", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			changed := append([]any{}, base...)
			changed[test.index] = test.value
			o := l.object("x", fmt.Sprintf(set, base...))
			diff := l.diff(t, o, o.inputs, l.object("x", fmt.Sprintf(set, changed...)).inputs)
			if test.replaces == "" {
				assert.Equal(t, plugin.DiffNone, diff.Changes)
				return
			}
			assert.Equal(t, []resource.PropertyKey{resource.PropertyKey(test.replaces)}, diff.ReplaceKeys)
			assert.Equal(t, test.deleteFirst, diff.DeleteBeforeReplace)
		})
	}
}

func TestConfigMapDataReplacesUnlessMutable(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	o := l.object("x", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: "1"}}`)
	news := manifest(t, `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: "2"}}`)
	assert.NotEmpty(t, l.diff(t, o, o.inputs, news).ReplaceKeys)
	l.configure(resource.PropertyMap{
		"kubeconfig": resource.NewProperty(kubeconfig(apiServer)), "enableConfigMapMutable": resource.NewProperty(true),
	})
	assert.Empty(t, l.diff(t, o, o.inputs, news).ReplaceKeys)
}

func TestUnknownValuesAreDifferences(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	o := l.object("x", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: "1"}}`)
	news := o.inputs.Copy()
	news["data"] = resource.MakeComputed(resource.NewProperty(""))
	diff := l.diff(t, o, o.inputs, news)
	assert.Equal(t, []resource.PropertyKey{"data"}, diff.ReplaceKeys)
	preview, err := o.preview(news)
	require.NoError(t, err)
	assert.Equal(t, news, preview.Properties, "inputs that are not all known come back as they are")
}

func TestNames(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	o := l.object("My-Config", `{apiVersion: v1, kind: ConfigMap, data: {a: "1"}}`)
	require.NoError(t, o.create())
	assert.Regexp(t, `^default/my-config-[0-9a-f]{8}$`, string(o.id))
	assert.Equal(t, "true", o.output("metadata", "annotations", annotationAutonamed))

	again := l.object("My-Config", `{apiVersion: v1, kind: ConfigMap, data: {a: "2"}}`)
	response, err := l.Check(t.Context(), plugin.CheckRequest{
		URN: again.urn, Type: again.token, Olds: o.inputs, News: again.inputs,
	})
	require.NoError(t, err)
	assert.Equal(t, plain(o.inputs)["metadata"], plain(response.Properties)["metadata"], "the old name stays")
	diff := l.diff(t, o, o.inputs, response.Properties)
	assert.NotEmpty(t, diff.ReplaceKeys)
	assert.False(t, diff.DeleteBeforeReplace, "an automatic name can change, so the new one comes first")

	l.configure(resource.PropertyMap{
		"kubeconfig": resource.NewProperty(kubeconfig(apiServer)), "namespace": resource.NewProperty("apps"),
	})
	assert.ErrorContains(t, l.object("c", `{apiVersion: v1, kind: ConfigMap}`).create(), `namespaces "apps" not found`)
}

func TestAutonamingOfTheEngine(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	o := l.object("c", `{apiVersion: v1, kind: ConfigMap}`)
	request := plugin.CheckRequest{URN: o.urn, Type: o.token, News: o.inputs}
	request.Autonaming = &plugin.AutonamingOptions{ProposedName: "proposed", Mode: plugin.AutonamingModeEnforce}
	response, err := l.Check(t.Context(), request)
	require.NoError(t, err)
	assert.Equal(t, "proposed", text(plain(response.Properties), "metadata", "name"))
	request.Autonaming = &plugin.AutonamingOptions{Mode: plugin.AutonamingModeDisabled}
	_, err = l.Check(t.Context(), request)
	assert.ErrorContains(t, err, "autonaming is disabled")
}

func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	o := l.object("s", `{apiVersion: v1, kind: Secret, metadata: {name: s}}`)
	o.inputs["stringData"] = resource.NewProperty(resource.PropertyMap{
		"password": resource.MakeSecret(resource.NewProperty("hunter2")), "user": resource.NewProperty("me"),
	})
	require.NoError(t, o.create())
	data := o.outputs["data"].ObjectValue()
	assert.True(t, data["password"].IsSecret())
	assert.False(t, data["user"].IsSecret())
	assert.Equal(t, "aHVudGVyMg==", plainValue(data["password"]))
	read, err := o.read()
	require.NoError(t, err)
	assert.True(t, read.Inputs["data"].ObjectValue()["password"].IsSecret())
	assert.Equal(t, plugin.DiffNone, l.diff(t, o, read.Inputs, o.inputs).Changes)
}

func TestUpsert(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	require.NoError(t, l.object("a", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: "1"}}`).create())
	second := l.object("b", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: "2"}}`)
	require.NoError(t, second.create(), "server-side apply takes an object over")
	assert.Equal(t, "2", second.output("data", "a"))
	assert.Len(t, l.kube.Objects(), 1)
}

func TestRefusedTypes(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	err := l.object("j", `{apiVersion: batch/v1, kind: Job}`).create()
	assert.ErrorContains(t, err, "kubernetes:batch/v1:Job: this type is not simulated")
	assert.ErrorContains(t, err, "kubernetes:apps/v1:StatefulSet")
	assert.ErrorContains(t, l.object("p", `{apiVersion: v1, kind: Pod}`).create(), "making one is not simulated")
	_, err = l.Invoke(t.Context(), plugin.InvokeRequest{Tok: "kubernetes:yaml:decode"})
	assert.ErrorContains(t, err, "kubernetes:yaml:decode: this function is not simulated")
}

func TestInitErrorIsBoth(t *testing.T) {
	t.Parallel()
	err := newInitError("ns/x", []string{"first", "second"}, resource.PropertyMap{"a": resource.NewProperty("b")}, nil)
	var direct *plugin.InitError
	require.ErrorAs(t, err, &direct)
	assert.Equal(t, []string{"first", "second"}, direct.Reasons)
	assert.False(t, errors.Is(err, ErrNoSuchCluster))
}
