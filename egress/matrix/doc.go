// Package matrix asks a network for every kind of destination at once: by which path, from which addresses, and whether
// the flow arrives; and for what a firewall denies, which entry of an `allow` list would let it through. It has no
// opinion of its own: the destinations come from package endpoints, the answers from the model.
package matrix
