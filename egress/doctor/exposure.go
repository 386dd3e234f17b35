package doctor

import (
	"fmt"
	"slices"

	"aks-egress/egress"
)

func exposureChecks() []Check {
	return []Check{{
		ID: "security-rule-open-to-internet", Severity: Warning, Subject: "Network security groups",
		Title:  "Security rule that opens every port to the internet",
		Rule:   "No inbound security rule allows every port from everywhere.",
		Why:    "Whatever gets a public address in the subnet is open to everybody, node ports and SSH among it.",
		Source: "learn.microsoft.com/azure/virtual-network/network-security-groups-overview", find: openToInternet,
	}}
}

func openToInternet(x *examination) []Finding {
	var found []Finding
	for i := range x.n.NetworkSecurityGroups {
		g := &x.n.NetworkSecurityGroups[i]
		for _, r := range g.Rules {
			from := slices.IndexFunc(r.Sources, isAnywhere)
			if !same(r.Direction, egress.Inbound) || !same(r.Access, egress.AccessAllow) || from < 0 ||
				!allPorts(r.DestinationPorts) || same(r.Protocol, "Icmp") {
				continue
			}
			found = append(found, Finding{
				Resource: g.ID,
				Message: fmt.Sprintf("Inbound rule %s of security group %s allows %s on all ports from %s.",
					r.Name, short(g.ID), r.Protocol, r.Sources[from]),
				Fix: "Name the ports that clients use, or the sources, or remove the rule.",
			})
		}
	}
	return found
}
