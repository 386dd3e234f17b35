package main

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"aks-egress/egress/price"
	"aks-egress/internal/compare"
)

func TestCompare_Usage(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		"compare":                         "whose settings?",
		"compare lb udr":                  "whose settings?",
		"compare nosuch":                  "there is no Pulumi.nosuch.yaml",
		"compare lb -c outboundType=none": "-c outboundType: compare sets it itself",
		"compare lb -c migrateFromOutboundType=lb": "-c migrateFromOutboundType: compare sets it itself",
		"compare lb --operator-ip here":            "is not the IPv4 address",
	} {
		code, stdout, stderr := call(strings.Fields(arguments)...)
		assert.Equal(t, exitUsage, code, arguments)
		assert.Empty(t, stdout, arguments)
		assert.Contains(t, stderr, want, arguments)
	}
}

// What no outbound type can have is told, and deploys nothing.
func TestCompare_ConfigProblems(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := call("compare", "lb", "--json", "-c", "nodeCount=none", "--dir", t.TempDir())
	require.Equal(t, exitFine, code, stderr)
	assert.Empty(t, stderr)
	var table compare.Table
	require.NoError(t, json.Unmarshal([]byte(stdout), &table))
	require.Len(t, table.Columns, 7)
	for _, c := range table.Columns {
		assert.Contains(t, strings.Join(c.Problems, "\n"), "config: nodeCount none", c.OutboundType)
	}
}

// Each type is deployed, nothing of it is left, and neither the lab nor the stack file was touched.
func TestCompare(t *testing.T) { // not parallel: it looks into the folder for temporary files
	directory, temporary := filepath.Join(t.TempDir(), "lab"), t.TempDir()
	for _, variable := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(variable, temporary)
	}
	before, err := os.ReadFile(filepath.Join(root, "Pulumi.natgw.yaml"))
	require.NoError(t, err)
	code, stdout, stderr := call("compare", "natgw", "--no-ingress", "--dir", directory, "-c", "outboundIpPrefixLength=30")
	require.Equal(t, exitFine, code, stderr)
	assert.Contains(t, stderr, "4/4  ")
	assert.NotContains(t, stdout, "\x1b")
	for line := range strings.SplitSeq(stdout, "\n") {
		assert.LessOrEqual(t, len([]rune(line)), compareWidth, line)
	}
	for _, want := range []string{
		"userAssignedNATGateway *", "258,048 of 4 IPs", "Azure Firewall Standard: default", "50.37", "new cluster",
		"without outboundIpPrefixLength=30: the type cannot have it", "\nnone\n  - outboundType none needs AKS API",
	} {
		assert.Contains(t, strings.Join(strings.Fields(stdout), " "), strings.Join(strings.Fields(want), " "))
	}
	left, err := filepath.Glob(filepath.Join(temporary, "aks-egress-compare-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
	assert.NoDirExists(t, filepath.Join(directory, "natgw"))
	after, err := os.ReadFile(filepath.Join(root, "Pulumi.natgw.yaml"))
	require.NoError(t, err)
	assert.Equal(t, string(before), string(after))
}

// What could not be deployed has no column, and the command fails; the scratch folder goes all the same.
func TestCompare_Interrupted(t *testing.T) {
	t.Parallel()
	l := &lab{stdout: &strings.Builder{}, stderr: &strings.Builder{}, directory: t.TempDir(), kill: make(chan struct{})}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, l.compare(ctx, "lb", false), errFailed)
	assert.Contains(t, l.stdout.(*strings.Builder).String(), "loadBalancer\n  - stack lb: interrupted")
	assert.Contains(t, l.stderr.(*strings.Builder).String(), "4/4  ")
}

// Costs of the stacks of the repository, an hour, as calculated by hand in docs/how-to/deploy-to-azure.md; the
// application gateway's two instances reserve 20 capacity units of 0.008 besides.
func TestCostsOfStacks(t *testing.T) {
	t.Parallel()
	want := map[string]float64{
		"lb": 0.030, "managednat": 0.055, "natgw": 0.050, "udr": 1.255, "udr-dnat": 1.280, "udr-appgw": 1.666,
		"udr-agc": 1.402,
	}
	l := &lab{stdout: &strings.Builder{}, stderr: &strings.Builder{}, directory: t.TempDir(), kill: make(chan struct{})}
	options, err := l.scratchOptions()
	require.NoError(t, err)
	got, folder := map[string]float64{}, t.TempDir()
	var mutex sync.Mutex
	var group errgroup.Group
	group.SetLimit(parallelStacks)
	for stack := range want {
		group.Go(func() error {
			s := l.deployScratch(t.Context(), options, stack, nil, filepath.Join(folder, stack))
			if !s.OK {
				return errors.New(strings.Join(s.Errors, "\n"))
			}
			estimate := price.Of(s.Network)
			mutex.Lock()
			defer mutex.Unlock()
			got[stack] = estimate.HourlyUSD()
			assert.NotZero(t, estimate.PerGBUSD, stack)
			assert.Empty(t, s.Unknown, stack)
			return nil
		})
	}
	require.NoError(t, group.Wait())
	assert.Equal(t, want, got)
}

// At 80 columns nothing is cut off: names are broken where they have a part that ends.
func TestComparison_Narrow(t *testing.T) {
	t.Parallel()
	table := compare.Table{Stack: "shop", Columns: []compare.Column{
		{
			OutboundType: "loadBalancer", EgressIPs: []string{"203.0.113.247"},
			SNAT: compare.SNAT{IPs: 1, Ports: 64_000, MostIPs: 100, MostPorts: 6_400_000, FirstLimit: "1,024 ports per node"},
		},
		{OutboundType: "managedNATGateway", EgressIPs: []string{"203.0.113.1", "203.0.113.2"}},
		{OutboundType: "userAssignedNATGateway", Current: true, EgressIPs: []string{"203.0.113.3"}},
		{OutboundType: "userDefinedRouting", Filtering: "Azure Firewall Standard: default deny"},
		{OutboundType: "none", Problems: []string{"config: outboundType none needs AKS API 2025-01-01 or newer"}},
	}}
	var out strings.Builder
	(&summary{out: &out}).comparison(&table, summaryWidth)
	for line := range strings.SplitSeq(out.String(), "\n") {
		assert.LessOrEqual(t, len(line), summaryWidth, line)
	}
	assert.Equal(t, `shop           loadBalancer    managed         userAssigned    userDefined
                               NATGateway      NATGateway *    Routing`,
		strings.Join(strings.Split(out.String(), "\n")[:2], "\n"))
	assert.Contains(t, out.String(), "203.0.113.1")
	assert.Contains(t, out.String(), "Azure Firewall")
	assert.Contains(t, out.String(), "none\n  - outboundType none needs AKS API")
}
