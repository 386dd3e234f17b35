package snat

import "sort"

// Supply is what a way out has with a number of IPs.
type Supply struct {
	IPs   int `json:"ips"`
	Ports int `json:"ports"` // of all IPs, or of all nodes where nodes have their own
	// PortsPerNode are the ports that each node has for itself; 0 where ports are taken on demand.
	PortsPerNode int `json:"portsPerNode"`
	// MaxNodes are the most nodes for which PortsPerNode stays what it is; 0 where ports are taken on demand.
	MaxNodes int `json:"maxNodes,omitempty"`
	// ConnectionsPerNode are the most connections to each destination that every node can have at the same time.
	ConnectionsPerNode int `json:"connectionsPerNode"`
}

// Answer says what a way out makes of a need.
type Answer struct {
	Way   Way    `json:"way"`
	Holds bool   `json:"holds"` // with the given IPs
	Given Supply `json:"given"`
	// Needed has the fewest IPs with which it holds; nil if it never does.
	Needed *Supply `json:"needed,omitempty"`
	// First is the limit that a growing need meets first with the given IPs.
	First Limit `json:"firstLimit"`
	// Never is the limit for which it never holds, however many IPs there are; nil if it can.
	Never *Limit `json:"never,omitempty"`
}

// Answers asks every way out. Its error is Problems.
func Answers(n Need) ([]Answer, error) {
	if err := n.Validate(); err != nil {
		return nil, err
	}
	answers := make([]Answer, len(waysOut))
	for i := range waysOut {
		answers[i] = waysOut[i].answer(n)
	}
	return answers, nil
}

func (w *wayOut) answer(n Need) Answer {
	most := w.maxIPs.Value
	given, first := w.with(n, min(n.IPs, most))
	answer := Answer{
		Way: w.way, Given: given, First: first.Limit, Holds: given.ConnectionsPerNode >= n.ConnectionsPerNode,
	}
	ips := 1 + sort.Search(most, func(i int) bool {
		supply, _ := w.with(n, i+1)
		return supply.ConnectionsPerNode >= n.ConnectionsPerNode
	})
	if ips <= most {
		needed, _ := w.with(n, ips)
		answer.Needed = &needed
		return answer
	}
	_, last := w.with(n, most)
	answer.Never = &last.Limit
	if last.byIP {
		answer.Never = &w.maxIPs
	}
	return answer
}

// with is what the way has with a number of IPs, and the limit that a growing need meets first.
func (w *wayOut) with(n Need, ips int) (Supply, bound) {
	n.IPs = ips
	bounds := w.bounds(n)
	first := bounds[0]
	for _, b := range bounds[1:] {
		if b.most < first.most {
			first = b
		}
	}
	supply := w.supply(n)
	supply.ConnectionsPerNode = first.most
	if supply.PortsPerNode > 0 {
		supply.ConnectionsPerNode = min(first.most, supply.PortsPerNode)
	}
	return supply, first
}
