// Package deploytime estimates how long a deployment takes on Azure: the longest chain of resources that wait for each
// other, with the durations that azure-facts 12.1 observed.
package deploytime

import "io"

// Estimate is how long a deployment typically takes.
type Estimate struct {
	MinSeconds int    `json:"minSeconds"`
	MaxSeconds int    `json:"maxSeconds"`
	Chain      []Step `json:"chain"` // the chain that decides about the longest time, in order
}

// Step is one resource of a chain.
type Step struct {
	Type       string `json:"type"` // token without API version, such as azure-native:network:AzureFirewall
	Name       string `json:"name"` // Pulumi's
	MinSeconds int    `json:"minSeconds"`
	MaxSeconds int    `json:"maxSeconds"`
}

// FromExport reads what `pulumi stack export` writes.
func FromExport(r io.Reader) (Estimate, error) { return Estimate{}, nil }
