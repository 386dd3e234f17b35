package egress

import (
	"net/netip"
)

// Protocol of a flow. HTTP and HTTPS are TCP flows whose host name a firewall can read.
type Protocol string

// The protocols that the model tells apart.
const (
	TCP   Protocol = "TCP"
	UDP   Protocol = "UDP"
	HTTP  Protocol = "HTTP"
	HTTPS Protocol = "HTTPS"
)

// FromInternet is Flow.From of a client on the internet, FromOperator that of whoever runs Pulumi and kubectl: the
// machine with the address Network.Operator.
const (
	FromInternet = "internet"
	FromOperator = "operator"
)

// Flow is one connection that a node or pod opens, a client on the internet, or the operator.
type Flow struct {
	// From is the ARM id of a managed cluster (one of its nodes) or of a subnet, FromInternet or FromOperator.
	From string `json:"from"`
	// Client is the address of a client FromInternet; invalid means some address that the network does not name. Of an
	// operator invalid means Network.Operator.
	Client netip.Addr `json:"client,omitzero"`

	Pod      bool       `json:"pod,omitempty"`  // the flow starts in a pod of the cluster From
	Host     string     `json:"host,omitempty"` // destination name; empty when only Addr is known
	Addr     netip.Addr `json:"addr,omitzero"`  // destination address; invalid means "some public address of Host"
	Port     uint16     `json:"port"`
	Protocol Protocol   `json:"protocol"`

	// ServiceTags are the service tags known to hold the destination, such as AzureCloud.westeurope, besides those that
	// Network.ServiceTags says.
	ServiceTags []string `json:"serviceTags,omitempty"`

	// Malicious: the destination (or the client) is on Microsoft's threat intelligence feed, which nobody publishes.
	Malicious bool `json:"malicious,omitempty"`
}

// Disposition is how a flow ends.
type Disposition string

// The closed set of dispositions.
const (
	ExitsInternet  Disposition = "exits-internet"  // leaves Azure from one of Trace.Sources
	DeliveredLocal Disposition = "delivered-local" // reaches a private address inside the network
	// DeliveredService reaches an Azure service over a service endpoint, or the API server of a cluster.
	DeliveredService Disposition = "delivered-service"

	DeniedOut    Disposition = "denied-out"  // a firewall refused it; Trace.Refusal is what the client sees
	DeniedIn     Disposition = "denied-in"   // refused at the destination's entrance, or nothing listens there
	Asymmetric   Disposition = "asymmetric"  // a stateful firewall sees one direction only; Trace.Return ends where
	NoReturn     Disposition = "no-return"   // arrives, but the answer has no way back; Trace.Return ends where
	NoRoute      Disposition = "no-route"    // the next hop does not exist or cannot be reached
	NullRouted   Disposition = "null-routed" // a route with next hop None drops it
	NoEgress     Disposition = "no-egress"   // routed to the internet, but nothing translates the source address
	Loop         Disposition = "loop"
	Insufficient Disposition = "insufficient" // the network lacks what is needed to tell; Trace.Reason says what
)

// Arrives says whether a disposition means that the flow reached its destination and its answer came back.
func (d Disposition) Arrives() bool {
	return d == ExitsInternet || d == DeliveredLocal || d == DeliveredService
}

// Refusal is what the client of a denied flow sees.
type Refusal string

// What Azure Firewall does to a denied client (azure-facts 5.5), and what a name without address comes to.
const (
	RefusedHTTP470  Refusal = "http-470"  // an HTTP response with status 470 and FirewallDenyBody
	RefusedTLSReset Refusal = "tls-reset" // the connection closes during the TLS handshake
	RefusedDropped  Refusal = "dropped"   // silence until the client gives up

	RefusedUnresolved Refusal = "unresolved" // DNS has no address for the name
)

// FirewallDenyBody is the body of Azure Firewall's HTTP 470 response (azure-facts 5.5).
const FirewallDenyBody = "Action: Deny. Reason: No rule matched. Proceeding with default action."

// Hop is one decision on the way of a flow.
type Hop struct {
	At       string `json:"at"`       // what decides: "pod", "node subnet", "route", "firewall", "NAT gateway", …
	Resource string `json:"resource"` // ARM id, or empty
	Rule     string `json:"rule"`     // the route, rule or property that decided
	Action   string `json:"action"`   // what happened to the flow
}

// Trace is the way of one flow and its end.
type Trace struct {
	Disposition Disposition    `json:"disposition"`
	Sources     []netip.Prefix `json:"sourceIps"` // source addresses the far end may see, sorted; /32 for one address
	Hops        []Hop          `json:"hops"`
	Return      []Hop          `json:"returnHops,omitempty"` // the answer's way, as far as it comes
	Reason      string         `json:"reason"`               // one sentence
	Refusal     Refusal        `json:"refusal,omitempty"`

	// Arrived is where a flow that is delivered-local ended, after every translation of its destination: what listens
	// there answers. Not valid where that is a name, and for other dispositions.
	Arrived netip.AddrPort `json:"arrived,omitzero"`
}
