package kubesim

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

// ingressManifest is an Ingress of AGIC's class in namespace apps with this spec besides the class.
func ingressManifest(spec string) string {
	return `{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: apps}, spec: {` +
		`ingressClassName: azure-application-gateway, ` + spec + `}}`
}

// toPath is an item of http.paths to port 80 of a Service.
func toPath(kind, path, service string) string {
	return fmt.Sprintf(`{path: %q, pathType: %s, backend: {service: {name: %s, port: {number: 80}}}}`, path, kind, service)
}

// everything sends all requests to Service web.
func everything() string { return `rules: [{http: {paths: [` + toPath("Prefix", "/", "web") + `]}}]` }

// gatewayLab has AGIC, a ready pod and the Service web before it.
func gatewayLab(t *testing.T) *lab {
	t.Helper()
	l := appsLab(t)
	l.cloud.set(func() { l.cloud.controller = true })
	require.NoError(t, l.object("svc", fmt.Sprintf(service, "", "ClusterIP")).create())
	return l
}

// programmed are the routes that AGIC wrote last, as text: host|paths → service:port pods.
func (l *lab) programmed() []string {
	l.t.Helper()
	var routes []string
	l.cloud.set(func() {
		for _, r := range l.cloud.routes {
			routes = append(routes, fmt.Sprintf("%s|%s → %s:%d %d", r.Host, strings.Join(r.Paths, ","), r.Service,
				r.TargetPort, len(r.Pods)))
		}
	})
	return routes
}

func TestIngress(t *testing.T) {
	t.Parallel()
	l := gatewayLab(t)
	o := l.object("web", ingressManifest(everything()))
	checked, err := o.check()
	require.NoError(t, err)
	preview, err := o.preview(checked.Properties)
	require.NoError(t, err)
	assert.True(t, preview.Properties["status"].IsComputed(), "no preview knows the address")

	require.NoError(t, o.create())
	assert.Equal(t, gatewayAddress.String(), o.output("status", "loadBalancer", "ingress", 0, "ip"))
	assert.Equal(t, []string{"| → apps/web:8080 1"}, l.programmed())
	assert.InDelta(t, 1, o.output("metadata", "generation"), 0)

	require.NoError(t, o.update(ingressManifest(`rules: [{host: shop.example.com, http: {paths: [`+
		toPath("Prefix", "/a", "web")+`]}}]`)))
	assert.Equal(t, []string{"shop.example.com|/a,/a/* → apps/web:8080 1"}, l.programmed())
	assert.InDelta(t, 2, o.output("metadata", "generation"), 0)
	assert.Equal(t, gatewayAddress.String(), o.output("status", "loadBalancer", "ingress", 0, "ip"), "status stays")

	require.NoError(t, o.delete())
	assert.Empty(t, l.programmed(), "AGIC takes it out of its gateway")
}

// AGIC watches pods: the gateway's pools follow them.
func TestGatewayFollowsPods(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.cloud.controller = true
	l.namespace("apps", "")
	workload := l.object("web", web("StatefulSet", 1, "x"))
	require.NoError(t, workload.create())
	require.NoError(t, l.object("svc", fmt.Sprintf(service, "", "ClusterIP")).create())
	require.NoError(t, l.object("web", ingressManifest(everything())).create())
	require.NoError(t, workload.update(web("StatefulSet", 3, "x")))
	assert.Equal(t, []string{"| → apps/web:8080 3"}, l.programmed())
	require.NoError(t, workload.delete())
	assert.Equal(t, []string{"| → apps/web:8080 0"}, l.programmed())
}

func TestIngressWithoutAddress(t *testing.T) {
	t.Parallel()
	const words = "Ingress .status.loadBalancer field was not updated with a hostname/IP address. \n    for more " +
		"information about this error, see https://pulumi.io/xdv72s"
	t.Run("Azure refuses", func(t *testing.T) {
		t.Parallel()
		l := gatewayLab(t)
		l.cloud.set(func() { l.cloud.unjoined = errors.New("ApplicationGatewayInsufficientPermissionOnSubnet") })
		o := l.object("web", ingressManifest(everything()))
		assert.Equal(t, []string{words}, reasons(t, o.create())[1:])
		assert.Contains(t, l.log.text(), "FailedApplyingAppGwConfig: network.ApplicationGatewaysClient#CreateOrUpdate: "+
			"Failure sending request: StatusCode=0 -- Original Error: ApplicationGatewayInsufficientPermissionOnSubnet")

		l.cloud.set(func() { l.cloud.unjoined = nil }) // somebody assigns the role; AGIC tries again
		read, err := o.read()
		require.NoError(t, err)
		assert.Equal(t, gatewayAddress.String(), follow(plain(read.Outputs), "status", "loadBalancer", "ingress", 0, "ip"))
	})
	t.Run("nobody's class", func(t *testing.T) {
		t.Parallel()
		l := gatewayLab(t)
		o := l.object("web", strings.Replace(ingressManifest(everything()), gatewayClass, "nginx", 1))
		assert.Equal(t, []string{words}, reasons(t, o.create())[1:])
		assert.Empty(t, l.programmed())
	})
	t.Run("no controller", func(t *testing.T) {
		t.Parallel()
		l := gatewayLab(t)
		l.cloud.set(func() { l.cloud.controller = false })
		assert.Equal(t, []string{words}, reasons(t, l.object("web", ingressManifest(everything())).create())[1:])
	})
}

// A role that is assigned while the provider waits is in time.
func TestIngressWaitsForAzure(t *testing.T) {
	t.Parallel()
	l := gatewayLab(t)
	l.kube.settle = 200 * time.Millisecond
	l.cloud.set(func() { l.cloud.unjoined = errors.New("no role yet") })
	go func() {
		time.Sleep(20 * time.Millisecond)
		l.cloud.set(func() { l.cloud.unjoined = nil })
	}()
	require.NoError(t, l.object("web", ingressManifest(everything())).create())
}

// What the API server takes and AGIC cannot resolve is a warning, and the gateway answers 502 there.
func TestIngressWithoutService(t *testing.T) {
	t.Parallel()
	l := gatewayLab(t)
	o := l.object("web", ingressManifest(`rules: [{host: a.example.com, http: {paths: [`+
		toPath("Prefix", "/x", "none")+`, `+toPath("Exact", "/y", "web")+`]}}]`))
	require.NoError(t, o.create())
	assert.Contains(t, l.log.text(), `No matching service found for ingress rule: "a.example.com/x" -> "none"`)
	assert.Contains(t, l.log.text(), "[Ingress apps/web]: ServiceNotFound: Unable to get the service [apps/none]")
	assert.Equal(t, []string{"a.example.com|/y → apps/web:8080 1"}, l.programmed())

	require.NoError(t, o.update(ingressManifest(`defaultBackend: {service: {name: web, port: {number: 81}}}`)))
	assert.Contains(t, l.log.text(), "PortResolutionError: unable to resolve any backend port for service [apps/web] and "+
		"service port [81] for Ingress [web]")
}

func TestRefusedIngress(t *testing.T) {
	t.Parallel()
	rule := func(more string) string { return `rules: [{` + more + `}]` }
	backend := func(service string) string { return `defaultBackend: {service: ` + service + `}` }
	for name, test := range map[string]struct{ spec, words string }{
		"empty": {"", "spec: Invalid value: null: either `defaultBackend` or `rules` must be specified"},
		"address": {
			rule("host: 10.0.0.1"), "spec.rules[0].host: Invalid value: \"10.0.0.1\": must be a DNS name, not an IP",
		},
		"host":     {rule("host: a_b"), "spec.rules[0].host: Invalid value: \"a_b\""},
		"wildcard": {rule("host: a.*.com"), "spec.rules[0].host: Invalid value: \"a.*.com\": a wildcard DNS-1123"},
		"no paths": {rule("http: {paths: []}"), "spec.rules[0].http.paths: Required value"},
		"no type": {
			rule("http: {paths: [{path: /, backend: {service: {name: w, port: {number: 1}}}}]}"), "pathType must be specified",
		},
		"type": {
			rule("http: {paths: [" + toPath("Regex", "/", "w") + "]}"),
			`supported values: "Exact", "ImplementationSpecific", "Prefix"`,
		},
		"relative":     {rule("http: {paths: [" + toPath("Prefix", "a", "w") + "]}"), "must be an absolute path"},
		"double slash": {rule("http: {paths: [" + toPath("Exact", "/a//b", "w") + "]}"), "must not contain '//'"},
		"dots":         {rule("http: {paths: [" + toPath("Exact", "/a/..", "w") + "]}"), "cannot end with '/..'"},
		"own path": {
			rule("http: {paths: [" + toPath("ImplementationSpecific", "a", "w") + "]}"), "must be an absolute path",
		},
		"no backend": {
			`defaultBackend: {}`, "spec.defaultBackend: Invalid value: \"\": resource or service backend is required",
		},
		"resource": {
			`defaultBackend: {resource: {kind: Bucket, name: b}}`, "spec.defaultBackend.resource: Forbidden: not simulated",
		},
		"both": {
			`defaultBackend: {resource: {kind: B, name: b}, service: {name: w}}`,
			"cannot set both resource and service backends",
		},
		"no name": {backend("{port: {number: 80}}"), "spec.defaultBackend.service.name: Required value"},
		"name": {
			backend("{name: 1web, port: {number: 80}}"), "spec.defaultBackend.service.name: Invalid value: \"1web\"",
		},
		"no port":   {backend("{name: web}"), "spec.defaultBackend: Required value: port name or number is required"},
		"two ports": {backend("{name: web, port: {number: 80, name: http}}"), "cannot set both port name & port number"},
		"port number": {
			backend("{name: web, port: {number: 70000}}"), "spec.defaultBackend.service.port.number: Invalid value: 70000",
		},
		"port name": {
			backend("{name: web, port: {name: '-'}}"), "spec.defaultBackend.service.port.name: Invalid value: \"-\"",
		},
		"tls":           {everything() + `, tls: [{secretName: s}]`, "spec.tls: Forbidden: not simulated"},
		"unknown field": {everything() + `, clasName: a`, ".spec.clasName: field not declared in schema"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := gatewayLab(t)
			assert.ErrorContains(t, l.object("web", ingressManifest(test.spec)).create(), test.words)
		})
	}
	t.Run("class", func(t *testing.T) {
		t.Parallel()
		l := gatewayLab(t)
		annotated := `metadata: {annotations: {kubernetes.io/ingress.class: azure/application-gateway}, `
		assert.ErrorContains(t, l.object("web", strings.Replace(ingressManifest(everything()), "metadata: {", annotated, 1)).
			create(), `annotations.kubernetes.io/ingress.class: Invalid value: "azure/application-gateway": can not be set `+
			`when the class field is also set`)
		only := strings.Replace(strings.Replace(ingressManifest(everything()), "metadata: {", annotated, 1),
			"ingressClassName: azure-application-gateway, ", "", 1)
		assert.NoError(t, l.object("web", only).create(), "the annotation alone is a class")
	})
	t.Run("annotation", func(t *testing.T) {
		t.Parallel()
		l := gatewayLab(t)
		private := strings.Replace(ingressManifest(everything()), "metadata: {",
			`metadata: {annotations: {appgw.ingress.kubernetes.io/use-private-ip: "true"}, `, 1)
		assert.ErrorContains(t, l.object("web", private).create(), "use-private-ip]: Forbidden: not simulated")
		probe := strings.Replace(ingressManifest(everything()), "metadata: {",
			`metadata: {annotations: {appgw.ingress.kubernetes.io/health-probe-path: "/healthz"}, `, 1)
		assert.NoError(t, l.object("web", probe).create())
	})
}

// A client on the internet gets what the Ingress's rules say, and the gateway's own pages otherwise.
func TestGatewayAnswers(t *testing.T) {
	t.Parallel()
	const page, notFound, badGateway = "<title>service apps/web</title>", "404 Not Found", "502 Bad Gateway"
	l := gatewayLab(t)
	require.ErrorContains(t, l.object("gone", strings.ReplaceAll(fmt.Sprintf(service, "", "ClusterIP"), "web", "gone")).
		create(), "does not target any Pods") // the object stays
	ask := func(t *testing.T, path string) string {
		t.Helper()
		l.cloud.set(func() {
			l.cloud.ends[""] = egress.Trace{
				Disposition: egress.DeliveredLocal, Arrived: netip.AddrPortFrom(gatewayAddress, 80),
			}
		})
		result := l.kube.Visitor(t.Context(), netip.Addr{}).Curl("-sS", "http://"+gatewayAddress.String()+path)
		return result.Output
	}
	for name, test := range map[string]struct{ spec, path, want string }{
		"every path":    {everything(), "/any?q=1", page},
		"default":       {`defaultBackend: {service: {name: web, port: {number: 80}}}`, "/", page},
		"prefix":        {`rules: [{http: {paths: [` + toPath("Prefix", "/a", "web") + `]}}]`, "/a/b", page},
		"prefix itself": {`rules: [{http: {paths: [` + toPath("Prefix", "/a", "web") + `]}}]`, "/A", page},
		"no segment":    {`rules: [{http: {paths: [` + toPath("Prefix", "/a", "web") + `]}}]`, "/ab", badGateway},
		"exact":         {`rules: [{http: {paths: [` + toPath("Exact", "/a", "web") + `]}}]`, "/a/", badGateway},
		"own pattern": {
			`rules: [{http: {paths: [` + toPath("ImplementationSpecific", "/a*", "web") + `]}}]`, "/abc", page,
		},
		"longest first": {
			`rules: [{http: {paths: [` + toPath("Prefix", "/", "gone") + `, ` + toPath("Prefix", "/a", "web") + `]}}]`,
			"/a", page,
		},
		"another host": {
			`rules: [{host: shop.example.com, http: {paths: [` + toPath("Prefix", "/", "web") + `]}}]`, "/", notFound,
		},
		"nothing behind": {`rules: [{http: {paths: [` + toPath("Prefix", "/", "gone") + `]}}]`, "/", badGateway},
	} {
		t.Run(name, func(t *testing.T) {
			o := l.object("web", ingressManifest(test.spec))
			require.NoError(t, o.create())
			assert.Contains(t, ask(t, test.path), test.want)
			require.NoError(t, o.delete())
		})
	}
	assert.Contains(t, ask(t, "/"), badGateway, "AGIC leaves a listener without backends")
}
