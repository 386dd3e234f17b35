// Package endpoints names the places on the network that an AKS cluster and its workloads talk to: what AKS itself
// requires, what an image registry needs, and the presets of the `allow` list. It is data with sources and dates; which
// firewall rule or trace follows from an endpoint is decided elsewhere.
package endpoints

import "net/netip"

// Protocol is how an endpoint is spoken to; it decides whether Azure Firewall can match the host name.
type Protocol string

// The protocols of an endpoint. HTTP and HTTPS are matched by host name (application rules); TCP and UDP by address,
// service tag or resolved host name (network rules).
const (
	HTTP  Protocol = "HTTP"
	HTTPS Protocol = "HTTPS"
	TCP   Protocol = "TCP"
	UDP   Protocol = "UDP"
)

// Endpoint is one destination. Exactly one of Host, Prefix, ServiceTag and FQDNTag is set.
type Endpoint struct {
	Host       string       // DNS name; "*." is allowed as the leftmost label for HTTP and HTTPS
	Prefix     netip.Prefix // an address is a /32
	ServiceTag string       // such as AzureCloud.westeurope; TCP and UDP only
	FQDNTag    string       // such as AzureKubernetesService; HTTP and HTTPS only, Port is 0
	Protocol   Protocol
	Port       uint16
	Why        string // one sentence for the firewall rule's description
}
