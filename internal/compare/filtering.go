package compare

import (
	"strings"

	"aks-egress/egress"
)

// unlisted is a host that no rule names: what becomes of it is what becomes of all that nobody has thought of.
const unlisted = "unlisted.invalid"

// filteringOf is what decides about destinations that nobody allowed.
func filteringOf(n *egress.Network) string {
	if len(n.Clusters) == 0 {
		return ""
	}
	t := n.Trace(egress.Flow{
		From: n.Clusters[0].ID, Pod: true, Host: unlisted, Port: 443, Protocol: egress.HTTPS,
	})
	if t.Disposition == egress.Insufficient {
		return "not known: " + t.Reason
	}
	for _, hop := range t.Hops {
		if hop.At != "firewall" || hop.Rule == "" {
			continue
		}
		name := "Azure Firewall " + tierOf(n, hop.Resource)
		switch {
		case t.Disposition.Arrives():
			return name + ": lets through what nobody named, by rule " + hop.Rule
		case strings.Contains(hop.Rule, "default deny"):
			return name + ": default deny"
		default:
			return name + ": denies by rule " + hop.Rule
		}
	}
	if stop := t.Stop(); stop != "" {
		return stop
	}
	return "none"
}

func tierOf(n *egress.Network, firewall string) string {
	for i := range n.Firewalls {
		if strings.EqualFold(n.Firewalls[i].ID, firewall) {
			return n.Firewalls[i].Tier
		}
	}
	return ""
}
