package egress

import (
	"strings"

	"aks-egress/egress/endpoints"
)

// hostSet matches host names against many patterns (azure-facts 5.4: "*" stands at the left, and *.example.com does
// not hold example.com).
type hostSet struct {
	exact    map[string]bool
	suffixes map[string]bool // of patterns such as *.example.com: ".example.com"
	ends     []string        // of patterns such as *example.com and *
}

func newHostSet(patterns []string) *hostSet {
	s := &hostSet{exact: map[string]bool{}, suffixes: map[string]bool{}}
	for _, pattern := range patterns {
		pattern = hostKey(pattern)
		suffix, wild := strings.CutPrefix(pattern, "*")
		switch {
		case !wild:
			s.exact[pattern] = true
		case strings.HasPrefix(suffix, "."):
			s.suffixes[suffix] = true
		default:
			s.ends = append(s.ends, suffix)
		}
	}
	return s
}

// has takes a host as hostKey gives it.
func (s *hostSet) has(host string) bool {
	if s.exact[host] {
		return true
	}
	if len(s.suffixes) > 0 {
		for i := 1; i < len(host); i++ {
			if host[i] == '.' && s.suffixes[host[i:]] {
				return true
			}
		}
	}
	for _, end := range s.ends {
		if len(host) > len(end) && strings.HasSuffix(host, end) {
			return true
		}
	}
	return false
}

// hostKey is a host name or pattern in lower case and without the root's dot.
func hostKey(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

// fqdnTag is an FQDN tag, whose hosts depend on the region.
type fqdnTag struct {
	name  string
	hosts map[string]*hostSet // by region of the network; empty: not known
}

// fqdnTag expands an FQDN tag for every region of the network, once.
func (m *Model) fqdnTag(name string) *fqdnTag {
	if known := m.fqdnTags[name]; known != nil {
		return known
	}
	tag := &fqdnTag{name, map[string]*hostSet{}}
	m.fqdnTags[name] = tag
	for i := range m.n.VNets {
		tag.expand(RegionName(m.n.VNets[i].Location))
	}
	for i := range m.n.Clusters {
		tag.expand(RegionName(m.n.Clusters[i].Location))
	}
	return tag
}

func (t *fqdnTag) expand(region string) {
	if t.hosts[region] != nil || region == "" {
		return
	}
	list, ok := endpoints.FQDNTag(t.name, region)
	if !ok {
		return
	}
	var hosts []string
	for _, e := range list {
		if e.Host != "" {
			hosts = append(hosts, e.Host)
		}
	}
	t.hosts[region] = newHostSet(hosts)
}
