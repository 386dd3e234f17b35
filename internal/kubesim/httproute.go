package kubesim

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"aks-egress/internal/kubesim/shell"
)

func init() { listeners = append(listeners, (*session).gatewayAnswers) }

// reconcileHTTPRoute writes what the controllers of a route's gateways say of it.
func reconcileHTTPRoute(s *session, r *gatewayv1.HTTPRoute) readiness {
	r.Status.Parents = nil
	s.put(httpRoutes, r) // so that its gateways count it
	for _, parent := range r.Spec.ParentRefs {
		g := s.parentOf(r, parent)
		if g == nil {
			continue
		}
		reconcileGateway(s, g)
		if len(g.Status.Listeners) > 0 { // a controller looks after it
			r.Status.Parents = append(r.Status.Parents, s.parentStatus(r, parent, g))
		}
	}
	s.put(httpRoutes, r)
	return readiness{ready: true}
}

// removeHTTPRoute lets the gateways count again.
func removeHTTPRoute(s *session, r *gatewayv1.HTTPRoute) error {
	s.remove(httpRoutes, r.Namespace, r.Name)
	for _, parent := range r.Spec.ParentRefs {
		if g := s.parentOf(r, parent); g != nil {
			reconcileGateway(s, g)
		}
	}
	return nil
}

// parentOf is the gateway that a route names; nil if it names none that exists.
func (s *session) parentOf(r *gatewayv1.HTTPRoute, parent gatewayv1.ParentReference) *gatewayv1.Gateway {
	if parent.Kind != nil && *parent.Kind != "Gateway" {
		return nil
	}
	namespace := r.Namespace
	if parent.Namespace != nil {
		namespace = string(*parent.Namespace)
	}
	return get[gatewayv1.Gateway](s, gateways, namespace, string(parent.Name))
}

func (s *session) parentStatus(
	r *gatewayv1.HTTPRoute, parent gatewayv1.ParentReference, g *gatewayv1.Gateway,
) gatewayv1.RouteParentStatus {
	status := gatewayv1.RouteParentStatus{ParentRef: parent, ControllerName: albControllerName}
	programmed := metav1.Condition{Type: "Programmed", Status: metav1.ConditionFalse, Reason: "Pending"}
	for _, c := range g.Status.Conditions {
		if c.Type == programmed.Type {
			programmed = c
		}
	}
	accepted := metav1.Condition{
		Type: "Accepted", Status: metav1.ConditionTrue, Reason: "Accepted", Message: "Route is Accepted",
	}
	if !attachesAny(r, g) {
		accepted.Status, accepted.Message = metav1.ConditionFalse, "No listener of the Gateway takes the route"
		accepted.Reason = string(gatewayv1.RouteReasonNotAllowedByListeners)
		programmed.Status, programmed.Reason = metav1.ConditionFalse, "Pending"
	}
	for _, c := range []metav1.Condition{s.resolved(r), accepted, programmed} {
		setCondition(&status.Conditions, r, c)
	}
	return status
}

// resolved says whether all backends exist (AGC docs, troubleshooting guide).
func (s *session) resolved(r *gatewayv1.HTTPRoute) metav1.Condition {
	for _, rule := range r.Spec.Rules {
		for _, b := range rule.BackendRefs {
			if reason, message := s.backendProblem(r, b.BackendObjectReference); reason != "" {
				return metav1.Condition{
					Type: "ResolvedRefs", Status: metav1.ConditionFalse, Reason: string(reason), Message: message,
				}
			}
		}
	}
	return metav1.Condition{Type: "ResolvedRefs", Status: metav1.ConditionTrue, Reason: "ResolvedRefs"}
}

func (s *session) backendProblem(
	r *gatewayv1.HTTPRoute, b gatewayv1.BackendObjectReference,
) (gatewayv1.RouteConditionReason, string) {
	switch {
	case b.Kind != nil && *b.Kind != "Service" || b.Group != nil && *b.Group != "":
		return gatewayv1.RouteReasonInvalidKind, "backend " + string(b.Name) + " is no Service"
	case b.Namespace != nil && string(*b.Namespace) != r.Namespace:
		return gatewayv1.RouteReasonRefNotPermitted, fmt.Sprintf("backend %s/%s is in another namespace, and no "+
			"ReferenceGrant allows it", *b.Namespace, b.Name)
	case s.backend(r, b) == nil:
		return gatewayv1.RouteReasonBackendNotFound, fmt.Sprintf("service %s/%s was not found, or not its port",
			r.Namespace, b.Name)
	}
	return "", ""
}

// backend is the Service of a backend, if it exists with the port.
func (s *session) backend(r *gatewayv1.HTTPRoute, b gatewayv1.BackendObjectReference) *corev1.Service {
	service := get[corev1.Service](s, services, r.Namespace, string(b.Name))
	if service == nil || b.Port == nil {
		return nil
	}
	for _, p := range service.Spec.Ports {
		if p.Port == int32(*b.Port) {
			return service
		}
	}
	return nil
}

func attachesAny(r *gatewayv1.HTTPRoute, g *gatewayv1.Gateway) bool {
	for i := range g.Spec.Listeners {
		if attaches(r, g, &g.Spec.Listeners[i]) {
			return true
		}
	}
	return false
}

// attaches says whether a route names a listener of a gateway which takes routes of its namespace.
func attaches(r *gatewayv1.HTTPRoute, g *gatewayv1.Gateway, l *gatewayv1.Listener) bool {
	same := r.Namespace == g.Namespace
	if l.AllowedRoutes != nil && l.AllowedRoutes.Namespaces != nil && l.AllowedRoutes.Namespaces.From != nil {
		same = same || *l.AllowedRoutes.Namespaces.From == gatewayv1.NamespacesFromAll
	}
	for _, p := range r.Spec.ParentRefs {
		namespace := r.Namespace
		if p.Namespace != nil {
			namespace = string(*p.Namespace)
		}
		if same && string(p.Name) == g.Name && namespace == g.Namespace &&
			(p.SectionName == nil || *p.SectionName == l.Name) && (p.Port == nil || *p.Port == l.Port) {
			return true
		}
	}
	return false
}

// gatewayAnswers is for the names of frontends. A request that no route takes gets a 404; one whose backend does not
// exist or has no pods, a 500 (AGC docs, troubleshooting guide). What a frontend does before a Gateway is programmed on
// it is not published; here nothing listens.
func (s *session) gatewayAnswers(at arrival, r shell.Request) (shell.Answer, bool) {
	for _, g := range list[gatewayv1.Gateway](s, gateways, "") {
		if len(g.Status.Addresses) == 0 || !strings.EqualFold(g.Status.Addresses[0].Value, at.host) {
			continue
		}
		for i := range g.Spec.Listeners {
			if l := &g.Spec.Listeners[i]; uint16(l.Port) == at.port { //nolint:gosec // 1-65535 by its schema
				return s.routed(g, l, r), true
			}
		}
	}
	if strings.HasSuffix(at.host, ".alb.azure.com") {
		return shell.Answer{Outcome: shell.Refused, Reason: "Could not connect to server"}, true
	}
	return shell.Answer{}, false
}

// routed answers a request that came in by a listener: of the rules that match, that with the longest path.
func (s *session) routed(g *gatewayv1.Gateway, l *gatewayv1.Listener, r shell.Request) shell.Answer {
	answer, longest := shell.Answer{Status: 404}, -1
	for _, route := range list[gatewayv1.HTTPRoute](s, httpRoutes, "") {
		if !attaches(route, g, l) || !takesHost(route, l, r.Host) {
			continue
		}
		for i := range route.Spec.Rules {
			rule := &route.Spec.Rules[i]
			if length := matchLength(rule, r.Path); length > longest {
				answer, longest = s.forwarded(route, rule), length
			}
		}
	}
	return answer
}

// takesHost compares a request's host with a listener's and a route's; without any, all hosts are taken.
func takesHost(route *gatewayv1.HTTPRoute, l *gatewayv1.Listener, host string) bool {
	if l.Hostname != nil && *l.Hostname != "" && !sameHost(string(*l.Hostname), host) {
		return false
	}
	for _, name := range route.Spec.Hostnames {
		if sameHost(string(name), host) {
			return true
		}
	}
	return len(route.Spec.Hostnames) == 0
}

// sameHost compares a host with a name, whose first label can be "*".
func sameHost(name, host string) bool {
	if suffix, ok := strings.CutPrefix(name, "*"); ok {
		return len(host) > len(suffix) && strings.HasSuffix(strings.ToLower(host), strings.ToLower(suffix))
	}
	return strings.EqualFold(name, host)
}

// matchLength is the length of the longest path of a rule that matches, or -1.
func matchLength(rule *gatewayv1.HTTPRouteRule, path string) int {
	path, _, _ = strings.Cut(path, "?")
	longest := -1
	for _, m := range rule.Matches {
		if m.Path == nil || m.Path.Value == nil || m.Path.Type == nil {
			continue
		}
		prefix := strings.TrimSuffix(*m.Path.Value, "/")
		exact := *m.Path.Type == gatewayv1.PathMatchExact && path == *m.Path.Value
		below := *m.Path.Type == gatewayv1.PathMatchPathPrefix && (path == prefix || strings.HasPrefix(path, prefix+"/"))
		if exact || below {
			longest = max(longest, len(*m.Path.Value))
		}
	}
	return longest
}

// forwarded is the answer of a rule's backend.
func (s *session) forwarded(route *gatewayv1.HTTPRoute, rule *gatewayv1.HTTPRouteRule) shell.Answer {
	none := shell.Answer{Status: 500}
	if len(rule.BackendRefs) == 0 {
		return none
	}
	backend := rule.BackendRefs[0].BackendObjectReference
	service := s.backend(route, backend)
	if reason, _ := s.backendProblem(route, backend); reason != "" || !s.hasEndpoints(service) {
		return none
	}
	return page("service " + service.Namespace + "/" + service.Name)
}
