package azuresim

// firewallBase is a hub and an address, with what a firewall there needs.
func firewallBase(b *bench) any {
	b.group()
	return []created{b.hub(), b.address("pip")}
}

// makingFirewall is a try that creates a firewall whose inputs f changes.
func makingFirewall(f func(b *bench, in input)) func(*bench, any) error {
	return func(b *bench, base any) error {
		parts := base.([]created)
		in := firewallInput(parts[0], parts[1], nil)
		f(b, in)
		_, err := b.try("network:AzureFirewall", "x", in)
		return err
	}
}

func firstConfiguration(in input) input { return in["ipConfigurations"].([]any)[0].(input) }

// makingRules is a try that creates a rule collection group in a policy without DNS proxy.
func makingRules(collections ...input) func(*bench, any) error {
	return making("network:FirewallPolicyRuleCollectionGroup", ruleGroup(400, collections...))
}

func justPolicy(b *bench) any { b.group(); return b.policy(nil) }

var firewallRefusals = []refused{
	{
		name: "subnet of another name",
		base: func(b *bench) any {
			b.group()
			return []created{
				b.vnet("vnet", "10.0.0.0/16", input{"name": "firewall", "addressPrefix": "10.0.0.0/24"}),
				b.address("pip"),
			}
		},
		try: makingFirewall(func(b *bench, in input) {
			firstConfiguration(in)["subnet"] = input{
				"id": groupID("rg") + "/providers/Microsoft.Network/virtualNetworks/vnet/subnets/firewall",
			}
		}),
		code: "AzureFirewallInvalidRequest", says: "must be in a subnet named AzureFirewallSubnet",
	},
	{
		name: "subnet smaller than /26",
		base: func(b *bench) any {
			b.group()
			return []created{
				b.vnet("vnet", "10.0.0.0/16", input{"name": firewallSubnet, "addressPrefix": "10.0.0.0/27"}), b.address("pip"),
			}
		},
		try: makingFirewall(func(*bench, input) {}), code: "AzureFirewallInvalidRequest", says: "must be /26 or larger",
	},
	{
		name: "no public address", base: firewallBase,
		try:  makingFirewall(func(_ *bench, in input) { delete(firstConfiguration(in), "publicIPAddress") }),
		code: "AzureFirewallInvalidRequest", says: "needs a publicIPAddress",
	},
	{
		name: "second configuration with a subnet", base: firewallBase,
		try: makingFirewall(func(b *bench, in input) {
			in["ipConfigurations"] = append(in["ipConfigurations"].([]any), input{
				"name": "second", "subnet": firstConfiguration(in)["subnet"], "publicIPAddress": input{"id": b.address("two").id},
			})
		}),
		code: "AzureFirewallInvalidRequest", says: "Only the first ipConfiguration",
	},
	{
		name: "basic without management", base: firewallBase,
		try:  makingFirewall(func(_ *bench, in input) { in["sku"] = input{"name": "AZFW_VNet", "tier": "Basic"} }),
		code: "AzureFirewallInvalidRequest", says: "needs a managementIpConfiguration",
	},
	{
		name: "policy of a higher tier", base: firewallBase,
		try: makingFirewall(func(b *bench, in input) {
			in["firewallPolicy"] = input{"id": b.policy(input{"sku": input{"tier": "Premium"}}).id}
		}),
		code: "AzureFirewallInvalidRequest", says: "of tier Standard cannot use firewall policy",
	},
	{
		name: "policy missing", base: firewallBase,
		try:  makingFirewall(func(_ *bench, in input) { in["firewallPolicy"] = input{"id": "/gone"} }),
		code: "InvalidResourceReference", says: "/gone",
	},
	{
		name: "two firewalls in one subnet", base: firewallBase,
		try: func(b *bench, base any) error {
			parts := base.([]created)
			b.create("network:AzureFirewall", "fw", firewallInput(parts[0], parts[1], nil))
			in := firewallInput(parts[0], b.address("two"), input{"azureFirewallName": "second"})
			_, err := b.try("network:AzureFirewall", "second", in)
			return err
		},
		code: "AzureFirewallInvalidRequest", says: "is there already",
	},
	{
		name: "route table takes the firewall's way out", base: firewallBase,
		try: func(b *bench, base any) error {
			parts := base.([]created)
			b.create("network:AzureFirewall", "fw", firewallInput(parts[0], parts[1], nil))
			table := b.create("network:RouteTable", "table", inGroup(input{"routes": []any{input{
				"name": "r", "addressPrefix": "0.0.0.0/0", "nextHopType": "None",
			}}}))
			_, err := b.update(parts[0], inGroup(input{
				"virtualNetworkName": "hub", "addressSpace": input{"addressPrefixes": []any{"10.0.0.0/16"}},
				"subnets": []any{input{
					"name": firewallSubnet, "addressPrefix": "10.0.1.64/26", "routeTable": input{"id": table.id},
				}},
			}))
			return err
		},
		code: "AzureFirewallSubnetRouteTableMustHaveDefaultRouteToInternet",
		says: "on firewall subnet AzureFirewallSubnet must have 0.0.0.0/0 route with next hop Internet.",
	},
	{
		name: "subnet in use",
		base: func(b *bench) any {
			parts := firewallBase(b).([]created)
			b.create("network:AzureFirewall", "fw", firewallInput(parts[0], parts[1], nil))
			return parts[0]
		},
		try: removing, code: "InUseSubnetCannotBeDeleted",
		says: "/azureFirewallIpConfigurations/first and cannot be deleted.",
	},
	{
		name: "policy in use",
		base: func(b *bench) any {
			parts, policy := firewallBase(b).([]created), b.policy(nil)
			b.create("network:AzureFirewall", "fw",
				firewallInput(parts[0], parts[1], input{"firewallPolicy": input{"id": policy.id}}))
			return policy
		},
		try: removing, code: "BadRequest", says: "is in use by",
	},
	{
		name: "names in network rules without DNS proxy", base: justPolicy,
		try: makingRules(networkRules(100, input{
			"destinationFqdns":     []any{"ntp.ubuntu.com"},
			"destinationAddresses": []any{},
		})),
		code: "AzureFirewallDNSProxyMustBeEnabled",
		says: "DNS Proxy must be enabled in order to use DestinationFqdns in Network Rules.",
	},
	{
		name: "application rule without target", base: justPolicy,
		try: makingRules(input{
			"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "app", "priority": 100,
			"action": input{"type": "Allow"}, "rules": []any{input{
				"ruleType": "ApplicationRule", "name": "r", "sourceAddresses": []any{"*"},
				"protocols": []any{input{"protocolType": "Https", "port": 443}},
			}},
		}),
		code: "BadRequest", says: "has neither targetFqdns nor fqdnTags",
	},
	{
		name: "two collections of one name", base: justPolicy,
		try:  makingRules(networkRules(100, nil), networkRules(200, nil)),
		code: "BadRequest", says: "need different names",
	},
	{
		name: "groups of one priority",
		base: func(b *bench) any {
			b.group()
			b.policy(nil)
			return b.create("network:FirewallPolicyRuleCollectionGroup", "first", ruleGroup(400))
		},
		try: makingRules(), code: "BadRequest", says: "have the same priority 400",
	},
	{
		name: "basic policy with DNS proxy", base: justGroup,
		try: making("network:FirewallPolicy", inGroup(input{
			"sku": input{"tier": "Basic"}, "dnsSettings": input{"enableProxy": true},
		})),
		code: "BadRequest", says: "of tier Basic cannot have dnsSettings",
	},
	{
		name: "DNS proxy goes while rules need it",
		base: func(b *bench) any {
			b.group()
			policy := b.policy(input{"dnsSettings": input{"enableProxy": true}})
			b.create("network:FirewallPolicyRuleCollectionGroup", "rules",
				ruleGroup(400, networkRules(100, input{
					"destinationFqdns":     []any{"ntp.ubuntu.com"},
					"destinationAddresses": []any{},
				})))
			return policy
		},
		try: func(b *bench, base any) error {
			_, err := b.update(base.(created), inGroup(input{"sku": input{"tier": "Standard"}}))
			return err
		},
		code: "AzureFirewallDNSProxyMustBeEnabled",
	},
}
