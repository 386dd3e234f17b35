package matrix_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
	"aks-egress/egress/matrix"
)

// Without a filter every destination is reached by the one address, except over a service endpoint.
func TestRowsWithoutAFilter(t *testing.T) {
	t.Parallel()
	rows := ask(byNAT(), matrix.Own{})
	require.NotEmpty(t, rows)
	for _, row := range rows {
		assert.Equal(t, matrix.Allowed, row.Verdict, row.Destination)
		assert.Empty(t, row.OpenedBy)
		if row.Class == "Key Vault" {
			assert.Equal(t, "service endpoint Microsoft.KeyVault", row.Path)
			assert.Equal(t, []string{"10.1.0.0/22"}, row.SourceIPs, "the vault sees the subnet, not the public address")
			continue
		}
		assert.Equal(t, "NAT gateway", row.Path, row.Destination)
		assert.Equal(t, []string{ip}, row.SourceIPs, row.Destination)
	}
	assert.Equal(t, "aks-1.hcp.westeurope.azmk8s.io", rowOf(rows, "https://*.hcp.westeurope.azmk8s.io").Flow.Host,
		"the API server is the cluster's own")
}

func TestRowsBehindAFirewall(t *testing.T) {
	t.Parallel()
	rows := ask(byFirewall(), matrix.Own{})
	for destination, want := range map[string]matrix.Row{
		"https://mcr.microsoft.com":       {Verdict: matrix.Allowed, Path: "firewall: aks/application/required"},
		"http://security.ubuntu.com":      {Verdict: matrix.Allowed, Path: "firewall: aks/application/required"},
		"http://archive.ubuntu.com":       {Verdict: matrix.Blocked, OpenedBy: "ubuntu-updates"},
		"https://myvault.vault.azure.net": {Verdict: matrix.Blocked, OpenedBy: "key-vault:myvault"},
		"https://api.example.com":         {Verdict: matrix.Blocked, OpenedBy: "https://api.example.com"},
	} {
		row := rowOf(rows, destination)
		require.NotNil(t, row, destination)
		assert.Equal(t, want.Verdict, row.Verdict, destination)
		assert.Equal(t, want.OpenedBy, row.OpenedBy, destination)
		if want.Verdict == matrix.Allowed {
			assert.Equal(t, want.Path, row.Path)
			assert.Equal(t, []string{ip}, row.SourceIPs)
			continue
		}
		assert.Equal(t, "firewall: no rule", row.Path)
		assert.Equal(t, row.Path, row.BlockedBy)
		assert.NotNil(t, row.SourceIPs, "a list in JSON, never null")
		assert.Empty(t, row.SourceIPs)
		assert.NotEmpty(t, row.Refusal)
	}
}

// An entry is named only where it would help: not against a rule that denies before, nor where a tier cannot.
func TestOpenedBy(t *testing.T) {
	t.Parallel()
	const vault, clock = "https://myvault.vault.azure.net", "udp://time.example.net:123"
	time, err := endpoints.Parse(clock, region)
	require.NoError(t, err)
	deny := letting("*.vault.azure.net")
	deny.Action = egress.ActionDeny
	classic := byFirewall()
	classic.Firewalls[0].PolicyID, classic.Firewalls[0].Collections = "", []egress.RuleCollection{letting("a.example.com")}
	basic := byFirewall()
	basic.Firewalls[0].Tier, basic.FirewallPolicies[0].Tier = "Basic", "Basic"
	absent := byFirewall()
	absent.FirewallPolicies[0].AbsentGroupIDs = []string{policyID + "/ruleCollectionGroups/x"}
	for name, c := range map[string]struct {
		network            *egress.Network
		destination, entry string
		verdict            matrix.Verdict
	}{
		"nothing in the way":       {byFirewall(), vault, "key-vault:myvault", matrix.Blocked},
		"a rule denies before":     {byFirewall(deny), vault, "", matrix.Blocked},
		"classic rules":            {classic, vault, "key-vault:myvault", matrix.Blocked},
		"a name in a network rule": {byFirewall(), clock, clock, matrix.Blocked},
		"which tier Basic lacks":   {basic, clock, "", matrix.Blocked},
		"rules that are not known": {absent, vault, "", matrix.Unknown},
		"no firewall in the way":   {spoke("userDefinedRouting"), vault, "", matrix.Blocked},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := rowOf(ask(c.network, matrix.Own{Allowed: time}), c.destination)
			require.NotNil(t, row)
			assert.Equal(t, c.entry, row.OpenedBy)
			assert.Equal(t, c.verdict, row.Verdict, row.Reason)
		})
	}
}

// What a stack says of its destinations has rows, once: its names stand in for the examples.
func TestOwnDestinations(t *testing.T) {
	t.Parallel()
	var own matrix.Own
	for _, entry := range []string{
		"key-vault:shop", "key-vault:till", "https://api.example.com", "https://*.example.org", "tcp://10.20.0.0/16:5432",
		"tcp://198.51.100.7:5432", "windows-updates",
	} {
		list, err := endpoints.Parse(entry, region)
		require.NoError(t, err)
		own.Allowed = append(own.Allowed, list...)
	}
	own.Images = []string{"registry.example.com:5000/web:1", "shop1.azurecr.io/web:1", "nginx:1.29", "not an image"}
	own.Targets = []endpoints.Endpoint{{Host: "ifconfig.me", Protocol: endpoints.HTTP, Port: 80}}
	rows := ask(byFirewall(letting("ruled.example.net", "*"), letting("ifconfig.me")), own)
	byClass := map[string][]string{}
	for _, row := range rows {
		byClass[row.Class] = append(byClass[row.Class], row.Destination)
	}
	assert.Equal(t, []string{"https://shop.vault.azure.net", "https://till.vault.azure.net"}, byClass["Key Vault"])
	assert.Contains(t, byClass["Azure Container Registry"], "https://shop1.westeurope.data.azurecr.io")
	assert.Equal(t, []string{"http://ifconfig.me"}, byClass[matrix.ClassTarget])
	assert.Equal(t, []string{"https://registry.example.com:5000", "https://example.data.azurecr.io"},
		byClass[matrix.ClassRegistry], "what has a row already has no other")
	assert.Equal(t, []string{
		"https://example.example.org", "tcp://10.20.0.0/16:5432", "tcp://198.51.100.7:5432", "https://ruled.example.net",
		"https://ifconfig.me",
	}, byClass[matrix.ClassOwn])
	assert.Equal(t, netip.MustParseAddr("10.20.0.1"), rowOf(rows, "tcp://10.20.0.0/16:5432").Flow.Addr)

	elsewhere := rowOf(ask(byFirewall(letting("ruled.example.net")), matrix.Own{}), "https://ruled.example.net")
	assert.NotNil(t, elsewhere)
	narrow := letting("ruled.example.net")
	narrow.ApplicationRules[0].Sources = []string{"10.9.0.0/16"}
	assert.Nil(t, rowOf(ask(byFirewall(narrow), matrix.Own{}), "https://ruled.example.net"),
		"a rule for others is nothing that this cluster asked for")
}

// Rows of several networks stand side by side, whatever their regions.
func TestSeveralNetworks(t *testing.T) {
	t.Parallel()
	north := byNAT()
	north.Clusters[0].Location, north.VNets[0].Location = "northeurope", "northeurope"
	assert.Equal(t, "northeurope", pod.Region(north))
	assert.Equal(t, "northeurope", matrix.Start{From: nodesID}.Region(north))
	assert.Empty(t, matrix.Start{From: "nowhere"}.Region(north))
	merged := matrix.Merge(matrix.Destinations(region, matrix.Own{}), matrix.Destinations("northeurope", matrix.Own{}))
	networks := []*egress.Network{byFirewall(letting("ruled.example.net")), north}
	merged = matrix.Merge(merged, matrix.Destinations(region, matrix.OwnOf(networks[0])))
	all := make([][]matrix.Row, len(networks))
	for i, n := range networks {
		all[i] = matrix.Rows(n, pod, merged)
	}
	all = matrix.Shown(all)
	require.Len(t, all[1], len(all[0]))
	seen, class := map[string]bool{}, ""
	for i, row := range all[0] {
		assert.Equal(t, row.Destination, all[1][i].Destination)
		if row.Class != class {
			assert.False(t, seen[row.Class], "%s stands together", row.Class)
			class, seen[row.Class] = row.Class, true
		}
	}
	assert.NotNil(t, rowOf(all[0], "https://northeurope.handler.control.monitor.azure.com"))
	assert.Len(t, seen, len(endpoints.Classes())+1)
}
