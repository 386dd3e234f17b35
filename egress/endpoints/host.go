package endpoints

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// maxApplicationPort is the highest port of an application rule's protocol (Microsoft.Network, applicationRules).
const maxApplicationPort = 64000

// FromURL is the endpoint that a request to u talks to. The scheme is http or https and the host a full DNS name, as
// an application rule needs it; a path and a query are not part of an endpoint and may be there.
func FromURL(u *url.URL, why string) (Endpoint, error) {
	protocol, ok := map[string]Endpoint{"http": http("", why), "https": https("", why)}[u.Scheme]
	if !ok {
		return Endpoint{}, fmt.Errorf("scheme is neither http nor https (got %q)", u.Scheme)
	}
	host := u.Hostname()
	if err := checkFQDN(host); err != nil {
		return Endpoint{}, err
	}
	protocol.Host = strings.ToLower(host)
	if u.Port() != "" {
		number, err := parsePort(u.Port(), maxApplicationPort)
		if err != nil {
			return Endpoint{}, err
		}
		protocol.Port = number
	}
	return protocol, nil
}

// checkFQDN accepts a DNS name of two or more labels (RFC 1123), without a trailing dot. An address is refused with
// the form to use instead.
func checkFQDN(host string) error {
	if addr, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		if addr.Is4() {
			return fmt.Errorf("an address where http and https are matched by host name: write tcp://%s:PORT", addr)
		}
		return errIPv6
	}
	if host == "" {
		return errors.New("the host is missing")
	}
	if len(host) > 253 {
		return errors.New("the host is longer than 253 characters")
	}
	labels := strings.Split(host, ".")
	for _, label := range labels {
		if err := checkLabel(label); err != nil {
			return err
		}
	}
	if len(labels) < 2 {
		return fmt.Errorf("host %s is not a full DNS name: write it with its domain, such as %s.example.com", host, host)
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return fmt.Errorf("host %s is neither a DNS name nor an IPv4 address", host)
	}
	return nil
}

func checkLabel(label string) error {
	switch {
	case label == "":
		return errors.New("the host has an empty label: remove the extra dot")
	case len(label) > 63:
		return fmt.Errorf("host label %s is longer than 63 characters", label)
	case strings.HasPrefix(label, "-"), strings.HasSuffix(label, "-"):
		return fmt.Errorf("host label %s starts or ends with a hyphen", label)
	case strings.Contains(label, "*"):
		return errors.New("a wildcard stands only as the whole leftmost label of http and https: write *.example.com")
	}
	for _, r := range label {
		if !isLetterOrDigit(r) && r != '-' {
			return fmt.Errorf("host label %s has %q: letters, digits and hyphens are allowed", label, r)
		}
	}
	return nil
}

func isLetterOrDigit(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
}

func parsePort(text string, highest uint64) (uint16, error) {
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil || number == 0 || number > highest {
		return 0, fmt.Errorf("port %s is outside 1-%d", text, highest)
	}
	return uint16(number), nil
}

func port(number uint16) string { return ":" + strconv.Itoa(int(number)) }
