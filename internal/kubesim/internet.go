package kubesim

import (
	"fmt"
	"net/netip"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"aks-egress/egress"
	"aks-egress/internal/kubesim/shell"
)

// podNetwork is the network as one pod sees it.
type podNetwork struct {
	session     *session
	hostNetwork bool
	connections uint64 // that left so far; they take turns over the source addresses
}

// Request asks the model what becomes of a connection, and the simulated internet for the answer.
func (n *podNetwork) Request(r shell.Request) shell.Answer {
	flow, answer := flowOf(r)
	if answer != nil {
		return *answer
	}
	flow.From, flow.Pod = n.session.cluster.ID, !n.hostNetwork
	trace := n.session.k.infra.Trace(flow)
	switch trace.Disposition {
	case egress.ExitsInternet, egress.DeliveredService: // a service endpoint leads to a public service, too
		source, ok := sourceAddress(trace.Sources, n.connections)
		n.connections++
		if !ok {
			return shell.Answer{Outcome: shell.Refused, Reason: "the model names no source address: " + trace.Reason}
		}
		return internet(flow.Host, r, source)
	case egress.DeliveredLocal:
		if answer, ok := n.session.listens(arrivalOf(flow, trace), r); ok {
			return answer
		}
		return shell.Answer{Outcome: shell.Refused, Reason: "what listens there is not simulated: " + trace.Reason}
	case egress.DeniedOut, egress.DeniedIn, egress.NoRoute, egress.NullRouted, egress.NoEgress, egress.Loop,
		egress.Asymmetric, egress.NoReturn, egress.Insufficient:
	}
	return unanswered(trace)
}

func refusal(trace egress.Trace) shell.Answer {
	switch trace.Refusal {
	case egress.RefusedHTTP470:
		return shell.Answer{Status: 470, Body: egress.FirewallDenyBody, Type: "text/plain; charset=utf-8"}
	case egress.RefusedTLSReset:
		return shell.Answer{Outcome: shell.Reset}
	case egress.RefusedUnresolved:
		return shell.Answer{Outcome: shell.Unresolved}
	case egress.RefusedDropped:
	}
	return shell.Answer{Outcome: shell.Silent}
}

// unresolvable answers for names that no public DNS has: reserved top-level names (RFC 6761, RFC 6762, RFC 8375) and
// what is no name at all.
func unresolvable(host string) (shell.Answer, bool) {
	host = strings.TrimSuffix(host, ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return shell.Answer{Outcome: shell.Refused, Reason: "Could not connect to server"}, true
	}
	if strings.HasSuffix(host, ".svc") || strings.HasSuffix(host, ".cluster.local") {
		return shell.Answer{Outcome: shell.Refused, Reason: "traffic inside the cluster is not simulated"}, true
	}
	top := host[strings.LastIndexByte(host, '.')+1:]
	reserved := top == host || top == "invalid" || top == "test" || top == "example" || top == "local" ||
		top == "internal" || strings.HasSuffix(host, ".home.arpa")
	return shell.Answer{Outcome: shell.Unresolved}, reserved || len(validation.IsDNS1123Subdomain(host)) > 0
}

// sourceAddress is the address that connection i comes from: the sources take turns, a prefix with all its addresses.
func sourceAddress(sources []netip.Prefix, i uint64) (netip.Addr, bool) {
	var total uint64
	for _, source := range sources {
		if source.Addr().Is4() {
			total += size(source)
		}
	}
	if total == 0 {
		return netip.Addr{}, false
	}
	i %= total
	for _, source := range sources {
		if !source.Addr().Is4() {
			continue
		}
		if i < size(source) {
			return nth(source, i)
		}
		i -= size(source)
	}
	return netip.Addr{}, false
}

// echoes are the public services that answer with the caller's address, and what they send after it.
var echoes = map[string]string{
	"api.ipify.org/": "", "ifconfig.me/ip": "", "ipinfo.io/ip": "", "icanhazip.com/": "\n", "ipv4.icanhazip.com/": "\n",
	"checkip.amazonaws.com/": "\n",
}

// internet answers a request that arrived from source. Every public name has a web server.
func internet(host string, r shell.Request, source netip.Addr) shell.Answer {
	path, _, _ := strings.Cut(r.Path, "?")
	if after, ok := echoes[host+path]; ok {
		return shell.Answer{Status: 200, Body: source.String() + after, Type: "text/plain; charset=utf-8"}
	}
	if host == "ifconfig.me" && path == "/" && strings.HasPrefix(r.UserAgent, "curl/") {
		return shell.Answer{Status: 200, Body: source.String(), Type: "text/plain; charset=utf-8"}
	}
	if host == "" {
		host = r.Host
	}
	return page(host)
}

func page(of string) shell.Answer {
	return shell.Answer{
		Status: 200, Type: "text/html",
		Body: fmt.Sprintf("<!doctype html><title>%s</title><p>A simulated page of %s.\n", of, of),
	}
}
