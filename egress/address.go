package egress

import (
	"fmt"
	"net/netip"
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
