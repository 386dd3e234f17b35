package compare_test

import (
	"encoding/json"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/egress/migration"
	"aks-egress/egress/networktest"
	"aks-egress/egress/price"
	"aks-egress/internal/compare"
	"aks-egress/internal/config"
	"aks-egress/internal/migrate"
)

const export = `{"version": 3, "deployment": {"resources": [
	{"urn": "urn::vnet", "type": "azure-native:network/v20240501:VirtualNetwork", "custom": true},
	{"urn": "urn::aks", "type": "azure-native:containerservice:ManagedCluster", "custom": true,
		"dependencies": ["urn::vnet"]}]}}`

// stack is of userDefinedRouting, with settings that only this can have.
func stack() migrate.Stack {
	return migrate.Stack{
		Name: "shop",
		File: map[string]string{
			"azure-native:location": "westeurope", "aks-egress:outboundType": "userDefinedRouting",
			"aks-egress:firewallTier": "Premium",
		},
		Given: map[string]string{"aks-egress:allow": `["mcr"]`},
	}
}

// networks stand for what the settings deploy.
func networks() map[migration.OutboundType]*egress.Network {
	managed := networktest.ByNATGateway()
	managed.Clusters[0].OutboundType = "managedNATGateway"
	own := "/resourceGroups/MC_rg_aks_westeurope/providers/Microsoft.Network/publicIPAddresses/"
	managed.PublicIPs[0].ID = "/subscriptions/s" + own + "a"
	managed.NATGateways[0].PublicIPIDs = []string{managed.PublicIPs[0].ID}
	managed.PublicIPs[0].Zones, managed.NATGateways[0].Zones = []string{"2"}, []string{"2"}
	balanced := networktest.ByLoadBalancer()
	balanced.PublicIPs[0].ID = strings.ToLower("/subscriptions/s" + own + "b")
	balanced.LoadBalancers[0].Frontends[0].PublicIPID = balanced.PublicIPs[0].ID
	balanced.PublicIPs[0].Zones = []string{"1", "2", "3"}
	firewalled := networktest.ByFirewall("Premium")
	firewalled.PublicIPs[0].Zones = []string{"1", "2", "3"}
	return map[migration.OutboundType]*egress.Network{
		migration.LoadBalancer: balanced, migration.ManagedNATGateway: managed,
		migration.UserAssignedNATGateway: networktest.ByNATGateway(), migration.UserDefinedRouting: firewalled,
	}
}

// tried are the attempts of a stack as if they had been deployed; entrance is where clients come in.
func tried(s migrate.Stack, entrance *egress.Flow) []*compare.Attempt {
	attempts := compare.Attempts(s, entrance != nil)
	for _, a := range attempts {
		if a.Fit.Config != nil {
			a.Deployed = compare.Deployed{Network: networks()[a.OutboundType], Export: []byte(export), Entrance: entrance}
		}
	}
	return attempts
}

func columns(t *testing.T, s migrate.Stack, attempts []*compare.Attempt) map[string]compare.Column {
	t.Helper()
	table := compare.TableOf(s, attempts)
	require.Len(t, table.Columns, len(migration.Types()))
	found := map[string]compare.Column{}
	for i, c := range table.Columns {
		require.Equal(t, string(migration.Types()[i]), c.OutboundType, "in the order of the types")
		found[c.OutboundType] = c
	}
	return found
}

func TestTableOf(t *testing.T) {
	t.Parallel()
	s := stack()
	got := columns(t, s, tried(s, nil))
	only := []string{`allow=["mcr"]`, "firewallTier=Premium"} // of a firewall
	for name, want := range map[string]struct {
		current                           bool
		managedBy, filtering, zones, ways string
		dropped                           []string
	}{
		"loadBalancer":           {false, "AKS", "none", "zone-redundant", "in place", only},
		"managedNATGateway":      {false, "AKS", "none", "zone 2", "new cluster", only},
		"userAssignedNATGateway": {false, "you", "none", "no zone", "in place", only},
		"userDefinedRouting":     {true, "you", "Azure Firewall Premium: default deny", "no zone", "in place", []string{}},
	} {
		c := got[name]
		assert.Empty(t, c.Problems, name)
		assert.Equal(t, want.current, c.Current, name)
		assert.Equal(t, want.dropped, c.Dropped, name)
		assert.Equal(t, []string{"203.0.113.7"}, c.EgressIPs, name)
		assert.Equal(t, want.managedBy, c.ManagedBy, name)
		assert.Equal(t, want.filtering, c.Filtering, name)
		assert.Equal(t, want.zones, c.Zones, name)
		assert.Equal(t, want.ways == "in place", c.Migration.InPlace, name)
		network := networks()[migration.OutboundType(name)]
		assert.Equal(t, compare.SNATOf(network), c.SNAT, name)
		assert.Equal(t, price.Of(network), c.Cost, name)
		assert.Equal(t, 923, c.Time.MaxSeconds, name)
		assert.Empty(t, c.Ingress, name)
	}
	for _, name := range []string{"none", "block", "managedNATGatewayV2"} {
		require.Len(t, got[name].Problems, 1, name)
		assert.Contains(t, got[name].Problems[0], "config: outboundType "+name, name)
		assert.Empty(t, got[name].EgressIPs, name)
	}
	text, err := json.Marshal(compare.TableOf(s, tried(s, nil)))
	require.NoError(t, err)
	assert.NotContains(t, string(text), "null", "lists are never null")
}

func TestTableOf_Migration(t *testing.T) {
	t.Parallel()
	s := stack()
	got := columns(t, s, tried(s, nil))

	none := got["userDefinedRouting"].Migration
	assert.True(t, none.InPlace)
	assert.Empty(t, none.Steps)
	assert.Empty(t, none.Effects)

	in := got["userAssignedNATGateway"].Migration
	require.Len(t, in.Steps, 4, in.Reason)
	assert.Contains(t, in.Steps[0], "build: pulumi up --stack shop -c outboundType=userAssignedNATGateway")
	assert.Contains(t, in.Steps[1], "change: az aks update")
	assert.Contains(t, in.Steps[3], "clear: pulumi config rm firewallTier --stack shop; ", "not before")
	effects := strings.Join(in.Effects, "\n")
	assert.Contains(t, effects, "the egress IPs change")
	assert.Contains(t, effects, "open then, and blocked before, ")
	assert.Contains(t, effects, "Third-party API")

	other := got["managedNATGateway"].Migration
	assert.False(t, other.InPlace)
	assert.Empty(t, other.Steps)
	assert.Contains(t, other.Reason, "its subnet cannot be changed")
	assert.Contains(t, strings.Join(other.Effects, "\n"), "open then")

	s.Given, s.File = nil, map[string]string{"azure-native:location": "westeurope", "aks-egress:outboundType": "none"}
	got = columns(t, s, tried(s, nil))
	assert.Contains(t, got["loadBalancer"].Migration.Reason, "its own settings: they are refused")
	assert.False(t, got["loadBalancer"].Migration.InPlace)

	s = stack() // which is not deployed: what Azure does is known, what it means for traffic is not
	attempts := tried(s, nil)
	for _, a := range attempts {
		if a.OutboundType == migration.UserDefinedRouting {
			a.Deployed = compare.Deployed{Errors: []string{"no hub"}}
		}
	}
	in = columns(t, s, attempts)["loadBalancer"].Migration
	assert.True(t, in.InPlace)
	assert.Empty(t, in.Steps)
	assert.Equal(t, []string{"the egress IPs change", "open connections drop"}, in.Effects)
}

// Filtering is read from what becomes of a flow that nobody named.
func TestTableOf_Filtering(t *testing.T) {
	t.Parallel()
	everything := func(n *egress.Network, action egress.RuleAction) {
		group := &n.FirewallPolicies[0].RuleCollectionGroups[0]
		group.Collections = append(group.Collections, egress.RuleCollection{
			Name: "all", Priority: 300, Action: action, ApplicationRules: []egress.ApplicationRule{{
				Name: "web", Sources: []string{"*"}, FQDNs: []string{"*"},
				Protocols: []egress.ApplicationProtocol{{Type: "Https", Port: 443}},
			}},
		})
	}
	for want, change := range map[string]func(*egress.Network){
		"Azure Firewall Premium: default deny": func(*egress.Network) {},
		"Azure Firewall Premium: lets through what nobody named, by rule aks/all/web (application rule)": func(
			n *egress.Network,
		) {
			everything(n, egress.ActionAllow)
		},
		"Azure Firewall Premium: denies by rule aks/all/web (application rule)": func(n *egress.Network) {
			everything(n, egress.ActionDeny)
		},
		"route 0.0.0.0/0 drops it": func(n *egress.Network) { n.RouteTables[0].Routes[0].NextHopType = egress.NextHopNone },
	} {
		s := stack()
		attempts := tried(s, nil)
		for _, a := range attempts {
			if a.OutboundType == migration.UserDefinedRouting {
				change(a.Deployed.Network)
			}
		}
		assert.Equal(t, want, columns(t, s, attempts)["userDefinedRouting"].Filtering)
	}
}

// A firewall of somebody else's is not in the network: its addresses are what the stack expects.
func TestTableOf_ElsewhereFirewall(t *testing.T) {
	t.Parallel()
	s := stack()
	attempts := tried(s, nil)
	for _, a := range attempts {
		if a.OutboundType == migration.UserDefinedRouting {
			n := a.Deployed.Network
			n.Firewalls, n.VNets = nil, n.VNets[:1]
			a.Deployed.Outputs = map[string]any{"expectedEgressIps": []any{"198.51.100.9"}}
		}
	}
	c := columns(t, s, attempts)["userDefinedRouting"]
	assert.Equal(t, []string{"198.51.100.9"}, c.EgressIPs)
	assert.Equal(t, "you", c.ManagedBy)
	assert.Zero(t, c.SNAT)
	assert.Contains(t, c.Filtering, "not known: ")
	assert.Empty(t, c.Zones)
}

func TestTableOf_Ingress(t *testing.T) {
	t.Parallel()
	s := stack()
	s.File["aks-egress:ingress"] = "firewallDnat"
	attempts := tried(s, &egress.Flow{
		From: egress.FromInternet, Addr: netip.MustParseAddr("203.0.113.7"), Port: 80, Protocol: egress.TCP,
	})
	dnat := egress.NATRule{
		Name: "in", Protocols: []string{"TCP"}, Sources: []string{"*"}, Destinations: []string{"203.0.113.7"},
		Ports: []string{"80"}, TranslatedAddress: "10.1.0.9", TranslatedPort: "80",
	}
	for _, a := range attempts {
		if a.OutboundType != migration.UserDefinedRouting || a.Deployed.Network == nil {
			continue
		}
		if a.Ingress == "" {
			group := &a.Deployed.Network.FirewallPolicies[0].RuleCollectionGroups[0]
			group.Collections = append(group.Collections, egress.RuleCollection{
				Name: "dnat", Priority: 100, Action: egress.ActionDNAT, NATRules: []egress.NATRule{dnat},
			})
		}
		if a.Ingress == config.IngressApplicationGateway {
			a.Deployed.Network, a.Deployed.Errors = nil, []string{"Azure is on fire"}
		}
	}
	got := columns(t, s, attempts)
	modes := map[string]compare.IngressMode{}
	for _, m := range got["userDefinedRouting"].Ingress {
		modes[m.Mode] = m
	}
	require.Len(t, modes, 4)
	assert.Equal(t, compare.IngressMode{Mode: "firewallDnat", Works: true}, modes["firewallDnat"])
	assert.Contains(t, modes["loadBalancer"].Reason, "config: ingress loadBalancer does not work under userDefinedRouting")
	assert.Equal(t, "Azure is on fire", modes["applicationGateway"].Reason)
	assert.Contains(t, modes["applicationGatewayForContainers"].Reason, "denied-in: ")
	assert.False(t, modes["applicationGatewayForContainers"].Works)

	assert.Contains(t, got["loadBalancer"].Dropped, "ingress=firewallDnat", "which has no firewall")
	assert.Empty(t, got["loadBalancer"].Problems)
	assert.Len(t, got["loadBalancer"].Ingress, 4)
}

// What could not be deployed is a problem of its column alone.
func TestTableOf_Failed(t *testing.T) {
	t.Parallel()
	s := stack()
	attempts := tried(s, nil)
	for _, a := range attempts {
		if a.OutboundType == migration.LoadBalancer {
			a.Deployed = compare.Deployed{Errors: []string{"no quota"}}
		}
		if a.OutboundType == migration.ManagedNATGateway {
			a.Deployed.Export = []byte("{}")
		}
	}
	got := columns(t, s, attempts)
	assert.Equal(t, []string{"no quota"}, got["loadBalancer"].Problems)
	assert.Empty(t, got["userDefinedRouting"].Problems)
	require.Len(t, got["managedNATGateway"].Problems, 1)
	assert.Contains(t, got["managedNATGateway"].Problems[0], "pulumi stack export")
	assert.Equal(t, []string{"loadBalancer: no quota"}, compare.TableOf(s, attempts).Failed)
}
