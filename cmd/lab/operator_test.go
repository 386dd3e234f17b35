package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress/doctor"
)

func TestOperatorUsage(t *testing.T) {
	t.Parallel()
	const state = " --state testdata/hub.json "
	for arguments, want := range map[string]string{
		"up lb --operator-ip me":     `--operator-ip "me" is not the IPv4 address of a machine`,
		"serve --operator-ip ::1":    `--operator-ip "::1" is not the IPv4 address`,
		"outputs lb --operator-ip 1": "unknown flag: --operator-ip",

		"doctor" + state + "--operator-ip 127.0.0.1":                   "address of a machine, such as 192.0.2.10",
		"trace" + state + "--from operator":                            "which address has the operator? Give --operator-ip",
		"trace" + state + "--from operator --operator-ip 198.51.100.1": "the network has no API server; give --to",
		"trace" + state + "--inbound --from operator":                  "--inbound starts on the internet",
	} {
		code, stdout, stderr := call(append(strings.Fields(arguments), "--dir", t.TempDir())...)
		assert.Equal(t, exitUsage, code, arguments)
		assert.Empty(t, stdout, arguments)
		assert.Contains(t, stderr, want)
	}
}

// An operator outside the ranges reads the provider's words, and below them why and what to do; the flag and the
// variable name another operator.
func TestOperatorShutOut(t *testing.T) {
	directory := t.TempDir()
	in := func(arguments ...string) (int, string, string) { return call(append(arguments, "--dir", directory)...) }
	ranges := `apiServerAuthorizedIpRanges=["198.51.100.0/24"]`
	code, _, stderr := in("up", "natgw", "-c", ranges)
	assert.Equal(t, exitFailed, code)
	lines := strings.Split(stderr, "\n")
	require.GreaterOrEqual(t, len(lines), 4)
	lines = lines[len(lines)-4:]
	assert.Contains(t, lines[0], "error: natgw: kubernetes:core/v1:Namespace egress-probe-namespace: configured "+
		"Kubernetes cluster is unreachable: ")
	assert.Contains(t, lines[0], ":443: i/o timeout")
	assert.Contains(t, lines[1], "why:   The operator at 192.0.2.10 cannot reach the API server of cluster aks-cluster")
	assert.Contains(t, lines[2], "fix:   `az aks update ")

	code, stdout, _ := in("up", "natgw", "--json", "-c", ranges)
	assert.Equal(t, exitFailed, code)
	var got stacksReport
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	assert.Len(t, got.Stacks["natgw"].Errors, 1)
	require.Len(t, got.Stacks["natgw"].Findings, 1)
	assert.Equal(t, doctor.APIServerUnreachable, got.Stacks["natgw"].Findings[0].ID)

	code, stdout, _ = in("trace", "natgw", "--from", "operator")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stdout, "operator 192.0.2.10 → HTTPS aks-")
	assert.Contains(t, stdout, "\n  denied-in: the API server of cluster aks-cluster")
	code, stdout, _ = in("trace", "natgw", "--from", "operator", "--to", "1.2.3.4:22", "--json")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stdout, `"from": "operator"`)
	code, _, _ = in("doctor", "natgw")
	assert.Equal(t, exitFailed, code)

	t.Setenv(operatorVariable, "198.51.100.7")
	code, stdout, _ = in("doctor", "natgw")
	assert.Equal(t, exitFine, code, stdout)
	code, stdout, _ = in("trace", "natgw", "--from", "operator")
	assert.Equal(t, exitFine, code)
	assert.Contains(t, stdout, "delivered-service from 198.51.100.7")
	code, _, stderr = in("up", "natgw", "-c", ranges)
	assert.Equal(t, exitFine, code, stderr)
	code, _, _ = in("preview", "natgw", "-c", ranges, "--operator-ip", "192.0.2.10")
	assert.Equal(t, exitFailed, code, "the flag wins")
	code, stdout, stderr = call("exec", "natgw", "--dir", directory, "--", "sh", "-c", "echo hello")
	assert.Equal(t, exitFine, code, stderr)
	assert.Equal(t, "hello\n", stdout)

	t.Setenv(operatorVariable, "192.0.2.10")
	code, stdout, stderr = call("exec", "natgw", "--dir", directory, "--", "sh", "-c", "echo hello")
	assert.Equal(t, exitFailed, code)
	assert.Empty(t, stdout)
	assert.Regexp(t, "^error: natgw: Unable to connect to the server: dial tcp .*:443: i/o timeout\nwhy: .*\nfix: ",
		stderr)
	code, _, stderr = in("destroy", "natgw")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "PULUMI_K8S_DELETE_UNREACHABLE")
	t.Setenv("PULUMI_K8S_DELETE_UNREACHABLE", "true")
	code, _, stderr = in("destroy", "natgw")
	assert.Equal(t, exitFine, code, stderr)
	t.Setenv(operatorVariable, "nobody")
	code, _, stderr = in("destroy", "natgw")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, operatorVariable+` "nobody" is not the IPv4 address`)
}
