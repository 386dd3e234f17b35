package migrate_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress/migration"
	"aks-egress/internal/config"
)

func TestFit(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file    map[string]string
		given   map[string]string
		to      migration.OutboundType
		ingress config.Ingress
		dropped []string
		problem string // empty: none
	}{
		"itself": {map[string]string{"firewallTier": "Basic"}, nil, "userDefinedRouting", "", []string{}, ""},
		"of the file": {
			map[string]string{"firewallTier": "Basic", "nodeCount": "3"},
			nil, "loadBalancer", "",
			[]string{"firewallTier=Basic"},
			"",
		},
		"given": {nil, map[string]string{"allow": "[mcr]"}, "loadBalancer", "", []string{`allow=["mcr"]`}, ""},
		"given beats the file": {
			map[string]string{"firewallTier": "Basic"},
			map[string]string{"firewallTier": "Premium"},
			"loadBalancer", "",
			[]string{"firewallTier=Premium"},
			"",
		},
		"a migration under way is none here": {
			map[string]string{"migrateFromOutboundType": "userAssignedNATGateway"}, nil, "loadBalancer", "", []string{}, "",
		},
		"an ingress that the type cannot have, and what goes with it": {
			map[string]string{"ingress": "applicationGateway", "gatewaySubnet": "10.1.9.0/24"},
			nil, "managedNATGateway", "",
			[]string{"gatewaySubnet=10.1.9.0/24", "ingress=applicationGateway"},
			"",
		},
		"an ingress that is asked for": {
			nil, nil, "loadBalancer", config.IngressFirewallDNAT, []string{}, "config: ingress firewallDnat needs a firewall",
		},
		"an ingress that works": {nil, nil, "loadBalancer", config.IngressLoadBalancer, []string{}, ""},
		"no such type here":     {nil, nil, "none", "", []string{}, "config: outboundType none needs AKS API"},
		"another problem stays": {
			map[string]string{"ingress": "firewallDnat", "nodeCount": "-1"}, nil, "loadBalancer", "", []string{}, "nodeCount -1",
		},
	} {
		s := stack(own("userDefinedRouting"), c.file)
		s.Given = map[string]string{}
		for key, value := range c.given {
			s.Given["aks-egress:"+key] = value
		}
		file, given := maps.Clone(s.File), maps.Clone(s.Given)
		f := s.Fit(c.to, c.ingress)
		assert.Equal(t, c.dropped, f.Dropped, name)
		assert.Equal(t, file, s.File, name)
		assert.Equal(t, given, s.Given, name)
		if c.problem != "" {
			assert.Nil(t, f.Config, name)
			assert.Contains(t, strings.Join(f.Problems, "\n"), c.problem, name)
			continue
		}
		require.Empty(t, f.Problems, name)
		assert.Equal(t, config.OutboundType(c.to), f.Config.OutboundType, name)
		if c.ingress != "" {
			assert.Equal(t, c.ingress, f.Config.Ingress, name)
		}
	}
}

// Whatever a stack has set: with every outbound type either the settings load, or it is said why not; and what is left
// has a meaning.
func TestFit_LoadsOrTells(t *testing.T) {
	t.Parallel()
	some := map[string][]string{
		"firewallTier": {"Basic", "Premium"}, "allow": {`["mcr"]`}, "outboundIpCount": {"2", "20"},
		"outboundIpPrefixLength": {"30"},
		"ingress":                {"loadBalancer", "firewallDnat", "applicationGateway"}, "outboundPortsPerNode": {"1024", "7"},
		"existingHubVnetId": {"/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v"},
		"nodeCount":         {"1", "0"}, "probeMustBeBlocked": {"https://example.com"}, "gatewaySubnet": {"10.1.8.0/24"},
	}
	rapid.Check(t, func(t *rapid.T) {
		file := map[string]string{}
		for key, values := range some {
			if rapid.Bool().Draw(t, key) {
				file[key] = rapid.SampledFrom(values).Draw(t, "value")
			}
		}
		s := stack(rapid.SampledFrom(ours).Draw(t, "from"), file)
		f := s.Fit(rapid.SampledFrom(migration.Types()).Draw(t, "to"), "")
		require.Equal(t, f.Config == nil, len(f.Problems) > 0)
		values := maps.Clone(s.File)
		maps.Copy(values, f.Settings)
		if f.Config != nil {
			require.Empty(t, config.WithoutMeaning(values))
		}
		for _, dropped := range f.Dropped {
			key, value, _ := strings.Cut(dropped, "=")
			require.Equal(t, file[key], value)
			require.Equal(t, config.Defaults()["aks-egress:"+key], f.Settings["aks-egress:"+key])
		}
	})
}
