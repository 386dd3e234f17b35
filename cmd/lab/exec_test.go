package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExecUsage(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		"exec":                                 "one stack, and the command behind --",
		"exec lb curl http://x":                "one stack, and the command behind --",
		"exec lb --":                           "one stack, and the command behind --",
		"exec nosuch -- ls":                    "stack nosuch: there is no Pulumi.nosuch.yaml",
		"curl":                                 "one stack, and one URL at most",
		"curl lb a b":                          "one stack, and one URL at most",
		"curl lb http://x --client nobody":     `--client "nobody" is not an IPv4 address`,
		"curl nosuch http://203.0.113.7 -- -s": "stack nosuch: there is no Pulumi.nosuch.yaml",
	} {
		code, stdout, stderr := call(strings.Fields(arguments)...)
		assert.Equal(t, exitUsage, code, arguments)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, want)
	}
	code, _, stderr := call("exec", "lb", "--dir", t.TempDir(), "--", "ls")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "error: stack lb: nothing is deployed in")
}

func TestExecAndCurl(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	code, _, stderr := call("up", "udr", "--dir", directory,
		"-c", "ingress=loadBalancer", "-c", "allowAsymmetricIngress=true")
	require.Equal(t, exitFine, code, stderr)

	code, stdout, stderr := call("exec", "udr", "--dir", directory, "--", "curl", "-sS", "http://example.org")
	assert.Equal(t, exitFine, code)
	assert.Equal(t, "Action: Deny. Reason: No rule matched. Proceeding with default action.\n", stdout)
	assert.Empty(t, stderr)

	code, stdout, stderr = call("exec", "udr", "--dir", directory, "--", "curl", "-sS", "https://example.org")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stdout, "curl: (35)")
	assert.Equal(t, "command terminated with exit code 35\n", stderr)

	code, stdout, stderr = call("curl", "udr", "--dir", directory)
	assert.Equal(t, exitFailed, code)
	assert.Equal(t, "curl: (28) Connection timed out after 10001 milliseconds\n", stdout)
	assert.Contains(t, stderr, "asymmetric: the answer is lost at firewall")

	code, stdout, _ = call("curl", "udr", "--json", "--dir", directory)
	assert.Equal(t, exitFailed, code)
	var got ranReport
	require.NoError(t, json.Unmarshal([]byte(stdout), &got), "nothing but JSON on stdout")
	assert.Equal(t, 28, got.ExitCode)
	assert.Contains(t, got.Why, "asymmetric")

	code, _, stderr = call("up", "udr", "--dir", directory, "-c", "ingress=firewallDnat")
	require.Equal(t, exitFine, code, stderr)
	code, stdout, stderr = call("curl", "udr", "--dir", directory, "--client", "198.51.100.7", "--", "-w", "%{http_code}")
	assert.Equal(t, exitFine, code, stderr)
	assert.Contains(t, stdout, "A simulated page of service egress-probe/egress-probe-internal.")
	assert.Contains(t, stdout, "200")

	code, _, stderr = call("up", "udr", "--dir", directory)
	require.Equal(t, exitFine, code, stderr)
	code, _, stderr = call("curl", "udr", "--dir", directory)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "stack udr has no ingress")
}
