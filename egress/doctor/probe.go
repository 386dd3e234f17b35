package doctor

import (
	"slices"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

// probe is a flow that a cluster must be able to open, and how it ends.
type probe struct {
	endpoint endpoints.Endpoint
	images   []string // that need the endpoint; empty: AKS requires it
	pod      bool     // from a pod with an address of a pod subnet, else from a node
	trace    egress.Trace
}

// probe asks the model for everything that AKS and the images of a cluster need. Clusters without egress by intent
// (azure-facts 9) need nothing; what a region's cloud or name leaves open is told by symptomChecks.
func (x *examination) probe(c *cluster) []probe {
	if c.is(noOutbound, blockOutbound) {
		return nil
	}
	var probes []probe
	if c.region != "" && endpoints.PublicCloud(c.region) {
		for _, e := range endpoints.Required(c.region) {
			if c.PrivateCluster && e.ForAPIServer() {
				continue // over its private endpoint (azure-facts 6.1, 6.2)
			}
			probes = append(probes, probe{endpoint: e})
			if len(c.PodSubnetIDs) > 0 {
				probes = append(probes, probe{endpoint: e, pod: true})
			}
		}
	}
	probes = append(probes, imageProbes(c)...)
	for i := range probes {
		probes[i].trace = x.follow(c, probes[i])
	}
	return probes
}

// follow asks how a probe ends. If only authorized IP ranges stop it, that is noted on the cluster, for a check of its
// own, and the probe counts as if they were not there.
func (x *examination) follow(c *cluster, p probe) egress.Trace {
	t := x.trace(c.flow(p))
	if t.Disposition.Arrives() || len(c.AuthorizedIPRanges) == 0 || !p.endpoint.ForAPIServer() {
		return t
	}
	open := x.open(c.flow(p))
	if !open.Disposition.Arrives() {
		return t
	}
	c.shutOut = true
	c.leaves = append(c.leaves, open.Sources...)
	return open
}

// imageProbes has one probe for each endpoint of the images, in the order in which they come first.
func imageProbes(c *cluster) []probe {
	var probes []probe
	for _, image := range c.Images {
		list, err := endpoints.Image(image)
		if err != nil {
			continue // symptomChecks tell
		}
		for _, e := range list {
			i := slices.IndexFunc(probes, func(p probe) bool {
				return p.endpoint.Host == e.Host && p.endpoint.Prefix == e.Prefix && p.endpoint.Port == e.Port
			})
			if i < 0 {
				probes = append(probes, probe{endpoint: e})
				i = len(probes) - 1
			}
			probes[i].images = append(probes[i].images, image)
		}
	}
	return probes
}

// flow is the connection to an endpoint. A pattern is asked for by one host that it stands for: the cluster's API
// server, the region of a data endpoint, or any name.
func (c *cluster) flow(p probe) egress.Flow {
	e := p.endpoint
	f := egress.Flow{From: c.ID, Pod: p.pod, Host: e.Host, Port: e.Port, Protocol: egress.Protocol(e.Protocol)}
	switch {
	case e.ServiceTag != "":
		f.Host, f.ServiceTags = c.apiServer(), []string{e.ServiceTag}
	case e.Prefix.IsValid():
		f.Addr = e.Prefix.Addr()
	case e.ForAPIServer():
		f.Host = c.apiServer()
	case strings.HasPrefix(e.Host, "*."):
		f.Host = c.someName() + e.Host[1:]
	}
	return f
}

func (c *cluster) apiServer() string {
	if c.APIServerFQDN != "" && !c.PrivateCluster {
		return c.APIServerFQDN
	}
	return "any.hcp." + c.region + ".azmk8s.io"
}

func (c *cluster) someName() string {
	if c.region == "" {
		return "any"
	}
	return c.region
}

// sender names where a probe starts.
func (c *cluster) sender(p probe) string {
	if p.pod {
		return "Pods of cluster " + c.Name
	}
	return "Nodes of cluster " + c.Name
}
