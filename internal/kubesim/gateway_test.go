package kubesim

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"aks-egress/egress"
	"aks-egress/internal/kubesim/shell"
)

const albRelease = `
name: alb-controller
chart: oci://mcr.microsoft.com/application-lb/charts/alb-controller
version: 1.9.13
namespace: azure-alb-system
createNamespace: true
values: {albController: {namespace: azure-alb-system, podIdentity: {clientID: client}}}
`

const gatewayManifest = `
apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata:
  name: web
  namespace: apps
  annotations: {alb.networking.azure.io/alb-id: /agc, pulumi.com/waitFor: condition=Programmed}
spec:
  gatewayClassName: azure-alb-external
  addresses: [{type: alb.networking.azure.io/alb-frontend, value: frontend}]
  listeners: [{name: http, port: 80, protocol: HTTP}]
`

const routeManifest = `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata:
  name: web
  namespace: apps
  annotations:
    pulumi.com/waitFor: jsonpath={.status.parents[0].conditions[?(@.type=="Programmed")].status}=True
spec:
  parentRefs: [{name: web}]
  rules: [{backendRefs: [{name: web, port: 80}]}]
`

// release is a Helm release as the engine has it.
func (l *lab) release(text string) *testObject {
	l.t.Helper()
	var inputs map[string]any
	require.NoError(l.t, yaml.Unmarshal([]byte(text), &inputs))
	token := tokens.Type("kubernetes:helm.sh/v3:Release")
	return &testObject{
		lab: l, token: token, urn: resource.NewURN("dev", "lab", "", token, "alb"), inputs: properties(inputs),
	}
}

// albLab is a cluster with a service and the ALB Controller.
func albLab(t *testing.T) *lab {
	t.Helper()
	l := appsLab(t)
	require.NoError(t, l.object("web", fmt.Sprintf(service, "", "ClusterIP")).create())
	require.NoError(t, l.release(albRelease).create())
	return l
}

// The chart brings the kinds of the Gateway API; a Gateway gets the name of its frontend, and clients get the service.
func TestGateway(t *testing.T) {
	t.Parallel()
	l := albLab(t)
	gateway, route := l.object("gateway", gatewayManifest), l.object("route", routeManifest)
	require.NoError(t, gateway.create())
	assert.Equal(t, "abcdefghijklmnop.fz00.alb.azure.com",
		follow(plain(gateway.outputs), "status", "addresses", 0, "value"))
	require.NoError(t, route.create())
	assert.Equal(t, Workload{
		ClusterID: clusterID, Namespace: "azure-alb-system", ServiceAccount: "alb-controller-sa", ClientID: "client",
	}, l.cloud.workloads[0])
	for path, want := range map[string]string{"/": "service apps/web", "/a?b=c": "service apps/web"} {
		assert.Contains(t, l.visit(path).Output, want)
	}
	response, err := gateway.read()
	require.NoError(t, err)
	assert.EqualValues(t, 1, follow(plain(response.Outputs), "status", "listeners", 0, "attachedRoutes"))
}

// visit asks the frontend as a client on the internet whom the model lets in.
func (l *lab) visit(path string) shell.Result {
	l.t.Helper()
	l.cloud.set(func() { l.cloud.fromInternet = &egress.Trace{Disposition: egress.DeliveredLocal} })
	return l.kube.Visitor(l.t.Context(), netip.Addr{}).
		Curl("-sS", "-w", "HTTP/1.1 %{http_code}", "--max-time", "10", "http://abcdefghijklmnop.fz00.alb.azure.com"+path)
}

// What no route takes gets a 404; a backend that is not there or has no pods, a 500 (AGC docs, troubleshooting guide).
func TestGateway_Answers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change     func(manifest string) string
		path, want string
	}{
		"no path":    {replacing("rules: [{", "rules: [{matches: [{path: {type: Exact, value: /a}}], "), "/b", "404"},
		"exact path": {replacing("rules: [{", "rules: [{matches: [{path: {type: Exact, value: /a}}], "), "/a", "200"},
		"other host": {replacing("rules:", "hostnames: [shop.example.com]\n  rules:"), "/", "404"},
		"no service": {replacing("name: web, port", "name: none, port"), "/", "500"},
		"no port":    {replacing("port: 80", "port: 81"), "/", "500"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := albLab(t)
			require.NoError(t, l.object("gateway", gatewayManifest).create())
			require.NoError(t, l.object("route", test.change(routeManifest)).create())
			assert.Contains(t, l.visit(test.path).Output, "HTTP/1.1 "+test.want)
		})
	}
	l := albLab(t)
	assert.Equal(t, 7, l.visit("/").ExitCode, "nothing is programmed")
}

func replacing(old, new string) func(string) string {
	return func(text string) string { return strings.Replace(text, old, new, 1) }
}

// A controller that may not or cannot reach Azure programs nothing, and the update says so.
func TestGateway_NotProgrammed(t *testing.T) {
	t.Parallel()
	blocked := egress.Trace{Disposition: egress.DeniedOut, Refusal: egress.RefusedTLSReset, Reason: "no rule"}
	for name, test := range map[string]struct {
		break_ func(c *cloud)
		want   string
	}{
		"token": {
			func(c *cloud) { c.refused = errors.New("AADSTS70021: No matching federated identity") }, "AADSTS70021",
		},
		"entra": {
			func(c *cloud) { c.ends["login.microsoftonline.com"] = blocked }, "connection reset by peer (no rule)",
		},
		"arm": {
			func(c *cloud) { c.ends["management.azure.com"] = blocked }, `Post "https://management.azure.com/"`,
		},
		"configuration": {func(c *cloud) { c.ends["configuration.alb.azure.com"] = blocked }, "configuration.alb.azure.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := albLab(t)
			l.cloud.set(func() { test.break_(l.cloud) })
			gateway := l.object("gateway", gatewayManifest)
			err := gateway.create()
			var failed *plugin.InitError
			require.ErrorAs(t, err, &failed)
			assert.Contains(t, failed.Reasons[0], "timed out waiting for the condition")
			assert.Contains(t, failed.Reasons[1], "condition Programmed=False: AddressNotAssigned: ")
			assert.Contains(t, failed.Reasons[1], test.want)
			assert.Equal(t, 7, l.visit("/").ExitCode)

			l.cloud.set(func() { l.cloud.refused, l.cloud.ends = nil, map[string]egress.Trace{} })
			response, err := gateway.read()
			require.NoError(t, err, "the controller tries again")
			assert.NotNil(t, follow(plain(response.Outputs), "status", "addresses", 0))
		})
	}
}

// Without the chart there are no such kinds; a preview foretells the object all the same, since the chart may come
// first.
func TestGateway_NoKind(t *testing.T) {
	t.Parallel()
	l := appsLab(t)
	gateway := l.object("gateway", gatewayManifest)
	require.ErrorContains(t, gateway.create(), "creation of resource apps/web failed because the Kubernetes API server "+
		"reported that the apiVersion for this resource does not exist. Verify that any required CRDs have been created: "+
		`no matches for kind "Gateway" in version "gateway.networking.k8s.io/v1"`)
	preview, err := l.Create(t.Context(), plugin.CreateRequest{
		URN: gateway.urn, Type: gateway.token, Properties: gateway.inputs, Preview: true,
	})
	require.NoError(t, err)
	assert.NotEmpty(t, preview.Properties)
}

// The definitions' own schemas and rules decide.
func TestGateway_Refusals(t *testing.T) {
	t.Parallel()
	l := albLab(t)
	for name, test := range map[string]struct{ manifest, want string }{
		"unknown field": {
			replacing("spec:\n", "spec:\n  colour: red\n")(gatewayManifest), ".spec.colour: field not declared in schema",
		},
		"port": {replacing("port: 80", "port: 80000")(gatewayManifest), "should be less than or equal to 65535"},
		"no listener": {
			replacing("[{name: http, port: 80, protocol: HTTP}]", "[]")(gatewayManifest), "should have at least 1 items",
		},
		"twin listeners": {
			replacing("protocol: HTTP}", "protocol: HTTP}, {name: http, port: 81, protocol: HTTP}")(gatewayManifest),
			"Listener name must be unique within the Gateway",
		},
		"tls for HTTP": {
			replacing("protocol: HTTP}",
				"protocol: HTTP, tls: {mode: Terminate, certificateRefs: [{name: a}]}}")(gatewayManifest),
			"tls must not be specified for protocols ['HTTP', 'TCP', 'UDP']",
		},
		"https": {replacing("protocol: HTTP}", "protocol: HTTPS}")(gatewayManifest), "HTTPS: not simulated"},
		"path": {
			replacing("rules: [{", "rules: [{matches: [{path: {type: PathPrefix, value: a}}], ")(routeManifest),
			"must be an absolute path",
		},
		"filter": {
			replacing("rules: [{",
				"rules: [{filters: [{type: RequestHeaderModifier, requestHeaderModifier: {remove: [a]}}], ")(routeManifest),
			"not simulated",
		},
		"wait": {
			replacing("condition=Programmed", "somehow")(gatewayManifest), "only condition=… and jsonpath=… are simulated",
		},
		"wait's path": {replacing("jsonpath={.", "jsonpath={..[")(routeManifest), "annotation pulumi.com/waitFor"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, l.object("x", test.manifest).create(), test.want)
		})
	}
}

// Helm in the provider's words: names in use, namespaces, charts and values that are not known, and what stays.
func TestRelease(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	release := l.release(albRelease)
	require.NoError(t, release.create())
	assert.Equal(t, "azure-alb-system/alb-controller", string(release.id))
	assert.Equal(t, "deployed", follow(plain(release.outputs), "status", "status"))
	assert.EqualValues(t, 1, follow(plain(release.outputs), "status", "revision"))
	assert.Equal(t, []any{"azure-alb-system/alb-controller-bootstrap", "azure-alb-system/alb-controller"},
		follow(plain(release.outputs), "resourceNames", "Deployment/apps/v1"))
	require.ErrorContains(t, l.release(albRelease).create(), "cannot re-use a name that is still in use")

	response, err := release.read()
	require.NoError(t, err)
	diff, err := l.Diff(t.Context(), plugin.DiffRequest{
		URN: release.urn, Type: release.token, OldInputs: response.Inputs, NewInputs: release.inputs,
	})
	require.NoError(t, err)
	assert.Equal(t, plugin.DiffNone, diff.Changes)

	require.NoError(t, release.delete())
	require.ErrorContains(t, release.delete(), "uninstall: Release not loaded: alb-controller: release: not found")
	gone, err := release.read()
	require.NoError(t, err)
	assert.Empty(t, gone.ID)
	left := map[string]bool{}
	for _, o := range l.kube.Objects() {
		left[text(o.Manifest, "kind")+" "+text(o.Manifest, "metadata", "name")] = true
	}
	for object, stays := range map[string]bool{
		"Namespace azure-alb-system": true, "GatewayClass azure-alb-external": true,
		"CustomResourceDefinition gateways.gateway.networking.k8s.io": true,
		"Deployment alb-controller":                                   false, "ServiceAccount alb-controller-sa": false,
	} {
		assert.Equal(t, stays, left[object], object)
	}
}

func TestRelease_Refusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ old, new, want string }{
		"chart":     {"charts/alb-controller", "charts/other", "charts/other: not simulated"},
		"version":   {"1.9.13", "9.9.9", `version "9.9.9" of oci://`},
		"value":     {"podIdentity:", "aiGateway: true, podIdentity:", "value albController.aiGateway"},
		"input":     {"createNamespace: true", "createNamespace: true\natomic: true", "not simulated; leave it out"},
		"namespace": {"createNamespace: true", "", `create: failed to create: namespaces "azure-alb-system" not found`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t)
			require.ErrorContains(t, l.release(replacing(test.old, test.new)(albRelease)).create(), test.want)
		})
	}
}

// A chart whose images the firewall does not let through fails in the end, and an upgrade mends it.
func TestRelease_Blocked(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.cloud.set(func() {
		l.cloud.ends["mcr.microsoft.com"] = egress.Trace{Disposition: egress.DeniedOut, Refusal: egress.RefusedTLSReset}
	})
	release := l.release(albRelease)
	err := release.create()
	var failed *plugin.InitError
	require.ErrorAs(t, err, &failed)
	assert.Contains(t, failed.Reasons[0], `Helm release "azure-alb-system/alb-controller" was created, but failed to `+
		"initialize completely. Use Helm CLI to investigate.: failed to become available within allocated timeout. Error: "+
		"Helm Release azure-alb-system/alb-controller: context deadline exceeded")
	assert.Contains(t, l.log.text(), "Failed to pull image")
	require.ErrorContains(t, l.object("gateway", gatewayManifest).create(), "no matches for kind")

	l.cloud.set(func() { l.cloud.ends = map[string]egress.Trace{} })
	response, err := l.Update(t.Context(), plugin.UpdateRequest{
		URN: release.urn, Type: release.token, ID: "azure-alb-system/alb-controller", OldInputs: release.inputs,
		NewInputs: release.inputs,
	})
	require.NoError(t, err)
	assert.EqualValues(t, 2, follow(plain(response.Properties), "status", "revision"))
	assert.Equal(t, "deployed", follow(plain(response.Properties), "status", "status"))
}
