package simulation_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/program"
)

// previewed is what the real CLI shows of a preview, in short and with --diff, and what its events say of each
// resource, from which it makes --json.
type previewed struct {
	short, diff string
	detailed    map[string]map[string]string // by resource, property path: kind
	op          map[string]string
}

// pulumiOf is the CLI as another program than the lab runs it: an installation of its own.
func pulumiOf(t *testing.T, o engine.Options) auto.PulumiCommand {
	t.Helper()
	path, err := o.CLI(t.Context())
	require.NoError(t, err)
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "bin"), 0o700))
	name := "pulumi"
	if strings.HasSuffix(path, ".exe") {
		name += ".exe"
	}
	require.NoError(t, os.Symlink(path, filepath.Join(root, "bin", name)))
	command, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: root})
	require.NoError(t, err)
	return command
}

func preview(t *testing.T, stack auto.Stack) previewed {
	t.Helper()
	result := previewed{detailed: map[string]map[string]string{}, op: map[string]string{}}
	stream, done := make(chan events.EngineEvent), make(chan bool)
	go func() {
		defer close(done)
		for event := range stream {
			if event.ResourcePreEvent == nil {
				continue
			}
			step := event.ResourcePreEvent.Metadata
			name := step.URN[strings.LastIndex(step.URN, "::")+2:]
			if strings.HasSuffix(string(step.Op), "replace") || len(step.DetailedDiff) > 0 {
				result.op[name] = string(step.Op)
			}
			for path, d := range step.DetailedDiff {
				if result.detailed[name] == nil {
					result.detailed[name] = map[string]string{}
				}
				result.detailed[name][path] = string(d.Kind)
			}
		}
	}()
	short, err := stack.Preview(t.Context(), optpreview.EventStreams(stream), optpreview.Color("never"))
	require.NoError(t, err)
	<-done
	diff, err := stack.Preview(t.Context(), optpreview.Diff(), optpreview.Color("never"))
	require.NoError(t, err)
	result.short, result.diff = short.StdOut, diff.StdOut
	return result
}

// A preview says which properties of a resource change, and how: for both providers, as the CLI shows it. What a
// provider answers in Go is not enough, since the server between it and the engine once lost all of it.
func TestPreview_SaysWhatChangesInAResource(t *testing.T) {
	t.Parallel()
	serving, err := engine.Serve(t.Context(), t.TempDir(), simulation.Open, nil)
	require.NoError(t, err)
	o, err := options(t.TempDir())
	require.NoError(t, err)
	pulumi := pulumiOf(t, o)
	stack, err := auto.UpsertStackInlineSource(t.Context(), "natgw", "aks-egress", program.Deploy,
		auto.EnvVars(serving.Environment), auto.Pulumi(pulumi), auto.WorkDir(t.TempDir()),
		auto.PulumiHome(t.TempDir()))
	require.NoError(t, err)
	set := func(values map[string]string) {
		for key, value := range values {
			require.NoError(t, stack.SetConfig(t.Context(), key, auto.ConfigValue{Value: value}))
		}
	}
	set(map[string]string{
		"azure-native:location": "westeurope", "aks-egress:outboundType": "userAssignedNATGateway",
		"aks-egress:tags": `{"team":"a","gone":"soon"}`,
	})
	_, err = stack.Up(t.Context())
	require.NoError(t, err)

	set(map[string]string{
		"aks-egress:tags":        `{"team":"b","more":"c"}`,
		"aks-egress:probeTarget": "http://example.com",
	})
	p := preview(t, stack)
	assert.Contains(t, p.short, "[diff: ~tags]")
	assert.NotContains(t, p.short, "[diff: ]")
	assert.Regexp(t, `StatefulSet +egress-probe-workload +update +\[diff: ~.*spec.*\]`, p.short)
	for _, line := range []string{`\+ more: "c"`, `- gone: "soon"`, `~ team: "a" => "b"`} {
		assert.Regexp(t, line, p.diff)
	}
	assert.Contains(t, p.diff, "http://example.com")
	assert.NotContains(t, p.diff, "apiVersion: v1\\nclusters", "the kubeconfig is a secret")

	tags := p.detailed["spoke-vnet"]
	assert.Equal(t, map[string]string{"tags.more": "add", "tags.gone": "delete", "tags.team": "update"}, tags)
	// The identity's update makes its outputs unknown in a preview, and a role assignment cannot change its principal.
	assert.Equal(t, map[string]string{"principalId": "update-replace"}, p.detailed["aks-role-subnet"], "%v", p.detailed)
	assert.Contains(t, p.op["aks-role-subnet"], "replace")
	assert.NotEmpty(t, p.detailed["egress-probe-workload"])
	require.NoError(t, serving.Close())
}
