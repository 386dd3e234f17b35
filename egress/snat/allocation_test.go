package snat

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"
)

// azure-facts 2.2, at both ends of every row.
func TestAutomaticPorts(t *testing.T) {
	t.Parallel()
	for nodes, want := range map[int]int{
		1: 1024, 50: 1024, 51: 512, 100: 512, 101: 256, 200: 256, 201: 128, 400: 128, 401: 64, 800: 64, 801: 32, 1000: 32,
		-1: 0, 0: 0, 1001: 0, 5000: 0,
	} {
		assert.Equal(t, want, AutomaticPorts(nodes), "%d nodes", nodes)
	}
}

// No row of the table gives all its nodes more ports than one address has (azure-facts 2.2).
func TestAutomaticPorts_FitOneIP(t *testing.T) {
	t.Parallel()
	for nodes := 1; nodes <= MaxAutomaticNodes; nodes++ {
		assert.LessOrEqual(t, nodes*AutomaticPorts(nodes), LoadBalancerPortsPerIP, "%d nodes", nodes)
	}
}

func TestAllocation(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		allocation          Allocation
		fits                bool
		required, available int
		maxNodes, mostPorts int
		leastIPs            int
	}{
		"azure-facts 2.3, AKS's own example": {Allocation{9, 8000, 1}, false, 72_000, 64_000, 8, 7104, 2},
		"azure-facts 2.3, all that there is": {Allocation{8, 8000, 1}, true, 64_000, 64_000, 8, 8000, 1},
		"azure-facts 2.1, 64,000 at most":    {Allocation{1, 64_000, 3}, true, 64_000, 192_000, 3, 64_000, 1},
		"ten IPs for 200 nodes":              {Allocation{200, 3000, 10}, true, 600_000, 640_000, 213, 3200, 10},
		"the table":                          {Allocation{200, 0, 1}, true, 0, 64_000, 0, 320, 0},
		"no nodes":                           {Allocation{0, 8, 1}, true, 0, 64_000, 8000, 0, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := test.allocation
			assert.Equal(t, test.fits, a.Fits())
			assert.Equal(t, test.required, a.Required())
			assert.Equal(t, test.available, a.Available())
			assert.Equal(t, test.maxNodes, a.MaxNodes())
			assert.Equal(t, test.mostPorts, a.MostPorts())
			assert.Equal(t, test.leastIPs, a.LeastIPs())
		})
	}
}

func TestAllocation_Properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := Allocation{
			Nodes:        rapid.IntRange(1, MaxNodes).Draw(t, "nodes"),
			PortsPerNode: rapid.IntRange(1, MaxAllocatedPorts/portBlock).Draw(t, "blocks") * portBlock,
			IPs:          rapid.IntRange(1, MaxLoadBalancerIPs).Draw(t, "ips"),
		}
		with := func(change func(*Allocation)) bool {
			b := a
			change(&b)
			return b.Fits()
		}
		assert.True(t, with(func(b *Allocation) { b.Nodes = a.MaxNodes() }), "the most nodes fit")
		assert.False(t, with(func(b *Allocation) { b.Nodes = a.MaxNodes() + 1 }), "and no more")
		assert.True(t, with(func(b *Allocation) { b.PortsPerNode = a.MostPorts() }), "the most ports fit")
		assert.Zero(t, a.MostPorts()%portBlock)
		if a.MostPorts() < MaxAllocatedPorts {
			assert.False(t, with(func(b *Allocation) { b.PortsPerNode = a.MostPorts() + portBlock }), "and no more")
		}
		assert.True(t, with(func(b *Allocation) { b.IPs = a.LeastIPs() }), "the fewest IPs do")
		assert.False(t, with(func(b *Allocation) { b.IPs = a.LeastIPs() - 1 }), "and no fewer")
	})
}

func TestRoundToBlock(t *testing.T) {
	t.Parallel()
	// azure-facts 2.1: a multiple of 8.
	for ports, want := range map[int]int{0: 0, 1: 8, 8: 8, 1023: 1024, 63_999: 64_000} {
		assert.Equal(t, want, RoundToBlock(ports), "%d ports", ports)
	}
}
