package networktest

import (
	"encoding/json"
	"maps"
	"slices"

	"pgregory.net/rapid"

	"aks-egress/egress"
)

// words are what texts of a bent network become, besides texts that it has elsewhere.
var words = []string{
	"", "*", "x", "10.0.1.4", "10.1.0.0/24", "0.0.0.0/0", "172.31.0.0/16", "2001:db8::/32", "2001:db8::1", "203.0.113.1",
	"Internet", "VirtualAppliance", "None", "Basic", "Deny", "443", "1-65535", "loadBalancer", "userDefinedRouting",
	"managedNATGateway", "none", "Connected", "Initiated", "AzureCloud.westeurope", "AzureKubernetesService",
	"*.example.com", "a.*.b", "Allow", "DNAT", "Any", "UDP", "AzureFirewallSubnet", "ghcr.io/a/b:1", "!!",
}

// Bend is a network with some values changed, removed or doubled at random: references that dangle or point elsewhere,
// addresses that are missing or overlap, words of other types. The network itself stays as it is.
func Bend(t *rapid.T, n *egress.Network) *egress.Network {
	whole := tree(n)
	drawn := append(slices.Sorted(maps.Keys(textsOf(whole))), words...)
	for range rapid.IntRange(0, 6).Draw(t, "bends") {
		whole = bend(t, whole, drawn)
	}
	document, err := json.Marshal(whole)
	if err != nil {
		panic(err) // it was JSON before
	}
	var bent egress.Network
	if json.Unmarshal(document, &bent) != nil {
		return n // a value of a type that the network cannot hold
	}
	return &bent
}

func textsOf(node any) map[string]bool {
	texts := map[string]bool{}
	switch v := node.(type) {
	case map[string]any:
		for _, element := range v {
			maps.Copy(texts, textsOf(element))
		}
	case []any:
		for _, element := range v {
			maps.Copy(texts, textsOf(element))
		}
	case string:
		texts[v] = true
	}
	return texts
}

// bend changes, removes or doubles one value of a tree.
func bend(t *rapid.T, node any, words []string) any {
	switch v := node.(type) {
	case map[string]any:
		if len(v) == 0 {
			return v
		}
		key := rapid.SampledFrom(slices.Sorted(maps.Keys(v))).Draw(t, "key")
		if rapid.IntRange(0, 19).Draw(t, "what") == 0 {
			delete(v, key)
			return v
		}
		v[key] = bend(t, v[key], words)
		return v
	case []any:
		if len(v) == 0 {
			return append(v, rapid.SampledFrom(words).Draw(t, "word"))
		}
		i := rapid.IntRange(0, len(v)-1).Draw(t, "index")
		switch rapid.IntRange(0, 9).Draw(t, "what") {
		case 0:
			return append(v[:i:i], v[i+1:]...)
		case 1:
			return append(v, v[i])
		}
		v[i] = bend(t, v[i], words)
		return v
	case string:
		return rapid.SampledFrom(words).Draw(t, "word")
	case float64:
		return float64(rapid.SampledFrom([]int{-1, 0, 1, 8, 443, 4096, 64000, 65535, 1 << 40}).Draw(t, "number"))
	case bool:
		return !v
	}
	return node
}
