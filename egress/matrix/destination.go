package matrix

import (
	"net/netip"
	"slices"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

// The classes of destinations that are a stack's own.
const (
	ClassRegistry = "Image registry"
	ClassTarget   = "Target of the probe"
	ClassOwn      = "The stack's own"
)

// Own is what a stack says of its destinations: they are asked for too, and its names stand in for the examples.
type Own struct {
	Allowed []endpoints.Endpoint // what its `allow` list names
	Ruled   []endpoints.Endpoint // what rules of firewalls name: asked for, and shown where they do let it through
	Images  []string
	Targets []endpoints.Endpoint // what a probe asks
}

// Add joins what another stack says.
func (o *Own) Add(other Own) {
	o.Allowed = append(o.Allowed, other.Allowed...)
	o.Ruled = append(o.Ruled, other.Ruled...)
	o.Images = append(o.Images, other.Images...)
	o.Targets = append(o.Targets, other.Targets...)
}

// OwnOf is what a network tells by itself: the images of its clusters and the host names in rules of its firewalls.
func OwnOf(n *egress.Network) Own {
	var own Own
	for i := range n.Clusters {
		own.Images = append(own.Images, n.Clusters[i].Images...)
	}
	for i := range n.FirewallPolicies {
		for _, group := range n.FirewallPolicies[i].RuleCollectionGroups {
			own.Ruled = append(own.Ruled, ruled(group.Collections)...)
		}
	}
	for i := range n.Firewalls {
		own.Ruled = append(own.Ruled, ruled(n.Firewalls[i].Collections)...)
	}
	return own
}

// Destination is one place to ask for.
type Destination struct {
	Class    string
	Endpoint endpoints.Endpoint // concrete, but for the API server
	Entry    string             // of an `allow` list, which should open it
	ruled    bool               // known from a rule only
}

// Destinations are the destinations of all classes in a region, and the stack's own, by class. A destination of
// several classes is there for each.
func Destinations(region string, own Own) []Destination {
	var list []Destination
	allowed := slices.Concat(own.Allowed, own.Ruled, images(own.Images))
	for _, class := range endpoints.Classes() {
		names := class.Names(allowed, region)
		if len(names) == 0 {
			names = []string{class.Example}
		}
		for _, name := range names {
			for _, e := range class.Destinations(name, region) {
				list = add(list, Destination{Class: class.Name, Endpoint: e, Entry: class.Entry(name)})
			}
		}
	}
	for _, e := range own.Targets {
		if askable(e) {
			list = add(list, Destination{Class: ClassTarget, Endpoint: e})
		}
	}
	for _, part := range []struct {
		class string
		list  []endpoints.Endpoint
		ruled bool
	}{
		{ClassRegistry, images(own.Images), false},
		{ClassOwn, own.Allowed, false},
		{ClassOwn, own.Ruled, true},
	} {
		for _, e := range part.list {
			if e = e.Concrete(); askable(e) && !has(list, e) {
				list = append(list, Destination{Class: part.class, Endpoint: e, ruled: part.ruled})
			}
		}
	}
	return list
}

// Merge joins the destinations of several stacks, class by class; each once.
func Merge(lists ...[]Destination) []Destination {
	order := map[string]int{}
	for i, class := range endpoints.Classes() {
		order[class.Name] = i
	}
	for i, class := range []string{ClassTarget, ClassRegistry, ClassOwn} {
		order[class] = len(endpoints.Classes()) + i
	}
	var merged []Destination
	for _, list := range lists {
		for _, d := range list {
			merged = add(merged, d)
		}
	}
	slices.SortStableFunc(merged, func(a, b Destination) int { return order[a.Class] - order[b.Class] })
	return merged
}

// add appends a destination that its class has not yet.
func add(list []Destination, d Destination) []Destination {
	if slices.ContainsFunc(list, func(other Destination) bool {
		return other.Class == d.Class && same(other.Endpoint, d.Endpoint)
	}) {
		return list
	}
	return append(list, d)
}

func has(list []Destination, e endpoints.Endpoint) bool {
	return slices.ContainsFunc(list, func(d Destination) bool { return same(d.Endpoint, e) })
}

// same compares what an endpoint is, not why it is there.
func same(a, b endpoints.Endpoint) bool {
	a.Why, b.Why = "", ""
	return a == b
}

// askable says whether a flow can go to an endpoint: tags are no destinations of their own.
func askable(e endpoints.Endpoint) bool { return e.Host != "" || e.Prefix.IsValid() }

// images are the endpoints of image references; one that is none is the doctor's business.
func images(refs []string) []endpoints.Endpoint {
	var list []endpoints.Endpoint
	for _, ref := range refs {
		found, _ := endpoints.Image(ref)
		list = append(list, found...)
	}
	return list
}

// flow is the connection to a destination. The API server is that of the cluster in which the flow starts.
func (d Destination) flow(from string, pod bool, cluster *egress.Cluster, region string) egress.Flow {
	e := d.Endpoint
	f := egress.Flow{
		From: from, Pod: pod, Host: e.Host, Port: e.Port, Protocol: egress.Protocol(e.Protocol),
		ServiceTags: endpoints.ServiceTags(e.Host, region),
	}
	switch {
	case e.Prefix.IsValid():
		f.Addr = inside(e.Prefix)
	case e.ForAPIServer() && cluster != nil && cluster.APIServerFQDN != "":
		f.Host = cluster.APIServerFQDN
	}
	return f
}

// inside is an address of a prefix that a host may have.
func inside(p netip.Prefix) netip.Addr {
	if p.Bits() < 31 {
		return p.Masked().Addr().Next()
	}
	return p.Addr()
}
