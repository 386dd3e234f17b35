package kubesim

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

// How the provider and kubectl name each way in which the operator does not come to the API server.
func TestOperator_Words(t *testing.T) {
	t.Parallel()
	for want, trace := range map[string]egress.Trace{
		"dial tcp 203.0.113.5:443: i/o timeout": {Disposition: egress.DeniedIn, Refusal: egress.RefusedDropped},
		"dial tcp: lookup " + apiServer + ": no such host": {
			Disposition: egress.NoRoute, Refusal: egress.RefusedUnresolved,
		},
		"read tcp " + apiServer + ":443: read: connection reset by peer": {
			Disposition: egress.DeniedOut, Refusal: egress.RefusedTLSReset,
		},
		"not known to the simulation: nobody knows": {Disposition: egress.Insufficient, Reason: "nobody knows"},
	} {
		l := newLab(t)
		l.cloud.operator = trace
		_, err := l.kube.Reach(apiServer, httpsPort)
		require.EqualError(t, err, want)
		err = l.object("c", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}}`).create()
		require.EqualError(t, err, "configured Kubernetes cluster is unreachable: unable to load schema information from "+
			"the API server: Get \"https://"+apiServer+":443/openapi/v2?timeout=32s\": "+want)
	}
}

// An operator who is shut out after the objects were made: previews show what they can, nothing is lost, and all goes
// on when the way is open again.
func TestOperator_ShutOutAndLetIn(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	open := l.cloud.operator
	o := l.object("c", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: "1"}}`)
	require.NoError(t, o.create())
	shut := egress.Trace{Disposition: egress.DeniedIn, Refusal: egress.RefusedDropped}
	l.cloud.set(func() { l.cloud.operator = shut })

	_, err := l.kube.Exec(t.Context(), "default", "web", "", []string{"true"})
	require.EqualError(t, err, "Unable to connect to the server: dial tcp 203.0.113.5:443: i/o timeout")
	response, err := l.object("d", `{apiVersion: v1, kind: ConfigMap, metadata: {name: d}}`).preview(o.inputs)
	require.NoError(t, err)
	assert.Equal(t, o.inputs, response.Properties, "it previews as it is")
	_, err = o.read()
	require.ErrorContains(t, err, "failed to read resource state due to unreachable cluster. If the cluster was deleted")
	assert.Contains(t, l.log.text(), "dial tcp 203.0.113.5:443: i/o timeout")
	require.ErrorContains(t, o.delete(), "PULUMI_K8S_DELETE_UNREACHABLE")
	assert.Len(t, l.kube.Objects(), 1)

	l.cloud.set(func() { l.cloud.operator = open })
	_, err = o.read()
	require.NoError(t, err)
	require.NoError(t, o.delete())
	assert.Empty(t, l.kube.Objects())
}

// The switches that the provider's messages name, as input and as variable of the environment; the input wins.
func TestOperator_Switches(t *testing.T) {
	inputs := func(name resource.PropertyKey, value string) resource.PropertyMap {
		inputs := resource.PropertyMap{"kubeconfig": resource.NewProperty(kubeconfig(apiServer))}
		if name != "" {
			inputs[name] = resource.NewProperty(value)
		}
		return inputs
	}
	l := newLab(t)
	o := l.object("c", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, data: {a: "1"}}`)
	require.NoError(t, o.create())
	l.cloud.operator = egress.Trace{Disposition: egress.DeniedIn, Refusal: egress.RefusedDropped}

	t.Setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
	l.configure(inputs("deleteUnreachable", "false"))
	require.Error(t, o.delete())
	l.configure(inputs("", ""))
	require.NoError(t, o.delete())
	assert.Len(t, l.kube.Objects(), 1, "it is gone from Pulumi's state only")

	t.Setenv("PULUMI_K8S_SKIP_UPDATE_UNREACHABLE", "true")
	l.configure(inputs("deleteUnreachable", "false"))
	read, err := o.read()
	require.NoError(t, err)
	assert.Equal(t, o.outputs, read.Outputs)
	checked, err := l.Check(t.Context(), plugin.CheckRequest{
		URN: o.urn, Type: o.token, Olds: o.inputs, News: resource.PropertyMap{},
	})
	require.NoError(t, err)
	assert.Equal(t, o.inputs, checked.Properties, "no change is planned")
	assert.Contains(t, l.log.text(), "Cluster is unreachable but skipUpdateUnreachable flag is set to true, skipping...")
}
