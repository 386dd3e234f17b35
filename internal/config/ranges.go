package config

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
)

var errNoCIDR = errors.New("is not an IPv4 range such as 10.1.0.0/16")

// parsePrefix reads an IPv4 CIDR without host bits. The error is a rule; the Prefix is then zero.
func parsePrefix(text string) (netip.Prefix, error) {
	prefix, err := netip.ParsePrefix(text)
	if err != nil || !prefix.Addr().Is4() {
		return netip.Prefix{}, errNoCIDR
	}
	if prefix != prefix.Masked() {
		return netip.Prefix{}, fmt.Errorf("has bits set after the prefix: write %s", prefix.Masked())
	}
	return prefix, nil
}

// privateRanges are RFC 1918 and RFC 6598: what a VNet may use here.
var privateRanges = prefixList("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")

// specialRanges are never a public address: RFC 6890's list as far as a mistyped range may hit it, and multicast.
var specialRanges = append(prefixList("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"), privateRanges...)

// reservedRanges belong to AKS: any overlap with them is refused (azure-facts 11.2).
var reservedRanges = prefixList("169.254.0.0/16", "172.30.0.0/16", "172.31.0.0/16", "192.0.2.0/24")

func prefixList(texts ...string) []netip.Prefix {
	list := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		list[i] = netip.MustParsePrefix(text)
	}
	return list
}

// covers reports whether inner lies inside outer.
func covers(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

func isPrivate(prefix netip.Prefix) bool {
	return slices.ContainsFunc(privateRanges, func(outer netip.Prefix) bool { return covers(outer, prefix) })
}

func isPublic(prefix netip.Prefix) bool {
	return !slices.ContainsFunc(specialRanges, prefix.Overlaps)
}

// size is the number of addresses of an IPv4 range.
func size(prefix netip.Prefix) int { return 1 << (32 - prefix.Bits()) }

// lastAddress is the highest address of an IPv4 range.
func lastAddress(prefix netip.Prefix) netip.Addr {
	bytes := prefix.Addr().As4()
	for i := range 32 - prefix.Bits() {
		bytes[3-i/8] |= 1 << (i % 8)
	}
	return netip.AddrFrom4(bytes)
}

// bitsFor is the longest prefix length that holds that many addresses.
func bitsFor(addresses int) int {
	bits := 32
	for bits > 0 && 1<<(32-bits) < addresses {
		bits--
	}
	return bits
}
