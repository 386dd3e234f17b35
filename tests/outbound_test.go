package tests

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"aks-egress/internal/engine"
)

// What each outbound type's settings do, seen from the outside: how many addresses are expected and observed.
func TestOutboundSettings(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stack     string
		overrides []string
		expected  int
		ipCount   float64
		ports     float64
	}{
		"load balancer with three IPs":   {"lb", []string{"outboundIpCount=3"}, 3, 3, 192_000},
		"load balancer, ports per node":  {"lb", []string{"outboundPortsPerNode=4000"}, 1, 1, 64_000},
		"managed NAT with four IPs":      {"managednat", []string{"outboundIpCount=4"}, 4, 4, 258_048},
		"NAT gateway with a prefix":      {"natgw", []string{"outboundIpPrefixLength=30"}, 1, 4, 258_048},
		"NAT gateway in a zone":          {"natgw", []string{`zones=["2"]`, "idleTimeoutMinutes=30"}, 1, 1, 64_512},
		"firewall with two IPs":          {"udr", []string{"firewallPublicIpCount=2"}, 2, 2, 9_984},
		"firewall Premium, threat intel": {"udr", []string{"firewallTier=Premium", "firewallThreatIntel=Deny"}, 1, 1, 4_992},
		"firewall Basic":                 {"udr", []string{"firewallTier=Basic"}, 1, 1, 4_992},
		"kubenet under a firewall":       {"udr", []string{"networkPlugin=kubenet", "networkPluginMode="}, 1, 1, 4_992},
		"node addresses for pods":        {"natgw", []string{"networkPluginMode="}, 1, 1, 64_512},
		"API server for some":            {"natgw", []string{authorized("192.0.2.0/28")}, 1, 1, 64_512},
		"a published service":            {"lb", []string{"ingress=loadBalancer"}, 1, 1, 64_000},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := newStack(t, test.stack)
			up := stack.must((*engine.Stack).Up, test.overrides...)
			assert.Len(t, up.Outputs["expectedEgressIps"], test.expected)
			assert.Equal(t, true, up.Outputs["egressVerified"])
			snat, ok := up.Outputs["snat"].(map[string]any)
			assert.True(t, ok)
			assert.InDelta(t, test.ipCount, snat["ipCount"], 0)
			assert.InDelta(t, test.ports, snat["ports"], 0)
			assert.Empty(t, changed(stack.must((*engine.Stack).Preview, test.overrides...)))
			stack.must((*engine.Stack).Destroy)
		})
	}
}

// The probe samples again when the expected addresses change: a second firewall IP is seen after the update.
func TestProbeSamplesAgain(t *testing.T) {
	t.Parallel()
	stack := newStack(t, "udr")
	before := stack.must((*engine.Stack).Up)
	stack.must((*engine.Stack).Preview, `tags={"team": "shop"}`) // every resource foretells an update
	stack.must((*engine.Stack).Preview, "firewallPublicIpCount=2")
	update := stack.must((*engine.Stack).Up, "firewallPublicIpCount=2")
	assert.Equal(t, "update", stepOf(update, "egress-probe-workload"))
	assert.Equal(t, "same", stepOf(update, "aks-cluster"), "the cluster does not notice")
	assert.Len(t, before.Outputs["egressIps"], 1)
	assert.Len(t, update.Outputs["egressIps"], 2)
	assert.Equal(t, update.Outputs["expectedEgressIps"], update.Outputs["egressIps"])
}

func stepOf(result engine.Result, name string) string {
	for urn, step := range result.Steps {
		if strings.HasSuffix(urn, "::"+name) {
			return step
		}
	}
	return "none"
}
