package doctor

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"aks-egress/egress"
)

// portRange reads a port of a rule: "*", "443" or "1000-2000".
func portRange(word string) (low, high uint16, ok bool) {
	if word == "*" {
		return 0, 65535, true
	}
	first, final, isRange := strings.Cut(word, "-")
	if !isRange {
		final = first
	}
	a, errA := strconv.ParseUint(strings.TrimSpace(first), 10, 16)
	b, errB := strconv.ParseUint(strings.TrimSpace(final), 10, 16)
	return uint16(a), uint16(b), errA == nil && errB == nil && a <= b
}

// sourcesMeet says whether two rules may apply to one sender. A word that is no address may be any, and so may a rule
// without addresses: it has IP groups.
func sourcesMeet(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	return slices.ContainsFunc(a, func(one string) bool {
		return slices.ContainsFunc(b, func(other string) bool { return wordsMeet(one, other) })
	})
}

func wordsMeet(a, b string) bool {
	lowA, highA, okA := addressRange(a)
	lowB, highB, okB := addressRange(b)
	return !okA || !okB || lowA.Compare(highB) <= 0 && lowB.Compare(highA) <= 0
}

// addressRange reads an address, a prefix or a range of IPv4; false for anything else, "*" included.
func addressRange(word string) (low, high netip.Addr, ok bool) {
	if first, final, isRange := strings.Cut(word, "-"); isRange {
		low, errLow := netip.ParseAddr(strings.TrimSpace(first))
		high, errHigh := netip.ParseAddr(strings.TrimSpace(final))
		return low, high, errLow == nil && errHigh == nil && low.Is4() && high.Is4()
	}
	p, err := egress.ParsePrefix(word)
	if err != nil || !p.Addr().Is4() {
		return low, high, false
	}
	raw := p.Masked().Addr().As4()
	for bit := p.Bits(); bit < 32; bit++ {
		raw[bit/8] |= 0x80 >> (bit % 8)
	}
	return p.Masked().Addr(), netip.AddrFrom4(raw), true
}
