package tests

import (
	"encoding/json"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
)

// Every stack of the repository lives through preview → up → empty preview → update → refresh → destroy.
func TestLifecycle(t *testing.T) {
	t.Parallel()
	for _, name := range stacks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := newStack(t, name)

			preview := stack.must((*engine.Stack).Preview)
			up := stack.must((*engine.Stack).Up)
			assert.Equal(t, preview.Changes["create"], up.Changes["create"], "preview and up create the same resources")
			assert.Equal(t, map[string]int{"create": up.Changes["create"]}, changed(up))
			checkOutputs(t, name, up.Outputs)
			text, deployment := stack.export()
			golden(t, name+"/resources.txt", listing(deployment))
			checkSecrets(t, text)
			checkBackend(t, stack.options.Dir)

			again := stack.must((*engine.Stack).Preview)
			assert.Empty(t, changed(again), "a preview after up is empty")
			assert.Equal(t, up.Outputs, again.Outputs)
			assert.Empty(t, changed(stack.must((*engine.Stack).Up)), "a second up changes nothing")
			assert.Empty(t, changed(stack.must((*engine.Stack).Refresh)), "refresh finds nothing that drifted")
			assert.Zero(t, stack.probeRestarts(), "the probe went on sampling, and nothing changed")
			assert.Empty(t, changed(stack.must((*engine.Stack).Preview)), "a preview after refresh is empty")

			planned := stack.must((*engine.Stack).Preview, "nodeCount=3")
			update := stack.must((*engine.Stack).Up, "nodeCount=3")
			assert.Equal(t, map[string]int{"update": 2}, changed(update), "the cluster and its component")
			// In a preview the cluster's effective addresses are unknown again, and so may be what depends on them.
			assert.Equal(t, []string{"update"}, slices.Collect(maps.Keys(changed(planned))))
			assert.GreaterOrEqual(t, planned.Changes["update"], update.Changes["update"])
			assert.Equal(t, up.Outputs["egressIps"], update.Outputs["egressIps"])

			destroy := stack.must((*engine.Stack).Destroy) // fails when anything is left in the simulated cloud
			assert.Positive(t, destroy.Changes["delete"])
		})
	}
}

func checkOutputs(t *testing.T, name string, outputs map[string]any) {
	t.Helper()
	assert.Equal(t, true, outputs["egressVerified"])
	assert.Equal(t, "[secret]", outputs["kubeconfig"])
	assert.NotEmpty(t, outputs["egressIps"])
	text, err := json.MarshalIndent(outputs, "", "  ")
	require.NoError(t, err)
	golden(t, name+"/outputs.json", stable(string(text))+"\n")
}

// checkSecrets holds for an exported state: the kubeconfig, which would open the cluster, is nowhere in the clear.
func checkSecrets(t *testing.T, export string) {
	t.Helper()
	words := []string{"kind: Config", `\"kind\":\"Config\"`, "client-key-data", "current-context", "YXBpVmVyc2lvbj"}
	for _, clear := range words {
		assert.NotContains(t, export, clear)
	}
	assert.Contains(t, export, `"ciphertext"`)
}

// checkBackend: beside the state there is no attribute file, which a kill could leave empty and the state unreadable.
func checkBackend(t *testing.T, directory string) {
	t.Helper()
	states, err := filepath.Glob(filepath.Join(directory, "*", "pulumi", ".pulumi", "stacks", "*", "*.json*"))
	require.NoError(t, err)
	require.NotEmpty(t, states)
	for _, path := range states {
		assert.NotEqual(t, ".attrs", filepath.Ext(path), path)
	}
}

// The resources that a preview announces are those that an up makes, by URN.
func TestPreviewAndUpRegisterTheSame(t *testing.T) {
	t.Parallel()
	stack := newStack(t, "udr")
	preview := stack.must((*engine.Stack).Preview).Steps
	up := stack.must((*engine.Stack).Up).Steps
	// The probe's pod is read, by an id that only an up knows.
	maps.DeleteFunc(up, func(_, operation string) bool { return operation == "read" })
	assert.Greater(t, len(up), 20)
	assert.Equal(t, preview, up)
}

// Every config error is reported at once, and nothing is registered.
func TestConfigErrors(t *testing.T) {
	t.Parallel()
	stack := newStack(t, "lb")
	result := stack.run((*engine.Stack).Up, "nodeCount=0", "outboundIpCount=101", "firewallTier=Basic")
	require.False(t, result.OK)
	errors := strings.Join(result.Errors, "\n")
	for _, key := range []string{"nodeCount", "outboundIpCount", "firewallTier"} {
		assert.Contains(t, errors, key)
	}
	assert.LessOrEqual(t, result.Changes["create"], 1, "nothing but the stack itself is registered")
}
