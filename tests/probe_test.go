package tests

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/azcli"
	"aks-egress/internal/azuresim"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
)

// by is az at work on the stack's simulated Azure: a command line that f makes of what is there, on one resource of the
// stack's resource group.
func (l *lab) by(up engine.Result, f func(azure *azuresim.Cloud) []string) {
	l.t.Helper()
	require.NoError(l.t, engine.Change(l.t.Context(), l.name, l.options, func(c engine.Cloud) error {
		azure, err := simulation.Azure(c)
		if err != nil {
			return err
		}
		group, _ := up.Outputs["resourceGroup"].(string)
		_, err = azcli.Run(azure, append(f(azure), "--resource-group", group))
		return err
	}))
}

// only is the one resource of a type.
func (l *lab) only(azure *azuresim.Cloud, token string) azuresim.Record {
	l.t.Helper()
	found := azure.List(token)
	require.Len(l.t, found, 1, token)
	return found[0]
}

func (l *lab) refused(words []string, overrides ...string) {
	l.t.Helper()
	result := l.run((*engine.Stack).Up, overrides...)
	require.False(l.t, result.OK)
	errors := strings.Join(result.Errors, "\n")
	for _, word := range words {
		assert.Contains(l.t, errors, word)
	}
}

// The pod of the first update goes on sampling: what becomes of egress while nobody deploys shows in the next update.
func TestProbeGoesOnSampling(t *testing.T) {
	t.Parallel()
	stack := newStack(t, "udr")
	up := stack.must((*engine.Stack).Up)
	var table, route, firewall string
	deleteRoute := func(azure *azuresim.Cloud) []string {
		outputs := stack.only(azure, "azure-native:network:RouteTable").Outputs
		table, _ = outputs["name"].(string)
		for _, item := range outputs["routes"].([]any) {
			if r := item.(map[string]any); r["addressPrefix"] == "0.0.0.0/0" {
				route, _ = r["name"].(string)
				firewall, _ = r["nextHopIpAddress"].(string)
			}
		}
		return []string{"network", "route-table", "route", "delete", "--route-table-name", table, "--name", route}
	}
	stack.must((*engine.Stack).Refresh)
	assert.Zero(t, stack.probeRestarts())
	broken := []string{"no sample got an address: curl: (28) Connection timed out", "(sampled at 2026-01-01T0"}

	stack.by(up, deleteRoute)
	stack.refused(broken)

	stack.by(up, func(*azuresim.Cloud) []string {
		return []string{
			"network", "route-table", "route", "create", "--route-table-name", table, "--name", route,
			"--address-prefix", "0.0.0.0/0", "--next-hop-type", "VirtualAppliance", "--next-hop-ip-address", firewall,
		}
	})
	restored := stack.must((*engine.Stack).Up)
	assert.Empty(t, changed(restored))
	assert.Equal(t, up.Outputs, restored.Outputs)

	// The update that mends the route still meets the sample of before, and says so; in Azure too.
	stack.by(up, deleteRoute)
	stack.must((*engine.Stack).Refresh)
	stack.refused(append(broken, "a change since then shows within 15 minutes",
		"`kubectl delete pod --namespace egress-probe egress-probe-0`"))
	mended := stack.must((*engine.Stack).Up)
	assert.Empty(t, changed(mended), "the update before did the work")
	assert.Equal(t, up.Outputs, mended.Outputs)
	assert.Empty(t, changed(stack.must((*engine.Stack).Preview)))

	stack.must((*engine.Stack).Refresh)
	assert.Equal(t, 4, stack.probeRestarts(), "one for each change: broken, repaired, and both again")

	// What the program itself changes about egress is sampled at once, by a new pod.
	allowed := stack.must((*engine.Stack).Up, "allow=[docker-hub]")
	assert.Contains(t, stepsOf(allowed, "egress-probe-workload"), "update")
	stack.must((*engine.Stack).Destroy)
}

// probeRestarts is how often a container of the probe's pod was started again, as Pulumi's state has it.
func (l *lab) probeRestarts() int {
	l.t.Helper()
	_, deployment := l.export()
	for _, r := range deployment.Resources {
		if r.URN.Name() != "egress-probe-pod" {
			continue
		}
		total := 0
		status, _ := r.Outputs["status"].(map[string]any)
		containers, _ := status["containerStatuses"].([]any)
		require.NotEmpty(l.t, containers)
		for _, c := range containers {
			restarts, _ := c.(map[string]any)["restartCount"].(float64)
			total += int(restarts)
		}
		return total
	}
	require.Fail(l.t, "there is no probe")
	return 0
}

// stepsOf is what an operation did with the resources of a name.
func stepsOf(result engine.Result, name string) []string {
	var steps []string
	for urn, step := range result.Steps {
		if strings.HasSuffix(urn, "::"+name) {
			steps = append(steps, step)
		}
	}
	return steps
}

// Addresses that AKS owns change by az. Without a refresh the update says what to do; after it nothing is to be done.
func TestProbeSeesAddressesThatAzChanged(t *testing.T) {
	t.Parallel()
	stack := newStack(t, "lb")
	up := stack.must((*engine.Stack).Up)
	first := up.Outputs["egressIp"].(string)
	stack.by(up, func(azure *azuresim.Cloud) []string {
		name, _ := stack.only(azure, "azure-native:containerservice:ManagedCluster").Outputs["name"].(string)
		return []string{"aks", "update", "--name", name, "--load-balancer-managed-outbound-ip-count", "3"}
	})
	stack.refused([]string{"which is not expected: observed [", "], expected [" + first + "]", "`pulumi refresh` first"})

	stack.must((*engine.Stack).Refresh)
	preview := stack.must((*engine.Stack).Preview, "outboundIpCount=3")
	assert.Empty(t, changed(preview), "the workload does not name the addresses")
	assert.Len(t, preview.Outputs["egressIps"], 3)
	after := stack.must((*engine.Stack).Up, "outboundIpCount=3")
	assert.Empty(t, changed(after))
	assert.Equal(t, preview.Outputs["egressIps"], after.Outputs["egressIps"])
	assert.Contains(t, after.Outputs["egressIps"], first)
	stack.must((*engine.Stack).Destroy)
}
