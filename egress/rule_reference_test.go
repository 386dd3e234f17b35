package egress_test

import (
	"fmt"
	"net/netip"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress"
)

// refFlow is one packet as the reference sees it: every value is known.
type refFlow struct {
	source, destination uint32
	host                string // empty: a bare address
	port                int
	protocol            egress.Protocol
}

// refVerdict is the rule that decides, as a hop names it, and what a denied client sees.
type refVerdict struct {
	rule    string
	refusal egress.Refusal // empty: allowed
}

// refJudge is azure-facts 5.4 and 5.5 read aloud: collect every rule with the numbers that order it, sort them, and ask
// one after the other. It shares no code with the model.
func refJudge(policies []egress.FirewallPolicy, f refFlow) refVerdict {
	const dnat, network, application = 0, 1, 2 // "type order is DNAT, network, application, regardless of priorities"
	type entry struct {
		order [4]int // type, policy (the base first), group, collection
		name  string
		allow bool
		match bool
	}
	kinds := [...]string{" (DNAT rule)", " (network rule)", " (application rule)"}
	var rules []entry
	covered := false // "when any application rule covers the port, the firewall completes the handshake"
	for depth, policy := range policies {
		for _, group := range policy.RuleCollectionGroups {
			for _, c := range group.Collections {
				add := func(kind int, rule string, match bool) {
					rules = append(rules, entry{
						order: [4]int{kind, depth, group.Priority, c.Priority},
						name:  group.Name + "/" + c.Name + "/" + rule + kinds[kind],
						allow: kind == dnat || c.Action == egress.ActionAllow, match: match,
					})
				}
				for _, r := range c.NATRules {
					add(dnat, r.Name, refTransport(r.Protocols, f.protocol) && refPort(r.Ports, f.port) &&
						refAddress(r.Sources, f.source) && refAddress(r.Destinations, f.destination))
				}
				for _, r := range c.NetworkRules {
					proxy := policies[len(policies)-1].DNSProxy // FQDNs of network rules need it
					byName := proxy && f.host != "" && slices.Contains(r.FQDNs, strings.ToLower(f.host))
					add(network, r.Name, refTransport(r.Protocols, f.protocol) && refPort(r.Ports, f.port) &&
						refAddress(r.Sources, f.source) && (byName || refAddress(r.Destinations, f.destination)))
				}
				for _, r := range c.ApplicationRules {
					port := false
					for _, p := range r.Protocols {
						port = port || strings.EqualFold(p.Type, string(f.protocol)) && int(p.Port) == f.port
					}
					covered = covered || port
					add(application, r.Name, port && refAddress(r.Sources, f.source) && refHost(r.FQDNs, f))
				}
			}
		}
	}
	sort.SliceStable(rules, func(i, j int) bool { return slices.Compare(rules[i].order[:], rules[j].order[:]) < 0 })
	refused := func(byNetworkRule bool) egress.Refusal {
		switch {
		case byNetworkRule || !covered || f.protocol == egress.TCP || f.protocol == egress.UDP:
			return egress.RefusedDropped
		case f.protocol == egress.HTTP:
			return egress.RefusedHTTP470
		}
		return egress.RefusedTLSReset
	}
	for _, r := range rules {
		if r.match && r.allow {
			return refVerdict{rule: r.name}
		}
		if r.match {
			return refVerdict{r.name, refused(r.order[0] == network)}
		}
	}
	return refVerdict{"no rule matched (default deny)", refused(false)}
}

func refTransport(words []string, p egress.Protocol) bool {
	transport := "TCP" // HTTP and HTTPS are TCP
	if p == egress.UDP {
		transport = "UDP"
	}
	return slices.Contains(words, "Any") || slices.Contains(words, transport)
}

func refPort(words []string, port int) bool {
	for _, word := range words {
		low, high := word, word
		if i := strings.Index(word, "-"); i > 0 {
			low, high = word[:i], word[i+1:]
		}
		a, _ := strconv.Atoi(low)
		b, _ := strconv.Atoi(high)
		if word == "*" || a <= port && port <= b {
			return true
		}
	}
	return false
}

// refNumber is an address as one number.
func refNumber(text string) uint32 {
	var n uint32
	for octet := range strings.SplitSeq(text, ".") {
		value, _ := strconv.Atoi(octet)
		n = n*256 + uint32(value)
	}
	return n
}

func refAddress(words []string, a uint32) bool {
	for _, word := range words {
		low, high := uint32(0), ^uint32(0)
		switch {
		case strings.Contains(word, "-"):
			first, last, _ := strings.Cut(word, "-")
			low, high = refNumber(first), refNumber(last)
		case strings.Contains(word, "/"):
			base, bits, _ := strings.Cut(word, "/")
			length, _ := strconv.Atoi(bits)
			low = refNumber(base)
			high = low + uint32(1<<(32-length)-1)
		case word != "*":
			low = refNumber(word)
			high = low
		}
		if low <= a && a <= high {
			return true
		}
	}
	return false
}

// refHost compares names character by character from the right: "*" stands for what is left, at least one character.
func refHost(patterns []string, f refFlow) bool {
	host := strings.ToLower(f.host)
	if host == "" && f.protocol == egress.HTTP { // the Host header of a request to a bare address
		host = addressText(f.destination)
	}
	for _, pattern := range patterns {
		i, j := len(pattern)-1, len(host)-1
		for i >= 0 && j >= 0 && pattern[i] == host[j] && pattern[i] != '*' {
			i, j = i-1, j-1
		}
		if host != "" && (i < 0 && j < 0 || i == 0 && pattern[0] == '*' && j >= 0) {
			return true
		}
	}
	return false
}

func addressText(n uint32) string {
	return fmt.Sprintf("%d.%d.%d.%d", n>>24, n>>16&255, n>>8&255, n&255)
}

// The words that rules are drawn from: few, so that rules meet and shadow each other.
var (
	refSources      = []string{"*", "10.1.0.0/24", "10.1.0.0/30", "10.1.0.2", "10.1.0.2-10.1.0.5", "10.2.0.0/16"}
	refDestinations = []string{"*", "20.0.0.0/8", "20.1.2.3", "20.1.2.0-20.1.3.255", "20.1.2.0/25", "8.0.0.0/7"}
	refHosts        = []string{"a.example.com", "b.a.example.com", "example.com", "other.org"}
	refPatterns     = []string{"*", "*.example.com", "*example.com", "a.example.com", "other.org", "20.1.2.3"}
)

func drawSome(t *rapid.T, label string, words []string) []string {
	return rapid.SliceOfNDistinct(rapid.SampledFrom(words), 1, 2, rapid.ID[string]).Draw(t, label)
}

// drawCollection draws a collection of one kind, with names in network rules or without; its number makes its own name
// and its priority unique.
func drawCollection(t *rapid.T, number int, names bool) egress.RuleCollection {
	c := egress.RuleCollection{
		Name: fmt.Sprintf("c%d", number), Priority: 100 + 10*rapid.IntRange(0, 4).Draw(t, "priority") + number%10,
		Action: rapid.SampledFrom([]egress.RuleAction{egress.ActionAllow, egress.ActionDeny}).Draw(t, "action"),
	}
	kind := rapid.SampledFrom([]string{"network", "network", "application", "application", "DNAT"}).Draw(t, "kind")
	for i := range rapid.IntRange(1, 3).Draw(t, "rules") {
		name, sources := fmt.Sprintf("r%d", i), drawSome(t, "sources", refSources)
		transport := drawSome(t, "protocols", []string{"TCP", "UDP", "Any"})
		ports := drawSome(t, "ports", []string{"*", "80", "443", "400-500", "1-80"})
		switch kind {
		case "DNAT":
			c.Action = egress.ActionDNAT
			c.NATRules = append(c.NATRules, egress.NATRule{
				Name: name, Sources: sources, Protocols: transport, Ports: ports, TranslatedAddress: "10.1.8.9",
				Destinations: drawSome(t, "destinations", []string{"20.1.2.3", "20.1.2.4"}),
			})
		case "network":
			r := egress.NetworkRule{Name: name, Sources: sources, Protocols: transport, Ports: ports}
			if names && rapid.IntRange(0, 3).Draw(t, "by name") == 0 {
				r.FQDNs = drawSome(t, "fqdns", refHosts)
			} else {
				r.Destinations = drawSome(t, "destinations", refDestinations)
			}
			c.NetworkRules = append(c.NetworkRules, r)
		default:
			r := egress.ApplicationRule{Name: name, Sources: sources, FQDNs: drawSome(t, "hosts", refPatterns)}
			for _, p := range drawSome(t, "application protocols", []string{"Http 80", "Https 443", "Http 443"}) {
				kind, port, _ := strings.Cut(p, " ")
				number, _ := strconv.Atoi(port)
				r.Protocols = append(r.Protocols, egress.ApplicationProtocol{Type: kind, Port: uint16(number)})
			}
			c.ApplicationRules = append(c.ApplicationRules, r)
		}
	}
	return c
}

// drawPolicies draws a policy, or one with a base policy: the base first. Names tells whether its network rules go by
// name, which leaves flows to bare addresses open.
func drawPolicies(t *rapid.T) (policies []egress.FirewallPolicy, names bool) {
	names = rapid.Bool().Draw(t, "names")
	policies = []egress.FirewallPolicy{{ID: policyID}}
	if rapid.Bool().Draw(t, "base policy") {
		policies = []egress.FirewallPolicy{{ID: baseID}, {ID: policyID, BasePolicyID: baseID}}
	}
	number := 0
	for i := range policies {
		policies[i].DNSProxy = rapid.Bool().Draw(t, "DNS proxy")
		for g := range rapid.IntRange(1, 2).Draw(t, "groups") {
			group := egress.RuleCollectionGroup{
				Name: fmt.Sprintf("g%d%d", i, g), Priority: 100 + 10*rapid.IntRange(0, 2).Draw(t, "priority") + g,
			}
			for range rapid.IntRange(0, 3).Draw(t, "collections") {
				group.Collections = append(group.Collections, drawCollection(t, number, names))
				number++
			}
			policies[i].RuleCollectionGroups = append(policies[i].RuleCollectionGroups, group)
		}
	}
	return policies, names
}

// behind is a hub and spoke with these policies on its firewall and these node addresses.
func behind(policies []egress.FirewallPolicy, nodes string) *egress.Network {
	n := hubAndSpoke()
	n.FirewallPolicies = policies
	n.VNets[0].Subnets[0].Prefixes = prefixes(nodes)
	return n
}

func drawFlow(t *rapid.T) egress.Flow {
	to := []string{"20.1.2.3", "20.1.2.4", "20.1.2.200", "20.200.0.1", "9.9.9.9"}
	f := egress.Flow{
		From:     clusterID,
		Addr:     addr(rapid.SampledFrom(to).Draw(t, "to")),
		Port:     rapid.SampledFrom([]uint16{80, 443, 8080}).Draw(t, "port"),
		Protocol: rapid.SampledFrom([]egress.Protocol{egress.TCP, egress.UDP, egress.HTTP, egress.HTTPS}).Draw(t, "protocol"),
		Host:     rapid.SampledFrom(append([]string{"", "", "Other.ORG"}, refHosts...)).Draw(t, "host"),
	}
	return f
}

func refOf(f egress.Flow, source uint32) refFlow {
	return refFlow{source, refNumber(f.Addr.String()), f.Host, int(f.Port), f.Protocol}
}

// verdictOf is what the model's firewall decided; false when it cannot tell.
func verdictOf(trace egress.Trace) (refVerdict, bool) {
	i := slices.IndexFunc(trace.Hops, func(h egress.Hop) bool { return h.At == "firewall" && h.Resource == fwID })
	if i < 0 {
		return refVerdict{}, false
	}
	v := refVerdict{rule: trace.Hops[i].Rule}
	if trace.Disposition == egress.DeniedOut && i == len(trace.Hops)-1 {
		v.refusal = trace.Refusal
	}
	return v, true
}

// flowsEach is how many flows are asked of each network that is drawn.
const flowsEach = 20

// A flow of which everything is known is judged as the reference judges it, by the same rule, and always.
func TestRulesAgainstReference(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		policies, names := drawPolicies(t)
		source := netip.AddrFrom4([4]byte{10, 1, 0, byte(rapid.IntRange(1, 7).Draw(t, "source"))})
		model := egress.Compile(behind(policies, source.String()+"/32"))
		for range flowsEach {
			f := drawFlow(t)
			if f.Host == "" && names {
				f.Host = "other.org"
			}
			trace := model.Trace(f)
			got, known := verdictOf(trace)
			require.True(t, known, trace.Reason)
			require.Equal(t, refJudge(policies, refOf(f, refNumber(source.String()))), got, f.String())
		}
	})
}

// What the model says of a whole subnet holds for each of its addresses.
func TestRulesOfSubnetsAgainstReference(t *testing.T) {
	t.Parallel()
	told := 0
	rapid.Check(t, func(t *rapid.T) {
		policies, _ := drawPolicies(t)
		model := egress.Compile(behind(policies, "10.1.0.0/29"))
		for range flowsEach {
			f := drawFlow(t)
			trace := model.Trace(f)
			got, known := verdictOf(trace)
			if !known {
				require.Equal(t, egress.Insufficient, trace.Disposition)
				continue
			}
			told++
			for i := range uint32(8) {
				want := refJudge(policies, refOf(f, refNumber("10.1.0.0")+i))
				// A rule that only some of the addresses match is passed over when it decides alike.
				require.Equal(t, want.refusal, got.refusal, "10.1.0.%d: %s, %s", i, want.rule, trace.Reason)
			}
		}
	})
	require.Positive(t, told)
}
