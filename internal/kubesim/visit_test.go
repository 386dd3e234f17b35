package kubesim

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/kubesim/shell"
)

// Whether a client on the internet reaches a Service is the model's answer; what it gets is the Service's. What arrives
// elsewhere than it was sent, after a DNAT rule, gets an answer from there.
func TestVisitor(t *testing.T) {
	t.Parallel()
	at := func(address string) egress.Trace {
		return egress.Trace{Disposition: egress.DeliveredLocal, Arrived: netip.MustParseAddrPort(address)}
	}
	const published, internal = "http://203.0.113.10/", "http://198.51.100.9/"
	for name, test := range map[string]struct {
		trace      egress.Trace
		url        string
		annotation string
		exit       int
		want       string
	}{
		"arrives":              {at("203.0.113.10:80"), published, "", 0, "service apps/web"},
		"arrives translated":   {at("10.1.3.200:80"), internal, internalLoadBalancer + `: "true"`, 0, "service apps/web"},
		"nothing listens":      {at("203.0.113.10:81"), published, "", 7, "what listens there is not simulated"},
		"the answer gets lost": {egress.Trace{Disposition: egress.Asymmetric}, published, "", 28, "timed out after 10001"},
		"no way back":          {egress.Trace{Disposition: egress.NoReturn}, published, "", 28, "timed out"},
		"refused silently": {
			egress.Trace{Disposition: egress.DeniedIn, Refusal: egress.RefusedDropped}, published, "", 28, "timed out",
		},
		"not known": {
			egress.Trace{Disposition: egress.Insufficient, Reason: "who knows"},
			published, "", 7,
			"not known to the simulation: who knows",
		},
		"no such name": {egress.Trace{}, "http://web.invalid/", "", 6, "Could not resolve host"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := appsLab(t)
			require.NoError(t, l.object("web", fmt.Sprintf(service, test.annotation, "LoadBalancer")).create())
			l.cloud.set(func() {
				l.cloud.fromInternet = &test.trace
				l.cloud.flows = nil
			})
			client := netip.MustParseAddr("198.51.100.77")
			result := l.kube.Visitor(t.Context(), client).Curl("-sS", "--max-time", "10", test.url)
			assert.Equal(t, shell.Exited, result.Ending, result.Reason)
			assert.Equal(t, test.exit, result.ExitCode, result.Output)
			assert.Contains(t, result.Output, test.want)
			for _, flow := range l.cloud.flows {
				assert.Equal(t, client, flow.Client)
			}
		})
	}
}

// Exec runs in the pod's network and environment, and refuses in kubectl's words.
func TestExec(t *testing.T) {
	t.Parallel()
	l := appsLab(t)
	result, err := l.kube.Exec(t.Context(), "apps", "web-0", "", []string{"curl", "-sS", "http://ifconfig.me/ip"})
	require.NoError(t, err)
	assert.Equal(t, "20.0.0.4", result.Output)
	assert.True(t, l.cloud.flows[len(l.cloud.flows)-1].Pod)

	l.cloud.set(func() {
		l.cloud.ends["example.org"] = egress.Trace{Disposition: egress.DeniedOut, Refusal: egress.RefusedHTTP470}
	})
	result, err = l.kube.Exec(t.Context(), "apps", "web-0", "nginx",
		[]string{"sh", "-c", "curl -s http://example.org; exit 3"})
	require.NoError(t, err)
	assert.Equal(t, egress.FirewallDenyBody, result.Output)
	assert.Equal(t, 3, result.ExitCode)

	for want, at := range map[string][3]string{
		`pods "web-7" not found in namespace "apps"`:    {"apps", "web-7", ""},
		"container db is not valid for pod web-0":       {"apps", "web-0", "db"},
		`pods "web-0" not found in namespace "nowhere"`: {"nowhere", "web-0", ""},
	} {
		_, err := l.kube.Exec(t.Context(), at[0], at[1], at[2], []string{"ls"})
		assert.EqualError(t, err, want)
	}
}

// A pod whose image cannot be pulled has nothing to run a command in.
func TestExec_PodThatWaits(t *testing.T) {
	t.Parallel()
	l := newLab(t)
	l.cloud.set(func() {
		l.cloud.ends["registry-1.docker.io"] = egress.Trace{Disposition: egress.DeniedOut, Refusal: egress.RefusedTLSReset}
	})
	l.namespace("apps", "")
	require.Error(t, l.object("web", web("StatefulSet", 1, "x")).create())
	_, err := l.kube.Exec(t.Context(), "apps", "web-0", "", []string{"ls"})
	assert.ErrorContains(t, err, `container not found ("nginx"): container "nginx" is waiting: ImagePullBackOff`)
}
