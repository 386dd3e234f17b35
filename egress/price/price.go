package price

import (
	"math"

	"aks-egress/egress"
)

// Estimate is what a network costs, by list prices, in USD.
type Estimate struct {
	Lines      []Line   `json:"lines"`      // never nil
	MonthlyUSD float64  `json:"monthlyUsd"` // of 730 hours, what Lines have in sum
	PerGBUSD   float64  `json:"perGbUsd"`   // what one GB costs that leaves the cluster for the internet, on top
	PerGB      []Line   `json:"perGb"`      // what PerGBUSD consists of, along the way; never nil
	NotPriced  []string `json:"notPriced"`  // what comes on top and has no price here, such as nodes; never nil
	Dated      string   `json:"dated"`      // of the price list's newest price, as 2026-08-05
	Region     string   `json:"region"`     // whose list it is
}

// Line is what one kind of resource costs.
type Line struct {
	Item       string  `json:"item"`     // such as "Azure Firewall Standard"
	Resource   string  `json:"resource"` // ARM id; empty where there is no single one
	Count      float64 `json:"count"`
	HourlyUSD  float64 `json:"hourlyUsd"` // of one
	MonthlyUSD float64 `json:"monthlyUsd"`
	PerGBUSD   float64 `json:"perGbUsd,omitempty"` // of one, for what passes it
	Source     string  `json:"source"`             // of the price, with its date
}

// HourlyUSD is the hourly price of all lines.
func (e *Estimate) HourlyUSD() float64 {
	sum := 0.0
	for _, l := range e.Lines {
		sum += l.Count * l.HourlyUSD
	}
	return round(sum, 4)
}

// Of prices a network. What has no price, or lacks what decides about it, is in NotPriced and not in the sum.
func Of(n *egress.Network) Estimate {
	e := Estimate{Lines: []Line{}, PerGB: []Line{}, NotPriced: []string{}, Dated: dated(), Region: Region}
	e.addresses(n)
	for i := range n.NATGateways {
		e.add(natGateway, n.NATGateways[i].ID, 1)
	}
	for i := range n.LoadBalancers {
		e.loadBalancer(&n.LoadBalancers[i])
	}
	for i := range n.Firewalls {
		e.firewall(&n.Firewalls[i])
	}
	for i := range n.ApplicationGateways {
		e.applicationGateway(&n.ApplicationGateways[i])
	}
	for i := range n.TrafficControllers {
		e.trafficController(&n.TrafficControllers[i])
	}
	for i := range n.Clusters {
		e.cluster(&n.Clusters[i])
	}
	e.traffic(n)
	for _, l := range e.Lines {
		e.MonthlyUSD += l.MonthlyUSD
	}
	e.MonthlyUSD = round(e.MonthlyUSD, 2)
	return e
}

// add appends a line of the sum. What costs nothing has none.
func (e *Estimate) add(p Price, resource string, count int) {
	if count > 0 && p.HourlyUSD > 0 {
		e.Lines = append(e.Lines, p.line(resource, count))
	}
}

func (p Price) line(resource string, count int) Line {
	return Line{
		Item: p.Item, Resource: resource, Count: float64(count), HourlyUSD: p.HourlyUSD, PerGBUSD: p.PerGBUSD,
		MonthlyUSD: round(float64(count)*p.HourlyUSD*HoursPerMonth, 2), Source: p.source(),
	}
}

// round takes away what is left of adding binary fractions.
func round(usd float64, digits int) float64 {
	scale := math.Pow10(digits)
	return math.Round(usd*scale) / scale
}
