package kubesim

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const service = `
apiVersion: v1
kind: Service
metadata: {name: web, namespace: apps, annotations: {%s}}
spec: {type: %s, selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
`

func appsLab(t *testing.T) *lab {
	t.Helper()
	l := newLab(t)
	l.namespace("apps", "")
	require.NoError(t, l.object("web", web("StatefulSet", 1, "x")).create())
	return l
}

func TestClusterIP(t *testing.T) {
	t.Parallel()
	l := appsLab(t)
	o := l.object("web", fmt.Sprintf(service, "", "ClusterIP"))
	checked, err := o.check()
	require.NoError(t, err)
	preview, err := o.preview(checked.Properties)
	require.NoError(t, err)
	assert.True(t, preview.Properties["spec"].IsComputed())
	require.NoError(t, o.create())
	addr, err := netip.ParseAddr(o.output("spec", "clusterIP").(string))
	require.NoError(t, err)
	assert.True(t, netip.MustParsePrefix("10.0.0.0/16").Contains(addr))
	require.NoError(t, o.update(fmt.Sprintf(service, "a: b", "ClusterIP")))
	assert.Equal(t, addr.String(), o.output("spec", "clusterIP"))
}

func TestLoadBalancer(t *testing.T) {
	t.Parallel()
	l := appsLab(t)
	o := l.object("web", fmt.Sprintf(service, "", "LoadBalancer"))
	require.NoError(t, o.create())
	assert.Equal(t, "203.0.113.10", o.output("status", "loadBalancer", "ingress", 0, "ip"))
	assert.GreaterOrEqual(t, o.output("spec", "ports", 0, "nodePort"), 30000.0)

	internal := internalLoadBalancer + `: "true"`
	require.NoError(t, o.update(fmt.Sprintf(service, internal, "LoadBalancer")))
	assert.Equal(t, "10.1.3.200", o.output("status", "loadBalancer", "ingress", 0, "ip"))
	assert.Len(t, l.cloud.addresses, 1, "the public address was given back")

	require.NoError(t, o.update(fmt.Sprintf(service, "", "ClusterIP")))
	assert.Empty(t, l.cloud.addresses)
	assert.Empty(t, o.output("status", "loadBalancer"))

	require.NoError(t, o.update(fmt.Sprintf(service, "", "LoadBalancer")))
	require.NoError(t, o.delete())
	assert.Empty(t, l.cloud.addresses)
}

func TestNamespaceTakesEverythingWithIt(t *testing.T) {
	t.Parallel()
	l := appsLab(t)
	require.NoError(t, l.object("web", fmt.Sprintf(service, "", "LoadBalancer")).create())
	require.NoError(t,
		l.object("d", web("Deployment", 2, "x", "name: web,", "name: d,")).create())
	require.NoError(t,
		l.object("c", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: apps}}`).create())
	ns := l.object("apps", `{apiVersion: v1, kind: Namespace, metadata: {name: apps}}`)
	ns.id = "apps"
	require.NoError(t, ns.delete())
	assert.Empty(t, l.kube.Objects())
	assert.Empty(t, l.cloud.addresses)

	builtin := l.object("default", `{apiVersion: v1, kind: Namespace, metadata: {name: default}}`)
	builtin.id = "default"
	read, err := builtin.read()
	require.NoError(t, err)
	assert.Equal(t, resource.ID("default"), read.ID)
	assert.ErrorContains(t, builtin.delete(), `namespaces "default" is forbidden: this namespace may not be deleted`)
}

func TestServiceWithoutAddressOrPods(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.namespace("apps", "")
	l.cloud.full = errors.New("PublicIPCountLimitReached")
	o := l.object("web", fmt.Sprintf(service, "", "LoadBalancer"))
	list := reasons(t, o.create())
	assert.Equal(t, []string{
		"Service does not target any Pods. Selected Pods may not be ready, or " +
			"field '.spec.selector' may not match labels on any Pods",
		"Service was not allocated an IP address; does your cloud provider support this?",
	}, list[1:])
	assert.Contains(t, l.log.text(), "failed to ensure load balancer: PublicIPCountLimitReached")

	l.cloud.set(func() { l.cloud.full = nil })
	require.NoError(t, l.object("w", web("Deployment", 1, "x")).create())
	read, err := o.read()
	require.NoError(t, err)
	assert.Equal(t, "203.0.113.10", follow(plain(read.Outputs), "status", "loadBalancer", "ingress", 0, "ip"))

	for _, spec := range []string{
		"{clusterIP: None, selector: {a: b}}", "{type: ExternalName, externalName: a.example.com}", "{ports: [{port: 80}]}",
	} {
		require.NoError(t, l.object("s", `{apiVersion: v1, kind: Service, metadata: {name: s}, spec: `+spec+`}`).create(),
			spec)
		free := l.object("s", `{apiVersion: v1, kind: Service, metadata: {name: s}}`)
		free.id = "default/s"
		require.NoError(t, free.delete())
	}
}

func TestServiceWaitsForPodsThatAreBeingMade(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.namespace("apps", "")
	l.kube.settle = 5 * time.Second
	done := make(chan error)
	service := l.object("web", fmt.Sprintf(service, "", "ClusterIP"))
	go func() { done <- service.create() }()
	for len(l.kube.Objects()) < 2 {
		time.Sleep(time.Millisecond)
	}
	require.NoError(t, l.object("web", web("Deployment", 1, "x")).create())
	require.NoError(t, <-done)
}
