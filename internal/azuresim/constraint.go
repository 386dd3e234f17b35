package azuresim

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// constraint narrows a scalar. Ranges and patterns are azure-native's to check; sets are Azure's, since azure-native
// turns enums into plain strings (azure-native.md 1.2).
type constraint struct {
	min, max float64 // of a number; both 0: no bounds
	pattern  *regexp.Regexp
	one      []string // one of these, without regard to case
}

// constraints are what Microsoft's API specifications say, by type and then by path; [] stands for every item.
var constraints = map[string]map[string]constraint{
	"azure-native:servicenetworking:TrafficControllerInterface": {"trafficControllerName": {pattern: trafficName}},
	"azure-native:servicenetworking:FrontendsInterface":         {"frontendName": {pattern: trafficName}},
	"azure-native:servicenetworking:AssociationsInterface": {
		"associationName": {pattern: trafficName}, "associationType": {one: []string{"subnets"}},
	},
	"azure-native:managedidentity:FederatedIdentityCredential": {
		"federatedIdentityCredentialResourceName": {pattern: credentialName},
	},
	"azure-native:resources:ResourceGroup": {
		"resourceGroupName": {pattern: regexp.MustCompile(`^[-\w.()]{1,90}$`)},
	},
	"azure-native:network:AzureFirewall": {
		"azureFirewallName":                     {pattern: regexp.MustCompile(`^.{1,56}$`)},
		"threatIntelMode":                       {one: []string{"Alert", "Deny", "Off"}},
		"sku.name":                              {one: []string{"AZFW_VNet", "AZFW_Hub"}},
		"sku.tier":                              {one: tiers},
		"applicationRuleCollections[].priority": {min: 100, max: 65000},
		"applicationRuleCollections[].rules[].protocols[].port":         {min: 0, max: 64000},
		"applicationRuleCollections[].rules[].protocols[].protocolType": {one: []string{"Http", "Https", "Mssql"}},
		"applicationRuleCollections[].action.type":                      {one: actions},
		"natRuleCollections[].priority":                                 {min: 100, max: 65000},
		"natRuleCollections[].action.type":                              {one: []string{"Snat", "Dnat"}},
		"natRuleCollections[].rules[].protocols[]":                      {one: ipProtocols},
		"networkRuleCollections[].priority":                             {min: 100, max: 65000},
		"networkRuleCollections[].action.type":                          {one: actions},
		"networkRuleCollections[].rules[].protocols[]":                  {one: ipProtocols},
	},
	"azure-native:network:FirewallPolicy": {
		"threatIntelMode":         {one: []string{"Alert", "Deny", "Off"}},
		"sku.tier":                {one: tiers},
		"intrusionDetection.mode": {one: []string{"Off", "Alert", "Deny"}},
	},
	"azure-native:network:FirewallPolicyRuleCollectionGroup": {
		"priority":                   {min: 100, max: 65000},
		"ruleCollections[].priority": {min: 100, max: 65000},
		"ruleCollections[].rules[].protocols[].port":         {min: 0, max: 64000},
		"ruleCollections[].rules[].protocols[].protocolType": {one: []string{"Http", "Https"}},
		"ruleCollections[].rules[].ipProtocols[]":            {one: ipProtocols},
		"ruleCollections[].action.type":                      {one: []string{"Allow", "Deny", "DNAT"}},
	},
	"azure-native:network:NatGateway": {"sku.name": {one: []string{"Standard"}}},
	"azure-native:network:NetworkSecurityGroup": {
		"securityRules[].protocol":  {one: ruleProtocols},
		"securityRules[].access":    {one: actions},
		"securityRules[].direction": {one: directions},
	},
	"azure-native:network:SecurityRule": {
		"protocol": {one: ruleProtocols}, "access": {one: actions}, "direction": {one: directions},
	},
	"azure-native:network:PublicIPAddress": {
		"sku.name":                 {one: []string{"Basic", "Standard"}},
		"sku.tier":                 {one: []string{"Regional", "Global"}},
		"publicIPAllocationMethod": {one: []string{"Static", "Dynamic"}},
		"publicIPAddressVersion":   {one: []string{"IPv4", "IPv6"}},
		"deleteOption":             {one: []string{"Delete", "Detach"}},
	},
	"azure-native:network:PublicIPPrefix": {
		"sku.name":               {one: []string{"Standard"}},
		"sku.tier":               {one: []string{"Regional", "Global"}},
		"publicIPAddressVersion": {one: []string{"IPv4", "IPv6"}},
	},
	"azure-native:network:RouteTable": {"routes[].nextHopType": {one: nextHops}},
	"azure-native:network:Route":      {"nextHopType": {one: nextHops}},
	"azure-native:network:Subnet": {
		"privateEndpointNetworkPolicies":    {one: endpointPolicies},
		"privateLinkServiceNetworkPolicies": {one: []string{"Enabled", "Disabled"}},
		"sharingScope":                      {one: []string{"Tenant", "DelegatedServices"}},
	},
	"azure-native:network:VirtualNetwork": {
		"subnets[].privateEndpointNetworkPolicies":    {one: endpointPolicies},
		"subnets[].privateLinkServiceNetworkPolicies": {one: []string{"Enabled", "Disabled"}},
		"encryption.enforcement":                      {one: []string{"DropUnencrypted", "AllowUnencrypted"}},
		"privateEndpointVNetPolicies":                 {one: []string{"Disabled", "Basic"}},
	},
}

var (
	tiers            = []string{"Standard", "Premium", "Basic"}
	actions          = []string{"Allow", "Deny"}
	directions       = []string{"Inbound", "Outbound"}
	ipProtocols      = []string{"TCP", "UDP", "Any", "ICMP"}
	ruleProtocols    = []string{"Tcp", "Udp", "Icmp", "Esp", "*", "Ah"}
	nextHops         = []string{"VirtualNetworkGateway", "VnetLocal", "Internet", "VirtualAppliance", "None"}
	endpointPolicies = []string{"Enabled", "Disabled", "NetworkSecurityGroupEnabled", "RouteTableEnabled"}
)

// checkRanges lists the values outside their ranges and patterns: azure-native's part.
func checkRanges(token string, inputs map[string]any) []failure {
	var found []failure
	for path, c := range constraints[token] {
		visit(inputs, strings.Split(path, "."), nil, func(at resource.PropertyPath, v any) {
			if reason := c.outside(v); reason != "" {
				found = append(found, failure{at, reason})
			}
		})
	}
	slices.SortFunc(found, func(a, b failure) int { return cmp.Compare(a.path.String(), b.path.String()) })
	return found
}

func (c constraint) outside(v any) string {
	switch v := v.(type) {
	case float64:
		if (c.min != 0 || c.max != 0) && (v < c.min || v > c.max) {
			return fmt.Sprintf("must be from %v to %v (got %v)", c.min, c.max, v)
		}
	case string:
		if c.pattern != nil && !c.pattern.MatchString(v) {
			return fmt.Sprintf("must match %s (got %q)", c.pattern, v)
		}
	}
	return ""
}

// checkSets refuses the first value outside its set: Azure's part.
func checkSets(token string, inputs map[string]any) error {
	var found []failure
	for path, c := range constraints[token] {
		visit(inputs, strings.Split(path, "."), nil, func(at resource.PropertyPath, v any) {
			s, ok := v.(string)
			same := func(one string) bool { return strings.EqualFold(one, s) }
			if ok && len(c.one) > 0 && !slices.ContainsFunc(c.one, same) {
				found = append(found, failure{at, fmt.Sprintf("must be one of %s (got %q)", strings.Join(c.one, ", "), s)})
			}
		})
	}
	if len(found) == 0 {
		return nil
	}
	first := slices.MinFunc(found, func(a, b failure) int { return cmp.Compare(a.path.String(), b.path.String()) })
	return refuseUnknownValue.because(first.path, first.reason)
}

// checkAbsent lists the inputs that Azure would obey and the simulation would not.
func (k kind) checkAbsent(inputs map[string]any) []failure {
	var found []failure
	for _, path := range k.absent {
		visit(inputs, strings.Split(path, "."), nil, func(at resource.PropertyPath, v any) {
			if !empty(v) {
				found = append(found, failure{at, "not simulated; leave it out"})
			}
		})
	}
	return found
}

// empty tells whether a value asks for nothing: false, "", [], {}.
func empty(v any) bool {
	switch v := v.(type) {
	case bool:
		return !v
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	case map[string]any:
		return len(v) == 0
	default:
		return v == nil
	}
}

// visit calls f with every value at a path such as rules[].protocols[].port.
func visit(v any, path []string, here resource.PropertyPath, f func(resource.PropertyPath, any)) {
	if len(path) == 0 {
		f(here, v)
		return
	}
	o, ok := v.(map[string]any)
	if !ok {
		return
	}
	name, isList := strings.CutSuffix(path[0], "[]")
	v, ok = o[name]
	if !ok {
		return
	}
	here = append(slices.Clone(here), name)
	if !isList {
		visit(v, path[1:], here, f)
		return
	}
	list, _ := v.([]any)
	for i, item := range list {
		visit(item, path[1:], append(slices.Clone(here), i), f)
	}
}
