package doctor

import (
	"net/netip"
	"strings"

	"aks-egress/egress"
)

// short is how the sentences here name a resource.
func short(id string) string { return egress.ShortName(id) }

// reason is why a flow ended as it did, without the full stop, and with short names for ARM ids.
func reason(t egress.Trace) string {
	words := strings.Split(strings.TrimSuffix(t.Reason, "."), " ")
	for i, word := range words {
		if strings.HasPrefix(word, "/subscriptions/") {
			id := strings.TrimRight(word, ",;:)")
			words[i] = short(id) + word[len(id):]
		}
	}
	return strings.Join(words, " ")
}

// last is the name of the resource with this id.
func last(id string) string { return id[strings.LastIndex(id, "/")+1:] }

// group is the resource group in an ARM id, or a placeholder that a reader has to fill in.
func group(id string) string {
	const mark = "/resourcegroups/"
	i := strings.Index(strings.ToLower(id), mark)
	if i < 0 {
		return "<resource group>"
	}
	name, _, _ := strings.Cut(id[i+len(mark):], "/")
	return name
}

// inGroup says whether an id lies in a resource group of the subscription that another id is in.
func inGroup(id, ofSubscription, name string) bool {
	if name == "" {
		return false
	}
	subscription, _, _ := strings.Cut(strings.ToLower(ofSubscription), "/resourcegroups/")
	return strings.HasPrefix(strings.ToLower(id), subscription+"/resourcegroups/"+strings.ToLower(name)+"/")
}

// list joins words as a sentence does: a, b and c.
func list(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// either joins words as alternatives: a, b or c.
func either(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}

func prefixWords(prefixes []netip.Prefix) []string {
	words := make([]string, len(prefixes))
	for i, p := range prefixes {
		words[i] = egress.PrefixText(p)
	}
	return words
}

// sibling names a resource in a command about another one: by name in the same resource group, else by id.
func sibling(id, of string) string {
	if strings.HasPrefix(id, "/") && same(group(id), group(of)) {
		return last(id)
	}
	return id
}

// updateSubnet is the az command that changes a subnet.
func updateSubnet(p *place, change string) string {
	return "`az network vnet subnet update --resource-group " + group(p.vnet.ID) + " --vnet-name " + last(p.vnet.ID) +
		" --name " + last(p.subnet.ID) + " " + change + "`"
}
