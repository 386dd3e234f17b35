// Package compare sets the outbound types side by side that one stack's settings can have. Every figure is read from
// the network that the settings deploy, by the model.
package compare

import (
	"aks-egress/egress/price"
	"aks-egress/internal/deploytime"
)

// Table is the outbound types side by side.
type Table struct {
	Stack   string   `json:"stack"`   // whose settings
	Columns []Column `json:"columns"` // in the order of migration.Types

	// Failed is what did not deploy for another reason than its configuration, in a sentence for each.
	Failed []string `json:"failed,omitempty"`
}

// Column is one outbound type.
type Column struct {
	OutboundType string   `json:"outboundType"`
	Current      bool     `json:"current"`            // it is the stack's own
	Dropped      []string `json:"dropped"`            // settings of the stack that mean nothing here
	Problems     []string `json:"problems,omitempty"` // why it cannot be; all below is empty then

	EgressIPs []string            `json:"egressIps"` // addresses and prefixes
	ManagedBy string              `json:"managedBy"` // who owns the addresses: "AKS" or "you"; empty: there are none
	SNAT      SNAT                `json:"snat"`
	Filtering string              `json:"filtering"` // "none", or what decides: "Azure Firewall Standard: default deny"
	Ingress   []IngressMode       `json:"ingress"`
	Zones     string              `json:"zones"` // of its way: "zone-redundant", "zone 1", "no zone"; empty: not known
	Cost      price.Estimate      `json:"cost"`
	Time      deploytime.Estimate `json:"deployTime"`
	Migration Migration           `json:"migration"`
}

// SNAT is how many source ports there are.
type SNAT struct {
	IPs          int    `json:"ips"`
	Ports        int    `json:"ports"`        // now, of all IPs
	PortsPerNode int    `json:"portsPerNode"` // 0: taken on demand
	MostIPs      int    `json:"mostIps"`      // that Azure allows
	MostPorts    int    `json:"mostPorts"`    // with as many IPs
	FirstLimit   string `json:"firstLimit"`   // that a growing need meets first, with its value
}

// IngressMode is whether clients on the internet get in.
type IngressMode struct {
	Mode   string `json:"mode"` // the value of the key ingress
	Works  bool   `json:"works"`
	Reason string `json:"reason,omitempty"` // why not
}

// Migration is what a change from the stack's own outbound type does.
type Migration struct {
	InPlace bool     `json:"inPlace"`
	Steps   []string `json:"steps"`   // of `lab migrate`; empty where nothing changes, it is not known, or not in place
	Effects []string `json:"effects"` // what it changes
	Reason  string   `json:"reason,omitempty"`
}
