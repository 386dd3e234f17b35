package endpoints

import "strings"

// apiServerSuffix ends the names of AKS's API servers.
const apiServerSuffix = ".azmk8s.io"

// ForAPIServer says whether an endpoint of Required is the way to a cluster's own API server.
func (e Endpoint) ForAPIServer() bool {
	return e.ServiceTag != "" || strings.HasSuffix(e.Host, apiServerSuffix)
}

// Concrete is an endpoint that can be asked for: of a pattern, a name below it. That of the API servers stays a
// pattern, because only a cluster knows its own.
func (e Endpoint) Concrete() Endpoint {
	if below, wild := strings.CutPrefix(e.Host, "*."); wild && !e.ForAPIServer() {
		e.Host = "example." + below
	}
	return e
}
