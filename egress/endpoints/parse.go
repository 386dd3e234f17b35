package endpoints

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

var errIPv6 = errors.New("IPv6 leaves through none of these paths, which are IPv4 only: " +
	"write an IPv4 address or a host name")

// Parse reads one entry of the `allow` list: a preset (see Presets), https://host[:port], http://host[:port],
// tcp://host-or-address-or-cidr:port or the same with udp. Region is Azure's short name, for hosts that carry it.
// The error names the entry, the rule and the way out.
//
// A tcp or udp entry with a host name becomes a network rule by FQDN, which the firewall resolves itself: it needs DNS
// proxy, so not the Basic tier (azure-facts 5.2, 5.4).
func Parse(entry, region string) ([]Endpoint, error) {
	list, err := parse(entry, region)
	if err != nil {
		return nil, fmt.Errorf("allow %q: %w", entry, err)
	}
	return list, nil
}

func parse(entry, region string) ([]Endpoint, error) {
	scheme, rest, ok := strings.Cut(entry, "://")
	if !ok {
		return parsePreset(entry, region)
	}
	why := "Allowed by the configuration: " + entry + "."
	var endpoint Endpoint
	var err error
	switch scheme {
	case "http":
		endpoint, err = parseApplication(http("", why), rest)
	case "https":
		endpoint, err = parseApplication(https("", why), rest)
	case "tcp":
		endpoint, err = parseNetwork(Endpoint{Protocol: TCP, Why: why}, rest)
	case "udp":
		endpoint, err = parseNetwork(Endpoint{Protocol: UDP, Why: why}, rest)
	default:
		err = fmt.Errorf("scheme is none of https, http, tcp and udp (got %q)", scheme)
	}
	if err != nil {
		return nil, err
	}
	return []Endpoint{endpoint}, nil
}

// parseApplication reads host[:port] into an endpoint that has its protocol's default port.
func parseApplication(endpoint Endpoint, rest string) (Endpoint, error) {
	if i := strings.IndexAny(rest, "/?#@"); i >= 0 {
		return endpoint, fmt.Errorf("a rule sees host and port only: remove %q", rest[i:])
	}
	host, text, hasPort, err := splitPort(rest)
	if err != nil {
		return endpoint, err
	}
	if hasPort {
		if endpoint.Port, err = parsePort(text, maxApplicationPort); err != nil {
			return endpoint, err
		}
	}
	if host == "*" {
		return endpoint, errors.New("this would allow every host: name the domain, such as *.example.com")
	}
	// "*.com" stays possible: private top-level domains are written like that.
	name, wild := strings.CutPrefix(host, "*.")
	if wild && !strings.Contains(name, ".") {
		name = "any." + name
	}
	if err := checkFQDN(name); err != nil {
		return endpoint, err
	}
	endpoint.Host = strings.ToLower(host)
	return endpoint, nil
}

// parseNetwork reads host-or-address-or-cidr:port.
func parseNetwork(endpoint Endpoint, rest string) (Endpoint, error) {
	host, text, hasPort, err := splitPort(rest)
	switch {
	case err != nil:
		return endpoint, err
	case !hasPort:
		return endpoint, errors.New("the port is missing: write it after a colon, such as :443")
	}
	if endpoint.Port, err = parsePort(text, 65535); err != nil {
		return endpoint, err
	}
	if strings.Contains(host, "/") {
		endpoint.Prefix, err = parsePrefix(host)
		if err == nil && endpoint.hidesHostRules() {
			err = errors.New("this network rule would decide before, and so end, every rule by host name: narrow it")
		}
		return endpoint, err
	}
	if addr, err := netip.ParseAddr(host); err == nil {
		endpoint.Prefix = netip.PrefixFrom(addr, 32)
		return endpoint, nil
	}
	if strings.Contains(host, "*") {
		return endpoint, errors.New("network rules know no wildcards: write the whole name, or https://*.example.com")
	}
	endpoint.Host = strings.ToLower(host)
	return endpoint, checkFQDN(host)
}

// hidesHostRules reports a rule that covers the whole internet on a port of the application rules (azure-facts 5.4).
func (e Endpoint) hidesHostRules() bool {
	return e.Prefix.Bits() == 0 && e.Protocol == TCP && (e.Port == 80 || e.Port == 443)
}

func parsePrefix(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	switch {
	case err != nil:
		return prefix, fmt.Errorf("%q is not a CIDR: write it as 203.0.113.0/24, with the port after it", text)
	case !prefix.Addr().Is4():
		return prefix, errIPv6
	case prefix != prefix.Masked():
		return prefix, fmt.Errorf("%s has bits set after the prefix: write %s", prefix, prefix.Masked())
	}
	return prefix, nil
}

// splitPort cuts at the last colon. Two colons, or brackets, can only mean IPv6.
func splitPort(rest string) (host, port string, hasPort bool, err error) {
	if strings.Count(rest, ":") > 1 || strings.ContainsAny(rest, "[]") {
		return "", "", false, errIPv6
	}
	host, port, hasPort = strings.Cut(rest, ":")
	return host, port, hasPort, nil
}
