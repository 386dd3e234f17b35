package azuresim

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// life is one resource's way from check to delete.
type life struct {
	short  string
	base   func(b *bench) input // makes what the resource stands on and returns its inputs
	change input                // top-level inputs that an update sets
	want   map[string]any       // outputs after create, by property path; written by hand
	after  map[string]any       // outputs after the update
}

var lives = []life{
	{
		short: "resources:ResourceGroup", base: func(*bench) input { return input{} },
		change: input{"tags": input{"a": "b"}},
		want: map[string]any{
			"location": "westeurope", "properties.provisioningState": "Succeeded", "type": "Microsoft.Resources/resourceGroups",
		},
		after: map[string]any{"tags.a": "b"},
	},
	{
		short: "network:VirtualNetwork",
		base: func(b *bench) input {
			b.group()
			return input{
				"resourceGroupName": "rg", "addressSpace": input{"addressPrefixes": []any{"10.1.0.0/16"}},
				"subnets": []any{input{"name": "nodes", "addressPrefix": "10.1.0.0/24", "defaultOutboundAccess": false}},
			}
		},
		change: input{"subnets": []any{
			input{"name": "nodes", "addressPrefix": "10.1.0.0/24"}, input{"name": "more", "addressPrefix": "10.1.1.0/24"},
		}},
		want: map[string]any{
			"subnets[0].name": "nodes", "subnets[0].defaultOutboundAccess": false, "subnets[0].provisioningState": "Succeeded",
			"subnets[0].type": "Microsoft.Network/virtualNetworks/subnets", "virtualNetworkPeerings": []any{},
		},
		after: map[string]any{"subnets[0].name": "more", "subnets[1].name": "nodes"},
	},
	{
		short: "network:Subnet",
		base: func(b *bench) input {
			b.group()
			b.vnet("hub", "10.0.0.0/16")
			return input{"resourceGroupName": "rg", "virtualNetworkName": "hub", "addressPrefix": "10.0.5.0/24"}
		},
		change: input{"addressPrefix": "10.0.6.0/24"},
		want:   map[string]any{"name": "x", "addressPrefix": "10.0.5.0/24", "privateEndpointNetworkPolicies": "Disabled"},
		after:  map[string]any{"addressPrefix": "10.0.6.0/24"},
	},
	{
		short: "network:VirtualNetworkPeering",
		base: func(b *bench) input {
			b.group()
			b.vnet("hub", "10.0.0.0/16")
			spoke := b.vnet("spoke", "10.1.0.0/16")
			return input{
				"resourceGroupName": "rg", "virtualNetworkName": "hub", "remoteVirtualNetwork": input{"id": spoke.id},
				"allowVirtualNetworkAccess": true,
			}
		},
		change: input{"allowForwardedTraffic": true},
		want: map[string]any{
			"peeringState": "Initiated", "allowForwardedTraffic": false, "remoteAddressSpace.addressPrefixes[0]": "10.1.0.0/16",
		},
		after: map[string]any{"allowForwardedTraffic": true},
	},
	{
		short: "network:NetworkSecurityGroup",
		base: func(b *bench) input {
			b.group()
			return input{"resourceGroupName": "rg", "securityRules": []any{securityRule("web", 100)}}
		},
		change: input{"securityRules": []any{}},
		want: map[string]any{
			"securityRules[0].name": "web", "defaultSecurityRules[0].name": "AllowVnetInBound",
			"defaultSecurityRules[5].access": "Deny",
		},
		after: map[string]any{"securityRules": []any{}},
	},
	{
		short: "network:SecurityRule",
		base: func(b *bench) input {
			b.group()
			b.create("network:NetworkSecurityGroup", "nsg", input{"resourceGroupName": "rg", "networkSecurityGroupName": "nsg"})
			in := securityRule("", 200)
			delete(in, "name")
			in["resourceGroupName"], in["networkSecurityGroupName"] = "rg", "nsg"
			return in
		},
		change: input{"priority": 300},
		want:   map[string]any{"priority": 200.0, "name": "x"},
		after:  map[string]any{"priority": 300.0},
	},
	{
		short: "network:RouteTable",
		base: func(b *bench) input {
			b.group()
			return input{"resourceGroupName": "rg", "routes": []any{input{
				"name": "default", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance", "nextHopIpAddress": "10.0.1.68",
			}}}
		},
		change: input{"disableBgpRoutePropagation": true},
		want:   map[string]any{"routes[0].nextHopIpAddress": "10.0.1.68", "disableBgpRoutePropagation": false},
		after:  map[string]any{"disableBgpRoutePropagation": true},
	},
	{
		short: "network:Route",
		base: func(b *bench) input {
			b.group()
			b.create("network:RouteTable", "table", input{"resourceGroupName": "rg", "routeTableName": "table"})
			return input{
				"resourceGroupName": "rg", "routeTableName": "table", "addressPrefix": "0.0.0.0/0", "nextHopType": "Internet",
			}
		},
		change: input{"nextHopType": "None"},
		want:   map[string]any{"nextHopType": "Internet", "hasBgpOverride": false, "name": "x"},
		after:  map[string]any{"nextHopType": "None"},
	},
	{
		short: "network:PublicIPAddress",
		base: func(b *bench) input {
			b.group()
			return input{
				"resourceGroupName": "rg", "sku": input{"name": "Standard"}, "publicIPAllocationMethod": "Static",
				"dnsSettings": input{"domainNameLabel": "label"},
			}
		},
		change: input{"idleTimeoutInMinutes": 30},
		want: map[string]any{
			"idleTimeoutInMinutes": 4.0, "sku.tier": "Regional", "publicIPAddressVersion": "IPv4",
			"dnsSettings.fqdn": "label.westeurope.cloudapp.azure.com",
		},
		after: map[string]any{"idleTimeoutInMinutes": 30.0},
	},
	{
		short: "network:PublicIPPrefix",
		base: func(b *bench) input {
			b.group()
			return input{"resourceGroupName": "rg", "sku": input{"name": "Standard"}, "prefixLength": 30}
		},
		change: input{"tags": input{"a": "b"}},
		want:   map[string]any{"prefixLength": 30.0, "publicIPAddressVersion": "IPv4"},
		after:  map[string]any{"tags.a": "b"},
	},
	{
		short: "network:NatGateway",
		base: func(b *bench) input {
			b.group()
			return input{
				"resourceGroupName": "rg", "sku": input{"name": "Standard"}, "zones": []any{"1"},
				"publicIpAddresses": []any{input{"id": b.address("pip").id}},
			}
		},
		change: input{"idleTimeoutInMinutes": 120},
		want:   map[string]any{"idleTimeoutInMinutes": 4.0, "zones[0]": "1", "sku.name": "Standard"},
		after:  map[string]any{"idleTimeoutInMinutes": 120.0},
	},
	{
		short: "network:AzureFirewall",
		base: func(b *bench) input {
			b.group()
			in := firewallInput(b.hub(), b.address("pip"), input{"firewallPolicy": input{"id": b.policy(nil).id}})
			delete(in, "azureFirewallName")
			return in
		},
		change: input{"tags": input{"a": "b"}},
		want: map[string]any{
			"ipConfigurations[0].privateIPAddress": "10.0.1.68", "sku.tier": "Standard", "networkRuleCollections": []any{},
		},
		after: map[string]any{"tags.a": "b", "ipConfigurations[0].privateIPAddress": "10.0.1.68"},
	},
	{
		short: "network:FirewallPolicy",
		base: func(b *bench) input {
			b.group()
			return input{"resourceGroupName": "rg", "dnsSettings": input{"enableProxy": true}}
		},
		change: input{"threatIntelMode": "Deny"},
		want: map[string]any{
			"sku.tier": "Standard", "threatIntelMode": "Alert", "dnsSettings.enableProxy": true, "firewalls": []any{},
		},
		after: map[string]any{"threatIntelMode": "Deny"},
	},
	{
		short: "network:FirewallPolicyRuleCollectionGroup",
		base: func(b *bench) input {
			b.group()
			b.policy(nil)
			return ruleGroup(400, networkRules(100, input{}))
		},
		change: input{"priority": 500},
		want:   map[string]any{"priority": 400.0, "ruleCollections[0].rules[0].ruleType": "NetworkRule", "name": "x"},
		after:  map[string]any{"priority": 500.0},
	},
}

func securityRule(name string, priority float64) input {
	return input{
		"name": name, "priority": priority, "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
		"sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": "443",
	}
}

func ruleGroup(priority float64, collections ...input) input {
	list := []any{}
	for _, c := range collections {
		list = append(list, c)
	}
	return input{"resourceGroupName": "rg", "firewallPolicyName": "policy", "priority": priority, "ruleCollections": list}
}

// networkRules is a collection of one network rule; more changes the rule.
func networkRules(priority float64, more input) input {
	rule := input{
		"ruleType": "NetworkRule", "name": "time", "ipProtocols": []any{"UDP"}, "sourceAddresses": []any{"10.1.0.0/16"},
		"destinationAddresses": []any{"*"}, "destinationPorts": []any{"123"},
	}
	maps.Copy(rule, more)
	return input{
		"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "net", "priority": priority,
		"action": input{"type": "Allow"}, "rules": []any{rule},
	}
}

func TestLifecycle(t *testing.T) {
	t.Parallel()
	for _, l := range lives {
		t.Run(l.short, func(t *testing.T) {
			t.Parallel()
			l.live(newBench(t))
		})
	}
}

// live goes the whole way: check, preview, create, read, no difference, update, read, delete, gone.
func (l life) live(b *bench) {
	in, typ := l.base(b), token(l.short)
	checked, failures := b.check(l.short, "x", in)
	require.Empty(b, failures)
	preview, err := b.provider.Create(b.Context(), plugin.CreateRequest{
		URN: urn(typ, "x"), Name: "x", Type: typ, Properties: checked, Preview: true,
	})
	require.NoError(b, err)
	assert.Empty(b, preview.ID)
	for name := range schemas().resources[string(typ)].outputs {
		assert.Contains(b, preview.Properties, resource.PropertyKey(name), "a preview foretells every output")
	}
	assert.True(b, preview.Properties["type"].IsComputed(), "computed outputs are unknown in preview")
	before := len(b.cloud.Records())

	c := b.create(l.short, "x", in)
	assert.Greater(b, len(b.cloud.Records()), before)
	assert.True(b, strings.HasPrefix(c.id, "/subscriptions/"+SubscriptionID), c.id)
	l.holds(b, c, l.want)
	l.conforms(b, c)

	again := b.read(c)
	assert.Equal(b, c.outputs, again.Outputs)
	assert.Equal(b, c.inputs, again.Inputs)
	assert.Equal(b, plugin.DiffNone, b.diff(c, c.inputs).Changes)

	changed := maps.Clone(in)
	maps.Copy(changed, l.change)
	d := b.diff(c, mergeInputs(c.inputs, from(l.change)))
	assert.Equal(b, plugin.DiffSome, d.Changes)
	assert.Empty(b, d.ReplaceKeys)
	u, err := b.update(c, changed)
	require.NoError(b, err)
	l.holds(b, u, l.after)
	assert.Equal(b, u.outputs, b.read(u).Outputs)

	_, err = b.try(l.short, "x", in)
	require.ErrorContains(b, err, "cannot create already existing resource '"+c.id+"'")

	records := b.cloud.Records()
	assert.Equal(b, records, b.reopened().Records(), "a reopened cloud is the same")
	require.NoError(b, b.remove(u))
	assert.Empty(b, b.read(u).ID)
	assert.Nil(b, b.read(u).Outputs)
	require.NoError(b, b.remove(u), "deleting what is gone is fine")
}

func mergeInputs(a, b resource.PropertyMap) resource.PropertyMap {
	a = a.Copy()
	maps.Copy(a, b)
	return a
}

// holds compares outputs at paths such as subnets[0].name.
func (l life) holds(b *bench, c created, want map[string]any) {
	b.Helper()
	for _, path := range slices.Sorted(maps.Keys(want)) {
		parsed, err := resource.ParsePropertyPath(path)
		require.NoError(b, err)
		assert.Equal(b, want[path], c.out(parsed...), path)
	}
}

// conforms checks that Azure's answer has only properties that the SDK knows, with the SDK's types.
func (l life) conforms(b *bench, c created) {
	b.Helper()
	for _, r := range b.cloud.Records() {
		s, ok := schemas().resources[r.Token]
		require.True(b, ok, r.Token)
		for _, f := range s.outputs.conform(nil, r.Outputs) {
			if !strings.HasPrefix(f.reason, "missing") {
				assert.Fail(b, "output does not conform", "%s %s: %s", r.Token, f.path, f.reason)
			}
		}
	}
}
