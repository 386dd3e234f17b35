package price

import "aks-egress/egress"

// Estimate is what a network costs, by list prices, in USD.
type Estimate struct {
	Lines      []Line   `json:"lines"`
	MonthlyUSD float64  `json:"monthlyUsd"` // of 730 hours, what Lines have in sum
	PerGBUSD   float64  `json:"perGbUsd"`   // what one GB costs that leaves the cluster for the internet, on top
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
	PerGBUSD   float64 `json:"perGbUsd,omitempty"`
	Source     string  `json:"source"` // of the price, with its date, as docs/reference/azure-facts.md names it
}

// Of prices a network.
func Of(n *egress.Network) Estimate { return Estimate{} }
