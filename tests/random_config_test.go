package tests

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"pgregory.net/rapid"

	"aks-egress/internal/azuresim"
	"aks-egress/internal/config"
)

// configuration is a stack of the repository with overrides such as nodeCount=3.
type configuration struct {
	Stack     string
	Overrides []string
}

// arguments are those of checkConfig after t, as Go source.
func (c configuration) arguments() string {
	quoted := []string{strconv.Quote(c.Stack)}
	for _, override := range c.Overrides {
		quoted = append(quoted, strconv.Quote(override))
	}
	return strings.Join(quoted, ", ")
}

// outboundTypes are those of the repository's stack files without ingress, which is a setting like others here.
var outboundTypes = map[string]config.OutboundType{
	"lb": config.LoadBalancer, "managednat": config.ManagedNATGateway,
	"natgw": config.UserAssignedNATGateway, "udr": config.UserDefinedRouting,
}

// randomConfig draws a stack and values for a few keys: mostly good ones, and bad ones of every kind.
func randomConfig() *rapid.Generator[configuration] {
	return rapid.Custom(func(t *rapid.T) configuration {
		c := configuration{Stack: rapid.SampledFrom(slices.Sorted(maps.Keys(outboundTypes))).Draw(t, "stack")}
		known := drawnKeys(outboundTypes[c.Stack], seldom(t, "a key without meaning here"))
		for _, key := range rapid.SliceOfNDistinct(rapid.SampledFrom(known), 1, 4, config.Key.QualifiedName).Draw(t, "keys") {
			bad := seldom(t, key.Name+" is bad")
			c.Overrides = append(c.Overrides, key.Name+"="+rapid.SampledFrom(valuesOf(key, bad)).Draw(t, key.Name))
		}
		return c
	})
}

func seldom(t *rapid.T, label string) bool { return rapid.IntRange(0, 7).Draw(t, label) == 7 }

// drawnKeys are the keys that a configuration may override: those with a meaning for the outbound type, or all; never
// those that name a hub outside.
func drawnKeys(outboundType config.OutboundType, all bool) []config.Key {
	return slices.DeleteFunc(config.Keys(), func(key config.Key) bool {
		meaningless := len(key.OutboundTypes) > 0 && !slices.Contains(key.OutboundTypes, outboundType)
		return key.Name == "outboundType" || strings.HasPrefix(key.Name, "existing") || meaningless && !all
	})
}

// valuesOf are texts for a key, good or bad.
func valuesOf(key config.Key, bad bool) []string {
	v, ok := values[key.Name]
	switch {
	case ok:
	case len(key.Values) > 0:
		v = sample{good: key.Values, bad: []string{"nonsense"}}
	case key.Type == config.Integer:
		v = sample{
			good: texts(key.Min, key.Min+1, (key.Min+key.Max)/2, key.Max), bad: texts(key.Min-1, key.Max+1),
		}
	case key.Type == config.Boolean:
		v = sample{good: []string{"true", "false"}, bad: []string{"maybe"}}
	default:
		panic(fmt.Sprintf("no values for config key %s: add some to the table", key.Name))
	}
	if bad {
		return v.bad
	}
	return v.good
}

func texts(numbers ...int) []string {
	var all []string
	for _, n := range numbers {
		all = append(all, strconv.Itoa(n))
	}
	return all
}

func list(items ...string) string {
	encoded, err := json.Marshal(items)
	if err != nil {
		panic(err)
	}
	return string(encoded)
}

func networkID(resource string) string {
	return "/subscriptions/" + azuresim.SubscriptionID + "/resourceGroups/others/providers/Microsoft.Network/" + resource
}

// sample is texts for a key. A good one may be bad beside others: two ranges that overlap, ports that do not suffice.
type sample struct{ good, bad []string }

// values are texts for the keys whose declaration does not tell which are good.
var values = map[string]sample{
	"nodeCount":                {[]string{"1", "3", "50", "51", "250"}, []string{"0", "1001", "many"}},
	"outboundPortsPerNode":     {[]string{"8", "1024", "4000"}, []string{"12", "64008", "64000"}},
	"outboundPublicIpIds":      {[]string{list()}, []string{list(networkID("publicIPAddresses/gone")), list("egress")}},
	"outboundIpPrefixIds":      {[]string{list()}, []string{list(networkID("publicIPPrefixes/gone")), list("egress")}},
	"zones":                    {[]string{list("1"), list()}, []string{list("4"), list("1", "2", "3"), "1"}},
	"hubAddressSpace":          {[]string{"10.0.0.0/22", "10.0.0.0/24"}, []string{"10.1.0.0/22", "172.16.0.0/22"}},
	"firewallSubnet":           {[]string{"10.0.0.0/26", "10.0.0.128/26"}, []string{"10.0.0.0/27", "10.9.0.0/26"}},
	"firewallManagementSubnet": {[]string{"10.0.0.64/26", "10.0.0.192/26"}, []string{"10.0.0.0/26", "10.0.0.64/28"}},
	"spokeAddressSpace":        {[]string{"10.1.0.0/16", "10.1.0.0/20"}, []string{"10.0.0.0/16", "172.30.0.0/16"}},
	"nodeSubnet":               {[]string{"10.1.0.0/22", "10.1.4.0/23"}, []string{"10.1.0.0/29", "10.2.0.0/24"}},
	"gatewaySubnet":            {[]string{"10.1.4.0/24", "10.1.8.0/24"}, []string{"10.1.0.0/24", "10.2.0.0/24"}},
	"allowProbe":               {[]string{"true"}, []string{"maybe"}},  // false is there to fail
	"allowAsymmetricIngress":   {[]string{"false"}, []string{"maybe"}}, // true is there to fail
	"serviceCidr":              {[]string{"172.16.0.0/16", "172.16.0.0/20"}, []string{"10.1.0.0/16", "172.31.0.0/20"}},
	"dnsServiceIp":             {[]string{"172.16.0.10", "172.16.0.53"}, []string{"172.16.0.1", "10.0.0.10"}},
	"podCidr":                  {[]string{"10.244.0.0/16", "10.128.0.0/14"}, []string{"10.1.0.0/16", "172.16.0.0/12"}},
	"nodeVmSize":               {[]string{"Standard_D4s_v5", "Standard_D8s_v5"}, []string{"huge"}},
	"userNodeVmSize":           {[]string{"Standard_D4s_v5", "Standard_D8s_v5"}, []string{"huge"}},
	"userNodeCount":            {[]string{"1", "3"}, []string{"-1", "1001", "many"}},
	"nodeMaxSurge":             {[]string{"1", "33%"}, []string{"0", "101%"}},
	"kubernetesVersion":        {[]string{"1.33", "1.32.6"}, []string{"1.99", "1.3"}},
	"apiServerAuthorizedIpRanges": {
		[]string{list("20.1.2.0/28", "192.0.2.10")}, []string{list("10.0.0.0/8"), list("0.0.0.0/0")},
	},
	"probeTarget":        {[]string{"http://ifconfig.me/ip", "https://api.ipify.org"}, []string{"ifconfig.me"}},
	"probeMustBeBlocked": {[]string{"http://example.com", "https://example.org", ""}, []string{"example.com"}},
	"tags":               {[]string{`{"team": "shop"}`}, []string{`{"": "x"}`, `[]`}},
	"probeImage": {
		[]string{"docker.io/nginxinc/nginx-unprivileged:1.29.1", "quay.io/nginx/nginx-unprivileged:1.29.1"},
		[]string{"nginx", "docker.io/nginxinc/nginx-unprivileged"},
	},
	"allow": {
		[]string{list("docker-hub"), list("https://example.com", "tcp://20.0.0.0/8:5432")},
		[]string{list("ftp://x"), list("mcr", "mcr")},
	},
}
