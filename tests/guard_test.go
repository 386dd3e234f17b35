package tests

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/azcli"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
)

const clusterType = "azure-native:containerservice:ManagedCluster"

var azCommand = regexp.MustCompile(`(?m)^ *(az aks update .*)$`)

// refusedByGuard runs a preview and an update that both fail with the guard's one message, and returns it.
func refusedByGuard(l *lab, overrides ...string) string {
	l.t.Helper()
	var message string
	for _, operation := range []func(*lab) engine.Result{
		func(l *lab) engine.Result { return l.run((*engine.Stack).Preview, overrides...) },
		func(l *lab) engine.Result { return l.run((*engine.Stack).Up, overrides...) },
	} {
		result := operation(l)
		require.False(l.t, result.OK)
		errors := strings.Join(result.Errors, "\n")
		if _, guards, ok := strings.Cut(errors, "aks cluster"); ok {
			errors = guards // before it stands which output failed first
		}
		require.Equal(l.t, 1, strings.Count(errors, "is not as configured"), errors)
		require.True(l.t, message == "" || message == errors, "preview and update say the same: %s", errors)
		message = errors
	}
	return message
}

// executePrinted runs the one command of a message on the simulated Azure, as somebody with az would.
func executePrinted(l *lab, message string) {
	l.t.Helper()
	commands := azCommand.FindAllStringSubmatch(message, -1)
	require.Len(l.t, commands, 1, message)
	inAzure(l, func(cloud engine.Cloud) {
		azure, err := simulation.Azure(cloud)
		require.NoError(l.t, err)
		_, err = azcli.Run(azure, strings.Fields(commands[0][1]))
		require.NoError(l.t, err)
	})
}

func inAzure(l *lab, f func(engine.Cloud)) {
	l.t.Helper()
	require.NoError(l.t, engine.Change(l.t.Context(), l.name, l.options, func(cloud engine.Cloud) error {
		f(cloud)
		return nil
	}))
}

// clusters are the ids of the clusters that exist.
func clusters(l *lab) []string {
	l.t.Helper()
	var ids []string
	inAzure(l, func(cloud engine.Cloud) {
		all, err := cloud.Resources()
		require.NoError(l.t, err)
		for _, r := range all {
			if regexp.MustCompile(`/v[0-9a-z]+`).ReplaceAllString(r.Type, "") == clusterType {
				ids = append(ids, r.ID)
			}
		}
	})
	return ids
}

// What Azure changes in place: the guard prints the command, and after it and a refresh nothing is left to do.
func TestGuard_ChangesInPlace(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stack     string
		overrides []string
		command   string
		ips       int
	}{
		"IP count": {"lb", []string{"outboundIpCount=3"}, "--load-balancer-managed-outbound-ip-count 3", 3},
		"ports":    {"lb", []string{"outboundPortsPerNode=4000"}, "--load-balancer-outbound-ports 4000", 1},
		"several": {
			"lb",
			[]string{"outboundIpCount=2", "outboundPortsPerNode=8000", "idleTimeoutMinutes=10"},
			"--load-balancer-managed-outbound-ip-count 2 --load-balancer-outbound-ports 8000 --load-balancer-idle-timeout 10",
			2,
		},
		"NAT gateway": {
			"managednat",
			[]string{"outboundIpCount=4", "idleTimeoutMinutes=30"},
			"--nat-gateway-managed-outbound-ip-count 4 --nat-gateway-idle-timeout 30", 4,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := newStack(t, test.stack)
			before := stack.must((*engine.Stack).Up)
			cluster := clusters(stack)

			message := refusedByGuard(stack, test.overrides...)
			assert.Contains(t, message, " "+test.command+"\n")
			executePrinted(stack, message)
			stack.must((*engine.Stack).Refresh)
			assert.Empty(t, changed(stack.must((*engine.Stack).Preview, test.overrides...)), "nothing is left to do")

			up := stack.must((*engine.Stack).Up, test.overrides...)
			assert.Len(t, up.Outputs["egressIps"], test.ips)
			assert.ElementsMatch(t, up.Outputs["expectedEgressIps"], up.Outputs["egressIps"])
			assert.Equal(t, true, up.Outputs["egressVerified"])
			assert.Equal(t, cluster, clusters(stack), "the cluster has stayed")
			if test.ips > 1 {
				assert.NotEqual(t, before.Outputs["egressIps"], up.Outputs["egressIps"])
			}
			assert.Empty(t, changed(stack.must((*engine.Stack).Preview, test.overrides...)))
			stack.must((*engine.Stack).Destroy)
		})
	}
}

// Changes of the outbound type on a network of one's own, along the steps of the message. While the ways are being
// changed the cluster takes other updates too.
func TestGuard_Migrations(t *testing.T) {
	t.Parallel()
	ranges := authorized("192.0.2.0/28")
	tests := map[string]struct {
		stack    string
		from, to string
		extra    []string // settings before and after
		late     bool     // the old way keeps precedence until it is gone
	}{
		"load balancer to NAT gateway": {"lb", "loadBalancer", "userAssignedNATGateway", nil, false},
		"load balancer to firewall":    {"lb", "loadBalancer", "userDefinedRouting", []string{ranges}, false},
		"NAT gateway to firewall":      {"natgw", "userAssignedNATGateway", "userDefinedRouting", []string{ranges}, false},
		"firewall to NAT gateway":      {"udr", "userDefinedRouting", "userAssignedNATGateway", []string{ranges}, true},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := newStack(t, test.stack)
			before := stack.must((*engine.Stack).Up, test.extra...)
			cluster := clusters(stack)
			wanted := append([]string{"outboundType=" + test.to}, test.extra...)
			migrating := append([]string{"migrateFromOutboundType=" + test.from, "nodeCount=3"}, wanted...)
			wanted = append(wanted, "nodeCount=3")

			planned := stack.run((*engine.Stack).Preview, wanted...)
			require.False(t, planned.OK, "also beside a change of the cluster that Pulumi makes")
			message := strings.Join(planned.Errors, "\n")
			assert.Contains(t, message, "1. Set migrateFromOutboundType to "+test.from+" ")
			stack.must((*engine.Stack).Preview, migrating...)
			prepared, display := withDisplay(stack, (*engine.Stack).Up, migrating...)
			require.True(t, prepared.OK, prepared.Errors)
			if test.late {
				assert.Equal(t, before.Outputs["egressIps"], prepared.Outputs["egressIps"])
			} else {
				assert.NotEqual(t, before.Outputs["egressIps"], prepared.Outputs["egressIps"])
			}
			assert.Contains(t, display, "The way out for "+test.to+" stands.")
			assert.Contains(t, display, azCommand.FindStringSubmatch(message)[1], "what comes next")

			executePrinted(stack, message)
			stack.must((*engine.Stack).Refresh)
			stack.must((*engine.Stack).Preview, migrating...) // the key may stay a while
			up := stack.must((*engine.Stack).Up, wanted...)
			assert.Equal(t, true, up.Outputs["egressVerified"])
			assert.NotEqual(t, before.Outputs["egressIps"], up.Outputs["egressIps"])
			assert.Equal(t, cluster, clusters(stack), "the cluster has stayed")
			assert.Empty(t, changed(stack.must((*engine.Stack).Preview, wanted...)))
			stack.must((*engine.Stack).Destroy)
		})
	}
}

// withDisplay also returns what Pulumi shows to people.
func withDisplay(
	l *lab, operation func(*engine.Stack, context.Context) engine.Result, overrides ...string,
) (engine.Result, string) {
	var display bytes.Buffer
	l.options.Display = &display
	defer func() { l.options.Display = nil }()
	return l.run(operation, overrides...), display.String()
}

// To a load balancer nothing has to be built first: the command comes first, and what remains of the old way goes then.
func TestGuard_MigrationsToLoadBalancer(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"natgw", "udr"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := newStack(t, name)
			stack.must((*engine.Stack).Up)
			wanted := []string{"outboundType=loadBalancer", "outboundIpCount=2", "idleTimeoutMinutes=10"}
			planned := stack.run((*engine.Stack).Preview, wanted...)
			require.False(t, planned.OK)
			message := strings.Join(planned.Errors, "\n")
			assert.NotContains(t, message, "migrateFromOutboundType")
			executePrinted(stack, message)
			stack.must((*engine.Stack).Refresh)
			up := stack.must((*engine.Stack).Up, wanted...)
			assert.Len(t, up.Outputs["egressIps"], 2)
			assert.Equal(t, true, up.Outputs["egressVerified"])
			assert.Empty(t, changed(stack.must((*engine.Stack).Preview, wanted...)))
			stack.must((*engine.Stack).Destroy)
		})
	}
}

// What Azure does not do, the guard says, and nothing is replaced.
func TestGuard_Impossible(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stack     string
		overrides []string
		want      string
	}{
		"own network to AKS's": {
			"lb", []string{"outboundType=managedNATGateway"}, "a cluster in a VNet of your own cannot move to the VNet that AKS",
		},
		"service range": {
			"lb",
			[]string{"serviceCidr=172.17.0.0/16", "dnsServiceIp=172.17.0.10"},
			"No source knows a change in place of networkProfile.serviceCidr, networkProfile.dnsServiceIP.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := newStack(t, test.stack)
			stack.must((*engine.Stack).Up)
			planned := stack.run((*engine.Stack).Preview, test.overrides...)
			require.False(t, planned.OK)
			message := strings.Join(planned.Errors, "\n")
			assert.Contains(t, message, test.want)
			assert.Contains(t, message, "allowClusterReplacement")
			assert.Empty(t, azCommand.FindAllString(message, -1))
			assert.Empty(t, changed(stack.must((*engine.Stack).Preview)), "the old configuration still fits")
		})
	}
}

// With allowClusterReplacement a new cluster comes behind its finished way out, and the old one goes before its network
// does; Azure refuses any other order.
func TestReplacement(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		stack     string
		overrides []string
		ips       int
	}{
		{"lb", []string{"outboundIpCount=3"}, 3},
		{"lb", []string{"outboundType=userDefinedRouting"}, 1},
		{"lb", []string{"outboundType=managedNATGateway"}, 1},
		{"natgw", []string{"outboundType=loadBalancer"}, 1},
	} {
		t.Run(strings.Join(append([]string{test.stack}, test.overrides...), " "), func(t *testing.T) {
			t.Parallel()
			stack := newStack(t, test.stack)
			stack.must((*engine.Stack).Up)
			old := clusters(stack)
			overrides := append([]string{"allowClusterReplacement=true"}, test.overrides...)
			planned := stack.must((*engine.Stack).Preview, overrides...)
			assert.Equal(t, "delete-replaced", stepOf(planned, "aks-cluster"), "the new one first")
			up := stack.must((*engine.Stack).Up, overrides...)
			assert.Len(t, up.Outputs["egressIps"], test.ips)
			assert.Equal(t, true, up.Outputs["egressVerified"])
			require.Len(t, clusters(stack), 1)
			assert.NotEqual(t, old, clusters(stack))
			assert.Empty(t, changed(stack.must((*engine.Stack).Preview, test.overrides...)), "the guard accepts the new one")
			stack.must((*engine.Stack).Destroy)
		})
	}
}
