package tests

import (
	"net/netip"
	"net/url"
	"path"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/azuresim"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/kubesim/shell"
)

// What clients on the internet get from a published stack: the model lets request and answer through, and the
// simulated service answers.
func TestIngress(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stack    string
		settings []string
		by       string // what the request passes first
		isEgress bool   // clients come in by the address by which traffic leaves
	}{
		"load balancer":                  {"lb", []string{"ingress=loadBalancer"}, "load balancer", false},
		"load balancer, managed NAT":     {"managednat", []string{"ingress=loadBalancer"}, "load balancer", false},
		"load balancer, own NAT gateway": {"natgw", []string{"ingress=loadBalancer"}, "load balancer", false},
		"firewall":                       {"udr-dnat", nil, "firewall", true},
		"firewall of the Basic tier":     {"udr-dnat", []string{"firewallTier=Basic"}, "firewall", true},
		"firewall, pods of the subnet":   {"udr-dnat", []string{"networkPluginMode="}, "firewall", true},
		"firewall, several addresses":    {"udr-dnat", []string{"firewallPublicIpCount=3"}, "firewall", true},
		"application gateway":            {"udr-appgw", nil, "application gateway", false},
		"application gateway, pods of the subnet": {
			"udr-appgw", []string{"networkPluginMode="}, "application gateway", false,
		},
		"application gateway, NAT gateway":   {"natgw", []string{"ingress=applicationGateway"}, "application gateway", false},
		"application gateway, load balancer": {"lb", []string{"ingress=applicationGateway"}, "application gateway", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newStack(t, test.stack)
			up := l.must((*engine.Stack).Up, test.settings...)
			assert.Empty(t, changed(l.must((*engine.Stack).Preview, test.settings...)), "a preview after up is empty")
			ip, _ := up.Outputs["ingressIp"].(string)
			assert.Equal(t, "http://"+ip+"/", up.Outputs["ingressUrl"])
			expected, _ := up.Outputs["expectedEgressIps"].([]any)
			assert.Equal(t, test.isEgress, slices.Contains(expected, any(ip)))
			trace := l.enter(up)
			assert.Equal(t, egress.DeliveredLocal, trace.Disposition, trace.Reason)
			assert.Equal(t, test.by, trace.Hops[0].At)
			answer := l.curl(up.Outputs["ingressUrl"].(string))
			assert.Equal(t, 0, answer.ExitCode, answer.Output)
			assert.Contains(t, answer.Output, "service egress-probe/egress-probe-")

			l.must((*engine.Stack).Destroy)
		})
	}
}

// A public service under userDefinedRouting is the lesson that the other modes are for: egress works, requests arrive,
// and the answers are lost at the firewall. Without a word it is not deployed.
func TestAsymmetricIngress(t *testing.T) {
	t.Parallel()
	l := newStack(t, "udr")
	refused := l.run((*engine.Stack).Up, "ingress=loadBalancer")
	require.False(t, refused.OK)
	assert.Contains(t, refused.Errors[0], "ingress loadBalancer does not work under userDefinedRouting")

	up := l.must((*engine.Stack).Up, "ingress=loadBalancer", "allowAsymmetricIngress=true")
	assert.Equal(t, true, up.Outputs["egressVerified"])
	trace := l.enter(up)
	assert.Equal(t, egress.Asymmetric, trace.Disposition)
	require.NotEmpty(t, trace.Return)
	lost := trace.Return[len(trace.Return)-1]
	assert.Equal(t, "firewall", lost.At)
	answer := l.curl(up.Outputs["ingressUrl"].(string))
	assert.Equal(t, 28, answer.ExitCode)
	assert.Contains(t, answer.Output, "curl: (28) Connection timed out")

	fixed := l.must((*engine.Stack).Up, "ingress=firewallDnat")
	assert.Equal(t, 0, l.curl(fixed.Outputs["ingressUrl"].(string)).ExitCode, "the fix takes the lesson's place")
}

// Without the DNAT rule, or with a service that is gone, nobody answers.
func TestIngressFollowsTheCloud(t *testing.T) {
	t.Parallel()
	l := newStack(t, "udr-dnat")
	up := l.must((*engine.Stack).Up)
	at := up.Outputs["ingressUrl"].(string)
	l.by(up, func(azure *azuresim.Cloud) []string {
		policy := l.only(azure, "azure-native:network:FirewallPolicy")
		return []string{
			"network", "firewall", "policy", "rule-collection-group", "collection", "remove", "--name", "ingress",
			"--rcg-name", "ingress", "--policy-name", path.Base(policy.ID),
		}
	})
	assert.Equal(t, 28, l.curl(at).ExitCode, "a rule less")
	l.must((*engine.Stack).Refresh)
	l.must((*engine.Stack).Up)
	assert.Equal(t, 0, l.curl(at).ExitCode)
}

// enter follows a client's request to the stack's ingress.
func (l *lab) enter(up engine.Result) egress.Trace {
	l.t.Helper()
	network, err := l.deployed()
	require.NoError(l.t, err)
	u, err := url.Parse(up.Outputs["ingressUrl"].(string))
	require.NoError(l.t, err)
	flow := egress.Flow{From: egress.FromInternet, Host: u.Hostname(), Port: 80, Protocol: egress.HTTP}
	if addr, err := netip.ParseAddr(flow.Host); err == nil {
		flow.Host, flow.Addr = "", addr
	}
	return network.Trace(flow)
}

// curl asks as a client on the internet.
func (l *lab) curl(arguments ...string) shell.Result {
	l.t.Helper()
	var result shell.Result
	inAzure(l, func(c engine.Cloud) {
		kubernetes, err := simulation.Kubernetes(c)
		require.NoError(l.t, err)
		result = kubernetes.Visitor(l.t.Context(), netip.Addr{}).
			Curl(append([]string{"-sS", "--max-time", "10"}, arguments...)...)
	})
	return result
}
