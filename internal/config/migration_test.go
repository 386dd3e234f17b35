package config

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Which moves need something built first: azure-facts 1.6.
func TestMigrationRules(t *testing.T) {
	const newCluster = "; deploy a new cluster, or set allowClusterReplacement to true, which gives up the old one"
	runRules(t, []ruleTest{
		ok(UserAssignedNATGateway, "migrateFromOutboundType", "loadBalancer"),
		ok(UserAssignedNATGateway, "migrateFromOutboundType", "userDefinedRouting"),
		ok(UserAssignedNATGateway, "migrateFromOutboundType", "none"),
		ok(UserDefinedRouting, "migrateFromOutboundType", "loadBalancer"),
		ok(UserDefinedRouting, "migrateFromOutboundType", "userAssignedNATGateway"),
		ok(UserDefinedRouting, "migrateFromOutboundType", ""),
		ok(UserDefinedRouting, "migrateFromOutboundType", "userDefinedRouting").says(
			"migrateFromOutboundType userDefinedRouting is outboundType itself: remove it, there is nothing to change"),
		ok(LoadBalancer, "migrateFromOutboundType", "userAssignedNATGateway").says(
			"migrateFromOutboundType userAssignedNATGateway has no meaning with outboundType loadBalancer, for which nothing " +
				"is to be built first: remove it; a preview tells the az command that comes first, then run pulumi refresh and " +
				"pulumi up"),
		ok(UserAssignedNATGateway, "migrateFromOutboundType", "managedNATGateway").says(
			"migrateFromOutboundType managedNATGateway does not lead to outboundType userAssignedNATGateway: a cluster in the " +
				"VNet that AKS manages cannot move to a VNet of your own: its subnet cannot be changed (azure-facts 1.6, an " +
				"inference)" + newCluster),
		ok(ManagedNATGateway, "migrateFromOutboundType", "loadBalancer").says(
			"migrateFromOutboundType loadBalancer does not lead to outboundType managedNATGateway: a cluster in a VNet of " +
				"your own cannot move to the VNet that AKS manages: its subnet cannot be changed (azure-facts 1.6, an " +
				"inference)" + newCluster),
		ok(UserDefinedRouting, "migrateFromOutboundType", "block").says(
			"migrateFromOutboundType block is not one of loadBalancer, userAssignedNATGateway, userDefinedRouting, none or " +
				"managedNATGateway"),
		ok(UserDefinedRouting, "migrateFromOutboundType", "loadBalancer", "allowClusterReplacement", "true").says(
			"migrateFromOutboundType loadBalancer is set beside allowClusterReplacement: the one keeps the cluster, the " +
				"other gives it up; remove one of them"),
	})
}

// The same keys that Load refuses for having no meaning, and no others; migrateFromOutboundType has a rule of its own.
func TestWithoutMeaning(t *testing.T) {
	values := map[string]string{
		"aks-egress:outboundType": "userAssignedNATGateway", "aks-egress:firewallTier": "Premium",
		"aks-egress:allow": `["mcr"]`, "aks-egress:outboundIpCount": "2", "aks-egress:firewallThreatIntel": "Alert",
		"aks-egress:nodeCount": "many",
	}
	assert.Equal(t, []string{"allow", "firewallTier"}, WithoutMeaning(values))
	values["aks-egress:migrateFromOutboundType"] = "userDefinedRouting"
	assert.Empty(t, WithoutMeaning(values), "while the firewall stands")
	assert.Empty(t, WithoutMeaning(map[string]string{"aks-egress:outboundType": "none", "aks-egress:allow": `["mcr"]`}))
}

// Between NAT gateway and firewall both stand while a cluster changes, so the keys of both have a meaning, and the
// firewall's rules hold for both, since the route to it takes precedence (azure-facts 4).
func TestBothWaysStandDuringAMigration(t *testing.T) {
	const from = "migrateFromOutboundType"
	runRules(t, []ruleTest{
		ok(UserDefinedRouting, from, "userAssignedNATGateway", "outboundIpCount", "4", "allow", `["mcr"]`),
		ok(UserDefinedRouting, from, "userAssignedNATGateway", "outboundIpCount", "17").says(
			"outboundIpCount 17 is outside 1-16, which is what a NAT gateway takes"),
		ok(UserDefinedRouting, from, "userAssignedNATGateway", "zones", `["1","2"]`).says(
			"zones [1, 2] has more than one zone, and a NAT gateway is in one zone or in none"),
		ok(UserDefinedRouting, from, "loadBalancer", "outboundIpCount", "4").says(
			"outboundIpCount 4 has no meaning with outboundType userDefinedRouting: remove it (it belongs to loadBalancer, " +
				"managedNATGateway or userAssignedNATGateway)"),
		ok(UserAssignedNATGateway, from, "userDefinedRouting", "firewallTier", "Premium", "outboundIpPrefixLength", "30"),
		ok(UserAssignedNATGateway, append([]string{from, "userDefinedRouting"}, existingHub...)...),
		ok(UserAssignedNATGateway, from, "loadBalancer", "firewallTier", "Premium").says(
			"firewallTier Premium has no meaning with outboundType userAssignedNATGateway: remove it (it belongs to " +
				"userDefinedRouting)"),
		ok(UserAssignedNATGateway, from, "userDefinedRouting", "ingress", "loadBalancer").says(
			"ingress loadBalancer does not work under userDefinedRouting: requests come in by the load balancer, but the " +
				"default route sends the replies to the firewall, which has not seen the requests and drops them; use " +
				"firewallDnat, applicationGateway or applicationGatewayForContainers, or set allowAsymmetricIngress to true to " +
				"watch it fail"),
		ok(UserAssignedNATGateway, from, "userDefinedRouting", "ingress", "firewallDnat"),
		ok(UserAssignedNATGateway, from, "userDefinedRouting", "probeTarget", "http://203.0.113.9").says(
			"probeTarget http://203.0.113.9 needs a host name under userDefinedRouting: the firewall's application rules " +
				"match names"),
		ok(UserAssignedNATGateway, from, "userDefinedRouting", "apiServerAuthorizedIpRanges", addresses(198)),
		ok(UserAssignedNATGateway, from, "userDefinedRouting", "apiServerAuthorizedIpRanges", addresses(199)).says(
			"apiServerAuthorizedIpRanges has 199 ranges, and AKS takes 200 with the stack's own 2"),
	})
}

func TestEgressType(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ to, from, want OutboundType }{
		{LoadBalancer, "", LoadBalancer},
		{UserAssignedNATGateway, LoadBalancer, UserAssignedNATGateway},
		{UserAssignedNATGateway, UserDefinedRouting, UserDefinedRouting},
		{UserDefinedRouting, UserAssignedNATGateway, UserDefinedRouting},
	} {
		config, err := Load(stack(test.to, "migrateFromOutboundType", string(test.from)))
		require.NoError(t, err)
		assert.Equal(t, test.want, config.EgressType(), "%s from %s", test.to, test.from)
		assert.Equal(t, test.from, config.MigrateFrom)
		assert.Equal(t, test.to == UserAssignedNATGateway || test.from == UserAssignedNATGateway,
			config.Builds(UserAssignedNATGateway))
		if config.Builds(UserDefinedRouting) {
			assert.Equal(t, "Standard", config.FirewallTier)
			assert.True(t, config.HubAddressSpace.IsValid())
		}
		if config.Builds(UserAssignedNATGateway) {
			assert.Equal(t, 1, config.OutboundIPCount)
			assert.Equal(t, 4, config.IdleTimeoutMinutes)
		}
	}
}
