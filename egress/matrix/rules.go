package matrix

import (
	"slices"
	"strconv"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

// ruled are the destinations that rules let through by host name. Those by address have no class, and may be anything.
func ruled(collections []egress.RuleCollection) []endpoints.Endpoint {
	var list []endpoints.Endpoint
	for _, c := range collections {
		if c.Action != egress.ActionAllow {
			continue
		}
		for _, r := range c.ApplicationRules {
			for _, p := range r.Protocols {
				if protocol, ok := applicationProtocols[strings.ToUpper(p.Type)]; ok {
					list = append(list, named(r.FQDNs, protocol, p.Port)...)
				}
			}
		}
		for _, r := range c.NetworkRules {
			for _, word := range r.Ports {
				low, high, ok := egress.ParsePorts(word)
				for _, protocol := range []endpoints.Protocol{endpoints.TCP, endpoints.UDP} {
					if ok && low == high && slices.Contains(r.Protocols, string(protocol)) {
						list = append(list, named(r.FQDNs, protocol, low)...)
					}
				}
			}
		}
	}
	return list
}

var applicationProtocols = map[string]endpoints.Protocol{"HTTP": endpoints.HTTP, "HTTPS": endpoints.HTTPS}

func named(hosts []string, protocol endpoints.Protocol, port uint16) []endpoints.Endpoint {
	var list []endpoints.Endpoint
	for _, host := range hosts {
		if host != "*" {
			list = append(list, endpoints.Endpoint{Host: strings.ToLower(host), Protocol: protocol, Port: port})
		}
	}
	return list
}

// behindAll is a priority behind those of all other groups and collections (azure-facts 5.4).
const behindAll = 65000

// allowing is the network with a rule more, behind all others of a firewall: nil if the firewall is not in the network.
func allowing(n *egress.Network, firewallID string, list []endpoints.Endpoint) *egress.Network {
	changed := *n
	i := slices.IndexFunc(n.Firewalls, func(f egress.Firewall) bool { return strings.EqualFold(f.ID, firewallID) })
	if i < 0 {
		return nil
	}
	more := rules(list)
	if n.Firewalls[i].PolicyID == "" {
		changed.Firewalls = slices.Clone(n.Firewalls)
		changed.Firewalls[i].Collections = slices.Concat(n.Firewalls[i].Collections, more)
		return &changed
	}
	j := slices.IndexFunc(n.FirewallPolicies, func(p egress.FirewallPolicy) bool {
		return strings.EqualFold(p.ID, n.Firewalls[i].PolicyID)
	})
	if j < 0 {
		return nil
	}
	changed.FirewallPolicies = slices.Clone(n.FirewallPolicies)
	policy := &changed.FirewallPolicies[j]
	policy.RuleCollectionGroups = append(slices.Clone(policy.RuleCollectionGroups),
		egress.RuleCollectionGroup{Name: "allowed", Priority: behindAll, Collections: more})
	return &changed
}

// rules are the rules by which a firewall lets through endpoints, from everywhere: as package components writes them.
func rules(list []endpoints.Endpoint) []egress.RuleCollection {
	networking := egress.RuleCollection{Name: "network", Priority: behindAll, Action: egress.ActionAllow}
	application := egress.RuleCollection{Name: "application", Priority: behindAll, Action: egress.ActionAllow}
	for _, e := range list {
		if e.Protocol == endpoints.HTTP || e.Protocol == endpoints.HTTPS {
			application.ApplicationRules = append(application.ApplicationRules, applicationRule(e))
		} else {
			networking.NetworkRules = append(networking.NetworkRules, networkRule(e))
		}
	}
	return []egress.RuleCollection{networking, application}
}

func applicationRule(e endpoints.Endpoint) egress.ApplicationRule {
	rule := egress.ApplicationRule{Name: e.String(), Sources: []string{"*"}}
	if e.FQDNTag != "" {
		rule.FQDNTags = []string{e.FQDNTag}
		rule.Protocols = []egress.ApplicationProtocol{{Type: "Http", Port: 80}, {Type: "Https", Port: 443}}
		return rule
	}
	rule.FQDNs = []string{e.Host}
	rule.Protocols = []egress.ApplicationProtocol{{Type: string(e.Protocol), Port: e.Port}}
	return rule
}

func networkRule(e endpoints.Endpoint) egress.NetworkRule {
	rule := egress.NetworkRule{
		Name: e.String(), Sources: []string{"*"}, Protocols: []string{string(e.Protocol)},
		Ports: []string{strconv.Itoa(int(e.Port))},
	}
	switch {
	case e.ServiceTag != "":
		rule.Destinations = []string{e.ServiceTag}
	case e.Prefix.IsValid():
		rule.Destinations = []string{e.Prefix.String()}
	default:
		rule.FQDNs = []string{e.Host}
	}
	return rule
}
