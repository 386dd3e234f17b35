package price

import (
	"strings"

	"aks-egress/egress"
)

// Sent is the flow by whose way one GB is priced: one that every cluster needs to be let out (azure-facts 6), so that a
// firewall that lets nothing else through has a way for it.
func Sent(cluster *egress.Cluster) egress.Flow {
	return egress.Flow{From: cluster.ID, Pod: true, Host: "mcr.microsoft.com", Port: 443, Protocol: egress.HTTPS}
}

// traffic prices one GB that a pod sends to the internet, by the way that the model finds. Of several clusters the
// dearest counts.
func (e *Estimate) traffic(n *egress.Network) {
	model := egress.Compile(n)
	for i := range n.Clusters {
		flow := Sent(&n.Clusters[i])
		trace := model.Trace(flow)
		if trace.Disposition != egress.ExitsInternet {
			e.notPriced("traffic of cluster %s: the way of %s:%d is %s: %s", n.Clusters[i].Name, flow.Host, flow.Port,
				trace.Disposition, trace.Reason)
			continue
		}
		lines := along(n, trace.Hops)
		sum := 0.0
		for _, l := range lines {
			sum += l.Count * l.PerGBUSD
		}
		if sum = round(sum, 4); sum > e.PerGBUSD {
			e.PerGBUSD, e.PerGB = sum, lines
		}
	}
}

// along is what is paid for each GB on a way to the internet: once for each resource, however many hops it has.
func along(n *egress.Network, hops []egress.Hop) []Line {
	lines := []Line{}
	paid := map[string]bool{}
	for _, hop := range hops {
		key := strings.ToLower(hop.At + " " + hop.Resource)
		if paid[key] {
			continue
		}
		paid[key] = true
		switch hop.At {
		case "peering":
			lines = append(lines, peering.line(hop.Resource, 2)) // out of one VNet, and into the other
		case "NAT gateway":
			lines = append(lines, natGateway.line(hop.Resource, 1))
		case "load balancer":
			lines = append(lines, firstRules.line(hop.Resource, 1))
		case "firewall":
			if p, ok := firewallTiers[strings.ToLower(tierOf(n, hop.Resource))]; ok {
				lines = append(lines, p.line(hop.Resource, 1))
			}
		}
	}
	lines = append(lines, internet.line("", 1))
	for i := range lines { // the hours are in Lines of the estimate
		lines[i].HourlyUSD, lines[i].MonthlyUSD = 0, 0
	}
	return lines
}

func tierOf(n *egress.Network, firewall string) string {
	for i := range n.Firewalls {
		if strings.EqualFold(n.Firewalls[i].ID, firewall) {
			return n.Firewalls[i].Tier
		}
	}
	return ""
}
