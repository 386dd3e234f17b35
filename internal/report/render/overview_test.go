package render

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/report"
	"aks-egress/internal/report/reporttest"
)

func stacks(names ...string) []report.Stack {
	var list []report.Stack
	for _, name := range names {
		list = append(list, reporttest.Stack(name, reporttest.Network(name)))
	}
	return list
}

// The README shows the ways out as a report draws them; UPDATE_GOLDEN=1 draws them anew.
func TestOverview_OfREADME(t *testing.T) {
	t.Parallel()
	golden := filepath.Join("..", "..", "..", "docs", "images", "ways-out.svg")
	got, err := Overview(stacks("lb", "managednat", "natgw", "udr"))
	require.NoError(t, err)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(golden, got, 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
}

// Each stack's traffic goes from the pod by its device and its addresses to the internet.
func TestOverview(t *testing.T) {
	t.Parallel()
	list := append(stacks("udr", "managednat"), report.Stack{Name: "broken", Problems: []string{"no"}})
	g := newOverview(list)
	assert.Equal(t, 2, g.waysOut())
	var ways []string
	for _, e := range g.edges {
		ways = append(ways, strings.Join(append([]string{e.from.title}, e.from.lines...), " ")+" → "+
			strings.Join(append([]string{e.to.title}, e.to.lines...), " "))
	}
	assert.Equal(t, []string{
		"pod → udr userDefinedRouting firewall",
		"udr userDefinedRouting firewall → public IP 203.0.113.193",
		"public IP 203.0.113.193 → internet",
		"pod → managednat managedNATGateway NAT gateway",
		"managednat managedNATGateway NAT gateway → public IP 203.0.113.21 203.0.113.130",
		"public IP 203.0.113.21 203.0.113.130 → internet",
	}, ways)
}

// Traffic that does not get out ends at what stops it.
func TestOverview_Stopped(t *testing.T) {
	t.Parallel()
	list := stacks("udr")
	p := &list[0].Paths[0]
	p.Flow.Host = "denied.example.com"
	p.Trace = reporttest.Network("udr").Trace(p.Flow)
	require.Equal(t, egress.DeniedOut, p.Trace.Disposition)
	g := newOverview(list)
	require.Len(t, g.edges, 1)
	assert.Equal(t, "udr", g.edges[0].to.title)
	assert.True(t, g.edges[0].to.stop)
	assert.Contains(t, g.edges[0].to.lines, stopSign+string(egress.DeniedOut))
}
