package snat

import (
	"context"
	"fmt"
	"runtime"

	"golang.org/x/sync/errgroup"
)

// Comparison gives a load balancer and a NAT gateway the same number of ports and the same connections to one
// destination. A tenth of the nodes, at least one, open half of them.
type Comparison struct {
	Nodes        int    `json:"nodes"`
	PortsPerNode int    `json:"portsPerNode"` // of the load balancer; the NAT gateway has as many for all nodes together
	Seed         uint64 `json:"seed"`
}

// BusyNodes are those that open half of the connections.
func (c Comparison) BusyNodes() int { return max(1, c.Nodes/10) }

// Ports of all nodes.
func (c Comparison) Ports() int { return c.Nodes * c.PortsPerNode }

// NATGatewayIPs are the addresses with which a NAT gateway keeps as many connections to one destination as the load
// balancer has ports (azure-facts 3).
func (c Comparison) NATGatewayIPs() int {
	return (c.Ports() + NATGatewayConnectionsPerIP - 1) / NATGatewayConnectionsPerIP
}

// Validate refuses what no NAT gateway could be compared with.
func (c Comparison) Validate() error {
	const most = MaxNATGatewayIPs * NATGatewayConnectionsPerIP
	switch {
	case c.Nodes < 2 || c.Nodes > MaxNodes:
		return fmt.Errorf("snat: comparison of %d nodes is outside 2-%d", c.Nodes, MaxNodes)
	case c.PortsPerNode < 1 || c.PortsPerNode > most/c.Nodes:
		return fmt.Errorf("snat: comparison of %d nodes with %d ports each is outside 1-%d ports, which is what a NAT "+
			"gateway keeps to one destination", c.Nodes, c.PortsPerNode, most)
	}
	return nil
}

// Point is one load of a comparison.
type Point struct {
	Load         float64 `json:"load"` // ports wanted on average, as a share of all ports
	LoadBalancer Result  `json:"loadBalancer"`
	NATGateway   Result  `json:"natGateway"`
}

// Compare simulates 10 to 120 per cent of the ports as load, in steps of 10. It ends early with the context.
func Compare(ctx context.Context, c Comparison) ([]Point, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	const steps = 12
	points := make([]Point, steps)
	shares := c.shares()
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range points {
		point := &points[i]
		point.Load = float64(i+1) / 10
		own := Scenario{Shares: shares, PortsPerNode: c.PortsPerNode, Load: point.Load * float64(c.Ports()), Seed: c.Seed}
		shared := own
		shared.PortsPerNode, shared.SharedPorts = 0, c.Ports()
		group.Go(simulateInto(ctx, own, &point.LoadBalancer))
		group.Go(simulateInto(ctx, shared, &point.NATGateway))
	}
	return points, group.Wait()
}

func simulateInto(ctx context.Context, s Scenario, result *Result) func() error {
	return func() error {
		if err := ctx.Err(); err != nil {
			return err
		}
		r, err := Simulate(s)
		*result = r
		return err
	}
}

// shares of the nodes in all connections.
func (c Comparison) shares() []float64 {
	busy := c.BusyNodes()
	shares := make([]float64, c.Nodes)
	for i := range shares {
		if i < busy {
			shares[i] = 0.5 / float64(busy)
		} else {
			shares[i] = 0.5 / float64(c.Nodes-busy)
		}
	}
	return shares
}
