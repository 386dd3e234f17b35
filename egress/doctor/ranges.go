package doctor

import (
	"fmt"
	"net/netip"

	"aks-egress/egress"
)

func rangeChecks() []Check {
	const subject = "Address ranges"
	return []Check{
		{
			ID: "cluster-ranges-overlap", Severity: Error, Subject: subject,
			Title: "Pod or service CIDR that overlaps",
			Rule: "A cluster's pod CIDR and service CIDR overlap neither each other nor its virtual network nor a network " +
				"peered with it.",
			Why:    "Azure refuses most of it; what lies in both never leaves the cluster, so the other one is out of reach.",
			Source: "azure-facts 11.2 (ServiceCidrOverlapExistingSubnetsCidr)", find: rangesOverlap,
		},
		{
			ID: "reserved-range", Severity: Error, Subject: subject,
			Title: "Address range that AKS reserves",
			Rule: "No range of a cluster or its virtual network overlaps 169.254.0.0/16, 172.30.0.0/16, 172.31.0.0/16 or " +
				"192.0.2.0/24.",
			Why:    "AKS uses these ranges itself and refuses them when a cluster is created or updated.",
			Source: "azure-facts 11.2", find: rangeReserved,
		},
	}
}

// reserved are the ranges that AKS refuses (azure-facts 11.2).
var reserved = []netip.Prefix{
	netip.MustParsePrefix("169.254.0.0/16"), netip.MustParsePrefix("172.30.0.0/16"),
	netip.MustParsePrefix("172.31.0.0/16"), netip.MustParsePrefix("192.0.2.0/24"),
}

// span is a range with the name that a sentence gives it.
type span struct {
	name   string
	prefix netip.Prefix
}

func clusterSpans(c *cluster) []span {
	var spans []span
	for _, s := range []span{{"pod CIDR", c.PodCIDR}, {"service CIDR", c.ServiceCIDR}} {
		if s.prefix.IsValid() {
			spans = append(spans, s)
		}
	}
	return spans
}

// networkSpans are the address spaces of the cluster's virtual networks, and those of their peers.
func (x *examination) networkSpans(c *cluster) []span {
	var spans []span
	seen := map[*egress.VNet]bool{}
	add := func(v *egress.VNet, what string) {
		if v == nil || seen[v] {
			return
		}
		seen[v] = true
		for _, p := range v.AddressSpace {
			spans = append(spans, span{what + " " + v.Name, p})
		}
	}
	for _, s := range c.subnets {
		add(s.vnet, "VNet")
	}
	for _, s := range c.subnets {
		for _, p := range s.vnet.Peerings {
			remote := x.vnet(p.RemoteVNetID)
			add(remote, "peered VNet")
			for _, space := range p.RemoteAddressSpace {
				if remote == nil {
					spans = append(spans, span{"peered VNet " + last(p.RemoteVNetID), space})
				}
			}
		}
	}
	return spans
}

func rangesOverlap(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		own := clusterSpans(c)
		for i, a := range own {
			for _, b := range append(own[i+1:len(own):len(own)], x.networkSpans(c)...) {
				if !a.prefix.Overlaps(b.prefix) {
					continue
				}
				found = append(found, Finding{
					Resource: c.ID,
					Message: fmt.Sprintf("The %s %s of cluster %s overlaps %s of %s.",
						a.name, a.prefix, c.Name, b.prefix, b.name),
					Fix: fmt.Sprintf("Create the cluster with another %s, such as a free part of 100.64.0.0/10; "+
						"it cannot change later.", a.name),
				})
			}
		}
	}
	return found
}

func rangeReserved(x *examination) []Finding {
	var found []Finding
	report := func(resource, owner string, s span) {
		for _, r := range reserved {
			if s.prefix.Overlaps(r) {
				found = append(found, Finding{
					Resource: resource,
					Message:  fmt.Sprintf("The %s %s of %s overlaps %s, which AKS reserves.", s.name, s.prefix, owner, r),
					Fix:      "Use another range, such as a free part of 10.0.0.0/8.",
				})
			}
		}
	}
	for _, c := range x.clusters {
		for _, s := range clusterSpans(c) {
			report(c.ID, "cluster "+c.Name, s)
		}
		for _, p := range c.subnets {
			for _, space := range p.vnet.AddressSpace {
				report(p.vnet.ID, "VNet "+p.vnet.Name, span{"address space", space})
			}
		}
	}
	return found
}
