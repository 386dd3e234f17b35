package doctor

import (
	"fmt"
	"net/netip"

	"aks-egress/egress"
)

const (
	managementSubnet = "AzureFirewallManagementSubnet"

	// firewallSubnetBits is the smallest subnet of a firewall and of its management interface (azure-facts 5.1).
	firewallSubnetBits = 26
)

func placementChecks() []Check {
	const subject = "Azure Firewall: placement"
	return []Check{
		{
			ID: "firewall-subnet-name", Severity: Error, Subject: subject,
			Title: "Firewall in a subnet of another name",
			Rule: "The subnet of an Azure Firewall is named AzureFirewallSubnet, that of its management interface " +
				"" + managementSubnet + ".",
			Why: "Azure refuses any other name.", Source: "azure-facts 5.1", find: firewallSubnetName,
		},
		{
			ID: "firewall-subnet-size", Severity: Error, Subject: subject,
			Title:  "Firewall subnet smaller than /26",
			Rule:   "The subnet of an Azure Firewall, and that of its management interface, is a /26 or larger.",
			Why:    "Azure refuses a smaller one, because a firewall that scales out takes more addresses.",
			Source: "azure-facts 5.1", find: firewallSubnetSize,
		},
		{
			ID: "firewall-without-public-ip", Severity: Error, Subject: subject, breaks: true,
			Title: "Firewall without public IP",
			Rule:  "An Azure Firewall in a virtual network has a public IP, unless it has a management interface.",
			Why:   "It has no address for what leaves, and Azure refuses it.", Source: "azure-facts " +
				"5.1", find: firewallWithoutIP,
		},
		{
			ID: "policy-and-classic-rules", Severity: Error, Subject: subject,
			Title:  "Firewall with a policy and rules of its own",
			Rule:   "An Azure Firewall has either a policy or classic rules.",
			Why:    "Azure refuses both together; the policy's rules are the ones in force.",
			Source: "azure-facts 5.4", find: policyAndClassic,
		},
	}
}

// firewallPlaces are the subnets of a firewall with the names that they must have.
func (x *examination) firewallPlaces(fw *egress.Firewall) map[string]*place {
	places := map[string]*place{}
	if p := x.subnet(fw.SubnetID); p != nil {
		places[egress.AzureFirewallSubnet] = p
	}
	if p := x.subnet(fw.ManagementSubnetID); p != nil {
		places[managementSubnet] = p
	}
	return places
}

func (x *examination) eachFirewall(f func(*egress.Firewall) []Finding) []Finding {
	var found []Finding
	for i := range x.n.Firewalls {
		found = append(found, f(&x.n.Firewalls[i])...)
	}
	return found
}

func firewallSubnetName(x *examination) []Finding {
	return x.eachFirewall(func(fw *egress.Firewall) []Finding {
		var found []Finding
		for name, p := range x.firewallPlaces(fw) {
			if !same(last(p.subnet.ID), name) {
				found = append(found, Finding{
					Resource: fw.ID,
					Message:  fmt.Sprintf("Firewall %s is in subnet %s, not in one named %s.", short(fw.ID), short(p.subnet.ID), name),
					Fix:      fmt.Sprintf("Create the firewall in a subnet %s of at least /%d.", name, firewallSubnetBits),
				})
			}
		}
		return found
	})
}

func firewallSubnetSize(x *examination) []Finding {
	return x.eachFirewall(func(fw *egress.Firewall) []Finding {
		var found []Finding
		for _, p := range x.firewallPlaces(fw) {
			prefix, ok := widest(p.subnet.Prefixes)
			if !ok || prefix.Bits() <= firewallSubnetBits {
				continue
			}
			found = append(found, Finding{
				Resource: p.subnet.ID,
				Message: fmt.Sprintf("Subnet %s of firewall %s is %s, smaller than /%d.",
					short(p.subnet.ID), short(fw.ID), prefix, firewallSubnetBits),
				Fix: fmt.Sprintf("Give the subnet a prefix of /%d or larger; the firewall has to be created "+
					"anew.", firewallSubnetBits),
			})
		}
		return found
	})
}

// widest is the largest IPv4 prefix.
func widest(prefixes []netip.Prefix) (best netip.Prefix, ok bool) {
	for _, p := range prefixes {
		if p.Addr().Is4() && (!ok || p.Bits() < best.Bits()) {
			best, ok = p, true
		}
	}
	return best, ok
}

func firewallWithoutIP(x *examination) []Finding {
	return x.eachFirewall(func(fw *egress.Firewall) []Finding {
		if len(fw.PublicIPIDs) > 0 || fw.ManagementSubnetID != "" || fw.SubnetID == "" {
			return nil
		}
		return []Finding{{
			Resource: fw.ID, Message: fmt.Sprintf("Firewall %s has no public IP and no management interface.", short(fw.ID)),
			Fix: "Give its first ipConfiguration a Standard static public IP.",
		}}
	})
}

func policyAndClassic(x *examination) []Finding {
	return x.eachFirewall(func(fw *egress.Firewall) []Finding {
		if fw.PolicyID == "" || len(fw.Collections) == 0 {
			return nil
		}
		return []Finding{{
			Resource: fw.ID,
			Message: fmt.Sprintf("Firewall %s has policy %s and %d classic rule collections.",
				short(fw.ID), short(fw.PolicyID), len(fw.Collections)),
			Fix: "Move the classic rules into a rule collection group of the policy, and remove them from the firewall.",
		}}
	})
}
