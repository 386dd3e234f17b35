package tests

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress/doctor"
	"aks-egress/internal/azcli"
	"aks-egress/internal/azuresim"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
)

// operatedFrom lets Pulumi come to the clusters from an address.
func (l *lab) operatedFrom(addr string) {
	l.options.Cloud = simulation.OpenWith(simulation.Options{Operator: netip.MustParseAddr(addr)})
}

// inside is an address in the nodes' subnet of a stack.
func inside(stack string, overrides ...string) string {
	nodes := "10.1.0.0/22"
	for _, override := range overrides {
		if value, ok := strings.CutPrefix(override, "nodeSubnet="); ok {
			nodes = value
		}
	}
	prefix, err := netip.ParsePrefix(nodes)
	switch {
	case stack == "managednat": // in AKS's own network
		return "10.224.0.200"
	case err != nil: // which the program refuses
		return azuresim.DefaultOperator.String()
	}
	bytes := prefix.Addr().As4()
	bytes[3] += 5
	return netip.AddrFrom4(bytes).String()
}

// authorized is the setting of authorized ranges.
func authorized(ranges ...string) string { return "apiServerAuthorizedIpRanges=" + list(ranges...) }

// shutOut is the doctor's finding about the operator.
func (l *lab) shutOut() doctor.Finding {
	l.t.Helper()
	network, err := l.deployed()
	require.NoError(l.t, err)
	findings := doctor.Examine(network)
	require.Len(l.t, findings, 1)
	require.Equal(l.t, doctor.APIServerUnreachable, findings[0].ID)
	return findings[0]
}

var quoted = regexp.MustCompile("`(az [^`]*)`")

// az runs the command of a text on the simulated Azure.
func (l *lab) az(text string) {
	l.t.Helper()
	command := text
	if found := quoted.FindStringSubmatch(text); found != nil {
		command = found[1]
	}
	inAzure(l, func(cloud engine.Cloud) {
		azure, err := simulation.Azure(cloud)
		require.NoError(l.t, err)
		_, err = azcli.Run(azure, strings.Fields(command))
		require.NoError(l.t, err)
	})
}

// An operator whom the ranges leave out: the update fails in the words of the provider and loses nothing, the doctor
// says why, and the ranges mended by configuration or by az let the next update pass.
func TestOperatorOutsideTheRanges(t *testing.T) {
	t.Parallel()
	l, operator := newStack(t, "udr"), azuresim.DefaultOperator.String()
	only := authorized("198.51.100.0/24")
	l.must((*engine.Stack).Preview, only)
	up := l.run((*engine.Stack).PreviewedUp, only)
	require.False(t, up.OK)
	assert.Regexp(t, `^kubernetes:core/v1:Namespace egress-probe-namespace: configured Kubernetes cluster is `+
		`unreachable: unable to load schema information from the API server: Get `+
		`"https://aks-\w+\.hcp\.westeurope\.azmk8s\.io:443/openapi/v2\?timeout=32s": `+
		`dial tcp 203\.0\.113\.\d+:443: i/o timeout$`, strings.Join(up.Errors, "\n"))
	cluster := clusters(l)
	require.Len(t, cluster, 1)
	finding := l.shutOut()
	assert.Regexp(t, `authorizedIPRanges \(198\.51\.100\.0/24 and 203\.0\.113\.\d+\) do not hold `+operator,
		finding.Message, "with the firewall's address")

	both := authorized("198.51.100.0/24", operator)
	up = l.must((*engine.Stack).PreviewedUp, both)
	assert.Equal(t, true, up.Outputs["egressVerified"])
	assert.Equal(t, "update", stepOf(up, "aks-cluster"))

	l.must((*engine.Stack).Up, both)
	l.operatedFrom("192.0.2.77") // somebody else
	for name, operation := range map[string]func() engine.Result{
		"preview": func() engine.Result { return l.run((*engine.Stack).Preview, both) },
		"up":      func() engine.Result { return l.run((*engine.Stack).PreviewedUp, both) },
		"refresh": func() engine.Result { return l.run((*engine.Stack).Refresh, both) },
		"destroy": func() engine.Result { return l.run((*engine.Stack).Destroy, both) },
	} {
		result := operation()
		assert.False(t, result.OK, name)
		errors := strings.Join(result.Errors, "\n")
		assert.Contains(t, errors, ":443: i/o timeout", name)
		assert.Contains(t, errors, "configured Kubernetes cluster is unreachable", name)
	}
	assert.Equal(t, cluster, clusters(l), "nothing was lost")
	all := authorized("198.51.100.0/24", operator, "192.0.2.77")
	l.must((*engine.Stack).Up, all) // without a preview the cluster comes first
	l.operatedFrom("192.0.2.78")
	assert.False(t, l.run((*engine.Stack).Up, all).OK)
	l.az(l.shutOut().Fix)
	up = l.must((*engine.Stack).PreviewedUp, all)
	assert.Zero(t, up.Changes["create"]+up.Changes["replace"]+up.Changes["delete"], "everything was still there")
	assert.Equal(t, "same", stepOf(up, "egress-probe-workload"))
	l.must((*engine.Stack).Destroy)
}

// The private name of the API server is known in the nodes' network only, and all other operators end as kubectl does.
func TestOperatorOfPrivateCluster(t *testing.T) {
	t.Parallel()
	for _, stack := range []string{"lb", "managednat", "udr"} {
		t.Run(stack, func(t *testing.T) {
			t.Parallel()
			l := newStack(t, stack)
			up := l.run((*engine.Stack).Up, "privateCluster=true")
			require.False(t, up.OK)
			assert.Regexp(t, `dial tcp: lookup aks-[\w-]+\.[0-9a-f-]+\.privatelink\.westeurope\.azmk8s\.io: no such host$`,
				strings.Join(up.Errors, "\n"))
			if network, err := l.deployed(); assert.NoError(t, err) {
				assert.True(t, slices.ContainsFunc(doctor.Examine(network), func(f doctor.Finding) bool {
					return f.ID == doctor.APIServerUnreachable && strings.Contains(f.Fix, "az aks command invoke")
				}))
			}
			l.operatedFrom(inside(stack))
			up = l.must((*engine.Stack).Up, "privateCluster=true")
			assert.Equal(t, true, up.Outputs["egressVerified"])
			require.NoError(t, l.checkIntent(up))
			assert.Empty(t, changed(l.must((*engine.Stack).Preview, "privateCluster=true")))
			l.must((*engine.Stack).Destroy)
		})
	}
}
