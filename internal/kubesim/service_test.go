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

	"aks-egress/egress"
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

// Whether a pod reaches a Service at its load balancer is the model's answer; what it gets is the Service's.
func TestPodCallsService(t *testing.T) {
	t.Parallel()
	local := egress.Trace{Disposition: egress.DeliveredLocal, Reason: "reaches the nodes"}
	const page, refused = "0 <!doctype html><title>service apps/web</title>", "7 curl: (7) Failed to connect to "
	for name, test := range map[string]struct {
		trace egress.Trace
		url   string
		pods  bool
		want  string
	}{
		"arrives":              {local, "http://203.0.113.10/", true, page},
		"another port":         {local, "http://203.0.113.10:81/", true, refused + "203.0.113.10 port 81: what listens"},
		"no pods behind it":    {local, "http://203.0.113.10/", false, refused + "203.0.113.10 port 80: Could not connect"},
		"nobody's address":     {local, "http://10.1.3.7/", true, refused + "10.1.3.7 port 80: what listens"},
		"the answer gets lost": {egress.Trace{Disposition: egress.Asymmetric}, "http://203.0.113.10/", true, "28 curl: (28)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			l.namespace("apps", "")
			workload := l.object("web", web("StatefulSet", 1, "x"))
			require.NoError(t, workload.create())
			require.NoError(t, l.object("web", fmt.Sprintf(service, "", "LoadBalancer")).create())
			if !test.pods {
				require.NoError(t, workload.delete())
			}
			l.cloud.set(func() { l.cloud.ends[""] = test.trace })
			l.namespace("probe", restricted)
			o := l.object("probe", probeManifest("Parallel", curlImage, `
body=$(curl -sS -m 10 -w '%{http_code}' `+test.url+` 2>&1)
echo "$? $body" >/dev/termination-log
exit 0`))
			require.NoError(t, o.create())
			assert.Contains(t, l.message(o.id+"-0"), test.want)
		})
	}
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
