package doctor_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
)

// anyNetwork is a network of a case, then bent at random: references that dangle or point elsewhere, addresses that
// are missing or overlap, words of other types.
func anyNetwork(t *rapid.T) *egress.Network {
	all := cases()
	c := all[rapid.IntRange(0, len(all)-1).Draw(t, "case")]
	n := c.base()
	if rapid.Bool().Draw(t, "changed") {
		c.change(n)
	}
	document, err := json.Marshal(n)
	require.NoError(t, err)
	var tree any
	require.NoError(t, json.Unmarshal(document, &tree))
	for range rapid.IntRange(0, 6).Draw(t, "bends") {
		tree = bend(t, tree)
	}
	document, err = json.Marshal(tree)
	require.NoError(t, err)
	var bent egress.Network
	if json.Unmarshal(document, &bent) != nil {
		return n // a value of a type that the network cannot hold
	}
	return &bent
}

var words = []string{
	"", "*", "x", nodesID, hubID, fwID, policyID, tableID, natID, clusterID, ip1ID, "10.0.1.4", "10.1.0.0/24",
	"0.0.0.0/0", "172.31.0.0/16", "2001:db8::/32", "2001:db8::1", "203.0.113.1", "Internet", "VirtualAppliance",
	"None", "Basic", "Deny", "443", "1-65535", "loadBalancer", "userDefinedRouting", "managedNATGateway", "none",
	"Connected", "Initiated", "AzureCloud.westeurope", "AzureKubernetesService", "*.example.com", "a.*.b",
	"Allow", "DNAT", "Any", "UDP", "AzureFirewallSubnet", "ghcr.io/a/b:1", "!!",
}

// bend changes, removes or doubles one value of a JSON tree.
func bend(t *rapid.T, tree any) any {
	switch v := tree.(type) {
	case map[string]any:
		keys := slices.Sorted(maps.Keys(v))
		if len(keys) == 0 {
			return v
		}
		key := rapid.SampledFrom(keys).Draw(t, "key")
		if rapid.IntRange(0, 19).Draw(t, "what") == 0 {
			delete(v, key)
			return v
		}
		v[key] = bend(t, v[key])
		return v
	case []any:
		if len(v) == 0 {
			return append(v, rapid.SampledFrom(words).Draw(t, "word"))
		}
		i := rapid.IntRange(0, len(v)-1).Draw(t, "index")
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0:
			return append(v[:i:i], v[i+1:]...)
		case 1:
			return append(v, v[i])
		}
		v[i] = bend(t, v[i])
		return v
	case string:
		return rapid.SampledFrom(words).Draw(t, "word")
	case float64:
		return float64(rapid.SampledFrom([]int{-1, 0, 1, 8, 443, 4096, 64000, 65535, 1 << 40}).Draw(t, "number"))
	case bool:
		return !v
	}
	return tree
}

// No network makes it panic; what it says is well formed and the same the next time.
func TestExamineTakesEveryNetwork(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := anyNetwork(t)
		before, err := json.Marshal(n)
		require.NoError(t, err)
		findings := doctor.Examine(n)
		assert.Equal(t, findings, doctor.Examine(n))
		after, err := json.Marshal(n)
		require.NoError(t, err)
		assert.Equal(t, string(before), string(after), "Examine changed the network")
		for _, f := range findings {
			assert.NotEmpty(t, f.Message)
			assert.NotContains(t, f.Message+f.Fix, "%!")
			assert.NotContains(t, f.Message+f.Fix, "240.0.0.", "the address that stands in for an unknown one")
		}
	})
}

// What has nothing to do with a cluster's egress changes no finding.
func TestUnrelatedResourcesChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		all := cases()
		c := all[rapid.IntRange(0, len(all)-1).Draw(t, "case")]
		n := c.base()
		if rapid.Bool().Draw(t, "changed") {
			c.change(n)
		}
		before := doctor.Examine(n)
		addUnrelated(t, n)
		assert.Equal(t, before, doctor.Examine(n))
	})
}

func inside(second, third int) []netip.Prefix {
	return prefixes(fmt.Sprintf("10.%d.%d.0/24", second, third))
}

func addUnrelated(t *rapid.T, n *egress.Network) {
	const other = sub + "other/providers/Microsoft.Network/"
	id := rapid.StringMatching(`[a-z]{1,8}`).Draw(t, "name")
	second := rapid.IntRange(20, 99).Draw(t, "octet")
	table := other + "routeTables/" + id
	hop := netip.AddrFrom4([4]byte{10, byte(second), 1, 4})
	n.RouteTables = append(n.RouteTables, egress.RouteTable{ID: table, Name: id, Routes: []egress.Route{{
		Name: "default", Prefix: prefix("0.0.0.0/0"), NextHopType: egress.NextHopVirtualAppliance, NextHopIP: hop,
	}}})
	vnet := other + "virtualNetworks/" + id
	space := fmt.Sprintf("10.%d.0.0/16", second)
	n.VNets = append(n.VNets, egress.VNet{
		ID: vnet, Name: id, AddressSpace: prefixes(space), Subnets: []egress.Subnet{
			{ID: vnet + "/subnets/one", Name: "one", Prefixes: inside(second, 0), RouteTableID: table},
			{ID: vnet + "/subnets/two", Name: "two", Prefixes: inside(second, 1)},
		},
	})
	n.PublicIPs = append(n.PublicIPs, egress.PublicIP{
		ID: other + "publicIPAddresses/" + id, Name: id, Address: netip.AddrFrom4([4]byte{198, 51, 100, byte(second)}),
		Owner: other + "networkInterfaces/" + id + "/ipConfigurations/one",
	})
}

// Nothing of a healthy stack is there for nothing: without any one part the doctor finds something, or a flow ends in
// another way.
func TestEveryPartMatters(t *testing.T) {
	t.Parallel()
	time := egress.Flow{From: clusterID, Host: "ntp.ubuntu.com", Port: 123, Protocol: egress.UDP}
	ends := func(n *egress.Network) egress.Disposition { return n.Trace(time).Disposition }
	removals := map[string]func(*egress.Network){
		"route table of the subnet": func(n *egress.Network) { nodes(n).RouteTableID = "" },
		"route":                     func(n *egress.Network) { n.RouteTables[0].Routes = nil },
		"peering to the hub":        func(n *egress.Network) { n.VNets[0].Peerings = nil },
		"peering to the spoke":      func(n *egress.Network) { n.VNets[1].Peerings = nil },
		"both peerings":             func(n *egress.Network) { n.VNets[0].Peerings, n.VNets[1].Peerings = nil, nil },
		"firewall":                  func(n *egress.Network) { n.Firewalls = nil },
		"policy of the firewall":    func(n *egress.Network) { n.Firewalls[0].PolicyID = "" },
		"policy":                    func(n *egress.Network) { n.FirewallPolicies = nil },
		"a public IP's association": func(n *egress.Network) { n.Firewalls[0].PublicIPIDs = n.Firewalls[0].PublicIPIDs[:1] },
		"a public IP":               func(n *egress.Network) { n.PublicIPs = n.PublicIPs[:1] },
		"DNS proxy":                 func(n *egress.Network) { policy(n).DNSProxy = false },
		"DNS server":                func(n *egress.Network) { n.VNets[0].DNSServers = nil },
		"hub":                       func(n *egress.Network) { n.VNets = n.VNets[:1] },
	}
	for i := range networkRules(hub()).NetworkRules {
		removals[fmt.Sprintf("network rule %d", i)] = func(n *egress.Network) {
			networkRules(n).NetworkRules = slices.Delete(networkRules(n).NetworkRules, i, i+1)
		}
	}
	for i := range applicationRules(hub()).ApplicationRules {
		removals[fmt.Sprintf("application rule %d", i)] = func(n *egress.Network) {
			applicationRules(n).ApplicationRules = slices.Delete(applicationRules(n).ApplicationRules, i, i+1)
		}
	}
	for name, remove := range removals {
		n := hub()
		remove(n)
		assert.True(t, len(doctor.Examine(n)) > 0 || ends(n) != ends(hub()), name)
	}
}

func FuzzExamine(f *testing.F) {
	for _, network := range healthy {
		document, err := json.Marshal(network())
		require.NoError(f, err)
		f.Add(document)
	}
	for i, c := range cases() {
		if i%5 == 0 {
			n := c.base()
			c.change(n)
			document, err := json.Marshal(n)
			require.NoError(f, err)
			f.Add(document)
		}
	}
	f.Fuzz(func(t *testing.T, document []byte) {
		var n egress.Network
		if json.Unmarshal(document, &n) != nil {
			return
		}
		for _, finding := range doctor.Examine(&n) {
			if finding.Message == "" || finding.ID == "" {
				t.Errorf("half a finding: %+v", finding)
			}
		}
	})
}
