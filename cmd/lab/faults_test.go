package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFaultFlags_Refused(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "faults.yaml")
	require.NoError(t, os.WriteFile(file, []byte("faults:\n  - {type: X, operation: create, fault: failed}\n"), 0o600))
	for _, c := range []struct {
		arguments []string
		want      string
	}{
		{[]string{"up", "lb", "--fault", "network:VirtualNetwork create"}, "the form is TYPE OPERATION FAULT"},
		{[]string{"up", "lb", "--fault", "network:Nosuch create failed"}, `type "network:Nosuch": must be one of`},
		{[]string{"destroy", "lb", "--fault", "RoleAssignment delete failed"}, "cannot happen here"},
		{[]string{"preview", "lb", "--faults", file}, file + ":2: type"},
		{[]string{"refresh", "lb", "--faults", file + ".nosuch"}, "no such file"},
		{[]string{"outputs", "lb", "--fault", "* read error"}, "unknown flag"},
	} {
		code, stdout, stderr := call(c.arguments...)
		assert.Equal(t, exitUsage, code)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, c.want)
	}
}

// Each fault that happens is one line on stderr, and a rule that no request met is told at the end; the next up
// continues.
func TestFaults_Told(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	code, _, stderr := call("up", "lb", "--dir", directory, "--fault", "network:VirtualNetwork create throttled",
		"--fault", "ManagedCluster create failed", "--fault", "AzureFirewall create failed")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "lb: fault: create azure-native:network:VirtualNetwork spoke-vnet: throttled\n")
	assert.Contains(t, stderr, "lb: fault: create azure-native:containerservice:ManagedCluster aks-cluster: failed\n")
	assert.Contains(t, stderr, "fault never happened: AzureFirewall create failed\n")
	assert.Contains(t, stderr, `Status=200 Code="InternalServerError" Message="An error occurred."`)

	code, stdout, stderr := call("up", "lb", "--dir", directory)
	require.Equal(t, exitFine, code, stderr)
	assert.Contains(t, stdout, "1 updated")
	assert.NotContains(t, stderr, "fault")
}
