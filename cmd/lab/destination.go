package main

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

// parseDestination reads where a flow goes: host:port, address:port, or either with a scheme of http, https, tcp or udp
// (the first two have ports of their own). Without a scheme, a host on port 80 is HTTP and on 443 HTTPS, everything
// else TCP. Host, Addr, Port and Protocol of the flow are set.
func parseDestination(text string) (egress.Flow, error) {
	var f egress.Flow
	scheme, rest, hasScheme := strings.Cut(text, "://")
	if !hasScheme {
		scheme, rest = "", text
	}
	defaults := map[string]egress.Flow{
		"": {}, "http": {Protocol: egress.HTTP, Port: 80}, "https": {Protocol: egress.HTTPS, Port: 443},
		"tcp": {Protocol: egress.TCP}, "udp": {Protocol: egress.UDP},
	}
	f, known := defaults[strings.ToLower(scheme)]
	if !known {
		return f, fmt.Errorf("%q: the scheme is none of http, https, tcp and udp", text)
	}
	rest = strings.TrimSuffix(rest, "/")
	host, port, err := net.SplitHostPort(rest)
	switch {
	case err == nil:
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil || number == 0 {
			return f, fmt.Errorf("%q: port %s is outside 1-65535", text, port)
		}
		f.Port = uint16(number)
	case f.Port == 0:
		return f, fmt.Errorf("%q: the port is missing: write it after a colon, such as %s:443", text, strings.Trim(rest, ":"))
	default:
		host = rest
	}
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		if !addr.Is4() {
			return f, fmt.Errorf("%q: IPv6 is not modelled: write an IPv4 address or a host name", text)
		}
		f.Addr = addr
	} else if _, err := endpoints.FromURL(&url.URL{Scheme: "https", Host: host}, ""); err != nil {
		return f, fmt.Errorf("%q: %w", text, err)
	} else {
		f.Host = strings.ToLower(host)
	}
	if f.Protocol == "" {
		f.Protocol = protocolOf(f)
	}
	return f, nil
}

// protocolOf is what is spoken with a host on a well-known port; a bare address has no name that a firewall could read.
func protocolOf(f egress.Flow) egress.Protocol {
	switch {
	case f.Host != "" && f.Port == 443:
		return egress.HTTPS
	case f.Host != "" && f.Port == 80:
		return egress.HTTP
	}
	return egress.TCP
}
