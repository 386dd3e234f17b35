package egress

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"
)

// The service tags by which Azure reaches an application gateway (azure-facts 7.7).
const (
	TagGatewayManager = "GatewayManager"
	TagLoadBalancer   = "AzureLoadBalancer"
)

// The ports by which Azure manages an application gateway of SKU v2 (azure-facts 7.7).
const (
	FirstManagementPort = 65200
	LastManagementPort  = 65535
)

// LetsManage tells whether the group of a gateway's subnet lets a service tag in on all management ports, whatever
// their address, by its first rule that decides. Azure's default rules let its load balancer in, and nothing else that
// is not of the network. No trace answers this: the addresses of the tags are not published.
func (g *NetworkSecurityGroup) LetsManage(tag string) bool {
	rules := slices.DeleteFunc(slices.Clone(g.Rules), func(r SecurityRule) bool {
		return !strings.EqualFold(r.Direction, Inbound)
	})
	slices.SortStableFunc(rules, func(a, b SecurityRule) int { return cmp.Compare(a.Priority, b.Priority) })
	from := func(source string) bool { return holdsTag(source, tag) }
	for i := range rules {
		r := &rules[i]
		allow := strings.EqualFold(r.Access, AccessAllow)
		switch {
		case r.Protocol != "*" && !strings.EqualFold(r.Protocol, "Tcp"), !slices.ContainsFunc(r.Sources, from):
		case allow && slices.ContainsFunc(r.Destinations, isEveryAddress) &&
			slices.ContainsFunc(r.DestinationPorts, coversManagement):
			return true
		case !allow && slices.ContainsFunc(r.DestinationPorts, touchesManagement):
			return false
		}
	}
	return tag == TagLoadBalancer
}

// holdsTag: a tag may name its region. Azure's managers come from the internet, its load balancer does not.
func holdsTag(source, tag string) bool {
	name, _, _ := strings.Cut(source, ".")
	return isEveryAddress(source) || strings.EqualFold(name, tag) ||
		tag == TagGatewayManager && strings.EqualFold(source, "Internet")
}

func isEveryAddress(word string) bool {
	p, err := netip.ParsePrefix(word)
	return word == "*" || err == nil && p.Bits() == 0
}

func coversManagement(word string) bool {
	low, high, ok := ParsePorts(word)
	return ok && low <= FirstManagementPort && high >= LastManagementPort
}

func touchesManagement(word string) bool {
	_, high, ok := ParsePorts(word)
	return ok && high >= FirstManagementPort
}
