package snat

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// erlangB is the share of refused connections when load erlangs meet so many ports (Erlang's loss formula), by the
// usual recursion.
func erlangB(load float64, ports int) float64 {
	inverse := 1.0
	for m := 1; m <= ports; m++ {
		inverse = 1 + inverse*float64(m)/load
	}
	return 1 / inverse
}

func equalShares(nodes int) []float64 {
	shares := make([]float64, nodes)
	for i := range shares {
		shares[i] = 1
	}
	return shares
}

func simulate(t require.TestingT, s Scenario) Result {
	r, err := Simulate(s)
	require.NoError(t, err)
	return r
}

// refusedShare is that of ten seeds: refusals come in clusters, so that one run strays.
func refusedShare(t require.TestingT, s Scenario) float64 {
	offered, refused := 0, 0
	for s.Seed = range uint64(10) {
		r := simulate(t, s)
		offered += r.Offered
		refused += r.Refused
	}
	return float64(refused) / float64(offered)
}

// Poisson arrivals that are lost when all ports are taken: Erlang's loss formula, for any distribution of the time that
// a port is kept. With shares, each node is such a system of its own.
func TestSimulate_AgreesWithErlangB(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		nodes, perNode, shared int
		load                   float64
	}{
		"one pool, light":      {1, 0, 2000, 1900},
		"one pool, full":       {1, 0, 2000, 2000},
		"one pool, overloaded": {1, 0, 2000, 2600},
		"many nodes share":     {200, 0, 4000, 4200},
		"each node its own":    {200, 32, 0, 200 * 28},
		"each its own, full":   {50, 64, 0, 50 * 64},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			want := erlangB(test.load, test.shared)
			if test.perNode > 0 {
				want = erlangB(test.load/float64(test.nodes), test.perNode)
			}
			got := refusedShare(t, Scenario{
				Shares: equalShares(test.nodes), PortsPerNode: test.perNode, SharedPorts: test.shared, Load: test.load,
			})
			assert.InDelta(t, want, got, 0.003+0.03*want)
		})
	}
}

// A skewed load is many Erlang systems, each with its own load.
func TestSimulate_SkewAgreesWithErlangB(t *testing.T) {
	t.Parallel()
	const nodes, ports = 100, 64
	shares := Comparison{Nodes: nodes}.shares()
	for _, load := range []float64{0.2, 0.5, 1} {
		want := 0.0
		for _, share := range shares {
			want += share * erlangB(share*load*nodes*ports, ports)
		}
		got := refusedShare(t, Scenario{Shares: shares, PortsPerNode: ports, Load: load * nodes * ports})
		assert.InDelta(t, want, got, 0.003+0.03*want, "load %g", load)
	}
}

func TestSimulate_OffersTheLoad(t *testing.T) {
	t.Parallel()
	const load = 5000
	r := simulate(t, Scenario{Shares: equalShares(10), SharedPorts: 10 * load, Load: load, Seed: 3})
	assert.InEpsilon(t, load*measured/holdTime, r.Offered, 0.03, "arrivals are load / time that a port is kept")
}

func drawScenario(t *rapid.T) Scenario {
	shares := rapid.SliceOfN(rapid.Float64Range(0, 1), 1, 8).Draw(t, "shares")
	shares[0]++
	return Scenario{
		Shares: shares,
		Load:   rapid.Float64Range(0.1, 200).Draw(t, "load"),
		Seed:   rapid.Uint64().Draw(t, "seed"),
	}
}

func TestSimulate_Properties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t)
		ports := rapid.IntRange(0, 60).Draw(t, "ports")
		perNode, shared := s, s
		perNode.PortsPerNode, shared.SharedPorts = ports, ports*len(s.Shares)
		own, pool := simulate(t, perNode), simulate(t, shared)
		for _, r := range []Result{own, pool} {
			assert.Equal(t, r.Offered, r.Accepted+r.Refused, "conservation")
			assert.Equal(t, r.Refused > 0, r.First != nil, "a refusal has a first one")
		}
		assert.Equal(t, own.Offered, pool.Offered, "both see the same connections")
		assert.Equal(t, own, simulate(t, perNode), "the seed decides")
		if pool.First != nil {
			assert.Zero(t, pool.First.FreeElsewhere, "nobody has ports to spare in one pool")
		}
		if own.First != nil {
			assert.LessOrEqual(t, own.First.FreeElsewhere, ports*(len(s.Shares)-1))
		}
	})
}

// More ports refuse no more, but for chance: a connection that is now accepted keeps its port, which a later one may
// miss.
func TestSimulate_MorePortsRefuseNoMore(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t)
		ports := rapid.IntRange(1, 60).Draw(t, "ports")
		more := ports + rapid.IntRange(1, 20).Draw(t, "more")
		few, many := s, s
		few.PortsPerNode, many.PortsPerNode = ports, more
		slack := 10 + simulate(t, few).Offered/50
		assert.LessOrEqual(t, simulate(t, many).Refused, simulate(t, few).Refused+slack)
		few.PortsPerNode, few.SharedPorts, many.PortsPerNode, many.SharedPorts = 0, ports, 0, more
		assert.LessOrEqual(t, simulate(t, many).Refused, simulate(t, few).Refused+slack)
	})
}

func TestSimulate_NothingRefusedWithPortsForAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := drawScenario(t)
		all := s
		all.SharedPorts = math.MaxInt32
		offered := simulate(t, all)
		require.Zero(t, offered.Refused)
		require.Nil(t, offered.First)
		// The warm-up offers about 1.5 times as many before that.
		s.PortsPerNode = offered.Offered*3 + 100
		assert.Zero(t, simulate(t, s).Refused)
	})
}

func TestSimulate_NoPortsRefuseAll(t *testing.T) {
	t.Parallel()
	r := simulate(t, Scenario{Shares: equalShares(3), Load: 50, Seed: 1})
	assert.Positive(t, r.Offered)
	assert.Equal(t, r.Offered, r.Refused)
	require.NotNil(t, r.First)
	assert.Positive(t, r.First.Seconds)
	assert.Less(t, r.First.Seconds, measured/10, "the first of many")
}

func TestSimulate_Refuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		scenario Scenario
		want     string
	}{
		"no nodes":       {Scenario{Load: 1}, "simulation of 0 nodes is outside 1-5000"},
		"too many nodes": {Scenario{Shares: equalShares(5001), Load: 1}, "simulation of 5001 nodes is outside 1-5000"},
		"negative ports": {Scenario{Shares: equalShares(1), PortsPerNode: -8, Load: 1}, "neither can be below 0"},
		"no load":        {Scenario{Shares: equalShares(1)}, "load 0 is not above 0 and up to 1000000"},
		"load is no number": {
			Scenario{Shares: equalShares(1), Load: math.NaN()}, "load NaN is not above 0 and up to 1000000",
		},
		"endless load": {
			Scenario{Shares: equalShares(1), Load: math.Inf(1)}, "load +Inf is not above 0 and up to 1000000",
		},
		"negative share": {Scenario{Shares: []float64{1, -1}, Load: 1}, "share -1 of node 1 is below 0"},
		"share is no number": {
			Scenario{Shares: []float64{math.NaN()}, Load: 1}, "share NaN of node 0 is below 0",
		},
		"no shares": {Scenario{Shares: []float64{0, 0}, Load: 1}, "must add up to a number above 0"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := Simulate(test.scenario)
			require.ErrorContains(t, err, test.want)
		})
	}
}

// The point of it all: ports in advance run out on busy nodes while others have ports to spare.
func TestCompare(t *testing.T) {
	t.Parallel()
	points, err := Compare(t.Context(), Comparison{Nodes: 100, PortsPerNode: 64, Seed: 1})
	require.NoError(t, err)
	require.Len(t, points, 12)
	for i, p := range points {
		assert.InDelta(t, float64(i+1)/10, p.Load, 1e-9)
		assert.Equal(t, p.LoadBalancer.Offered, p.NATGateway.Offered)
		switch {
		case p.Load < 0.15:
			assert.Zero(t, p.LoadBalancer.Refused, "busy nodes use half of theirs at %g", p.Load)
			assert.Zero(t, p.NATGateway.Refused)
		case p.Load > 0.25 && p.Load < 0.95:
			assert.Greater(t, p.LoadBalancer.RefusedShare(), 0.1, "at %g", p.Load)
			assert.Zero(t, p.NATGateway.Refused, "at %g", p.Load)
			require.NotNil(t, p.LoadBalancer.First)
			// The busy nodes have no port, or one that was just given back; the others use 5/9 of the load.
			assert.InEpsilon(t, 90*64*(1-p.Load*5/9), p.LoadBalancer.First.FreeElsewhere, 0.05, "spare at %g", p.Load)
			assert.Less(t, p.LoadBalancer.First.Node, 10, "a busy node is first")
		}
		if i > 0 {
			assert.GreaterOrEqual(t, p.LoadBalancer.RefusedShare(), points[i-1].LoadBalancer.RefusedShare())
		}
	}
	assert.InDelta(t, erlangB(1.2*100*64, 100*64), points[11].NATGateway.RefusedShare(), 0.02, "more than all ports")
}

func TestCompare_Ends(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := Compare(ctx, Comparison{Nodes: 100, PortsPerNode: 64})
	require.ErrorIs(t, err, context.Canceled)
}

func TestComparison_Validate(t *testing.T) {
	t.Parallel()
	require.NoError(t, Comparison{Nodes: 200, PortsPerNode: 4000}.Validate(), "800,000 (azure-facts 3)")
	require.ErrorContains(t, Comparison{Nodes: 200, PortsPerNode: 4008}.Validate(), "outside 1-800000 ports")
	require.ErrorContains(t, Comparison{Nodes: 200}.Validate(), "200 nodes with 0 ports each")
	require.ErrorContains(t, Comparison{PortsPerNode: 8}.Validate(), "comparison of 0 nodes is outside 2-5000")
	assert.Equal(t, 1, Comparison{Nodes: 50, PortsPerNode: 1000}.NATGatewayIPs(), "azure-facts 3: 50,000 for each IP")
	assert.Equal(t, 2, Comparison{Nodes: 50, PortsPerNode: 1008}.NATGatewayIPs())
}

func TestComparison_Shares(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []float64{0.5, 0.5}, Comparison{Nodes: 2}.shares())
	assert.Equal(t, []float64{0.5, 0.25, 0.25}, Comparison{Nodes: 3}.shares())
	shares := Comparison{Nodes: 200}.shares()
	assert.InDelta(t, 0.5/20, shares[19], 1e-12)
	assert.InDelta(t, 0.5/180, shares[20], 1e-12)
}

// A million events: some 500,000 connections that come and go.
func BenchmarkSimulate(b *testing.B) {
	s := Scenario{Shares: Comparison{Nodes: 200}.shares(), PortsPerNode: 640, Load: 102_000, Seed: 1}
	connections := 0
	for b.Loop() {
		r, err := Simulate(s)
		require.NoError(b, err)
		connections += r.Offered
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(connections), "ns/counted-connection")
}

func BenchmarkCompare(b *testing.B) {
	for b.Loop() {
		_, err := Compare(b.Context(), Comparison{Nodes: 200, PortsPerNode: 256, Seed: 1})
		require.NoError(b, err)
	}
}
