package main

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	hubState = `{"version": 3, "deployment": {"resources": [{"type": "azure-native:network:VirtualNetwork", "id": "hub",
		"outputs": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}}]}}`
	awsState = `{"version": 3, "deployment": {"resources": [{"type": "aws:ec2/vpc:Vpc", "id": "vpc-1"}]}}`
)

func stateFile(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "state.json")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestReadStates(t *testing.T) {
	t.Parallel()
	hub, aws := stateFile(t, hubState), stateFile(t, awsState)
	for _, files := range [][]string{{hub}, {"-"}, {aws, "-"}, {hub, aws}} {
		resources, err := readStates(files, strings.NewReader(hubState))
		require.NoError(t, err)
		assert.Len(t, resources, len(files))
	}
	for words, files := range map[string][]string{
		aws + ": there are no azure-native resources in it, only those of aws (1)": {aws},
		hub + "x: no such file": {hub + "x"},
		"stdin: reading the deployment: --state - can be given once only": {"-", "-"},
	} {
		_, err := readStates(files, strings.NewReader(hubState))
		require.ErrorContains(t, err, words)
	}
	_, err := readStates([]string{"-"}, strings.NewReader(""))
	require.ErrorContains(t, err, "stdin: not what `pulumi stack export` writes: it is empty")
}

func TestReadNetwork_Usage(t *testing.T) {
	t.Parallel()
	l := &lab{stdout: io.Discard, stderr: io.Discard, directory: t.TempDir()}
	var failed failure
	for _, c := range []struct {
		stack string
		files []string
		words string
	}{
		{"udr", []string{"x.json"}, "give a stack of the lab or --state, not both"},
		{"", nil, "which network?"},
		{"nosuch", nil, "stacks here"},
		{"", []string{stateFile(t, hubState), stateFile(t, hubState)}, "both manage the resource of this id"},
		{"", []string{stateFile(t, strings.Replace(hubState, "10.0.0.0", "10.0.0", 1))}, `(got "10.0.0/16")`},
	} {
		_, _, err := l.readNetwork(t.Context(), c.stack, c.files)
		require.ErrorContains(t, err, c.words)
		assert.NotErrorAs(t, err, &failed, "usage")
	}
	_, _, err := l.readNetwork(t.Context(), "udr", nil)
	require.ErrorContains(t, err, "stack udr is not deployed in the lab: run ")
	require.ErrorContains(t, err, " up udr")
	require.ErrorAs(t, err, &failed)
}

// A stack of the lab and its export name the same things; the stack says how they are now.
func TestReadNetwork_Stack(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	code, _, stderr := call("up", "lb", "--dir", directory)
	require.Equal(t, exitFine, code, stderr)
	code, export, _ := call("export", "lb", "--dir", directory)
	require.Equal(t, exitFine, code)
	code, _, stderr = call("drift", "lb", "scale-nodes=4", "--dir", directory)
	require.Equal(t, exitFine, code, stderr)

	l := &lab{stdout: io.Discard, stderr: io.Discard, directory: directory}
	now, unknown, err := l.readNetwork(t.Context(), "lb", nil)
	require.NoError(t, err)
	assert.Empty(t, unknown)
	exported, unknown, err := l.readNetwork(t.Context(), "", []string{stateFile(t, export)})
	require.NoError(t, err)
	assert.Empty(t, unknown)

	require.Len(t, now.Clusters, 1)
	assert.Equal(t, 4, now.Clusters[0].NodeCount)
	assert.NotEmpty(t, now.Clusters[0].Images)
	assert.NotEmpty(t, now.Clusters[0].OutboundLoadBalancerID)

	require.Len(t, exported.Clusters, 1)
	assert.NotEqual(t, 4, exported.Clusters[0].NodeCount)
	assert.Equal(t, now.Clusters[0].Images, exported.Clusters[0].Images)
	assert.Equal(t, now.Clusters[0].Services, exported.Clusters[0].Services)
}
