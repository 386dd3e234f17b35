package doctor_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
	"aks-egress/egress/networktest"
)

// anyNetwork is a network of a case, bent at random.
func anyNetwork(t *rapid.T) *egress.Network {
	all := cases()
	c := all[rapid.IntRange(0, len(all)-1).Draw(t, "case")]
	n := c.base()
	if rapid.Bool().Draw(t, "changed") {
		c.change(n)
	}
	return networktest.Bend(t, n)
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

// Nothing of a healthy network is there for nothing.
func TestEveryPartMatters(t *testing.T) {
	t.Parallel()
	for name, network := range healthy {
		assert.Empty(t, networktest.Unnoticed(network()), name)
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
