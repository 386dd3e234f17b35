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

// These tests hold azure-native.md against the simulated provider; each is named by the section that it checks. The
// table is written by hand from the document's appendix.

// conforming is what azure-native.md says of a type.
type conforming struct {
	short     string
	path      []string // path parameters, the one that is named automatically last
	naming    naming
	forceNew  []string // properties that replace, besides the path parameters
	maintains []string // lists kept when unset
}

var conformity = []conforming{
	{"resources:ResourceGroup", []string{"resourceGroupName"}, randomName, []string{"location"}, nil},
	{
		"authorization:RoleAssignment",
		[]string{"scope", "roleAssignmentName"},
		uuidName,
		[]string{"principalId", "scope"},
		nil,
	},
	{
		"managedidentity:UserAssignedIdentity",
		[]string{"resourceGroupName", "resourceName"},
		randomName,
		[]string{"location"},
		nil,
	},
	{
		"containerservice:AgentPool",
		[]string{"resourceGroupName", "resourceName", "agentPoolName"},
		copiedName,
		[]string{"gpuInstanceProfile", "vmSize"},
		nil,
	},
	{
		"managedidentity:FederatedIdentityCredential",
		[]string{"resourceGroupName", "resourceName", "federatedIdentityCredentialResourceName"},
		copiedName, nil, nil,
	},
	{
		"servicenetworking:TrafficControllerInterface",
		[]string{"resourceGroupName", "trafficControllerName"},
		randomName,
		[]string{"location"},
		nil,
	},
	{
		"servicenetworking:FrontendsInterface",
		[]string{"resourceGroupName", "trafficControllerName", "frontendName"},
		copiedName,
		[]string{"location"},
		nil,
	},
	{
		"servicenetworking:AssociationsInterface",
		[]string{"resourceGroupName", "trafficControllerName", "associationName"},
		copiedName,
		[]string{"location"},
		nil,
	},
	{
		"containerservice:ManagedCluster",
		[]string{"resourceGroupName", "resourceName"},
		randomName,
		[]string{
			"diskEncryptionSetID", "dnsPrefix", "fqdnSubdomain", "linuxProfile", "location", "networkProfile",
			"nodeResourceGroup", "windowsProfile",
		},
		nil,
	},
	{"network:AzureFirewall", []string{"resourceGroupName", "azureFirewallName"}, randomName, nil, nil},
	{"network:FirewallPolicy", []string{"resourceGroupName", "firewallPolicyName"}, randomName, nil, nil},
	{
		"network:FirewallPolicyRuleCollectionGroup",
		[]string{"resourceGroupName", "firewallPolicyName", "ruleCollectionGroupName"},
		copiedName, nil, nil,
	},
	{"network:NatGateway", []string{"resourceGroupName", "natGatewayName"}, randomName, nil, nil},
	{
		"network:NetworkSecurityGroup",
		[]string{"resourceGroupName", "networkSecurityGroupName"},
		randomName, nil,
		[]string{"securityRules"},
	},
	{
		"network:PublicIPAddress",
		[]string{"resourceGroupName", "publicIpAddressName"},
		randomName,
		[]string{"location", "publicIPAddressVersion", "publicIPPrefix", "sku"},
		nil,
	},
	{"network:PublicIPPrefix", []string{"resourceGroupName", "publicIpPrefixName"}, randomName, nil, nil},
	{"network:Route", []string{"resourceGroupName", "routeTableName", "routeName"}, copiedName, nil, nil},
	{"network:RouteTable", []string{"resourceGroupName", "routeTableName"}, randomName, nil, []string{"routes"}},
	{
		"network:SecurityRule",
		[]string{"resourceGroupName", "networkSecurityGroupName", "securityRuleName"},
		copiedName,
		nil, nil,
	},
	{"network:Subnet", []string{"resourceGroupName", "virtualNetworkName", "subnetName"}, copiedName, nil, nil},
	{
		"network:VirtualNetwork",
		[]string{"resourceGroupName", "virtualNetworkName"},
		randomName,
		[]string{"location"},
		[]string{"subnets", "virtualNetworkPeerings"},
	},
	{
		"network:VirtualNetworkPeering",
		[]string{"resourceGroupName", "virtualNetworkName", "virtualNetworkPeeringName"},
		copiedName, nil, nil,
	},
}

// names are the path parameters with a value each.
func (c conforming) names() input {
	in := input{}
	for _, parameter := range c.path {
		in[parameter] = "x"
	}
	return in
}

// eachConforming runs f for every simulated type of the document's, and fails for one that the table lacks.
func eachConforming(t *testing.T, f func(t *testing.T, c conforming)) {
	t.Helper()
	listed := map[string]bool{}
	for _, c := range conformity {
		listed["azure-native:"+c.short] = true
		t.Run(c.short, func(t *testing.T) { t.Parallel(); f(t, c) })
	}
	for kind := range kinds {
		assert.True(t, listed[kind], "%s is not in the table", kind)
	}
}

// Section 1.1.1: the id is the path with the inputs in it; a scope loses its slashes at the ends.
func TestConform_1_1_1_Path(t *testing.T) {
	t.Parallel()
	eachConforming(t, func(t *testing.T, c conforming) {
		k := kinds["azure-native:"+c.short]
		in := input{}
		for _, parameter := range c.path {
			in[parameter] = "value-of-" + parameter
		}
		id, err := k.id(in)
		require.NoError(t, err)
		if c.path[0] != "scope" {
			assert.True(t, strings.HasPrefix(id, "/subscriptions/"+SubscriptionID+"/resource"), id)
		}
		back, err := k.inputs(id)
		require.NoError(t, err)
		assert.Equal(t, in, back)
		delete(in, c.path[len(c.path)-1])
		_, err = k.id(in)
		require.ErrorContains(t, err, c.path[len(c.path)-1])
	})
	id, err := kinds[roleAssignmentToken].id(input{"scope": "/subscriptions/s/", "roleAssignmentName": "r"})
	require.NoError(t, err)
	assert.Equal(t, "/subscriptions/s/providers/Microsoft.Authorization/roleAssignments/r", id)
}

// Section 1.2, autonaming: random is the Pulumi name plus 8 hexadecimal digits, children are copies, role assignments
// UUIDs. What is made up may be replaced create-first. Pulumi's autonaming configuration is honoured.
func TestConform_1_2_Autonaming(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, c conforming, o *plugin.AutonamingOptions) (string, bool, []plugin.CheckFailure) {
		t.Helper()
		typ := token(c.short)
		news := c.names()
		delete(news, c.path[len(c.path)-1])
		resp, err := newBench(t).provider.Check(t.Context(), plugin.CheckRequest{
			URN: urn(typ, "web"), Type: typ, News: from(news), RandomSeed: []byte("seed"), Autonaming: o, AllowUnknowns: true,
		})
		require.NoError(t, err)
		own := resp.Properties[resource.PropertyKey(c.path[len(c.path)-1])]
		named := ""
		if own.IsString() {
			named = own.StringValue()
		}
		flagged := resp.Properties[createBeforeDelete]
		return named, flagged.IsBool() && flagged.BoolValue(), resp.Failures
	}
	forms := map[naming]string{
		randomName: "^web[0-9a-f]{8}$", copiedName: "^web$", uuidName: "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
	}
	eachConforming(t, func(t *testing.T, c conforming) {
		own, flagged, _ := check(t, c, nil)
		assert.Regexp(t, forms[c.naming], own)
		assert.Equal(t, c.naming != copiedName, flagged)

		proposal := &plugin.AutonamingOptions{ProposedName: "prod-web", Mode: plugin.AutonamingModePropose}
		own, flagged, _ = check(t, c, proposal)
		assert.True(t, flagged)
		if c.naming == uuidName {
			assert.Regexp(t, forms[uuidName], own, "a proposal leaves UUIDs alone")
		} else {
			assert.Equal(t, "prod-web", own)
		}
		proposal.Mode = plugin.AutonamingModeEnforce
		own, flagged, _ = check(t, c, proposal)
		assert.Equal(t, "prod-web", own)
		assert.True(t, flagged)

		own, _, failures := check(t, c, &plugin.AutonamingOptions{Mode: plugin.AutonamingModeDisabled})
		assert.Empty(t, own)
		last := c.path[len(c.path)-1]
		assert.True(t, slices.ContainsFunc(failures, func(f plugin.CheckFailure) bool { return string(f.Property) == last }))
	})
}

// Section 1.2, location: the old one, the provider's, the resource group's; unknown while the group is.
func TestConform_1_2_UnknownLocation(t *testing.T) {
	t.Parallel()
	bare := NewProvider(newBench(t).cloud)
	typ := token("network:RouteTable")
	resp, err := bare.Check(t.Context(), plugin.CheckRequest{URN: urn(typ, "x"), Type: typ, News: resource.PropertyMap{
		"resourceGroupName": resource.MakeComputed(resource.NewStringProperty("")),
	}, AllowUnknowns: true})
	require.NoError(t, err)
	assert.Empty(t, resp.Failures)
	assert.True(t, resp.Properties["location"].IsComputed())
}

// Section 1.2, defaults: they come from the SDK's constructor. Check adds a name, a location and its own mark only.
func TestConform_1_2_NoDefaults(t *testing.T) {
	t.Parallel()
	for _, l := range lives {
		t.Run(l.short, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			in := l.base(b)
			checked, failures := b.check(l.short, "x", in)
			require.Empty(t, failures)
			k := kinds["azure-native:"+l.short]
			for name, v := range checked {
				given, ok := from(in)[name]
				switch {
				case ok:
					assert.Equal(t, given, v)
				case string(name) == k.autoname, name == "location", name == createBeforeDelete:
				default:
					assert.Fail(t, "Check added "+string(name))
				}
			}
		})
	}
}

// Section 1.2: Check knows ranges and patterns but no enums; Azure refuses those.
func TestConform_1_2_EnumsAreAzures(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	in := inGroup(with(standardAddress, input{"sku": input{"name": "Gold"}}))
	_, failures := b.check("network:PublicIPAddress", "pip", in)
	assert.Empty(t, failures)
	_, err := b.try("network:PublicIPAddress", "pip", in)
	require.ErrorContains(t, err, "Gold")
	_, failures = b.check("network:FirewallPolicyRuleCollectionGroup", "x", ruleGroup(65001))
	assert.NotEmpty(t, failures)
}

// Section 1.1.2, 1.1.3: properties move up at every level, except where ARM has them at the root or the SDK does not
// flatten.
func TestConform_1_1_2_Flattening(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	group := b.group()
	assert.Equal(t, "Succeeded", group.out("properties", "provisioningState"), "a resource group is not flattened")
	network := b.vnet("vnet", "10.0.0.0/16", input{"name": "a", "addressPrefix": "10.0.0.0/24"})
	assert.Equal(t, "10.0.0.0/24", network.out("subnets", 0, "addressPrefix"))
	assert.Nil(t, network.out("properties"))
	assert.Nil(t, network.out("subnets", 0, "properties"))
	policy := b.policy(nil)
	assert.Equal(t, "Standard", policy.out("sku", "tier"), "properties.sku of a firewall policy")
}

// Section 1.1.9: a list that is unset on create is empty, unset on update is kept, and set is exactly that list, so
// that standalone children go.
func TestConform_1_1_9_MaintainedLists(t *testing.T) {
	t.Parallel()
	eachConforming(t, func(t *testing.T, c conforming) {
		assert.ElementsMatch(t, c.maintains, kinds["azure-native:"+c.short].maintains)
	})
	rule := securityRule("own", 200)
	delete(rule, "name")
	for _, parent := range []struct {
		short, list, child string
		in                 input // of the parent
		standalone, inline input
	}{
		{
			"network:RouteTable", "routes", "network:Route",
			input{"routeTableName": "parent"},
			input{"routeTableName": "parent", "addressPrefix": "0.0.0.0/0", "nextHopType": "None"},
			input{"name": "inline", "addressPrefix": "0.0.0.0/0", "nextHopType": "Internet"},
		},
		{
			"network:NetworkSecurityGroup", "securityRules", "network:SecurityRule",
			input{"networkSecurityGroupName": "parent"},
			with(rule, input{"networkSecurityGroupName": "parent"}), securityRule("inline", 200),
		},
		{
			"network:VirtualNetwork", "subnets", "network:Subnet",
			input{"virtualNetworkName": "parent", "addressSpace": input{"addressPrefixes": []any{"10.0.0.0/16"}}},
			input{"virtualNetworkName": "parent", "addressPrefix": "10.0.0.0/24"},
			input{"name": "inline", "addressPrefix": "10.0.0.0/24"},
		},
	} {
		t.Run(parent.short, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.group()
			p := b.create(parent.short, "parent", inGroup(parent.in))
			assert.Empty(t, p.out(parent.list))
			b.create(parent.child, "own", inGroup(parent.standalone))
			p, err := b.update(p, inGroup(with(parent.in, input{"tags": input{"a": "b"}})))
			require.NoError(t, err)
			require.Len(t, p.out(parent.list), 1)
			assert.Equal(t, "own", p.out(parent.list, 0, "name"))
			assert.NotContains(t, b.read(p).Inputs, resource.PropertyKey(parent.list), "refresh does not push it into inputs")
			p, err = b.update(p, inGroup(with(parent.in, input{parent.list: []any{parent.inline}})))
			require.NoError(t, err)
			require.Len(t, p.out(parent.list), 1)
			assert.Equal(t, "inline", p.out(parent.list, 0, "name"))
		})
	}
}

// Section 1.1.10: creating what exists is refused, for every type, and changes nothing.
func TestConform_1_1_10_CreateExisting(t *testing.T) {
	t.Parallel()
	for _, l := range lives {
		t.Run(l.short, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			in := l.base(b)
			c := b.create(l.short, "x", in)
			before := b.cloud.Records()
			again := c.inputs.Mappable()
			delete(again, createBeforeDelete)
			_, err := b.try(l.short, "x", again)
			require.ErrorContains(t, err, "cannot create already existing resource '"+c.id+"'")
			assert.Equal(t, before, b.cloud.Records())
		})
	}
}

// Section 2: a preview of a create shows inputs and nothing else; of an update the old name and location besides.
func TestConform_2_Preview(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	c := b.create("network:RouteTable", "table", inGroup(input{"routeTableName": "table"}))
	typ := token(c.short)
	unknown := resource.MakeComputed(resource.NewStringProperty(""))
	news := maps.Clone(c.inputs)
	news["location"] = unknown
	resp, err := b.provider.Update(t.Context(), plugin.UpdateRequest{
		URN: urn(typ, "table"), Type: typ, ID: resource.ID(c.id), OldInputs: c.inputs, OldOutputs: c.outputs,
		NewInputs: news, Preview: true,
	})
	require.NoError(t, err)
	assert.Equal(t, "table", resp.Properties["name"].StringValue())
	assert.Equal(t, c.outputs["location"], resp.Properties["location"])
	for _, computed := range []resource.PropertyKey{"etag", "provisioningState", "resourceGuid", "type", "routes"} {
		assert.True(t, resp.Properties[computed].IsComputed(), string(computed))
	}
	created, err := b.provider.Create(t.Context(), plugin.CreateRequest{
		URN: urn(typ, "table"), Type: typ, Properties: c.inputs, Preview: true,
	})
	require.NoError(t, err)
	assert.True(t, created.Properties["name"].IsComputed(), "a name is an output, and not foretold before the create")
	assert.Equal(t, c.inputs["location"], created.Properties["location"])
}
