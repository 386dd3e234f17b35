package azcli_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// firewall makes a hub with a firewall of two addresses, policy and rule collection group rules, and answers both ids.
func (e *estate) firewall() (firewall, group string) {
	hub := e.put("network:VirtualNetwork", object{"virtualNetworkName": "hub"}, object{
		"addressSpace": object{"addressPrefixes": []any{"10.0.0.0/16"}},
		"subnets":      []any{object{"name": "AzureFirewallSubnet", "addressPrefix": "10.0.0.0/26"}},
	})
	policy := e.put("network:FirewallPolicy", object{"firewallPolicyName": "policy"}, object{})
	rules := e.put("network:FirewallPolicyRuleCollectionGroup", object{
		"firewallPolicyName": "policy", "ruleCollectionGroupName": "rules",
	}, object{"priority": 200.0})
	made := e.put("network:AzureFirewall", object{"azureFirewallName": "fw"}, object{
		"sku": object{"name": "AZFW_VNet", "tier": "Standard"}, "firewallPolicy": object{"id": policy.ID},
		"ipConfigurations": []any{
			object{
				"name": "one", "publicIPAddress": object{"id": e.address("one").ID},
				"subnet": object{"id": hub.ID + "/subnets/AzureFirewallSubnet"},
			},
			object{"name": "two", "publicIPAddress": object{"id": e.address("two").ID}},
		},
	})
	return made.ID, rules.ID
}

func TestRuleCollections(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	_, group := e.firewall()
	const collection = "az network firewall policy rule-collection-group collection "
	const at = "-g rg --policy-name policy --rcg-name rules "
	e.must(collection + "add-filter-collection " + at + `-n wide --collection-priority 1000 --action Allow ` +
		`--rule-name all --rule-type NetworkRule --source-addresses "*" --destination-addresses "*" ` +
		`--destination-ports 80 443 --ip-protocols TCP UDP`)
	e.must(collection + "add-filter-collection " + at + `-n web --collection-priority 1100 --action Allow ` +
		`--rule-name site --rule-type ApplicationRule --source-addresses 10.1.0.0/16 --target-fqdns example.com ` +
		`--protocols Https=443 Http=80`)
	collections, _ := e.get(group)["ruleCollections"].([]any)
	require.Len(t, collections, 2)
	assert.Equal(t, object{
		"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "wide", "priority": 1000.0,
		"action": object{"type": "Allow"}, "rules": []any{object{
			"ruleType": "NetworkRule", "name": "all", "sourceAddresses": []any{"*"}, "destinationAddresses": []any{"*"},
			"destinationPorts": []any{"80", "443"}, "ipProtocols": []any{"TCP", "UDP"},
		}},
	}, collections[0])
	_, err := e.az(collection + "add-filter-collection " + at + `-n twice --collection-priority 1000 --action Allow ` +
		`--rule-name all --rule-type NetworkRule --source-addresses "*" --destination-addresses "*" ` +
		`--destination-ports 1 --ip-protocols Any`)
	require.ErrorContains(t, err, "1000", "a priority is for one collection")
	e.must(collection + "remove " + at + "-n wide")
	require.Len(t, e.get(group)["ruleCollections"], 1)
	_, err = e.az(collection + "remove " + at + "-n wide")
	require.ErrorContains(t, err, "none of ruleCollections has this name")
}

func TestFirewallAddresses(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	firewall, _ := e.firewall()
	assert.Nil(t, e.must("az network firewall ip-config delete -g rg -f fw -n two --yes"))
	assert.Len(t, e.get(firewall)["ipConfigurations"], 1)
	e.must("az network public-ip delete -g rg -n two")
	_, err := e.az("az network firewall ip-config delete -g rg -f fw -n one")
	require.Error(t, err, "a firewall without its subnet is none (azure-facts 5.1)")
	_, err = e.az("az network public-ip delete -g rg -n one")
	require.ErrorContains(t, err, "(PublicIPAddressCannotBeDeleted) ")
}
