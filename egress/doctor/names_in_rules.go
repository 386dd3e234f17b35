package doctor

import (
	"fmt"
	"slices"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

func nameChecks() []Check {
	const subject = "Azure Firewall: names in rules"
	return []Check{
		{
			ID: "tag-used-as-fqdn", Severity: Error, Subject: subject,
			Title:  "Tag written where a host name belongs",
			Rule:   "FQDN tags stand in fqdnTags, service tags in the destinations of network rules, host names in FQDNs.",
			Why:    "As a host name a tag matches nothing, so what it is meant to allow is refused.",
			Source: "azure-facts 5.4, 5.6", find: tagAsFQDN,
		},
		{
			ID: "service-tag-as-fqdn-tag", Severity: Error, Subject: subject,
			Title:  "Service tag among the FQDN tags",
			Rule:   "fqdnTags hold FQDN tags, such as AzureKubernetesService; service tags are for network rules.",
			Why:    "Azure has no FQDN tag of that name, so the rule is refused or matches nothing.",
			Source: "azure-facts 5.4, 5.6", find: serviceTagAsFQDNTag,
		},
		{
			ID: "fqdn-tag-as-destination", Severity: Error, Subject: subject,
			Title:  "FQDN tag as destination of a network rule",
			Rule:   "Destinations of network rules are addresses and service tags.",
			Why:    "AzureKubernetesService is no service tag, so the rule is refused or matches nothing.",
			Source: "azure-facts 5.4, 5.6", find: fqdnTagAsDestination,
		},
		{
			ID: "wildcard-not-leftmost", Severity: Error, Subject: subject,
			Title:  "Wildcard inside a host name",
			Rule:   "In an application rule * stands at the left of the host name only, as in *.example.com.",
			Why:    "Azure refuses it elsewhere.",
			Source: "azure-facts 5.4", find: wildcardInside,
		},
		{
			ID: "wildcard-in-network-rule", Severity: Error, Subject: subject,
			Title:  "Wildcard in a network rule",
			Rule:   "FQDNs of network rules are whole host names.",
			Why:    "The firewall resolves them, and * resolves to nothing.",
			Source: "azure-facts 5.4", find: wildcardInNetworkRule,
		},
		{
			ID: "retired-name-allowed", Severity: Warning, Subject: subject,
			Title: "Rule for a host name that AKS no longer uses",
			Rule:  "Rules name hosts that AKS still needs.",
			Why: "Nothing of AKS calls the name any more; where it no longer belongs to Microsoft's service, the rule lets " +
				"data " +
				"out to whoever has it.",
			Source: endpoints.RequiredSource + " (" + endpoints.RequiredSourceDate + "), and that of the " +
				"name", find: retiredAllowed,
		},
	}
}

// fqdnTags are Azure Firewall's FQDN tags (learn.microsoft.com/azure/firewall/fqdn-tags).
var fqdnTags = []string{
	endpoints.TagAKS, endpoints.TagWindowsUpdate, "WindowsDiagnostics", "MicrosoftActiveProtectionService",
	"AppServiceEnvironment", "AzureBackup", "AzureHDInsight", "WindowsVirtualDesktop", "Windows365",
	"MicrosoftIntune", "CitrixHDXPlusForWindows365",
}

// serviceTags are those that firewall rules of clusters use (learn.microsoft.com/azure/virtual-network/
// service-tags-overview); a region may follow, as in Storage.westeurope.
var serviceTags = []string{
	"AzureCloud", "AzureActiveDirectory", "AzureArcInfrastructure", "AzureContainerRegistry", "AzureFrontDoor",
	"AzureKeyVault", "AzureLoadBalancer", "AzureMonitor", "AzureResourceManager", "EventHub", "Internet",
	"MicrosoftContainerRegistry", "ServiceBus", "Sql", "Storage", "VirtualNetwork",
}

func isFQDNTag(word string) bool {
	return slices.ContainsFunc(fqdnTags, func(tag string) bool { return same(tag, word) })
}

// isServiceTag knows tags with and without a region. AzureFrontDoor.Frontend looks the same.
func isServiceTag(word string) bool {
	name, rest, _ := strings.Cut(word, ".")
	known := slices.ContainsFunc(serviceTags, func(tag string) bool { return same(tag, name) })
	return known && !strings.Contains(rest, ".")
}

func tagAsFQDN(x *examination) []Finding {
	check := func(c collection, kind, name string, fqdns []string) []Finding {
		var found []Finding
		for _, fqdn := range fqdns {
			var where string
			switch {
			case isFQDNTag(fqdn):
				where = "the fqdnTags of an application rule (http:80 and https:443)"
			case isServiceTag(fqdn):
				where = "the destinationAddresses of a network rule"
			default:
				continue
			}
			found = append(found, Finding{
				Resource: c.owner,
				Message:  fmt.Sprintf("%s rule %s has the tag %s among its FQDNs.", kind, c.rule(name), fqdn),
				Fix:      fmt.Sprintf("Move %s to %s.", fqdn, where),
			})
		}
		return found
	}
	return append(
		x.applicationRules(func(_ *ruleSet, c collection, r *egress.ApplicationRule) []Finding {
			return check(c, "Application", r.Name, r.FQDNs)
		}),
		x.networkRules(func(_ *ruleSet, c collection, r *egress.NetworkRule) []Finding {
			return check(c, "Network", r.Name, r.FQDNs)
		})...,
	)
}

func serviceTagAsFQDNTag(x *examination) []Finding {
	return x.applicationRules(func(_ *ruleSet, c collection, r *egress.ApplicationRule) []Finding {
		var found []Finding
		for _, tag := range r.FQDNTags {
			if isServiceTag(tag) && !isFQDNTag(tag) {
				found = append(found, Finding{
					Resource: c.owner,
					Message:  fmt.Sprintf("Application rule %s has the service tag %s among its fqdnTags.", c.rule(r.Name), tag),
					Fix:      fmt.Sprintf("Allow %s by a network rule, or name the hosts.", tag),
				})
			}
		}
		return found
	})
}

func fqdnTagAsDestination(x *examination) []Finding {
	return x.networkRules(func(_ *ruleSet, c collection, r *egress.NetworkRule) []Finding {
		var found []Finding
		for _, tag := range r.Destinations {
			if isFQDNTag(tag) {
				found = append(found, Finding{
					Resource: c.owner,
					Message:  fmt.Sprintf("Network rule %s has the FQDN tag %s as destination.", c.rule(r.Name), tag),
					Fix:      fmt.Sprintf("Use an application rule with fqdnTags %s, http:80 and https:443.", tag),
				})
			}
		}
		return found
	})
}

func wildcardInside(x *examination) []Finding {
	return x.applicationRules(func(_ *ruleSet, c collection, r *egress.ApplicationRule) []Finding {
		var found []Finding
		for _, fqdn := range r.FQDNs {
			if i := strings.LastIndex(fqdn, "*"); i > 0 {
				found = append(found, Finding{
					Resource: c.owner,
					Message:  fmt.Sprintf("Application rule %s has the FQDN %s.", c.rule(r.Name), fqdn),
					Fix:      fmt.Sprintf("Write *%s, or the whole name.", fqdn[i+1:]),
				})
			}
		}
		return found
	})
}

func wildcardInNetworkRule(x *examination) []Finding {
	return x.networkRules(func(_ *ruleSet, c collection, r *egress.NetworkRule) []Finding {
		var found []Finding
		for _, fqdn := range r.FQDNs {
			if strings.Contains(fqdn, "*") {
				found = append(found, Finding{
					Resource: c.owner,
					Message:  fmt.Sprintf("Network rule %s has the FQDN %s.", c.rule(r.Name), fqdn),
					Fix:      "Name the hosts, or use an application rule if they speak HTTP or HTTPS.",
				})
			}
		}
		return found
	})
}

func retiredAllowed(x *examination) []Finding {
	return x.applicationRules(func(_ *ruleSet, c collection, r *egress.ApplicationRule) []Finding {
		if c.Action != egress.ActionAllow {
			return nil
		}
		var found []Finding
		for _, fqdn := range r.FQDNs {
			old, ok := endpoints.FindRetired(fqdn)
			if !ok || old.StillListed {
				continue
			}
			found = append(found, Finding{
				Resource: c.owner,
				Message: fmt.Sprintf("Application rule %s allows %s, which AKS has not used since %s (%s).",
					c.rule(r.Name), fqdn, old.Since, old.Source),
				Fix: fmt.Sprintf("Remove it; %s took its place.", old.Instead),
			})
		}
		return found
	})
}
