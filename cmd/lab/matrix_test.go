package main

import (
	"bytes"
	"encoding/json"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/fatih/color"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress/matrix"
)

// matrixOf is the JSON of trace --matrix.
func matrixOf(t *testing.T, arguments ...string) matrixReport {
	t.Helper()
	code, stdout, stderr := call(append([]string{"trace", "--matrix", "--json"}, arguments...)...)
	require.Equal(t, exitFine, code, stderr)
	var got matrixReport
	require.NoError(t, json.Unmarshal([]byte(stdout), &got), "nothing but JSON on stdout")
	return got
}

func find(t *testing.T, rows []matrix.Row, destination string) matrix.Row {
	t.Helper()
	i := slices.IndexFunc(rows, func(r matrix.Row) bool { return r.Destination == destination })
	require.GreaterOrEqual(t, i, 0, destination)
	return rows[i]
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := traceStates("--matrix")
	require.Equal(t, exitFine, code, "a blocked row is an answer")
	assert.Empty(t, stderr)
	lines := strings.Split(stdout, "\n")
	for _, line := range []string{
		"pod of shop",
		"Key Vault",
		"  https://api.example.com                        firewall: egress/aks/a…  203.0.113.10  allowed",
		"  https://myvault.vault.azure.net                firewall: no rule                      blocked",
		"  https://mystorage.blob.core.windows.net        firewall: no rule                      blocked (1)",
		"What a firewall blocks is opened by these entries of aks-egress:allow:",
		"  key-vault:myvault                   Key Vault",
		"(1) Not considered: the firewall's built-in infrastructure rules, which let out to some of the",
	} {
		assert.True(t, slices.Contains(lines, line), line)
	}
	_, stdout, _ = traceStates("--matrix", "--from", "node")
	assert.Contains(t, stdout, "node of shop\n")
	_, stdout, _ = traceStates("--matrix", "--from", "spoke/nodes")
	assert.Contains(t, stdout, "subnet nodes\n")
	assert.Contains(t, stdout, "  https://*.hcp.westeurope.azmk8s.io ", "a subnet has no API server of its own")
}

// The table is aligned and as narrow as asked, from 80 columns up; with room enough nothing of it is cut.
func TestMatrixWidths(t *testing.T) {
	t.Parallel()
	report := matrixOf(t, "--state", "testdata/hub.json", "--state", "testdata/spoke.json")
	for width, rule := range map[int]string{
		80: "firewall: egress/aks…", 120: "firewall: egress/aks/api", 300: "firewall: egress/aks/api",
	} {
		var out bytes.Buffer
		w := &summary{out: &out}
		w.matrix(report, width)
		at := -1
		for line := range strings.SplitSeq(out.String(), "\n") {
			assert.LessOrEqual(t, len([]rune(line)), width, line)
			for _, word := range []string{"verdict", "allowed", "blocked"} {
				if text, _, found := strings.Cut(line, "  "+word); found && !strings.Contains(text, "entries") {
					if at < 0 {
						at = len([]rune(text))
					}
					assert.Equal(t, at, len([]rune(text)), line)
				}
			}
		}
		assert.Positive(t, at)
		assert.True(t, strings.Contains(out.String(), rule+" "), "%s at %d", rule, width)
		if width > 80 {
			assert.False(t, strings.Contains(out.String(), "…"), "cut at %d", width)
		}
	}
	var narrow, least bytes.Buffer
	(&summary{out: &narrow}).matrix(report, 20)
	(&summary{out: &least}).matrix(report, 80)
	assert.Equal(t, least.String(), narrow.String())
}

func TestMatrixColours(t *testing.T) {
	t.Parallel()
	report := matrixOf(t, "--state", "testdata/hub.json", "--state", "testdata/spoke.json")
	var plain, painted bytes.Buffer
	(&summary{out: &plain}).matrix(report, 100)
	(&summary{out: &painted, color: true}).matrix(report, 100)
	text := painted.String()
	for _, attribute := range []color.Attribute{color.FgRed, color.FgGreen} {
		assert.Contains(t, text, (&summary{color: true}).paint("", attribute)[:5])
	}
	for _, code := range []string{"\x1b[31m", "\x1b[32m", "\x1b[1m", "\x1b[22m", "\x1b[0m"} {
		text = strings.ReplaceAll(text, code, "")
	}
	assert.Equal(t, plain.String(), text, "colours take no columns")
}

func TestMatrixJSON(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := traceStates("--matrix", "--json")
	require.Equal(t, exitFine, code, stderr)
	var got struct {
		Matrix []struct {
			Rows             []map[string]json.RawMessage
			UnknownResources []string
		}
		NotDeployed []string
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	require.Len(t, got.Matrix, 1)
	assert.NotNil(t, got.Matrix[0].UnknownResources)
	assert.NotNil(t, got.NotDeployed)
	for _, row := range got.Matrix[0].Rows {
		for _, key := range []string{
			"class", "destination", "flow", "path", "sourceIps", "verdict", "disposition", "reason",
		} {
			require.Contains(t, row, key)
		}
		if string(row["destination"]) == `"https://myvault.vault.azure.net"` {
			assert.JSONEq(t, `"blocked"`, string(row["verdict"]))
			assert.JSONEq(t, `[]`, string(row["sourceIps"]))
			assert.JSONEq(t, `"key-vault:myvault"`, string(row["openedBy"]))
			assert.JSONEq(t, `"firewall: no rule"`, string(row["blockedBy"]))
			assert.JSONEq(t, `"tls-reset"`, string(row["refusal"]))
		}
	}
}

func TestMatrixUsage(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		"--matrix --to a.example.com:443":           "--matrix asks for every destination: give no --to",
		"--matrix --inbound":                        "give no --inbound",
		"--matrix --from operator":                  "give no --from operator",
		"--matrix --client 198.51.100.7":            "give no --client",
		"--matrix --address 198.51.100.7":           "give no --address",
		"--matrix --service-tag AzureCloud":         "give no --service-tag",
		"--matrix --all":                            "give --all or --state, not both",
		"--matrix udr":                              "give a stack of the lab or --state, not both",
		"--matrix lb udr":                           "give a stack of the lab or --state, not both",
		"--matrix --cluster other":                  "--cluster other is none of shop",
		"--all --to a.example.com:443":              "several stacks, and --all, go with --matrix",
		"lb udr --to a.example.com:443":             "several stacks, and --all, go with --matrix",
		"--matrix --service-tags testdata/hub.json": "not Microsoft's file of service tags",
		"--matrix --from spoke/nosuch":              "neither pod nor node nor one of the subnets",
	} {
		t.Run(arguments, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := traceStates(strings.Fields(arguments)...)
			assert.Equal(t, exitUsage, code)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, want)
		})
	}
	code, _, stderr := call("trace", "--matrix")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "which network?")
	code, _, stderr = call("trace", "--matrix", "nosuch")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "stacks here")
	code, _, stderr = call("trace", "--matrix", "--all", "--dir", t.TempDir())
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "no stack is deployed in the lab: run ")
	code, _, stderr = call("trace", "--matrix", "lb", "--dir", t.TempDir())
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "stack lb is not deployed in the lab: run ")
}

// Hosts depend on the region, and those of other clouds have other names.
func TestMatrixRegions(t *testing.T) {
	t.Parallel()
	spoke, err := os.ReadFile("testdata/spoke.json")
	require.NoError(t, err)
	for location, want := range map[string]string{
		"chinaeast2": "region chinaeast2 is outside Azure public cloud",
		"":           "the location of shop is not in the state",
	} {
		file := stateFile(t, strings.ReplaceAll(string(spoke), `"westeurope"`, `"`+location+`"`))
		code, _, stderr := call("trace", "--state", "testdata/hub.json", "--state", file, "--matrix")
		assert.Equal(t, exitUsage, code)
		assert.Contains(t, stderr, want)
	}
}

// What the model cannot tell is said so, with its reason once, and what is not known to it at all.
func TestMatrixTellsOfUnknowns(t *testing.T) {
	t.Parallel()
	file := stateFile(t, `{"version": 3, "deployment": {"resources": [
		{"urn": "a", "type": "azure-native:network:VirtualNetworkGateway", "id": "/x", "outputs": {}}]}}`)
	code, stdout, stderr := call("trace", "--state", "testdata/spoke.json", "--state", file, "--matrix")
	assert.Equal(t, exitFine, code, stderr)
	assert.Contains(t, stdout, "  not known (1)\n")
	assert.Equal(t, 1, strings.Count(stdout, "\n(1) "))
	assert.NotContains(t, stdout, "(2)")
	assert.NotContains(t, stdout, "entries of aks-egress:allow")
	assert.Contains(t, stdout, "\n1 resource not known to the model, which may change the picture: lab doctor")
}

// What a probe asks is a destination by name or by address.
func TestTargetOf(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"http://ifconfig.me/ip":      "http://ifconfig.me",
		"https://a.example.com:8443": "https://a.example.com:8443",
		"http://203.0.113.9/ip":      "tcp://203.0.113.9:80",
		"https://203.0.113.9:8443/":  "tcp://203.0.113.9:8443",
	} {
		u, err := url.Parse(text)
		require.NoError(t, err)
		assert.Equal(t, want, targetOf(u).String())
	}
}

// A stack's own entries and names have rows; a preset opens its row, and the pod's own curl agrees before and after.
func TestMatrixOfStacks(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	lab := func(arguments ...string) (int, string, string) {
		return call(append([]string{"--dir", directory}, arguments...)...)
	}
	curl := func(url string) (code int, output string) {
		code, stdout, stderr := lab("exec", "udr", "--", "curl", "-sS", url)
		return code, stdout + stderr
	}
	const vault, api = "https://shop.vault.azure.net", "http://api.example.com"
	code, _, stderr := lab("up", "udr", "natgw")
	require.Equal(t, exitFine, code, stderr)
	code, _, stderr = lab("preview", "udr", "-c", "allow=[key-vault:shop, 'http://api.example.com']")
	require.Equal(t, exitFine, code, stderr) // so the rows have these names before they are opened

	rows := matrixOf(t, "udr", "--dir", directory).Matrix[0].Rows
	assert.Equal(t, matrix.Blocked, find(t, rows, vault).Verdict)
	assert.Equal(t, "key-vault:shop", find(t, rows, vault).OpenedBy)
	assert.Equal(t, matrix.Blocked, find(t, rows, api).Verdict)
	assert.Equal(t, matrix.Allowed, find(t, rows, "http://ifconfig.me").Verdict, "the probe's target")
	code, output := curl(vault)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, output, "curl: (35)")
	_, output = curl(api)
	assert.Contains(t, output, "Action: Deny. Reason: No rule matched.")

	code, _, stderr = lab("up", "udr", "-c", "allow=[key-vault:shop, 'http://api.example.com']")
	require.Equal(t, exitFine, code, stderr)
	rows = matrixOf(t, "udr", "--dir", directory).Matrix[0].Rows
	source := find(t, rows, "http://ifconfig.me").SourceIPs
	for _, destination := range []string{vault, api} {
		row := find(t, rows, destination)
		assert.Equal(t, matrix.Allowed, row.Verdict)
		assert.Equal(t, source, row.SourceIPs)
		assert.True(t, strings.HasPrefix(row.Path, "firewall: workloads/"), row.Path)
		code, output = curl(destination)
		assert.Equal(t, exitFine, code)
		assert.Contains(t, output, "A simulated page of "+row.Flow.Host)
	}
	code, seen := curl("http://ifconfig.me/ip")
	assert.Equal(t, exitFine, code)
	assert.Equal(t, source, strings.Fields(seen))

	both := matrixOf(t, "--all", "--dir", directory)
	require.Len(t, both.Matrix, 2)
	assert.Contains(t, both.NotDeployed, "lb")
	_, text, _ := lab("trace", "--all", "--matrix")
	assert.Regexp(t, `(?m)^destination +natgw +udr$`, text)
	assert.Regexp(t, `(?m)^AKS itself, 7 hosts +203\.0\.113\.\d+ +203\.0\.113\.\d+$`, text)
	assert.Regexp(t, `(?m)^  http://archive\.ubuntu\.com +203\.0\.113\.\d+ +blocked$`, text)
	assert.Contains(t, text, "\nNot deployed: lb, managednat, ")
}
