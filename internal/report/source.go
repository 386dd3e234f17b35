package report

import (
	"slices"
	"strings"

	"aks-egress/egress"
)

// Who manages an address.
const (
	byAKS = "AKS"
	byYou = "you"
)

// sourceOf finds the public IP or prefix that an address belongs to, and what uses it. An address of another network,
// such as an existing hub's, has neither.
func sourceOf(n *egress.Network, address string) Source {
	s := Source{Address: address}
	wanted, err := egress.ParsePrefix(address)
	if err != nil {
		return s
	}
	for i := range n.PublicIPs {
		if ip := &n.PublicIPs[i]; wanted.IsSingleIP() && ip.Address == wanted.Addr() {
			s.Resource, s.Of = ip.ID, user(n, ip.ID, ip.Owner)
		}
	}
	for i := range n.PublicIPPrefixes {
		p := n.PublicIPPrefixes[i]
		if s.Resource == "" && p.Prefix.IsValid() && p.Prefix.Bits() <= wanted.Bits() && p.Prefix.Contains(wanted.Addr()) {
			s.Resource, s.Of = p.ID, user(n, p.ID, "")
		}
	}
	if s.Resource != "" {
		s.ManagedBy = managedBy(n, s.Resource)
	}
	return s
}

// user is what uses a public IP or prefix: what refers to it, or else what Azure says owns it.
func user(n *egress.Network, id, owner string) string {
	refers := func(ids ...string) bool {
		return slices.ContainsFunc(ids, func(other string) bool { return strings.EqualFold(other, id) })
	}
	for i := range n.NATGateways {
		if g := &n.NATGateways[i]; refers(g.PublicIPIDs...) || refers(g.PublicIPPrefixIDs...) {
			return g.ID
		}
	}
	for i := range n.Firewalls {
		if refers(n.Firewalls[i].PublicIPIDs...) {
			return n.Firewalls[i].ID
		}
	}
	for i := range n.LoadBalancers {
		for _, f := range n.LoadBalancers[i].Frontends {
			if refers(f.PublicIPID, f.PublicIPPrefixID) {
				return n.LoadBalancers[i].ID
			}
		}
	}
	return owner
}

// managedBy: what is in a cluster's node resource group is made and deleted by AKS (azure-facts 1.7).
func managedBy(n *egress.Network, id string) string {
	for i := range n.Clusters {
		group := n.Clusters[i].NodeResourceGroup
		if group != "" && strings.Contains(key(id), "/resourcegroups/"+key(group)+"/") {
			return byAKS
		}
	}
	return byYou
}
