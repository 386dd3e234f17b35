package azcli

import (
	"slices"
	"strconv"
	"strings"

	"aks-egress/internal/azuresim"
)

const (
	azureFirewallToken = "azure-native:network:AzureFirewall"
	ruleGroupToken     = "azure-native:network:FirewallPolicyRuleCollectionGroup"
)

// firewallCommands are those of the extension azure-firewall.
func firewallCommands() []command {
	names := map[string]string{
		"resourceGroupName": "resource-group", "firewallPolicyName": "policy-name",
		"ruleCollectionGroupName": "rule-collection-group-name",
	}
	identity := []flag{
		resourceGroup,
		{name: "policy-name", required: true, usage: "name of the firewall policy"},
		{
			name: "rule-collection-group-name", aliases: []string{"rcg-name"}, required: true,
			usage: "name of the rule collection group",
		},
		name,
	}
	return []command{
		{
			name: "network firewall ip-config delete", summary: "Takes an address from a firewall.",
			token: azureFirewallToken, noIDs: true,
			names: map[string]string{"resourceGroupName": "resource-group", "azureFirewallName": "firewall-name"},
			flags: []flag{
				resourceGroup,
				{name: "firewall-name", short: "f", required: true, usage: "name of the firewall"},
				{name: "name", short: "n", required: true, usage: "name of the ipConfiguration"},
				confirmed,
			},
			run: func(c *call, id string) (azuresim.Record, error) {
				_, err := c.cloud.Change(id, func(firewall map[string]any) error {
					return c.removeNamed(firewall, "ipConfigurations")
				})
				return azuresim.Record{}, err
			},
		},
		{
			name:    "network firewall policy rule-collection-group collection add-filter-collection",
			summary: "Adds a collection with one network or application rule.",
			token:   ruleGroupToken, names: names, noIDs: true,
			flags: append(clone(identity),
				flag{name: "collection-priority", kind: number, required: true, usage: "100 to 65000, low first"},
				flag{name: "action", usage: "Allow or Deny"},
				flag{name: "rule-name", required: true, usage: "name of the rule"},
				flag{name: "rule-type", required: true, usage: "NetworkRule or ApplicationRule"},
				flag{name: "description", usage: "of the rule"},
				flag{name: "source-addresses", kind: list, usage: "addresses, CIDRs or *"},
				flag{name: "destination-addresses", kind: list, usage: "addresses, CIDRs, service tags or *"},
				flag{name: "destination-fqdns", kind: list, usage: "names, in a network rule"},
				flag{name: "destination-ports", kind: list, usage: "ports, ranges or *"},
				flag{name: "ip-protocols", kind: list, usage: "TCP, UDP, ICMP or Any"},
				flag{name: "protocols", kind: list, usage: "such as Https=443, in an application rule"},
				flag{name: "target-fqdns", kind: list, usage: "names, in an application rule"},
				flag{name: "fqdn-tags", kind: list, usage: "tags, in an application rule"},
			),
			run: addFilterCollection,
		},
		{
			name:    "network firewall policy rule-collection-group collection remove",
			summary: "Removes a collection.",
			token:   ruleGroupToken, names: names, noIDs: true, flags: clone(identity), run: removeCollection,
		},
	}
}

func addFilterCollection(c *call, id string) (azuresim.Record, error) {
	rule, err := c.rule()
	if err != nil {
		return azuresim.Record{}, err
	}
	return c.cloud.Change(id, func(group map[string]any) error {
		collections, _ := group["ruleCollections"].([]any)
		group["ruleCollections"] = append(slices.Clone(collections), map[string]any{
			"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": c.text("name"),
			"priority": c.number("collection-priority"), "action": map[string]any{"type": c.text("action")},
			"rules": []any{rule},
		})
		return nil
	})
}

// rule is the rule that the flags describe.
func (c *call) rule() (map[string]any, error) {
	rule := map[string]any{"ruleType": c.text("rule-type"), "name": c.text("rule-name")}
	if c.given("description") {
		rule["description"] = c.text("description")
	}
	for property, flag := range map[string]string{
		"sourceAddresses": "source-addresses", "destinationAddresses": "destination-addresses",
		"destinationFqdns": "destination-fqdns", "destinationPorts": "destination-ports", "ipProtocols": "ip-protocols",
		"targetFqdns": "target-fqdns", "fqdnTags": "fqdn-tags",
	} {
		if values := c.list(flag); len(values) > 0 {
			rule[property] = anyList(values)
		}
	}
	var protocols []any
	for _, protocol := range c.list("protocols") {
		name, port, _ := strings.Cut(protocol, "=")
		n, err := strconv.Atoi(port)
		if err != nil {
			return nil, c.command.usage("--protocols %s: the form is Https=443", protocol)
		}
		protocols = append(protocols, map[string]any{"protocolType": name, "port": float64(n)})
	}
	if len(protocols) > 0 {
		rule["protocols"] = protocols
	}
	return rule, nil
}

func removeCollection(c *call, id string) (azuresim.Record, error) {
	return c.cloud.Change(id, func(group map[string]any) error { return c.removeNamed(group, "ruleCollections") })
}

// removeNamed takes the item with the name that --name says from a list of the body.
func (c *call) removeNamed(body map[string]any, list string) error {
	items, _ := body[list].([]any)
	kept := slices.DeleteFunc(slices.Clone(items), func(one any) bool {
		item, _ := one.(map[string]any)
		own, _ := item["name"].(string)
		return strings.EqualFold(own, c.text("name"))
	})
	if len(kept) == len(items) {
		return c.command.usage("--name %s: none of %s has this name", c.text("name"), list)
	}
	body[list] = kept
	return nil
}
