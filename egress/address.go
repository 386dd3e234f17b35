package egress

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
)

// PrefixText is a prefix as ParsePrefix reads it: a single address bare, others in CIDR form.
func PrefixText(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// ParsePrefix parses an address, as a prefix of that one address, or a prefix in CIDR form.
func ParsePrefix(text string) (netip.Prefix, error) {
	if addr, err := netip.ParseAddr(text); err == nil {
		return netip.PrefixFrom(addr, addr.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is neither an address nor a prefix", text)
	}
	return prefix, nil
}

// CompareAddresses orders texts of addresses and prefixes as addresses, so that 203.0.113.35 comes before
// 203.0.113.182; whatever is neither comes last, in the order of texts. It is for slices.SortFunc.
func CompareAddresses(a, b string) int {
	first, firstErr := ParsePrefix(a)
	second, secondErr := ParsePrefix(b)
	switch {
	case firstErr == nil && secondErr == nil:
		return cmp.Or(comparePrefix(first, second), strings.Compare(a, b))
	case firstErr == nil:
		return -1
	case secondErr == nil:
		return 1
	}
	return strings.Compare(a, b)
}
