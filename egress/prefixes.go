package egress

import (
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"
)

// reservedPrefixes are the ranges that Azure sends nowhere unless something claims them (azure-facts 4); the firewall
// does not translate sources towards them (azure-facts 5.3).
var reservedPrefixes = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"),
}

// specialPrefixes never lie on the internet and are not routed by tables: this host, loopback, link-local (with the
// instance metadata service), multicast and above, and Azure's platform address.
var specialPrefixes = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("224.0.0.0/3"),
	netip.MustParsePrefix("168.63.129.16/32"),
}

var (
	everywhere = netip.MustParsePrefix("0.0.0.0/0")
	lastOfAll  = lastAddr(everywhere)
)

var reservedTable, specialTable = newPrefixTable(reservedPrefixes), newPrefixTable(specialPrefixes)

func newPrefixTable(prefixes []netip.Prefix) *bart.Lite {
	var table bart.Lite
	for _, p := range prefixes {
		table.Insert(p)
	}
	return &table
}

// isReserved says whether an address lies in reservedPrefixes; false for none.
func isReserved(addr netip.Addr) bool { return addr.IsValid() && reservedTable.Contains(addr) }

// isSpecial says whether an address lies in specialPrefixes; false for none.
func isSpecial(addr netip.Addr) bool { return addr.IsValid() && specialTable.Contains(addr) }

func containsAddr(prefixes []netip.Prefix, addr netip.Addr) bool {
	return slices.ContainsFunc(prefixes, func(p netip.Prefix) bool { return p.Contains(addr) })
}

// covers says whether outer holds every address of inner.
func covers(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

func anyCovers(outer []netip.Prefix, inner netip.Prefix) bool {
	return slices.ContainsFunc(outer, func(p netip.Prefix) bool { return covers(p, inner) })
}

// isPrivate is true for a prefix that holds no public address.
func isPrivate(p netip.Prefix) bool {
	return anyCovers(reservedPrefixes, p) || anyCovers(specialPrefixes, p)
}

// ipv4 keeps the prefixes of the version that flows have.
func ipv4(prefixes []netip.Prefix) []netip.Prefix {
	return slices.DeleteFunc(slices.Clone(prefixes), func(p netip.Prefix) bool { return !p.Addr().Is4() })
}

func comparePrefix(a, b netip.Prefix) int {
	if c := a.Addr().Compare(b.Addr()); c != 0 {
		return c
	}
	return a.Bits() - b.Bits()
}

// sortedSet sorts and removes duplicates; the argument is not changed.
func sortedSet(prefixes []netip.Prefix) []netip.Prefix {
	out := slices.Clone(prefixes)
	slices.SortFunc(out, comparePrefix)
	return slices.Compact(out)
}

// halves splits a prefix that is not a single address.
func halves(p netip.Prefix) (low, high netip.Prefix) {
	bits := p.Bits() + 1
	low = netip.PrefixFrom(p.Addr(), bits)
	raw := p.Addr().AsSlice()
	raw[p.Bits()/8] |= 0x80 >> (p.Bits() % 8)
	addr, _ := netip.AddrFromSlice(raw)
	return low, netip.PrefixFrom(addr, bits)
}

// fullyCovered says whether the union of parts holds every address of p.
func fullyCovered(p netip.Prefix, parts []netip.Prefix) bool {
	inside := make([]netip.Prefix, 0, len(parts))
	for _, part := range parts {
		switch {
		case covers(part, p):
			return true
		case covers(p, part):
			inside = append(inside, part)
		}
	}
	if len(inside) == 0 || p.IsSingleIP() {
		return false
	}
	low, high := halves(p)
	return fullyCovered(low, inside) && fullyCovered(high, inside)
}
