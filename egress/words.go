package egress

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// answer is whether a rule matches.
type answer int

const (
	no answer = iota
	yes
	unknown
)

// match is an answer with its reason, which unknown needs.
type match struct {
	answer answer
	why    string
}

// both is the match of two conditions that must hold together.
func both(a, b match) match {
	switch {
	case a.answer == no || b.answer == no:
		return match{answer: no}
	case a.answer == unknown:
		return a
	case b.answer == unknown:
		return b
	case a.why == "":
		return b
	}
	return a
}

// either is the match of two alternatives.
func either(a, b match) match {
	switch {
	case a.answer == yes:
		return a
	case b.answer == yes:
		return b
	case a.answer == unknown:
		return a
	}
	return b
}

// addressRange is one address word of a rule.
type addressRange struct {
	word      string
	low, high netip.Addr
}

// addressWords are the address words of a rule, parsed.
type addressWords struct {
	any    bool // one of the words is every IPv4 address
	ranges []addressRange
	others []string // service tags, and what is no address
}

func newAddressWords(words []string) addressWords {
	var out addressWords
	for _, word := range words {
		low, high, ok := ParseRange(word)
		switch {
		case !ok:
			out.others = append(out.others, word)
		case low == everywhere.Addr() && high == lastOfAll:
			out.any = true
		default:
			out.ranges = append(out.ranges, addressRange{word, low, high})
		}
	}
	return out
}

// holds says whether the words hold a whole prefix, which is masked. A part of it is not enough to know.
func (a *addressWords) holds(p netip.Prefix) match {
	if a.any && p.Addr().Is4() {
		return match{answer: yes}
	}
	if len(a.ranges) == 0 {
		return match{answer: no}
	}
	result := match{answer: no}
	first, last := p.Addr(), lastAddr(p)
	for i := range a.ranges {
		r := &a.ranges[i]
		switch {
		case r.low.BitLen() != first.BitLen():
		case r.low.Compare(first) <= 0 && last.Compare(r.high) <= 0:
			return match{answer: yes}
		case r.low.Compare(last) <= 0 && first.Compare(r.high) <= 0:
			result = either(result, match{unknown, fmt.Sprintf("%s holds only a part of %s", r.word, p)})
		}
	}
	return result
}

// holdAll says whether the words hold every one of the prefixes; some of them are not enough to know.
func (a *addressWords) holdAll(prefixes []netip.Prefix) match {
	if a.any {
		return match{answer: yes}
	}
	all, some := match{answer: yes}, false
	for _, p := range prefixes {
		m := a.holds(p)
		all, some = both(all, m), some || m.answer != no
	}
	if all.answer == no && some {
		return match{unknown, fmt.Sprintf("its sources hold only a part of %s", prefixList(prefixes))}
	}
	return all
}

// holdPublic says whether the words hold "some public address" of a host: everywhere does, a single address or a
// private range does not, of others one cannot know.
func (a *addressWords) holdPublic(host string) match {
	if a.any {
		return match{answer: yes}
	}
	result := match{answer: no}
	for i := range a.ranges {
		r := &a.ranges[i]
		if r.low == r.high || !r.low.Is4() || privateRange(r.low, r.high) {
			continue
		}
		result = either(result, match{
			unknown, fmt.Sprintf("%s may hold the address of %s: give the flow an address", r.word, host),
		})
	}
	return result
}

// notAddresses is the match of words that should be addresses and are not.
func (a *addressWords) notAddresses() match {
	if len(a.others) == 0 {
		return match{answer: no}
	}
	return match{unknown, fmt.Sprintf("%q is neither an address nor a range", a.others[0])}
}

// portRange is one port word of a rule.
type portRange struct{ low, high uint16 }

func newPorts(words []string) []portRange {
	var out []portRange
	for _, word := range words {
		if low, high, ok := ParsePorts(word); ok {
			out = append(out, portRange{low, high})
		}
	}
	return out
}

func matchPort(ports []portRange, port uint16) bool {
	return slices.ContainsFunc(ports, func(r portRange) bool { return r.low <= port && port <= r.high })
}

// ParsePorts reads a port word of a rule: "*", "443" or "1000-2000".
func ParsePorts(word string) (low, high uint16, ok bool) {
	if word == "*" {
		return 0, 65535, true
	}
	first, last, isRange := strings.Cut(word, "-")
	if !isRange {
		last = first
	}
	a, errA := strconv.ParseUint(strings.TrimSpace(first), 10, 16)
	b, errB := strconv.ParseUint(strings.TrimSpace(last), 10, 16)
	return uint16(a), uint16(b), errA == nil && errB == nil && a <= b
}

// transports are the transport protocols that a rule names.
type transports struct{ tcp, udp bool }

func newTransports(words []string) transports {
	var t transports
	for _, word := range words {
		every := strings.EqualFold(word, "Any") || word == "*"
		t.tcp = t.tcp || every || strings.EqualFold(word, "TCP")
		t.udp = t.udp || every || strings.EqualFold(word, "UDP")
	}
	return t
}

func (t transports) match(p Protocol) bool {
	if p == UDP {
		return t.udp
	}
	return t.tcp
}

func notModelled(properties []string, names ...string) match {
	for _, name := range properties {
		if slices.Contains(names, name) {
			return match{unknown, name + " are not modelled"}
		}
	}
	return match{answer: no}
}
