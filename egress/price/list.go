package price

// Region is the region whose list prices these are. Others differ, by some percent.
const Region = "eastus-like"

// HoursPerMonth is what Azure's own calculator takes for a month.
const HoursPerMonth = 730

// Price is one entry of the list.
type Price struct {
	Item      string  `json:"item"`
	HourlyUSD float64 `json:"hourlyUsd"`
	PerGBUSD  float64 `json:"perGbUsd"`
	Of        string  `json:"of"`     // what the hourly price is for, such as "each address"
	Source    string  `json:"source"` // as docs/reference/azure-facts.md names it
	Date      string  `json:"date"`   // of the source, as 2026-08-21 or the beginning of that; empty: undated
}

// The sources of azure-facts 12.2 and their dates.
const (
	infracost     = "infracost"
	infracostDate = "2024-08"
	gatewayDoc    = "AppGW pricing doc"
	gatewayDate   = "2022"
	containersDoc = "AGC pricing doc"
	containerDate = "2025-07"
	publicLog     = "public log"
)

// The prices of azure-facts 12.2 that networks are priced by. Where that has two, it is the higher one.
var (
	publicIP    = Price{"Public IP, Standard, static", 0.005, 0, "each", infracost, infracostDate}
	ipPrefix    = Price{"Public IP prefix", 0.006, 0, "each of its addresses", infracost, infracostDate}
	natGateway  = Price{"NAT gateway", 0.045, 0.045, "each", infracost, infracostDate}
	firstRules  = Price{"Load balancer, first 5 rules", 0.025, 0.005, "all together", "c3x.dev", "2026"}
	furtherRule = Price{"Load balancer, further rules", 0.010, 0, "each", "c3x.dev", "2026"}

	firewallBasic    = Price{"Azure Firewall Basic", 0.395, 0.065, "each", publicLog, ""}
	firewallStandard = Price{"Azure Firewall Standard", 1.25, 0.016, "each", infracost, infracostDate}
	firewallPremium  = Price{"Azure Firewall Premium", 1.75, 0.016, "each", infracost, infracostDate}

	gatewayStandard     = Price{"Application Gateway Standard_v2", 0.246, 0, "each", gatewayDoc, gatewayDate}
	gatewayStandardUnit = Price{"Capacity units, Standard_v2", 0.008, 0, "each", gatewayDoc, gatewayDate}
	gatewayWAF          = Price{"Application Gateway WAF_v2", 0.443, 0, "each", gatewayDoc, gatewayDate}
	gatewayWAFUnit      = Price{"Capacity units, WAF_v2", 0.0144, 0, "each", gatewayDoc, gatewayDate}

	containers            = Price{"Application Gateway for Containers", 0.017, 0, "each", containersDoc, containerDate}
	containersFrontend    = Price{"AGC frontends", 0.010, 0, "each", containersDoc, containerDate}
	containersAssociation = Price{"AGC associations", 0.120, 0, "each", containersDoc, containerDate}
	containersUnit        = Price{"AGC capacity units", 0.008, 0, "each", containersDoc, containerDate}

	tierFree     = Price{"AKS tier Free", 0, 0, "each cluster", "AKS docs", "2026-08-21"}
	tierStandard = Price{"AKS tier Standard", 0.10, 0, "each cluster", "AKS docs", "2026-08-21"}
	tierPremium  = Price{"AKS tier Premium", 0.60, 0, "each cluster", "AKS docs", "2026-08-21"}

	privateEndpoint = Price{"Private endpoint", 0.010, 0.010, "each", infracost, infracostDate}
	peering         = Price{"VNet peering", 0, 0.010, "each of its two sides", infracost, infracostDate}
	internet        = Price{"Traffic to the internet", 0, 0.087, "behind the first 100 GB a month", "unverified", ""}
)

// List is the price list, in the order of azure-facts 12.2; a copy.
func List() []Price {
	return []Price{
		publicIP, ipPrefix, natGateway, firstRules, furtherRule,
		firewallBasic, firewallStandard, firewallPremium,
		gatewayStandard, gatewayStandardUnit, gatewayWAF, gatewayWAFUnit,
		containers, containersFrontend, containersAssociation, containersUnit,
		tierFree, tierStandard, tierPremium, peering, privateEndpoint, internet,
	}
}

// dated is the date of the newest price.
func dated() string {
	newest := ""
	for _, p := range List() {
		newest = max(newest, p.Date)
	}
	return newest
}

// source is where a price is from, with its date.
func (p Price) source() string {
	date := p.Date
	if date == "" {
		date = "undated"
	}
	return "azure-facts 12.2: " + p.Source + ", " + date
}
