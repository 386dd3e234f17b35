package snat

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"sort"
)

// Times of a simulated run, in seconds. What a run refuses depends on the mean time for which a connection keeps its
// port, and hardly on its distribution (Erlang's loss formula), so that these need not be anybody's real ones.
const (
	meanLifetime = 60.0
	// reuse is the NAT gateway's for both. The sources have no figure for a load balancer, and the same one leaves a
	// single difference between the two: who may take a free port.
	reuse    = float64(NATGatewayReuseSeconds)
	holdTime = meanLifetime + reuse
	warmUp   = reuse + 5*meanLifetime // all ports are free at the start
	measured = 2 * holdTime
)

// maxLoad keeps a run within some ten million events.
const maxLoad = 1_000_000

// Scenario is one run: nodes open connections to one destination at random moments (Poisson). A connection lives for an
// exponentially distributed time, and its port rests for 65 s after it (azure-facts 3). A connection that finds no port
// is refused and not tried again.
type Scenario struct {
	// Shares of the nodes in all new connections, in any unit.
	Shares []float64
	// PortsPerNode are given to each node in advance, as by a load balancer.
	PortsPerNode int
	// SharedPorts are taken on demand by all nodes, as from a NAT gateway; used if PortsPerNode is 0.
	SharedPorts int
	// Load are the ports that connections would keep on average if none were refused (erlangs).
	Load float64
	// Seed decides the run. Runs with one seed see the same connections, whatever the ports.
	Seed uint64
}

// Result counts the connections of a run behind its warm-up.
type Result struct {
	Offered  int `json:"offered"`
	Accepted int `json:"accepted"`
	Refused  int `json:"refused"`
	// First is the first refusal; nil if there was none.
	First *Refusal `json:"firstRefusal,omitempty"`
}

// RefusedShare is 0-1.
func (r Result) RefusedShare() float64 {
	if r.Offered == 0 {
		return 0
	}
	return float64(r.Refused) / float64(r.Offered)
}

// Refusal is a connection that found no port.
type Refusal struct {
	Seconds float64 `json:"seconds"` // from the end of the warm-up
	Node    int     `json:"node"`    // counted from 0
	// FreeElsewhere are the ports that other nodes had to spare at that moment.
	FreeElsewhere int `json:"freeElsewhere"`
}

// Simulate runs a scenario.
func Simulate(s Scenario) (Result, error) {
	choose, err := s.check()
	if err != nil {
		return Result{}, err
	}
	random := rand.New(rand.NewPCG(s.Seed, 0))
	free, poolOf := s.pools()
	var (
		result  Result
		pending events
		busy    int
		total   = free[0] * len(free)
		rate    = s.Load / holdTime
	)
	for now := random.ExpFloat64() / rate; now < warmUp+measured; now += random.ExpFloat64() / rate {
		for len(pending) > 0 && pending[0].at <= now {
			free[pending[0].pool]++
			busy--
			pending.drop()
		}
		// Drawn before it is known whether there is a port: the next connection must not depend on it.
		node, lifetime := choose(random.Float64()), random.ExpFloat64()*meanLifetime
		pool := poolOf(node)
		accepted := free[pool] > 0
		if accepted {
			free[pool]--
			busy++
			pending.add(event{now + lifetime + reuse, int32(pool)})
		}
		if now >= warmUp {
			result.count(accepted, Refusal{now - warmUp, node, total - busy})
		}
	}
	return result, nil
}

func (r *Result) count(accepted bool, otherwise Refusal) {
	r.Offered++
	if accepted {
		r.Accepted++
		return
	}
	if r.First == nil {
		r.First = &otherwise
	}
	r.Refused++
}

// pools are the free ports at the start, and which of the pools a node takes from.
func (s Scenario) pools() (free []int, poolOf func(node int) int) {
	if s.PortsPerNode == 0 {
		return []int{s.SharedPorts}, func(int) int { return 0 }
	}
	free = make([]int, len(s.Shares))
	for i := range free {
		free[i] = s.PortsPerNode
	}
	return free, func(node int) int { return node }
}

// check answers how to choose a node by a number from 0 to 1.
func (s Scenario) check() (choose func(float64) int, err error) {
	switch {
	case len(s.Shares) == 0 || len(s.Shares) > MaxNodes:
		return nil, fmt.Errorf("snat: simulation of %d nodes is outside 1-%d", len(s.Shares), MaxNodes)
	case s.PortsPerNode < 0 || s.SharedPorts < 0:
		return nil, fmt.Errorf("snat: simulation with %d ports per node and %d shared ports: neither can be below 0",
			s.PortsPerNode, s.SharedPorts)
	case s.Load <= 0 || s.Load > maxLoad || math.IsNaN(s.Load):
		return nil, fmt.Errorf("snat: simulated load %g is not above 0 and up to %d", s.Load, maxLoad)
	}
	sums := make([]float64, len(s.Shares))
	sum := 0.0
	for i, share := range s.Shares {
		if share < 0 || math.IsNaN(share) {
			return nil, fmt.Errorf("snat: share %g of node %d is below 0", share, i)
		}
		sum += share
		sums[i] = sum
	}
	if sum == 0 || math.IsInf(sum, 0) {
		return nil, errors.New("snat: the shares of the nodes must add up to a number above 0")
	}
	return func(x float64) int {
		return min(sort.SearchFloat64s(sums, x*sum), len(sums)-1)
	}, nil
}
