package kubesim

import (
	"context"
	"iter"
	"maps"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"aks-egress/egress"
	"aks-egress/internal/kubesim/shell"
)

// listeners answer for what listens in a cluster where a flow arrived, each for its kind; false: nothing of its kind
// does.
var listeners = []func(s *session, at arrival, r shell.Request) (shell.Answer, bool){
	(*session).serviceAnswers, (*session).ingressAnswers,
}

// arrival is where a flow ended: at an address, after every translation, or at a name.
type arrival struct {
	addr netip.AddrPort // not valid: at host
	host string         // in lower case; empty: at addr
	port uint16
}

// Visitor is a machine on the internet, outside every cluster. It asks as curl does.
type Visitor struct {
	ctx        context.Context
	kubernetes *Kubernetes
	client     netip.Addr
}

var _ shell.Network = (*Visitor)(nil)

// Visitor is a client on the internet with an address; the zero address is some address that the network does not name.
func (k *Kubernetes) Visitor(ctx context.Context, client netip.Addr) *Visitor {
	return &Visitor{ctx, k, client}
}

// Curl runs curl with the arguments given.
func (v *Visitor) Curl(args ...string) shell.Result {
	return shell.Run(v.ctx, shell.Process{
		Args: append([]string{"curl"}, args...), Files: shell.NewFiles(true), Network: v,
		Start: v.kubernetes.now, Patience: initPatience,
	})
}

// Request asks the model whether a request arrives and its answer comes back, and what listens there for the answer.
func (v *Visitor) Request(r shell.Request) shell.Answer {
	flow, answer := flowOf(r)
	if answer != nil {
		return *answer
	}
	flow.From, flow.Client = egress.FromInternet, v.client
	trace := v.kubernetes.infra.Trace(flow)
	if trace.Disposition != egress.DeliveredLocal {
		return unanswered(trace)
	}
	at := arrivalOf(flow, trace)
	for s := range v.kubernetes.sessions(v.ctx) {
		answer, ok := s.listens(at, r)
		s.end()
		if ok {
			return answer
		}
	}
	return shell.Answer{Outcome: shell.Refused, Reason: "what listens there is not simulated: " + trace.Reason}
}

// sessions begins a session with every cluster that exists, one after the other. The caller ends each before it takes
// the next.
func (k *Kubernetes) sessions(ctx context.Context) iter.Seq[*session] {
	k.mu.Lock()
	servers := map[string]bool{}
	for _, o := range k.objects {
		servers[o.Server] = true
	}
	k.mu.Unlock()
	return func(yield func(*session) bool) {
		for _, server := range slices.Sorted(maps.Keys(servers)) {
			cluster, err := k.infra.ClusterByServer(server)
			if err == nil && !yield(k.begin(ctx, cluster, server)) {
				return
			}
		}
	}
}

// flowOf is a request as a flow without its start, or the answer for a name that no public DNS has.
func flowOf(r shell.Request) (egress.Flow, *shell.Answer) {
	flow := egress.Flow{Host: strings.ToLower(r.Host), Port: r.Port, Protocol: egress.HTTP}
	if r.Scheme == "https" {
		flow.Protocol = egress.HTTPS
	}
	if addr, err := netip.ParseAddr(r.Host); err == nil {
		flow.Host, flow.Addr = "", addr
	} else if answer, ok := unresolvable(flow.Host); ok {
		return flow, &answer
	}
	return flow, nil
}

func arrivalOf(flow egress.Flow, trace egress.Trace) arrival {
	if trace.Arrived.IsValid() {
		return arrival{addr: trace.Arrived, port: trace.Arrived.Port()}
	}
	return arrival{host: strings.TrimSuffix(flow.Host, "."), port: flow.Port}
}

// unanswered is what a client sees of a flow that reached nothing which could answer.
func unanswered(trace egress.Trace) shell.Answer {
	switch trace.Disposition {
	case egress.DeniedOut, egress.DeniedIn, egress.NoRoute, egress.NullRouted, egress.NoEgress, egress.Loop,
		egress.Asymmetric, egress.NoReturn:
		return refusal(trace)
	case egress.ExitsInternet, egress.DeliveredLocal, egress.DeliveredService, egress.Insufficient:
	}
	return shell.Answer{Outcome: shell.Refused, Reason: "not known to the simulation: " + trace.Reason}
}

// listens asks every kind of listener.
func (s *session) listens(at arrival, r shell.Request) (shell.Answer, bool) {
	for _, answers := range listeners {
		if answer, ok := answers(s, at, r); ok {
			return answer, true
		}
	}
	return shell.Answer{}, false
}

// serviceAnswers is for the addresses of load balancers: a Service has a simulated page as long as pods are behind it.
func (s *session) serviceAnswers(at arrival, _ shell.Request) (shell.Answer, bool) {
	for _, o := range list[corev1.Service](s, services, "") {
		switch {
		case !listensAt(o, at):
		case !s.hasEndpoints(o):
			return shell.Answer{Outcome: shell.Refused, Reason: "Could not connect to server"}, true
		default:
			return page("service " + o.Namespace + "/" + o.Name), true
		}
	}
	return shell.Answer{}, false
}

// listensAt says whether a Service has a port at an address of its load balancer.
func listensAt(o *corev1.Service, at arrival) bool {
	found := slices.ContainsFunc(o.Status.LoadBalancer.Ingress, func(i corev1.LoadBalancerIngress) bool {
		return at.addr.IsValid() && i.IP == at.addr.Addr().String()
	})
	return found && slices.ContainsFunc(o.Spec.Ports, func(p corev1.ServicePort) bool { return p.Port == int32(at.port) })
}
