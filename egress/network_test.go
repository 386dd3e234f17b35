package egress_test

import (
	"encoding/json"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

func TestNetworkRoundTrips(t *testing.T) {
	t.Parallel()
	for name, n := range map[string]*egress.Network{
		"empty": {}, "udr": hubAndSpoke(), "lb": withLoadBalancer(), "natgw": withNAT([]string{ip1ID}, []string{prefixID}),
	} {
		data, err := json.Marshal(n)
		require.NoError(t, err, name)
		var back egress.Network
		require.NoError(t, json.Unmarshal(data, &back), name)
		require.Equal(t, n, &back, name)
	}
}

func TestIDsHaveNoCase(t *testing.T) {
	t.Parallel()
	n := hubAndSpoke()
	n.VNets[0].Subnets[0].RouteTableID = "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000001/resourcegroups/RG/" +
		"providers/microsoft.network/ROUTETABLES/RT-UDR"
	require.NoError(t, n.Validate())
	check(t, n, http("ifconfig.me"), want{disposition: egress.ExitsInternet, sources: bothIPs})
}

func TestEffectiveRoutes(t *testing.T) {
	t.Parallel()
	n := hubAndSpoke()
	lines := func(subnet string) []string {
		routes, err := n.EffectiveRoutes(subnet)
		require.NoError(t, err)
		var out []string
		for _, r := range routes {
			out = append(out, r.Prefix.String()+" "+string(r.Source)+" "+string(r.NextHopType))
		}
		return out
	}
	assert.Equal(t, []string{
		"0.0.0.0/0 User VirtualAppliance", "10.0.0.0/16 Default VNetPeering",
		"10.1.0.0/16 Default VnetLocal",
	},
		lines(nodesID), "a user default route drops the reserved ranges")
	assert.Equal(t, []string{
		"0.0.0.0/0 Default Internet", "10.0.0.0/8 Default None", "10.0.0.0/16 Default VNetPeering",
		"10.1.0.0/16 Default VnetLocal",
		"100.64.0.0/10 Default None", "172.16.0.0/12 Default None", "192.168.0.0/16 Default None",
	}, lines(podsID))

	n.VNets[0].AddressSpace = prefixes("10.0.0.0/8")
	n.VNets[0].Peerings = nil
	assert.NotContains(t, lines(podsID), "10.0.0.0/8 Default None", "the VNet holds the whole reserved range")
	n.VNets[0].AddressSpace = prefixes("10.1.0.0/16")
	n.RouteTables[0].Routes = []egress.Route{{
		Name: "local", Prefix: prefix("10.1.0.0/16"),
		NextHopType: egress.NextHopNone,
	}}
	assert.Contains(t, lines(nodesID), "10.1.0.0/16 User None")
	assert.NotContains(t, lines(nodesID), "10.1.0.0/16 Default VnetLocal", "user beats system at equal prefixes")
	assert.Contains(t, lines(nodesID), "10.0.0.0/8 Default None", "no user default route")

	_, err := n.EffectiveRoutes("nowhere")
	require.EqualError(t, err, "subnet nowhere: not in the network")
}

// Whatever the network and the flow: nothing panics or goes round for ever, and every trace has an end and a reason.
func FuzzNetwork(f *testing.F) {
	withEntrances := published(hubAndSpoke())
	both(internalService, dnat("10.1.0.250"), withGateway)(withEntrances)
	for _, n := range []*egress.Network{
		{}, spoke(), hubAndSpoke(), withLoadBalancer(), withNAT([]string{ip1ID}, []string{prefixID}), withEntrances,
	} {
		data, err := json.Marshal(n)
		require.NoError(f, err)
		f.Add(data, "ifconfig.me", "20.1.2.3", "AzureCloud.westeurope", uint16(443))
		f.Add(data, "", "203.0.113.2", "", uint16(80))
	}
	f.Fuzz(func(t *testing.T, data []byte, host, ip, tag string, port uint16) {
		var n egress.Network
		if json.Unmarshal(data, &n) != nil {
			return
		}
		_ = n.Validate()
		first, err := json.Marshal(&n)
		require.NoError(t, err)
		var again egress.Network
		require.NoError(t, json.Unmarshal(first, &again))
		second, err := json.Marshal(&again)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))

		model := egress.Compile(&n)
		flows := model.Entrances()
		dest, _ := netip.ParseAddr(ip)
		for _, protocol := range []egress.Protocol{egress.TCP, egress.UDP, egress.HTTP, egress.HTTPS} {
			for _, from := range append(starts(&n), egress.FromInternet, host) {
				for _, a := range []netip.Addr{{}, dest} {
					flows = append(flows, egress.Flow{
						From: from, Client: dest, Pod: port%2 == 0, Host: host, Addr: a, Port: port, Protocol: protocol,
						ServiceTags: []string{tag}, Malicious: port%3 == 0,
					})
				}
			}
		}
		for _, flow := range flows {
			got := model.Trace(flow)
			require.NotEmpty(t, got.Reason)
			require.NotEmpty(t, got.Disposition)
		}
	})
}

// starts lists a few ids that a flow can start from.
func starts(n *egress.Network) []string {
	var out []string
	for _, c := range n.Clusters {
		out = append(out, c.ID)
	}
	for _, v := range n.VNets {
		for _, s := range v.Subnets {
			out = append(out, s.ID)
		}
	}
	return out[:min(len(out), 8)]
}
