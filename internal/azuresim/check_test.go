package azuresim

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestUnknownTypesAndInvokes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, unknown := range []tokens.Type{
		"azure-native:network/v20240501:BastionHost", "azure-native:network/v20200101:Subnet", "azure-native:x:Y",
	} {
		_, err := b.provider.Check(t.Context(), plugin.CheckRequest{URN: urn(unknown, "x"), Type: unknown})
		require.ErrorContains(t, err, string(unknown)+": not simulated")
		require.ErrorContains(t, err, "azure-native:network/v20240501:VirtualNetwork")
		require.ErrorContains(t, err, "azure-native:network:VirtualNetwork")
	}
	_, err := b.provider.Invoke(t.Context(), plugin.InvokeRequest{Tok: "azure-native:network/v20240501:getBastionHost"})
	require.ErrorContains(t, err, "getBastionHost: not simulated")
	require.ErrorContains(t, err, "azure-native:network/v20240501:getPublicIPAddress")
}

func TestInputsThatDoNotConform(t *testing.T) {
	t.Parallel()
	rule := func(more input) input {
		return ruleGroup(400, input{
			"ruleCollectionType": "FirewallPolicyFilterRuleCollection", "name": "c", "rules": []any{with(input{
				"ruleType": "NetworkRule", "name": "r",
			}, more)},
		})
	}
	for _, test := range []struct {
		name, short  string
		in           input
		path, reason string
	}{
		{
			"top level", "network:RouteTable", inGroup(input{"route": []any{}}), "route", "unknown property route; known are",
		},
		{
			"case", "network:RouteTable", inGroup(input{"disableBGPRoutePropagation": true}),
			"disableBGPRoutePropagation", "did you mean disableBgpRoutePropagation?",
		},
		{
			"nested", "network:VirtualNetwork", inGroup(input{"subnets": []any{input{
				"name":         "a",
				"adressPrefix": "10.0.0.0/24",
			}}}),
			"subnets[0].adressPrefix", "unknown property adressPrefix",
		},
		{
			"newer API", "network:Subnet", inGroup(input{"virtualNetworkName": "vnet", "serviceGateway": input{"id": "x"}}),
			"serviceGateway", "unknown property serviceGateway",
		},
		{
			"type", "network:RouteTable", inGroup(input{"disableBgpRoutePropagation": "yes"}), "disableBgpRoutePropagation",
			"must be a boolean (got yes)",
		},
		{
			"integer", "network:PublicIPPrefix", inGroup(input{"prefixLength": 28.5}), "prefixLength",
			"must be an integer (got 28.5)",
		},
		{"list", "network:NatGateway", inGroup(input{"zones": "1"}), "zones", "must be a list (got 1)"},
		{"required", "network:RouteTable", input{}, "resourceGroupName", "missing required property 'resourceGroupName'"},
		{
			"required, nested", "network:RouteTable", inGroup(input{"routes": []any{input{"name": "r"}}}),
			"routes[0].nextHopType", "missing required property",
		},
		{
			"range", "network:FirewallPolicyRuleCollectionGroup", ruleGroup(99), "priority",
			"must be from 100 to 65000 (got 99)",
		},
		{"pattern", "resources:ResourceGroup", input{"resourceGroupName": "a b"}, "resourceGroupName", "must match"},
		{
			"absent", "network:VirtualNetwork", inGroup(input{"encryption": input{"enabled": true}}), "encryption",
			"not simulated",
		},
		{
			"union", "network:FirewallPolicyRuleCollectionGroup", rule(input{"ruleType": "networkRule"}),
			"ruleCollections[0].rules[0].ruleType",
			`must be exactly one of ApplicationRule, NatRule, NetworkRule (got "networkRule")`,
		},
		{
			"in a union", "network:FirewallPolicyRuleCollectionGroup", rule(input{"targetFqdns": []any{"x"}}),
			"ruleCollections[0].rules[0].targetFqdns", "unknown property targetFqdns",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, failures := newBench(t).check(test.short, "x", test.in)
			require.NotEmpty(t, failures)
			assert.Equal(t, test.path, string(failures[0].Property))
			assert.Contains(t, failures[0].Reason, test.reason)
			assert.Contains(t, failures[0].Reason, test.path, "the engine prints the reason alone in places")
		})
	}
}

func TestUnknownValuesPassCheck(t *testing.T) {
	t.Parallel()
	unknown := resource.MakeComputed(resource.NewStringProperty(""))
	b := newBench(t)
	typ := token("network:VirtualNetwork")
	resp, err := b.provider.Check(t.Context(), plugin.CheckRequest{
		URN: urn(typ, "x"), Type: typ,
		News: resource.PropertyMap{
			"resourceGroupName": unknown, "subnets": unknown, "addressSpace": unknown,
			"tags": resource.MakeSecret(resource.NewObjectProperty(from(input{"a": "b"}))),
		},
	})
	require.NoError(t, err)
	assert.Empty(t, resp.Failures)
	assert.True(t, resp.Properties["subnets"].IsComputed())
	assert.True(t, resp.Properties["tags"].IsSecret(), "secrets stay secret")
	preview, err := b.provider.Create(t.Context(), plugin.CreateRequest{
		URN: urn(typ, "x"), Type: typ,
		Properties: resp.Properties, Preview: true,
	})
	require.NoError(t, err)
	assert.True(t, preview.Properties["tags"].IsSecret())
	assert.True(t, preview.Properties["subnets"].IsComputed())
}

func TestAutonaming(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	check := func(short string, olds, news input, options *plugin.AutonamingOptions) (resource.PropertyMap,
		[]plugin.CheckFailure,
	) {
		typ := token(short)
		resp, err := b.provider.Check(t.Context(), plugin.CheckRequest{
			URN: urn(typ, "web"), Type: typ, Olds: from(olds), News: from(news), RandomSeed: []byte("seed"), Autonaming: options,
		})
		require.NoError(t, err)
		return resp.Properties, resp.Failures
	}
	named := func(p resource.PropertyMap, key resource.PropertyKey) string { return p[key].StringValue() }

	p, _ := check("network:RouteTable", nil, inGroup(nil), nil)
	assert.Regexp(t, "^web[0-9a-f]{8}$", named(p, "routeTableName"))
	assert.True(t, p[createBeforeDelete].BoolValue())
	again, _ := check("network:RouteTable", nil, inGroup(nil), nil)
	assert.Equal(t, p, again, "the seed decides")

	kept, _ := check("network:RouteTable", p.Mappable(), inGroup(nil), nil)
	assert.Equal(t, p["routeTableName"], kept["routeTableName"])
	assert.True(t, kept[createBeforeDelete].BoolValue())

	p, _ = check("network:Route", nil, inGroup(input{"routeTableName": "t", "nextHopType": "None"}), nil)
	assert.Equal(t, "web", named(p, "routeName"))
	assert.NotContains(t, p, resource.PropertyKey(createBeforeDelete))

	p, _ = check("authorization:RoleAssignment", nil, input{"principalId": "p", "roleDefinitionId": "r", "scope": "s"},
		nil)
	assert.Regexp(t, "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", named(p,
		"roleAssignmentName"))

	p, _ = check("network:RouteTable", nil, inGroup(nil), &plugin.AutonamingOptions{
		ProposedName: "prod-web",
		Mode:         plugin.AutonamingModeEnforce,
	})
	assert.Equal(t, "prod-web", named(p, "routeTableName"))

	_, failures := check("network:RouteTable", nil, inGroup(nil),
		&plugin.AutonamingOptions{Mode: plugin.AutonamingModeDisabled})
	require.Len(t, failures, 1)
	assert.Equal(t, "routeTableName", string(failures[0].Property))

	p, _ = check("network:RouteTable", nil, inGroup(input{"routeTableName": "mine"}), nil)
	assert.Equal(t, "mine", named(p, "routeTableName"))
	assert.NotContains(t, p, resource.PropertyKey(createBeforeDelete))
}

func TestDefaultLocation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.create("resources:ResourceGroup", "north", input{"resourceGroupName": "north", "location": "northeurope"})
	located := func(p plugin.Provider, olds, news input) (string, []plugin.CheckFailure) {
		typ := token("network:RouteTable")
		resp, err := p.Check(t.Context(), plugin.CheckRequest{
			URN: urn(typ, "x"), Type: typ, Olds: from(olds),
			News: from(news),
		})
		require.NoError(t, err)
		l := resp.Properties["location"]
		if !l.IsString() {
			return "", resp.Failures
		}
		return l.StringValue(), resp.Failures
	}
	north := input{"resourceGroupName": "north"}
	l, _ := located(b.provider, nil, with(north, input{"location": "eastus"}))
	assert.Equal(t, "eastus", l)
	l, _ = located(b.provider, input{"location": "uksouth"}, north)
	assert.Equal(t, "uksouth", l)
	l, _ = located(b.provider, nil, north)
	assert.Equal(t, "WestEurope", l)

	bare := NewProvider(b.cloud)
	l, _ = located(bare, nil, north)
	assert.Equal(t, "northeurope", l)
	_, failures := bare.Check(t.Context(), plugin.CheckRequest{
		URN: urn(token("resources:ResourceGroup"), "x"), Type: token("resources:ResourceGroup"),
	})
	require.NoError(t, failures)

	for _, name := range []string{"eastus", "East US", "westus"} {
		_, err := bare.Configure(t.Context(), plugin.ConfigureRequest{Inputs: from(input{"location": name})})
		require.NoError(t, err)
	}
	_, wrong := located(bare, nil, north)
	require.Len(t, wrong, 1)
	assert.Contains(t, wrong[0].Reason, "East US, westus")
}
