package reporttest

import (
	"aks-egress/egress"
	"aks-egress/egress/price"
	"aks-egress/internal/compare"
	"aks-egress/internal/deploytime"
	"aks-egress/internal/report"
)

// cost is made up, in the form of real prices.
func cost(n *egress.Network) price.Estimate {
	e := price.Estimate{Dated: "2026-08-05", Region: "westeurope", NotPriced: []string{"nodes", "traffic between zones"}}
	add := func(item, id string, hourly, gb float64) {
		e.Lines = append(e.Lines, price.Line{
			Item: item, Resource: id, Count: 1, HourlyUSD: hourly, MonthlyUSD: 730 * hourly, PerGBUSD: gb,
			Source: "Retail Prices API, 2026-08-05",
		})
		e.MonthlyUSD += 730 * hourly
		e.PerGBUSD += gb
	}
	for _, f := range n.Firewalls {
		add("Azure Firewall Standard", f.ID, 1.25, 0.016)
	}
	for _, g := range n.NATGateways {
		add("NAT gateway", g.ID, 0.045, 0.045)
	}
	for _, ip := range n.PublicIPs {
		add("Public IP, Standard", ip.ID, 0.005, 0)
	}
	return e
}

// deployTime is made up, in the form of a real chain.
func deployTime(n *egress.Network) deploytime.Estimate {
	e := deploytime.Estimate{MinSeconds: 330, MaxSeconds: 1260}
	if len(n.Firewalls) > 0 {
		e.Chain = append(e.Chain, deploytime.Step{
			Type: "azure-native:network:AzureFirewall", Name: "hub-firewall", MinSeconds: 240, MaxSeconds: 720,
		})
	}
	e.Chain = append(e.Chain, deploytime.Step{
		Type: "azure-native:containerservice:ManagedCluster", Name: "aks-cluster", MinSeconds: 180, MaxSeconds: 600,
	}, deploytime.Step{Type: "kubernetes:apps/v1:Deployment", Name: "egress-probe", MinSeconds: 20, MaxSeconds: 60})
	return e
}

// comparison is made up.
func comparison(stacks []report.Stack) *compare.Table {
	t := &compare.Table{Stack: "udr"}
	for _, s := range stacks {
		c := compare.Column{
			OutboundType: s.OutboundType, Current: s.Name == "udr", EgressIPs: s.Egress.Expected,
			ManagedBy: s.Egress.Sources[0].ManagedBy, SNAT: s.SNAT, Filtering: "none", Zones: "zone-redundant",
			Cost: s.Cost, Time: s.DeployTime, Ingress: []compare.IngressMode{
				{Mode: "loadBalancer", Works: s.OutboundType != "userDefinedRouting", Reason: "its answer takes another way"},
				{Mode: "firewallDnat", Works: s.OutboundType == "userDefinedRouting", Reason: "there is no firewall"},
			},
			Migration: compare.Migration{
				InPlace: true, Steps: []string{"attach the route table", "az aks update --outbound-type " + s.OutboundType},
				Effects: []string{"the egress IP changes to " + s.Egress.Expected[0]},
			},
		}
		if c.Current {
			c.Filtering, c.Migration = "Azure Firewall Standard: default deny", compare.Migration{InPlace: true}
		}
		if s.Name == "lb" {
			c.Dropped = []string{"firewallPublicIpCount", "allow"}
		}
		t.Columns = append(t.Columns, c)
	}
	t.Columns = append(t.Columns, compare.Column{
		OutboundType: "block", Problems: []string{"block: the probe has nothing to ask, because nothing leaves"},
	})
	return t
}
