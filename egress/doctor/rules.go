package doctor

import (
	"fmt"
	"slices"
	"strings"

	"aks-egress/egress"
)

func ruleChecks() []Check {
	const subject = "Azure Firewall: rules"
	return []Check{
		{
			ID: "network-rule-hides-application-rules", Severity: Error, Subject: subject,
			Title: "Network rule that ends rules by host name",
			Rule: "No network rule allows TCP 80 or 443 to everywhere, or to all of Azure, where application rules allow " +
				"hosts.",
			Why: "Network rules are asked first whatever their priority, so the hosts of the application rules no longer " +
				"matter (to all of Azure only: a warning).",
			Source: "azure-facts 5.4", find: hidesApplicationRules,
		},
		{
			ID: "network-rule-allows-all", Severity: Warning, Subject: subject,
			Title: "Network rule that allows everything",
			Rule:  "No network rule allows every port of every destination.",
			Why:   "The firewall then filters nothing, and no rule after it is asked.", Source: "azure-facts " +
				"5.4", find: allowsAll,
		},
		{
			ID: "application-rule-allows-all", Severity: Warning, Subject: subject,
			Title:  "Application rule that allows every host",
			Rule:   "No application rule allows the host *.",
			Why:    "Whatever else the rules list, every web site is within reach, and so is every place to send data to.",
			Source: "azure-facts 5.4", find: allowsEveryHost,
		},
		{
			ID: "fqdn-needs-dns-proxy", Severity: Error, Subject: subject,
			Title:  "FQDN in a network rule without DNS proxy",
			Rule:   "A policy or firewall with FQDNs in network rules has DNS proxy on.",
			Why:    "Without DNS proxy such a rule never matches.",
			Source: "azure-facts 5.4", find: needsProxy,
		},
		{
			ID: "dns-servers-not-firewall", Severity: Info, Subject: subject,
			Title: "FQDN in a network rule, and another DNS server",
			Rule:  "Networks that leave through a firewall with FQDNs in network rules use the firewall as DNS server.",
			Why: "Machine and firewall may resolve a name to different addresses, and then the rule does not match now and " +
				"then; a DNS server that forwards to the firewall is fine.",
			Source: "azure-facts 5.4", find: otherDNS,
		},
	}
}

// anywhere are the words of a destination that hold the whole internet, in lower case.
var anywhere = []string{"*", "0.0.0.0/0", "0.0.0.0-255.255.255.255", "internet"}

func isAnywhere(word string) bool { return slices.Contains(anywhere, strings.ToLower(word)) }

// allOfAzure says whether a destination is the service tag of Azure's public addresses, of a region or of all.
func allOfAzure(word string) bool {
	tag, _, _ := strings.Cut(word, ".")
	return same(tag, "AzureCloud")
}

// speaks says whether a network rule covers a protocol, TCP or UDP.
func speaks(r *egress.NetworkRule, protocol string) bool {
	return slices.ContainsFunc(r.Protocols, func(p string) bool { return same(p, protocol) || same(p, "Any") })
}

// allPorts says whether ports leave nothing out.
func allPorts(ports []string) bool {
	return slices.ContainsFunc(ports, func(word string) bool {
		low, high, ok := egress.ParsePorts(word)
		return ok && low <= 1 && high == 65535
	})
}

func coversPort(ports []string, port uint16) bool {
	return slices.ContainsFunc(ports, func(word string) bool {
		low, high, ok := egress.ParsePorts(word)
		return ok && low <= port && port <= high
	})
}

// isOpen says whether a network rule allows everything, of TCP, UDP or both.
func isOpen(c collection, r *egress.NetworkRule) bool {
	return c.Action == egress.ActionAllow && allPorts(r.Ports) && slices.ContainsFunc(r.Destinations, isAnywhere) &&
		(speaks(r, "TCP") || speaks(r, "UDP"))
}

func allowsAll(x *examination) []Finding {
	return x.networkRules(func(_ *ruleSet, c collection, r *egress.NetworkRule) []Finding {
		if !isOpen(c, r) {
			return nil
		}
		return []Finding{{
			Resource: c.owner,
			Message: fmt.Sprintf("Network rule %s allows %s on all ports of every destination.",
				c.rule(r.Name), list(r.Protocols)),
			Fix: "Replace it by application rules for the hosts, and by network rules for single ports and addresses.",
		}}
	})
}

func hidesApplicationRules(x *examination) []Finding {
	return x.networkRules(func(set *ruleSet, c collection, r *egress.NetworkRule) []Finding {
		if c.Action != egress.ActionAllow || isOpen(c, r) || !speaks(r, "TCP") {
			return nil
		}
		i := slices.IndexFunc(r.Destinations, isAnywhere)
		severity := Error
		if i < 0 {
			i, severity = slices.IndexFunc(r.Destinations, allOfAzure), Warning
		}
		hidden := set.hidden(r)
		if i < 0 || len(hidden) == 0 {
			return nil
		}
		return []Finding{{
			Resource: c.owner, Severity: severity,
			Message: fmt.Sprintf("Network rule %s allows TCP %s to %s, so application rule %s is not asked for it.",
				c.rule(r.Name), list(r.Ports), r.Destinations[i], hidden[0]),
			Fix: "Remove the rule, or narrow its destinations to the addresses or service tags that need it.",
		}}
	})
}

// hidden names the application rules on a port that a network rule takes away from them, for the same sources.
func (s *ruleSet) hidden(by *egress.NetworkRule) []string {
	var names []string
	for _, c := range s.rules {
		for _, r := range c.ApplicationRules {
			covered := slices.ContainsFunc(r.Protocols, func(p egress.ApplicationProtocol) bool {
				return coversPort(by.Ports, p.Port)
			})
			if covered && sourcesMeet(by.Sources, r.Sources) {
				names = append(names, c.rule(r.Name))
			}
		}
	}
	return names
}

func allowsEveryHost(x *examination) []Finding {
	return x.applicationRules(func(_ *ruleSet, c collection, r *egress.ApplicationRule) []Finding {
		if c.Action != egress.ActionAllow || !slices.Contains(r.FQDNs, "*") {
			return nil
		}
		return []Finding{{
			Resource: c.owner, Message: fmt.Sprintf("Application rule %s allows the host *.", c.rule(r.Name)),
			Fix: "Name the hosts, or their domains such as *.example.com.",
		}}
	})
}

func needsProxy(x *examination) []Finding {
	return x.networkRules(func(set *ruleSet, c collection, r *egress.NetworkRule) []Finding {
		if set.basic || set.dnsProxy || len(r.FQDNs) == 0 {
			return nil
		}
		return []Finding{{
			Resource: set.settings,
			Message:  fmt.Sprintf("Network rule %s names %s, and DNS proxy is off.", c.rule(r.Name), list(r.FQDNs)),
			Fix: fmt.Sprintf("Set dnsSettings.enableProxy to true on %s, and make the firewall's private IP the DNS server "+
				"of the VNets behind it.", short(set.settings)),
		}}
	})
}

func otherDNS(x *examination) []Finding {
	return x.each(func(c *cluster, p *place) []Finding {
		route := defaultRoute(p.table)
		if !leads(route) {
			return nil
		}
		fw, _ := x.firewallAt(p.vnet, route.NextHopIP)
		if fw == nil || slices.Contains(p.vnet.DNSServers, fw.PrivateIP) {
			return nil
		}
		name := x.resolvedRule(fw.ID)
		if name == "" {
			return nil
		}
		fix := fmt.Sprintf("Set the VNet's dhcpOptions.dnsServers to %s, then restart the nodes; or let its DNS server "+
			"forward to that address.", fw.PrivateIP)
		if c.PrivateCluster {
			fix = fmt.Sprintf("Link the cluster's private DNS zone to the VNet of firewall %s, or its nodes lose the API "+
				"server; then set dhcpOptions.dnsServers of VNet %s to %s and restart the nodes.", short(fw.ID), p.vnet.Name,
				fw.PrivateIP)
		}
		servers := "Azure's DNS"
		if len(p.vnet.DNSServers) > 0 {
			words := make([]string, len(p.vnet.DNSServers))
			for i, s := range p.vnet.DNSServers {
				words[i] = s.String()
			}
			servers = "DNS servers " + list(words)
		}
		return []Finding{{
			Resource: p.vnet.ID,
			Message: fmt.Sprintf("VNet %s of cluster %s uses %s, and network rule %s goes by host name.",
				p.vnet.Name, c.Name, servers, name),
			Fix: fix,
		}}
	})
}

// resolvedRule names a network rule by host name of a firewall that resolves them.
func (x *examination) resolvedRule(firewall string) string {
	for _, set := range x.rules {
		if !same(set.id, firewall) || !set.dnsProxy || set.basic {
			continue
		}
		for _, c := range set.rules {
			for _, r := range c.NetworkRules {
				if len(r.FQDNs) > 0 {
					return c.rule(r.Name)
				}
			}
		}
	}
	return ""
}
