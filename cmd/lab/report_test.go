package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/report"
)

func TestReport_Usage(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string][]string{
		"report":                                {"which stack? one or more of lb,"},
		"report nosuch":                         {"stack nosuch: there is no Pulumi.nosuch.yaml"},
		"report lb --all":                       {"not both"},
		"report --state f lb":                   {"give stacks or --state, not both"},
		"report --state f --all":                {"give stacks or --state, not both"},
		"report --state f -c a=b":               {"give no -c"},
		"report --state f --base x":             {"give no --base"},
		"report --state f --deployed":           {"give no --deployed"},
		"report --state nosuch.json":            {"nosuch.json"},
		"report lb --deployed --base x -c a=b":  {"--base compares", "--deployed has its settings"},
		"report lb --fail-on blocked":           {"give --base too"},
		"report lb --base x --fail-on a,cost,b": {"--fail-on a,b: the kinds are any, refused, blocked, ip-change,"},
		"report lb --compare nosuch":            {"stack nosuch: there is no"},
		"report nosuch --base HEAD":             {"stack nosuch: there is no"},
		"report --base HEAD":                    {"which stack?"},
		"report lb --all --base HEAD":           {"not both"},
		"report lb --html nosuch/report.html":   {"nosuch/report.html: there is no folder nosuch to write it into"},
	} {
		t.Run(arguments, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := call(strings.Fields(arguments)...)
			assert.Equal(t, exitUsage, code)
			assert.Empty(t, stdout)
			for _, text := range want {
				assert.Contains(t, stderr, text)
			}
		})
	}
}

func reportOf(t *testing.T, want int, arguments ...string) report.Report {
	t.Helper()
	code, stdout, stderr := call(append([]string{"report", "--json"}, arguments...)...)
	assert.Equal(t, want, code, stderr)
	var r report.Report
	require.NoError(t, json.Unmarshal([]byte(stdout), &r), "nothing but JSON on stdout: %s", stdout)
	return r
}

// The same stack from its settings, as deployed, and from its export.
func TestReport_WhereFrom(t *testing.T) {
	t.Parallel()
	directory := deployed(t, "udr-dnat", "-q")
	files := t.TempDir()
	html, markdown := filepath.Join(files, "r.html"), filepath.Join(files, "r.md")
	code, stdout, stderr := call("report", "udr-dnat", "--html", html, "--markdown", markdown, "--dir", directory)
	require.Equal(t, exitFine, code, stderr)
	assert.Regexp(t, `^udr-dnat  leaves by 203\.0\.113\.\d+, \d+ USD a month\n$`, stdout)
	assert.Equal(t, "udr-dnat: deploying its settings in a scratch folder\n", stderr)
	for _, file := range []string{html, markdown} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Contains(t, string(text), "udr-dnat", file)
	}

	lab := reportOf(t, exitFine, "udr-dnat", "--deployed", "--dir", directory).Stacks[0]
	assert.Equal(t, "lab", lab.From)
	assert.True(t, lab.Egress.Verified)
	assert.Equal(t, lab.Egress.Expected, lab.Egress.Observed)
	assert.Equal(t, "you", lab.Egress.Sources[0].ManagedBy)
	assert.Contains(t, lab.Egress.Sources[0].Of, "azureFirewalls")
	titles := []string{}
	for _, path := range lab.Paths {
		titles = append(titles, path.Title)
		assert.True(t, path.Trace.Disposition.Arrives(), path.Trace.Reason)
		assert.NotEmpty(t, *path.Network)
	}
	assert.Equal(t, []string{"egress", "ingress"}, titles)
	assert.NotEmpty(t, lab.Paths[1].Trace.Return, "with the answer's way")

	code, export, stderr := call("export", "udr-dnat", "--dir", directory)
	require.Equal(t, exitFine, code, stderr)
	state := stateFile(t, export)
	from := reportOf(t, exitFine, "--state", state).Stacks[0]
	assert.Equal(t, state, from.From)
	assert.Equal(t, "udr-dnat", from.Name)
	assert.Equal(t, lab.Egress, from.Egress)
	assert.Equal(t, "mcr.microsoft.com", from.Paths[0].Flow.Host, "what the probe asks is not in the state")
}

func TestReport_NotDeployed(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	r := reportOf(t, exitFailed, "lb", "--deployed", "--dir", directory)
	assert.Contains(t, r.Stacks[0].Problems[0], "nothing is deployed")

	r = reportOf(t, exitFailed, "lb", "natgw", "-c", "outboundIpPrefixLength=30")
	assert.Contains(t, r.Stacks[0].Problems[0], "outboundIpPrefixLength", "it means nothing for a load balancer")
	assert.Equal(t, []string{}, r.Stacks[0].Egress.Expected)
	assert.NotEmpty(t, r.Stacks[1].Egress.Expected, "the others are reported")
	assert.Contains(t, r.Stacks[1].Egress.Sources[0].Resource, "publicIPPrefixes")
}

// States of a real estate have no outputs: what is expected comes from the model.
func TestReport_States(t *testing.T) {
	t.Parallel()
	hub, spoke := filepath.Join("testdata", "hub.json"), filepath.Join("testdata", "spoke.json")
	r := reportOf(t, exitFine, "--state", hub, "--state", spoke)
	s := r.Stacks[0]
	assert.Equal(t, hub+", "+spoke, s.From)
	assert.Empty(t, s.Egress.Observed)
	assert.False(t, s.Egress.Verified)
	assert.NotEmpty(t, s.Allowed)
	assert.NotEmpty(t, s.Paths)
}
