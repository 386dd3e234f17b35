package snat

import (
	"fmt"
	"strings"
)

// The largest needs that are answered; they keep products within 64 bits, and are far beyond what any way out holds.
const (
	maxConnectionsPerNode = 10_000_000
	maxDestinations       = 10_000
)

// Need is what a cluster asks of its way out, and what it has.
type Need struct {
	// Nodes are 1-5000, with those that an upgrade adds for a while (maxSurge).
	Nodes int `json:"nodes"`
	// ConnectionsPerNode are the connections of each node to one destination at the same time, with those whose port
	// waits for its next use.
	ConnectionsPerNode int `json:"connectionsPerNode"`
	// Destinations are so many that each node keeps ConnectionsPerNode connections to each.
	Destinations int `json:"destinations"`
	// IPs are the public IPs of the way out. A way that cannot have so many has as many as it can.
	IPs int `json:"ips"`
	// PortsPerNode is the load balancer's explicit allocation; 0: the best that the IPs allow.
	PortsPerNode int `json:"portsPerNode"`
}

// Problem is a value of a Need that is outside its range.
type Problem struct {
	Field string // the JSON name
	Value int
	Rule  string // follows the value in a sentence
}

// Problems is the error of a Need: all that is wrong with it.
type Problems []Problem

func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, problem := range p {
		lines[i] = fmt.Sprintf("snat: %s %d %s", problem.Field, problem.Value, problem.Rule)
	}
	return strings.Join(lines, "\n")
}

// Validate answers Problems, or nil.
func (n Need) Validate() error {
	var problems Problems
	inside := func(field string, value, least, most int) {
		if value < least || value > most {
			problems = append(problems, Problem{field, value, fmt.Sprintf("is outside %d-%d", least, most)})
		}
	}
	inside("nodes", n.Nodes, 1, MaxNodes)
	inside("connectionsPerNode", n.ConnectionsPerNode, 1, maxConnectionsPerNode)
	inside("destinations", n.Destinations, 1, maxDestinations)
	inside("ips", n.IPs, 1, MaxFirewallIPs)
	inside("portsPerNode", n.PortsPerNode, 0, MaxAllocatedPorts)
	if rounded := RoundToBlock(n.PortsPerNode); n.PortsPerNode > 0 && rounded != n.PortsPerNode &&
		rounded <= MaxAllocatedPorts {
		problems = append(problems, Problem{
			"portsPerNode", n.PortsPerNode, fmt.Sprintf("is not a multiple of 8: use %d", rounded),
		})
	}
	if len(problems) > 0 {
		return problems
	}
	return nil
}
