package egress

import (
	"fmt"
	"net/netip"
)

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
