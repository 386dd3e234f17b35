package report

import (
	"aks-egress/egress"
	"aks-egress/egress/doctor"
	"aks-egress/egress/matrix"
	"aks-egress/egress/price"
	"aks-egress/internal/compare"
	"aks-egress/internal/deploytime"
)

// Report is what `lab report` says. It is the JSON contract: keys are only ever added.
type Report struct {
	Base       *Base          `json:"base,omitempty"` // what the stacks are compared with
	Stacks     []Stack        `json:"stacks"`
	Comparison *compare.Table `json:"comparison,omitempty"`
	Gates      []Gate         `json:"gates,omitempty"` // of --fail-on that are met
}

// Base is the revision that a report compares with.
type Base struct {
	Revision string   `json:"revision"`           // as it was given
	Commit   string   `json:"commit"`             // 40 hex digits; empty if it was not found
	Problems []string `json:"problems,omitempty"` // why nothing can be compared: not found, does not build
}

// Stack is one stack, as its settings deploy it.
type Stack struct {
	Name         string   `json:"name"`
	OutboundType string   `json:"outboundType"`
	Problems     []string `json:"problems,omitempty"` // why it does not deploy; what could not be told is empty then
	From         string   `json:"from"`               // "lab", or the file of a state

	Egress     Egress              `json:"egress"`
	Paths      []Path              `json:"paths"` // the probe's way out, and with ingress a client's way in
	Allowed    []matrix.Row        `json:"allowed"`
	SNAT       compare.SNAT        `json:"snat"`
	Findings   []doctor.Finding    `json:"findings"`
	Unknown    []string            `json:"unknownResources"`
	Cost       price.Estimate      `json:"cost"`
	DeployTime deploytime.Estimate `json:"deployTime"`

	Change *Change `json:"change,omitempty"` // against the base
}

// Egress is by which addresses traffic leaves.
type Egress struct {
	Expected []string `json:"expected"` // addresses and prefixes
	Observed []string `json:"observed"` // by the probe
	Verified bool     `json:"verified"`
	Sources  []Source `json:"sources"` // one for each of Expected
}

// Source is where an egress address comes from.
type Source struct {
	Address   string `json:"address"`
	Resource  string `json:"resource"`  // ARM id of the public IP or prefix; empty: not in the network
	Of        string `json:"of"`        // ARM id of the NAT gateway, firewall or load balancer that uses it; may be empty
	ManagedBy string `json:"managedBy"` // "AKS" or "you"
}

// Path is a flow's way.
type Path struct {
	Title   string       `json:"title"`   // "egress" or "ingress"
	Flow    egress.Flow  `json:"flow"`    // that was traced
	Trace   egress.Trace `json:"trace"`   // with the answer's way in Return
	Network *Places      `json:"network"` // where each hop's resource lies
}

// Places are the virtual networks and subnets of the resources of a path, to draw them inside: by ARM id of the
// resource, in lower case, the names from the outside in, such as ["VNet spoke 10.1.0.0/16", "subnet nodes
// 10.1.0.0/22"].
type Places map[string][]string
