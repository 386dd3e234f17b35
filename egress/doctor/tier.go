package doctor

import (
	"fmt"

	"aks-egress/egress"
)

func tierChecks() []Check {
	const subject = "Azure Firewall: tier Basic"
	return []Check{
		{
			ID: "basic-without-management-subnet", Severity: Error, Subject: subject,
			Title:  "Basic firewall without management interface",
			Rule:   "A firewall of tier Basic has a management interface in " + managementSubnet + ".",
			Why:    "Azure refuses it: the tier is managed through that interface.",
			Source: "azure-facts 5.1, 5.2", find: basicManagement,
		},
		{
			ID: "basic-dns-proxy", Severity: Error, Subject: subject,
			Title:  "DNS proxy in tier Basic",
			Rule:   "DNS proxy needs tier Standard or Premium.",
			Why:    "Tier Basic answers no DNS requests, so machines that use the firewall as DNS server resolve nothing.",
			Source: "azure-facts 5.2", find: basicProxy,
		},
		{
			ID: "basic-threat-intelligence-deny", Severity: Error, Subject: subject,
			Title: "Threat intelligence mode Deny in tier Basic",
			Rule:  "Threat intelligence mode Deny needs tier Standard or Premium.",
			Why:   "Tier Basic only alerts, so what is meant to be refused passes.", Source: "azure-facts " +
				"5.2", find: basicThreat,
		},
		{
			ID: "basic-fqdn-in-network-rule", Severity: Error, Subject: subject,
			Title:  "FQDN in a network rule in tier Basic",
			Rule:   "FQDNs in network rules need tier Standard or Premium.",
			Why:    "Tier Basic has no DNS proxy to resolve them, so the rule never matches.",
			Source: "azure-facts 5.2, 5.4", find: basicNetworkFQDN,
		},
	}
}

func basicManagement(x *examination) []Finding {
	return x.eachFirewall(func(fw *egress.Firewall) []Finding {
		if !same(fw.Tier, "Basic") || fw.ManagementSubnetID != "" || fw.SubnetID == "" {
			return nil
		}
		return []Finding{{
			Resource: fw.ID, Message: fmt.Sprintf("Firewall %s is of tier Basic and has no management interface.", short(fw.ID)),
			Fix: fmt.Sprintf("Set managementIpConfiguration, with a subnet %s of /%d and a public IP of its own.",
				managementSubnet, firewallSubnetBits),
		}}
	})
}

func basicProxy(x *examination) []Finding {
	var found []Finding
	for _, set := range x.rules {
		if set.basic && set.dnsProxy {
			found = append(found, Finding{
				Resource: set.settings,
				Message:  fmt.Sprintf("%s turns DNS proxy on in tier Basic.", short(set.settings)),
				Fix:      "Remove dnsSettings.enableProxy and let the VNets use Azure's DNS, or use tier Standard.",
			})
		}
	}
	return found
}

func basicThreat(x *examination) []Finding {
	var found []Finding
	for _, set := range x.rules {
		if set.basic && same(set.threat, "Deny") {
			found = append(found, Finding{
				Resource: set.settings,
				Message:  fmt.Sprintf("%s has threatIntelMode Deny in tier Basic.", short(set.settings)),
				Fix:      "Set threatIntelMode to Alert, or use tier Standard.",
			})
		}
	}
	return found
}

func basicNetworkFQDN(x *examination) []Finding {
	return x.networkRules(func(set *ruleSet, c collection, r *egress.NetworkRule) []Finding {
		if !set.basic || len(r.FQDNs) == 0 {
			return nil
		}
		return []Finding{{
			Resource: c.owner,
			Message:  fmt.Sprintf("Network rule %s names %s in tier Basic.", c.rule(r.Name), list(r.FQDNs)),
			Fix:      "For HTTP and HTTPS use an application rule; else name addresses or a service tag, or use tier Standard.",
		}}
	})
}
