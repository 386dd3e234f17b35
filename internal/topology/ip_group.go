package topology

import (
	"slices"
	"strings"
)

func (b *builder) ipGroup(id string, p *properties) bool {
	b.ipGroups[strings.ToLower(id)] = p.texts("ipAddresses")
	return true
}

// readAddresses joins a rule's addresses and those of its IP groups. When a group is not among the resources the rule
// cannot be told, which notModelled then says.
func (b *builder) readAddresses(p *properties, addresses, groups string, notModelled *[]string) []string {
	out := p.texts(addresses)
	for _, id := range p.texts(groups) {
		members, known := b.ipGroups[strings.ToLower(id)]
		if !known && !slices.Contains(*notModelled, groups) {
			*notModelled = append(*notModelled, groups)
		}
		out = append(out, members...)
	}
	return out
}
