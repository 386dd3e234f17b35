package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
)

// call runs a command line of the lab.
func call(arguments ...string) (code int, stdout, stderr string) {
	var out, problems bytes.Buffer
	code = run(arguments, &out, &problems)
	return code, out.String(), problems.String()
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		"up":                   "which stack? one or more of lb,",
		"up nosuch":            "stack nosuch: there is no Pulumi.nosuch.yaml (stacks here: lb,",
		"up lb --all":          "not both",
		"up lb -c nodeCount":   "key=value",
		"up lb --nosuch":       "unknown flag",
		"nosuch":               "unknown command",
		"export":               "accepts 1 arg",
		"export nosuch":        "stacks here",
		"outputs lb -c a=b":    "unknown shorthand flag",
		"serve something":      "unknown command",
		"serve --":             "which command?",
		"serve --json -- true": "not both",
		"destroy lb,udr":       "stack lb,udr: there is no",
		"preview lb --dir":     "flag needs an argument",
		"refresh ../config.go": "there is no",
	} {
		t.Run(arguments, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := call(strings.Fields(arguments)...)
			assert.Equal(t, exitUsage, code)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, want)
		})
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, arguments := range [][]string{{}, {"--help"}, {"up", "--help"}} {
		code, stdout, stderr := call(arguments...)
		assert.Equal(t, exitFine, code)
		assert.Contains(t, stdout, "--json")
		assert.Empty(t, stderr)
	}
}

func TestBeforeUp(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	code, stdout, stderr := call("outputs", "lb", "--dir", directory)
	assert.Equal(t, exitFailed, code)
	assert.Empty(t, stdout)
	assert.Contains(t, stderr, "error: stack lb: nothing is deployed in")

	code, stdout, _ = call("outputs", "lb", "udr", "--json", "--dir", directory)
	assert.Equal(t, exitFailed, code)
	var got stacksReport
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	assert.Len(t, got.Stacks["udr"].Errors, 1)

	code, stdout, stderr = call("export", "lb", "--dir", directory)
	assert.Equal(t, exitFailed, code)
	assert.Empty(t, stdout)
	assert.Contains(t, stderr, "nothing is deployed")
}

func TestConfigErrors_AllAtOnceBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	code, stdout, _ := call("up", "lb", "udr", "--json", "--dir", t.TempDir(), "-c", "nodeCount=none", "-c", "nosuch=1")
	assert.Equal(t, exitFailed, code)
	var got stacksReport
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	for _, stack := range []string{"lb", "udr"} {
		errors := strings.Join(got.Stacks[stack].Errors, "\n")
		assert.Contains(t, errors, "nodeCount none")
		assert.Contains(t, errors, "nosuch")
	}
}

func TestDirectoryThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	code, _, stderr := call("up", "lb", "--dir", file)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "use --dir")
	assert.Equal(t, 1, strings.Count(stderr, "\n"), "one line")
}

func TestUpAndDestroy(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	code, stdout, stderr := call("up", "lb", "natgw", "--dir", directory)
	require.Equal(t, exitFine, code, stderr)
	assert.Contains(t, stdout, "lb    | Updating (lb):")
	assert.Contains(t, stdout, "natgw | Updating (natgw):")
	assert.Contains(t, stdout, "\nlb  loadBalancer\n")
	assert.Contains(t, stdout, "   verified\n")
	assert.Contains(t, stdout, "destroy natgw --dir "+directory)
	assert.NotContains(t, stdout, "\x1b", "no colour without a terminal")

	code, stdout, _ = call("up", "lb", "--json", "--dir", directory)
	require.Equal(t, exitFine, code)
	var got stacksReport
	require.NoError(t, json.Unmarshal([]byte(stdout), &got), "nothing but JSON on stdout")
	lb := got.Stacks["lb"]
	assert.True(t, lb.OK)
	assert.Zero(t, lb.Changes["create"]+lb.Changes["update"]+lb.Changes["delete"])
	assert.Positive(t, lb.Changes["same"])
	assert.Equal(t, "[secret]", lb.Outputs["kubeconfig"])
	assert.NotNil(t, lb.Errors)

	code, stdout, _ = call("export", "lb", "--dir", directory)
	require.Equal(t, exitFine, code)
	assert.Contains(t, stdout, "azure-native:containerservice")
	assert.NotContains(t, stdout, "apiVersion: v1\\nclusters", "the kubeconfig is encrypted")

	code, stdout, stderr = call("destroy", "--all", "--dir", directory)
	require.Equal(t, exitFine, code, stderr)
	assert.Contains(t, stdout, "the simulated cloud is empty")
}

func TestOneFailingStackDoesNotStopTheOthers(t *testing.T) {
	t.Parallel()
	// Port allocation has a meaning for the load balancer only, so udr refuses it.
	code, stdout, stderr := call("preview", "lb", "udr", "--dir", t.TempDir(), "-c", "outboundPortsPerNode=1024")
	assert.Equal(t, exitFailed, code)
	assert.Regexp(t, `(?m)^lb  \d+ to create$`, stdout)
	assert.Contains(t, stderr, "error: udr: config: outboundPortsPerNode")
}

func TestPrefixWriter(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	var mutex sync.Mutex
	w := newPrefixWriter(&out, &mutex, "lb", []string{"lb", "natgw"})
	for _, part := range []string{"one\n\ntw", "o\n  \nthr", "ee"} {
		n, err := w.Write([]byte(part))
		require.NoError(t, err)
		assert.Equal(t, len(part), n)
	}
	w.flush()
	w.flush()
	assert.Equal(t, "lb    | one\nlb    | two\nlb    | three\n", out.String())

	broken := newPrefixWriter(failing{}, &mutex, "lb", nil)
	_, err := broken.Write([]byte("x\n"))
	assert.Error(t, err)
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestEnvironmentForShells(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	writeEnvironment(&out, map[string]string{"A": "it's", "B": "x:1,y:2"})
	assert.Contains(t, out.String(), "export A='it'\\''s'\nexport B='x:1,y:2'\n")
	assert.Contains(t, out.String(), "$env:A = 'it''s'\n$env:B = 'x:1,y:2'\n")
}

func TestResultIsStable(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, writeJSON(&out, stacksReport{map[string]stackReport{
		"lb": {Result: engine.Failed(errors.New("a → b"))},
	}}))
	assert.JSONEq(t, `{"stacks": {"lb": {"ok": false, "outputs": {}, "errors": ["a → b"],
		"changes": {"create": 0, "update": 0, "replace": 0, "delete": 0, "same": 0}}}}`, out.String())
}
