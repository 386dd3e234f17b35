package egress

import (
	"encoding/binary"
	"net/netip"
	"strings"
)

// ParseRange reads an address word of a rule: "*", an address, a prefix, or a range; false for anything else, such as
// a service tag. "*" is every IPv4 address.
func ParseRange(word string) (low, high netip.Addr, ok bool) {
	if word == "*" {
		return everywhere.Addr(), lastAddr(everywhere), true
	}
	if first, last, isRange := strings.Cut(word, "-"); isRange {
		low, errLow := netip.ParseAddr(strings.TrimSpace(first))
		high, errHigh := netip.ParseAddr(strings.TrimSpace(last))
		if errLow != nil || errHigh != nil || low.BitLen() != high.BitLen() || high.Less(low) {
			return low, high, false
		}
		return low, high, true
	}
	p, err := ParsePrefix(word)
	if err != nil {
		return low, high, false
	}
	return p.Masked().Addr(), lastAddr(p), true
}

// lastAddr is the highest address of a prefix; invalid for an invalid prefix.
func lastAddr(p netip.Prefix) netip.Addr {
	if !p.IsValid() {
		return netip.Addr{}
	}
	if addr := p.Addr(); addr.Is4() {
		raw := addr.As4()
		last := binary.BigEndian.Uint32(raw[:]) | uint32(1<<(32-p.Bits())-1)
		binary.BigEndian.PutUint32(raw[:], last)
		return netip.AddrFrom4(raw)
	}
	raw := p.Addr().As16()
	for bit := p.Bits(); bit < 128; bit++ {
		raw[bit/8] |= 0x80 >> (bit % 8)
	}
	return netip.AddrFrom16(raw)
}

func privateRange(low, high netip.Addr) bool {
	for _, list := range [][]netip.Prefix{reservedPrefixes, specialPrefixes} {
		for _, p := range list {
			if p.Contains(low) && p.Contains(high) {
				return true
			}
		}
	}
	return false
}
