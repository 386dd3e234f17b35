package migrate_test

import (
	"encoding/json"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/egress/matrix"
	"aks-egress/internal/config"
	"aks-egress/internal/migrate"
)

const (
	scope  = "/subscriptions/s/resourceGroups/rg/providers/Microsoft.Network/"
	spoke  = scope + "virtualNetworks/spoke"
	hub    = scope + "virtualNetworks/hub"
	natIP  = "203.0.113.1"
	hubIP  = "203.0.113.2"
	ranges = "198.51.100.0/28"
)

// network is a cluster whose subnet has no way out yet, with two public IPs.
func network(outboundType string) *egress.Network {
	private := false
	ip := func(name, address string) egress.PublicIP {
		return egress.PublicIP{ID: scope + "publicIPAddresses/" + name, Name: name, Address: netip.MustParseAddr(address)}
	}
	return &egress.Network{
		VNets: []egress.VNet{{
			ID: spoke, Name: "spoke", Location: "westeurope",
			AddressSpace: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")},
			Subnets: []egress.Subnet{{
				ID: spoke + "/subnets/nodes", Name: "nodes", DefaultOutboundAccess: &private,
				Prefixes: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/24")},
			}},
		}},
		PublicIPs: []egress.PublicIP{ip("nat", natIP), ip("hub", hubIP)},
		Clusters: []egress.Cluster{{
			ID: clusterID, Name: "aks1", Location: "westeurope", OutboundType: outboundType,
			APIServerFQDN: "aks1.hcp.westeurope.azmk8s.io",
			NodeSubnetIDs: []string{spoke + "/subnets/nodes"}, NetworkPlugin: "azure", NetworkPluginMode: "overlay",
			PodCIDR: netip.MustParsePrefix("10.244.0.0/16"), ServiceCIDR: netip.MustParsePrefix("172.16.0.0/16"), NodeCount: 2,
		}},
	}
}

func withNAT() *egress.Network {
	n := network("userAssignedNATGateway")
	n.NATGateways = []egress.NATGateway{{
		ID: scope + "natGateways/nat", Name: "nat", PublicIPIDs: []string{n.PublicIPs[0].ID},
	}}
	n.VNets[0].Subnets[0].NATGatewayID = n.NATGateways[0].ID
	return n
}

// withFirewall lets through what hosts name, on 443.
func withFirewall(hosts ...string) *egress.Network {
	n := network("userDefinedRouting")
	peering := func(from, to, name string) egress.Peering {
		return egress.Peering{
			ID: from + "/virtualNetworkPeerings/" + name, Name: name, RemoteVNetID: to, AllowVirtualNetworkAccess: true,
			AllowForwardedTraffic: true, State: egress.PeeringConnected,
		}
	}
	n.VNets[0].Subnets[0].RouteTableID = scope + "routeTables/rt"
	n.VNets[0].Peerings = []egress.Peering{peering(spoke, hub, "to-hub")}
	n.VNets = append(n.VNets, egress.VNet{
		ID: hub, Name: "hub", Location: "westeurope", AddressSpace: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")},
		Subnets: []egress.Subnet{{
			ID: hub + "/subnets/AzureFirewallSubnet", Name: egress.AzureFirewallSubnet,
			Prefixes: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/26")},
		}},
		Peerings: []egress.Peering{peering(hub, spoke, "to-spoke")},
	})
	n.RouteTables = []egress.RouteTable{{ID: scope + "routeTables/rt", Name: "rt", Routes: []egress.Route{{
		Name: "all", Prefix: netip.MustParsePrefix("0.0.0.0/0"), NextHopType: egress.NextHopVirtualAppliance,
		NextHopIP: netip.MustParseAddr("10.0.0.4"),
	}}}}
	n.Firewalls = []egress.Firewall{{
		ID: scope + "azureFirewalls/fw", Name: "fw", Location: "westeurope", Tier: "Standard",
		PrivateIP: netip.MustParseAddr("10.0.0.4"), SubnetID: hub + "/subnets/AzureFirewallSubnet",
		PublicIPIDs: []string{n.PublicIPs[1].ID}, PolicyID: scope + "firewallPolicies/p",
	}}
	n.FirewallPolicies = []egress.FirewallPolicy{{
		ID: scope + "firewallPolicies/p", Name: "p", Tier: "Standard", DNSProxy: true,
		RuleCollectionGroups: []egress.RuleCollectionGroup{{Name: "g", Priority: 200, Collections: []egress.RuleCollection{{
			Name: "c", Priority: 200, Action: egress.ActionAllow, ApplicationRules: []egress.ApplicationRule{{
				Name: "r", Sources: []string{"*"}, FQDNs: hosts,
				Protocols: []egress.ApplicationProtocol{{Type: "Https", Port: 443}},
			}},
		}}}},
	}}
	return n
}

func loaded(t *testing.T, values ...string) *config.Config {
	t.Helper()
	all := map[string]string{"azure-native:location": "westeurope"}
	for key, value := range given(values...) {
		all[key] = value
	}
	c, err := config.Load(all)
	require.NoError(t, err)
	return c
}

func subject(t *testing.T, named ...string) migrate.Subject {
	t.Helper()
	s := migrate.Subject{Wanted: loaded(t, "outboundType=userDefinedRouting", `allow=["key-vault:shop"]`)}
	for _, entry := range named {
		list, err := migrate.Named(entry, "westeurope")
		require.NoError(t, err)
		s.Named = append(s.Named, list...)
	}
	return s
}

func change(t *testing.T, r migrate.Report, destination string) migrate.FlowChange {
	t.Helper()
	i := slices.IndexFunc(r.Flows, func(f migrate.FlowChange) bool { return f.Destination == destination })
	require.GreaterOrEqual(t, i, 0, "%s is asked for", destination)
	return r.Flows[i]
}

func told(t *testing.T, r migrate.Report, who string) migrate.Audience {
	t.Helper()
	i := slices.IndexFunc(r.AllowLists.Tell, func(a migrate.Audience) bool { return a.Who == who })
	require.GreaterOrEqual(t, i, 0, who)
	return r.AllowLists.Tell[i]
}

// From a NAT gateway to a firewall: what the rules let through comes from other addresses, the rest is blocked, with
// the entry that opens it; lists outside change.
func TestCompare_ToAFirewall(t *testing.T) {
	t.Parallel()
	before := migrate.Snapshot{Network: withNAT()}
	after := migrate.Snapshot{Network: withFirewall("shop.vault.azure.net", "api.github.com")}
	r := migrate.Compare(before, after,
		subject(t, "https://api.github.com", "https://b.example.com", "tcp://192.0.2.7:5432"))

	assert.Equal(t, []string{natIP}, r.AllowLists.Remove)
	assert.Equal(t, []string{hubIP}, r.AllowLists.Add)
	assert.Equal(t, []string{natIP}, r.Left, "its public IP is still there")
	assert.Empty(t, r.Released)
	for destination, effect := range map[string]migrate.Effect{
		"https://api.github.com": migrate.Source, "https://shop.vault.azure.net": migrate.Source,
		"https://b.example.com": migrate.Blocked, "tcp://192.0.2.7:5432": migrate.Blocked, "https://ghcr.io": migrate.Blocked,
	} {
		assert.Equal(t, effect, change(t, r, destination).Effect, destination)
	}
	assert.Equal(t, "ghcr", change(t, r, "https://ghcr.io").After.OpenedBy)
	assert.Equal(t, []string{natIP}, change(t, r, "https://api.github.com").Before.SourceIPs)

	assert.Equal(t, migrate.Tell, told(t, r, "key vaults").Action)
	assert.Equal(t, []string{"shop"}, told(t, r, "key vaults").Known)
	assert.Equal(t, migrate.Denied, told(t, r, "storage accounts").Action)
	assert.Equal(t, migrate.Tell, told(t, r, "third-party APIs").Action, "one of them goes")
	assert.Equal(t, []string{"https://api.github.com", "https://b.example.com"}, told(t, r, "third-party APIs").Known)
	assert.Equal(t, migrate.Denied, told(t, r, "on-premises, partner firewalls").Action)
	assert.Equal(t, []string{"tcp://192.0.2.7:5432"}, told(t, r, "on-premises, partner firewalls").Known)
	assert.Equal(t, migrate.Nothing, told(t, r, "this cluster's API server").Action)
}

func TestCompare_AwayFromAFirewall(t *testing.T) {
	t.Parallel()
	after := withNAT()
	after.PublicIPs = after.PublicIPs[:1]
	before := migrate.Snapshot{Network: withFirewall("api.github.com")}
	r := migrate.Compare(before, migrate.Snapshot{Network: after}, subject(t))
	assert.Equal(t, []string{hubIP}, r.Released)
	assert.Empty(t, r.Left)
	assert.Equal(t, migrate.Opened, change(t, r, "https://ghcr.io").Effect)
	assert.Equal(t, migrate.Tell, told(t, r, "storage accounts").Action)
}

func TestCompare_NothingChanged(t *testing.T) {
	t.Parallel()
	r := migrate.Compare(migrate.Snapshot{Network: withNAT()}, migrate.Snapshot{Network: withNAT()}, subject(t))
	assert.Empty(t, append(r.AllowLists.Add, r.AllowLists.Remove...))
	for _, f := range r.Flows {
		assert.Contains(t, []migrate.Effect{migrate.Same}, f.Effect, f.Destination)
	}
	for _, a := range r.AllowLists.Tell {
		assert.Equal(t, migrate.Nothing, a.Action, a.Who)
	}
}

// What sees a private address by a service endpoint has no public address on a list.
func TestCompare_ServiceEndpoint(t *testing.T) {
	t.Parallel()
	after := withFirewall("api.github.com")
	after.VNets[0].Subnets[0].ServiceEndpoints = []string{"Microsoft.KeyVault"}
	r := migrate.Compare(migrate.Snapshot{Network: withNAT()}, migrate.Snapshot{Network: after}, subject(t))
	vaults := told(t, r, "key vaults")
	assert.Equal(t, migrate.Nothing, vaults.Action)
	assert.Equal(t, "they see no public address", vaults.Why)
	assert.Equal(t, migrate.Source, change(t, r, "https://shop.vault.azure.net").Effect, "no public address any more")
}

// The API server's own list: held by Pulumi, short of the new addresses, or with old ones left.
func TestCompare_OwnAPIServer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		ranges []string
		want   migrate.Action
		why    string
	}{
		"right":   {[]string{ranges, hubIP + "/32"}, migrate.Done, "it lets the nodes in"},
		"missing": {[]string{ranges}, migrate.Tell, "authorized"},
		"stale":   {[]string{ranges, hubIP + "/32", natIP + "/32"}, migrate.Tell, "it still lists " + natIP},
	} {
		after := withFirewall("*.hcp.westeurope.azmk8s.io")
		for _, r := range test.ranges {
			after.Clusters[0].AuthorizedIPRanges = append(after.Clusters[0].AuthorizedIPRanges, netip.MustParsePrefix(r))
		}
		r := migrate.Compare(migrate.Snapshot{Network: withNAT()}, migrate.Snapshot{Network: after}, subject(t))
		own := told(t, r, "this cluster's API server")
		assert.Equal(t, test.want, own.Action, name)
		assert.Contains(t, own.Why, test.why, name)
	}
}

// What happened to one class for one reason is told once, what the user named first.
func TestGroups(t *testing.T) {
	t.Parallel()
	r := migrate.Compare(migrate.Snapshot{Network: withNAT()}, migrate.Snapshot{Network: withFirewall("a.example.com")},
		subject(t, "https://b.example.com"))
	groups := migrate.Groups(r.Flows, migrate.Blocked)
	assert.Equal(t, migrate.Group{
		Class: migrate.ClassNamed, Destinations: []string{"https://b.example.com"},
		Why: "to open: allow https://b.example.com",
	}, groups[0])
	i := slices.IndexFunc(groups, func(g migrate.Group) bool { return g.Class == "Storage" })
	require.Positive(t, i)
	assert.Equal(t, "to open: allow storage:<name>", groups[i].Why)
	assert.Len(t, groups[i].Destinations, 5)
	r = migrate.Compare(migrate.Snapshot{Network: withNAT()}, migrate.Snapshot{Network: withFirewall("a.example.com")},
		subject(t, "key-vault:web"))
	named := migrate.Groups(r.Flows, migrate.Blocked)[0]
	assert.Equal(t, "to open: allow key-vault:web", named.Why, "as the user wrote it")
	assert.Empty(t, migrate.Groups(r.Flows, migrate.Opened))
}

// A record says what was before as long as the migration that wrote it is not over, and survives JSON.
func TestUnderWay(t *testing.T) {
	t.Parallel()
	outputs := func(outboundType string, ips ...any) map[string]any {
		return map[string]any{"outboundType": outboundType, "egressIps": ips}
	}
	began := migrate.Snapshot{Network: withNAT(), Outputs: outputs("userAssignedNATGateway", natIP)}
	other := withNAT()
	other.Clusters[0].ID += "2"
	for name, test := range map[string]struct {
		now  migrate.Snapshot
		want bool
	}{
		"an update was cut off": {began, true},
		"built": {
			migrate.Snapshot{Network: withNAT(), Outputs: outputs("userDefinedRouting", hubIP)}, true,
		},
		"changed": {
			migrate.Snapshot{Network: withFirewall(), Outputs: outputs("userAssignedNATGateway", natIP)}, true,
		},
		"somebody went back, and other addresses came since": {
			migrate.Snapshot{Network: withNAT(), Outputs: outputs("userAssignedNATGateway", natIP, "203.0.113.9")}, false,
		},
		"another cluster": {migrate.Snapshot{Network: other, Outputs: began.Outputs}, false},
		"no cluster":      {migrate.Snapshot{Network: &egress.Network{}}, false},
	} {
		assert.Equal(t, test.want, began.UnderWay(test.now), name)
	}
	text, err := json.Marshal(began)
	require.NoError(t, err)
	var read migrate.Snapshot
	require.NoError(t, json.Unmarshal(text, &read))
	assert.Equal(t, began, read)
}

// The verdicts of the matrix, in the report's JSON, are words that do not change.
func TestSide_JSON(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(migrate.Side{Verdict: matrix.Blocked, SourceIPs: []string{}, BlockedBy: "default deny"})
	require.NoError(t, err)
	assert.JSONEq(t, `{"verdict": "blocked", "path": "", "sourceIps": [], "blockedBy": "default deny"}`, string(text))
}
