package egress

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// translatesSource says whether a firewall gives the flow an address of its own: always by application and DNAT
// rules; by network rules unless the destination lies in the private ranges of the policy (azure-facts 5.3).
func (w *walk) translatesSource(fw *firewallNode, v *verdict) (snat bool, reason string) {
	if v.kind != kindNetwork {
		return true, ""
	}
	if fw.snat.invalid != "" {
		return false, fw.snat.invalid
	}
	if w.flow.Addr.IsValid() {
		return !containsAddr(fw.snat.prefixes, w.flow.Addr), ""
	}
	for _, p := range fw.snat.prefixes {
		if p.Bits() == 0 {
			return false, ""
		}
		if !isPrivate(p) && !p.IsSingleIP() {
			return false, fmt.Sprintf("SNAT private range %s may hold %s: give the flow an address", p, w.flow.Host)
		}
	}
	return true, ""
}

// privateRanges reads the policy's snat.privateRanges: addresses, prefixes, or IANAPrivateRanges. 255.255.255.255/32
// means "always translate" and holds nothing that a flow goes to, so it needs no case of its own.
func privateRanges(words []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, word := range words {
		if strings.EqualFold(word, "IANAPrivateRanges") {
			out = append(out, reservedPrefixes...)
			continue
		}
		p, err := ParsePrefix(word)
		if err != nil {
			return nil, fmt.Errorf("SNAT private range: %w", err)
		}
		out = append(out, p)
	}
	return out, nil
}

// translate changes the destination as a NAT rule says.
func translate(f Flow, rule *NATRule) (Flow, string) {
	addr, err := netip.ParseAddr(rule.TranslatedAddress)
	if err != nil {
		return f, fmt.Sprintf("translated address %q is not an address (a translated FQDN is not modelled)",
			rule.TranslatedAddress+rule.TranslatedFQDN)
	}
	f.Addr, f.Host, f.ServiceTags = addr, "", nil
	if rule.TranslatedPort != "" {
		port, err := strconv.ParseUint(rule.TranslatedPort, 10, 16)
		if err != nil || port == 0 {
			return f, fmt.Sprintf("translated port %q is not a port", rule.TranslatedPort)
		}
		f.Port = uint16(port)
	}
	return f, ""
}
