package snat

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func answersOf(t require.TestingT, n Need) map[Way]Answer {
	answers, err := Answers(n)
	require.NoError(t, err)
	byWay := map[Way]Answer{}
	for _, a := range answers {
		byWay[a.Way] = a
	}
	require.Len(t, byWay, 6)
	return byWay
}

// want is an answer in short. needed 0 is never.
type want struct {
	holds        bool
	needed       int
	portsPerNode int // with the given IPs
	each         int // connections per node that hold with the given IPs
	first, never Limit
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	var (
		automatic = func(ports int) Limit { return Limit{ports, "ports per node", "azure-facts 2.2"} }
		perIP     = Limit{64_000, "ports per IP", "azure-facts 2.3"}
		nat       = Limit{50_000, "connections per IP", "azure-facts 3"}
		natAll    = Limit{2_000_000, "connections", "azure-facts 3"}
		firewall  = Limit{4_992, "ports per IP", "azure-facts 5.3"}
	)
	tests := map[string]struct {
		need Need
		want map[Way]want
	}{
		"issue 4's example": {Need{200, 3000, 1, 1, 0}, map[Way]want{
			LoadBalancerAutomatic:  {false, 12, 256, 256, automatic(256), Limit{}},
			LoadBalancerExplicit:   {false, 10, 320, 320, perIP, Limit{}},
			ManagedNATGateway:      {false, 12, 0, 250, nat, Limit{}},
			UserAssignedNATGateway: {false, 12, 0, 250, nat, Limit{}},
			Firewall:               {false, 121, 0, 24, firewall, Limit{}},
			FirewallNATGateway:     {false, 12, 0, 250, nat, Limit{}},
		}},
		"azure-facts 2.2, exactly the table": {Need{50, 1024, 1, 1, 0}, map[Way]want{
			LoadBalancerAutomatic: {true, 1, 1024, 1024, automatic(1024), Limit{}},
			LoadBalancerExplicit:  {true, 1, 1024, 1024, perIP, Limit{}},
			ManagedNATGateway:     {false, 2, 0, 1000, nat, Limit{}},
			Firewall:              {false, 11, 0, 99, firewall, Limit{}},
		}},
		"azure-facts 2.2, frontends are used one after another": {Need{51, 1025, 1, 2, 0}, map[Way]want{
			LoadBalancerAutomatic: {false, 3, 1024, 1024, automatic(1024), Limit{}},
		}},
		"azure-facts 2.2, no row for so many nodes": {Need{1001, 8, 1, 1, 0}, map[Way]want{
			LoadBalancerAutomatic: {
				false, 0, 0, 0,
				Limit{1000, "nodes in the table", "azure-facts 2.2"},
				Limit{1000, "nodes in the table", "azure-facts 2.2"},
			},
			LoadBalancerExplicit: {true, 1, 8, 8, perIP, Limit{}},
		}},
		"azure-facts 2.1, 100 IPs": {Need{1000, 6408, 1, 100, 0}, map[Way]want{
			LoadBalancerAutomatic: {false, 0, 3200, 3200, automatic(3200), Limit{100, "IPs", "azure-facts 2.1"}},
			LoadBalancerExplicit:  {false, 0, 6400, 6400, perIP, Limit{100, "IPs", "azure-facts 2.1"}},
		}},
		"azure-facts 2.1, 64,000 ports for a node": {Need{2, 64_001, 1, 100, 0}, map[Way]want{
			LoadBalancerAutomatic: {true, 63, 102_400, 102_400, automatic(102_400), Limit{}},
			LoadBalancerExplicit: {
				false, 0, 64_000, 64_000,
				Limit{64_000, "ports per node", "azure-facts 2.1"},
				Limit{64_000, "ports per node", "azure-facts 2.1"},
			},
		}},
		"azure-facts 2.3, ports are given and do": {Need{200, 1000, 1, 4, 1024}, map[Way]want{
			LoadBalancerExplicit: {true, 4, 1024, 1024, Limit{1024, "ports per node", "azure-facts 2.3"}, Limit{}},
		}},
		"azure-facts 2.3, ports are given, and AKS refuses them": {Need{200, 1000, 1, 3, 1024}, map[Way]want{
			LoadBalancerExplicit: {false, 4, 1024, 0, perIP, Limit{}},
		}},
		"azure-facts 2.3, ports are given and too few": {Need{200, 1025, 1, 4, 1024}, map[Way]want{
			LoadBalancerExplicit: {
				false, 0, 1024, 1024,
				Limit{1024, "ports per node", "azure-facts 2.3"},
				Limit{1024, "ports per node", "azure-facts 2.3"},
			},
		}},
		"azure-facts 3, 16 IPs": {Need{100, 8000, 1, 16, 0}, map[Way]want{
			ManagedNATGateway: {true, 16, 0, 8000, nat, Limit{}},
		}},
		"azure-facts 3, more than 16 IPs": {Need{100, 8001, 1, 250, 0}, map[Way]want{
			UserAssignedNATGateway: {false, 0, 0, 8000, nat, Limit{16, "IPs", "azure-facts 3"}},
		}},
		"azure-facts 3, 2M connections to all destinations": {Need{100, 8000, 3, 16, 0}, map[Way]want{
			FirewallNATGateway: {false, 0, 0, 6666, natAll, natAll},
			// azure-facts 2.2: a port is used again for another destination.
			LoadBalancerExplicit: {true, 13, 8000, 8000, perIP, Limit{}},
		}},
		"azure-facts 5.3, all ports of 250 IPs": {Need{1000, 1248, 1, 250, 0}, map[Way]want{
			Firewall: {true, 250, 0, 1248, firewall, Limit{}},
		}},
		"azure-facts 5.3, more than 250 IPs": {Need{1000, 1249, 1, 250, 0}, map[Way]want{
			Firewall: {false, 0, 0, 1248, firewall, Limit{250, "IPs", "azure-facts 5.3"}},
		}},
		"azure-facts 5.3, destinations are added up": {Need{1000, 624, 3, 250, 0}, map[Way]want{
			Firewall: {false, 0, 0, 416, firewall, Limit{250, "IPs", "azure-facts 5.3"}},
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answers := answersOf(t, test.need)
			for way, w := range test.want {
				a := answers[way]
				assert.Equal(t, w.holds, a.Holds, "%s holds", way)
				assert.Equal(t, w.portsPerNode, a.Given.PortsPerNode, "%s ports per node", way)
				assert.Equal(t, w.each, a.Given.ConnectionsPerNode, "%s connections per node", way)
				assert.Equal(t, w.first, a.First, "%s first limit", way)
				if w.needed == 0 {
					assert.Nil(t, a.Needed, "%s", way)
					require.NotNil(t, a.Never, "%s", way)
					assert.Equal(t, w.never, *a.Never, "%s", way)
				} else {
					assert.Nil(t, a.Never, "%s", way)
					require.NotNil(t, a.Needed, "%s", way)
					assert.Equal(t, w.needed, a.Needed.IPs, "%s needed", way)
				}
			}
		})
	}
}

// What a way has in all: azure-facts 2.2, 2.3, 3 and 5.3.
func TestAnswers_Supply(t *testing.T) {
	t.Parallel()
	answers := answersOf(t, Need{Nodes: 120, ConnectionsPerNode: 900, Destinations: 1, IPs: 2})
	assert.Equal(t, Supply{2, 120 * 512, 512, 200, 512}, answers[LoadBalancerAutomatic].Given)
	assert.Equal(t, Supply{2, 120 * 904, 904, 141, 904}, answers[LoadBalancerExplicit].Given)
	assert.Equal(t, Supply{2, 129_024, 0, 0, 833}, answers[ManagedNATGateway].Given)
	assert.Equal(t, Supply{2, 9_984, 0, 0, 83}, answers[Firewall].Given)
	assert.Equal(t, Supply{3, 193_536, 0, 0, 1250}, *answers[FirewallNATGateway].Needed)
	assert.Equal(t, 1_248_000, MaxFirewallIPs*FirewallPortsPerIP, "azure-facts 5.3 gives the product")
}

func drawNeed(t *rapid.T) Need {
	return Need{
		Nodes:              rapid.IntRange(1, MaxNodes).Draw(t, "nodes"),
		ConnectionsPerNode: rapid.IntRange(1, 70_000).Draw(t, "connections"),
		Destinations:       rapid.IntRange(1, 5).Draw(t, "destinations"),
		IPs:                rapid.IntRange(1, MaxFirewallIPs).Draw(t, "ips"),
		PortsPerNode:       rapid.IntRange(0, 1000).Draw(t, "blocks") * portBlock,
	}
}

// The fewest IPs hold, and one fewer does not, asked one by one.
func TestAnswers_FewestIPs(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := drawNeed(t)
		for way, a := range answersOf(t, n) {
			most := n
			most.IPs = MaxFirewallIPs
			if a.Needed == nil {
				assert.False(t, answersOf(t, most)[way].Holds, "%s never holds", way)
				continue
			}
			enough, fewer := n, n
			enough.IPs, fewer.IPs = a.Needed.IPs, a.Needed.IPs-1
			given := answersOf(t, enough)[way]
			assert.True(t, given.Holds, "%s holds with %d", way, enough.IPs)
			assert.Equal(t, *a.Needed, given.Given, "%s", way)
			if fewer.IPs > 0 {
				assert.False(t, answersOf(t, fewer)[way].Holds, "%s holds with %d", way, fewer.IPs)
			}
		}
	})
}

// More IPs never hold less, more nodes, connections or destinations never more. The explicit allocation is left to
// choose itself: a larger one of the caller's can be refused.
func TestAnswers_Monotone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := drawNeed(t)
		n.PortsPerNode = 0
		more := n
		more.IPs = rapid.IntRange(n.IPs, MaxFirewallIPs).Draw(t, "more ips")
		less := n
		less.Nodes = rapid.IntRange(1, n.Nodes).Draw(t, "fewer nodes")
		less.ConnectionsPerNode = rapid.IntRange(1, n.ConnectionsPerNode).Draw(t, "fewer connections")
		less.Destinations = rapid.IntRange(1, n.Destinations).Draw(t, "fewer destinations")
		richer, modest := answersOf(t, more), answersOf(t, less)
		for way, a := range answersOf(t, n) {
			assert.LessOrEqual(t, a.Given.ConnectionsPerNode, richer[way].Given.ConnectionsPerNode, "%s", way)
			if a.Holds {
				assert.True(t, richer[way].Holds && modest[way].Holds, "%s", way)
			}
			if a.Needed != nil {
				require.NotNil(t, modest[way].Needed, "%s", way)
				assert.LessOrEqual(t, modest[way].Needed.IPs, a.Needed.IPs, "%s", way)
			}
		}
	})
}

// What is said to hold fits the ports that there are.
func TestAnswers_NeverMoreThanPorts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := drawNeed(t)
		for way, a := range answersOf(t, n) {
			assert.LessOrEqual(t, a.Given.ConnectionsPerNode*n.Nodes, a.Given.Ports, "%s", way)
			assert.Equal(t, a.Holds, a.Needed != nil && a.Needed.IPs <= a.Given.IPs, "%s", way)
		}
	})
}

func TestAnswers_Refuses(t *testing.T) {
	t.Parallel()
	_, err := Answers(Need{Nodes: 5001, IPs: 251, PortsPerNode: 1023, Destinations: -1})
	require.EqualError(t, err, "snat: nodes 5001 is outside 1-5000\n"+
		"snat: connectionsPerNode 0 is outside 1-10000000\n"+
		"snat: destinations -1 is outside 1-10000\n"+
		"snat: ips 251 is outside 1-250\n"+
		"snat: portsPerNode 1023 is not a multiple of 8: use 1024")
	for ports, want := range map[int]string{
		-8:     "snat: portsPerNode -8 is outside 0-64000",
		64_008: "snat: portsPerNode 64008 is outside 0-64000",
		63_999: "snat: portsPerNode 63999 is not a multiple of 8: use 64000",
	} {
		_, err := Answers(Need{Nodes: 1, ConnectionsPerNode: 1, Destinations: 1, IPs: 1, PortsPerNode: ports})
		require.EqualError(t, err, want)
	}
}
