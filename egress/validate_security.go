package egress

import (
	"slices"
	"strings"
)

// securityGroup checks the rules of a network security group: priorities 100 to 4096, unique in their direction
// (learn.microsoft.com/azure/virtual-network/network-security-groups-overview).
func (v *validation) securityGroup(g *NetworkSecurityGroup) {
	v.id("network security group", g.ID)
	priorities := map[string]map[int]string{Inbound: {}, Outbound: {}}
	for _, r := range g.Rules {
		where := g.ID + " rule " + r.Name
		v.word(where, "direction", r.Direction, Inbound, Outbound)
		v.word(where, "access", r.Access, AccessAllow, AccessDeny)
		v.word(where, "protocol", r.Protocol, "Tcp", "Udp", "Icmp", "Esp", "Ah", "*")
		if r.Priority < 100 || r.Priority > 4096 {
			v.fail(where, "priority must be 100 to 4096 (got %d)", r.Priority)
		}
		for direction, taken := range priorities {
			if !strings.EqualFold(direction, r.Direction) {
				continue
			}
			if other, ok := taken[r.Priority]; ok {
				v.fail(where, "priority %d belongs to %s too", r.Priority, other)
			}
			taken[r.Priority] = r.Name
		}
		v.addresses(where, r.Sources, true)
		v.addresses(where, r.Destinations, true)
		v.ports(where, r.SourcePorts)
		v.ports(where, r.DestinationPorts)
	}
}

// word checks one of Azure's words, which it compares without case.
func (v *validation) word(where, what, got string, words ...string) {
	if !slices.ContainsFunc(words, func(word string) bool { return strings.EqualFold(word, got) }) {
		v.fail(where, "%s must be %s (got %q)", what, strings.Join(words, ", "), got)
	}
}

// serviceTags checks the prefixes of service tags.
func (v *validation) serviceTags() {
	for name, prefixes := range v.n.ServiceTags {
		for _, p := range prefixes {
			v.prefix("service tag "+name, "prefix", p)
		}
	}
}
