package endpoints

import (
	"cmp"
	"strings"
)

// MatchHost reports whether an application rule's pattern matches a host name. A leading "*." stands for one or more
// labels, so that *.example.com matches a.b.example.com but not example.com (azure-facts 5.4). Case does not matter.
func MatchHost(pattern, host string) bool {
	pattern, host = strings.ToLower(pattern), strings.ToLower(host)
	if suffix, wild := strings.CutPrefix(pattern, "*"); wild {
		return len(host) > len(suffix) && strings.HasSuffix(host, suffix)
	}
	return pattern == host
}

// String is the endpoint in the form of an `allow` entry where there is one, else in its nearest.
func (e Endpoint) String() string {
	scheme := strings.ToLower(string(e.Protocol)) + "://"
	switch {
	case e.FQDNTag != "":
		return scheme + e.FQDNTag
	case e.Prefix.IsValid() && e.Prefix.IsSingleIP():
		return scheme + e.Prefix.Addr().String() + port(e.Port)
	case e.Prefix.IsValid():
		return scheme + e.Prefix.String() + port(e.Port)
	case e.Protocol == HTTPS && e.Port == 443, e.Protocol == HTTP && e.Port == 80:
		return scheme + e.Host
	default:
		return scheme + e.Host + e.ServiceTag + port(e.Port)
	}
}

func compare(a, b Endpoint) int {
	return cmp.Or(
		cmp.Compare(a.Host, b.Host), cmp.Compare(a.ServiceTag, b.ServiceTag), cmp.Compare(a.FQDNTag, b.FQDNTag),
		a.Prefix.Compare(b.Prefix), cmp.Compare(a.Protocol, b.Protocol), cmp.Compare(a.Port, b.Port),
	)
}
