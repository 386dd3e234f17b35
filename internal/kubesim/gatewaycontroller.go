package kubesim

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// The class of AGIC's Ingresses, as the name of its IngressClass and in the older annotation.
const (
	gatewayClass           = "azure-application-gateway"
	gatewayClassAnnotation = "azure/application-gateway"
)

// runGatewayController is AGIC, the ingress controller of an application gateway: it writes what all Ingresses of its
// class say into its gateway, and the gateway's address into their status. Where Azure refuses, they stay as they are,
// and its pod has an event.
func (s *session) runGatewayController() {
	var mine []*networkingv1.Ingress
	for _, o := range list[networkingv1.Ingress](s, ingresses, "") {
		if s.ofGateway(o) {
			mine = append(mine, o)
		}
	}
	if !s.cluster.IngressController || len(mine) == 0 && !s.changes(ingresses) {
		return
	}
	addr, err := s.k.infra.ProgramGateway(s.cluster.ID, s.gatewayRoutes(true))
	if err != nil {
		pod := &metav1.ObjectMeta{
			Namespace: metav1.NamespaceSystem, Name: "ingress-appgw-deployment-" + hash(10, s.cluster.ID) + "-" +
				hash(5, s.cluster.ID, "pod"),
		}
		s.event(pods, pod, "FailedApplyingAppGwConfig",
			"network.ApplicationGatewaysClient#CreateOrUpdate: Failure sending request: StatusCode=0 -- Original Error: %v", err)
		return
	}
	for _, o := range mine {
		o.Status.LoadBalancer.Ingress = []networkingv1.IngressLoadBalancerIngress{{IP: addr.String()}}
		s.put(ingresses, o)
	}
}

// ofGateway tells whether an Ingress is of AGIC's class.
func (s *session) ofGateway(o *networkingv1.Ingress) bool {
	if o.Spec.IngressClassName != nil {
		return *o.Spec.IngressClassName == gatewayClass
	}
	return o.Annotations[ingressClassAnnotation] == gatewayClassAnnotation
}

// changes tells whether the session has written an object of a kind.
func (s *session) changes(k *kind) bool {
	prefix := strings.TrimSuffix(s.key(k, "", ""), "||") + "|"
	for at := range s.changed {
		if strings.HasPrefix(at, prefix) {
			return true
		}
	}
	return false
}

// gatewayRoutes are the routes of all Ingresses of AGIC's class, by host; those of a host in the order in which the
// gateway asks them: exact ones first, longer ones first. Paths whose backend AGIC cannot resolve are left out, with
// events if report is set.
func (s *session) gatewayRoutes(report bool) []GatewayRoute {
	var routes []GatewayRoute
	for _, o := range list[networkingv1.Ingress](s, ingresses, "") {
		if !s.ofGateway(o) {
			continue
		}
		for _, r := range ingressRoutes(o) {
			if s.resolve(o, &r, report) && !slices.ContainsFunc(routes, r.repeats) {
				routes = append(routes, r.GatewayRoute)
			}
		}
	}
	slices.SortStableFunc(routes, func(a, b GatewayRoute) int {
		return cmp.Or(cmp.Compare(a.Host, b.Host), cmp.Compare(rank(a), rank(b)), -cmp.Compare(longest(a), longest(b)))
	})
	return routes
}

// rank is 0 for exact paths, 1 for others, 2 for what is left.
func rank(r GatewayRoute) int {
	switch {
	case len(r.Paths) == 0:
		return 2
	case slices.ContainsFunc(r.Paths, func(p string) bool { return strings.HasSuffix(p, "*") }):
		return 1
	default:
		return 0
	}
}

func longest(r GatewayRoute) int {
	n := 0
	for _, p := range r.Paths {
		n = max(n, len(p))
	}
	return n
}

// backedRoute is a route before its backend is resolved.
type backedRoute struct {
	GatewayRoute
	backend *networkingv1.IngressServiceBackend
}

// repeats tells whether another route has the same host and paths: the first one counts.
func (r *backedRoute) repeats(other GatewayRoute) bool {
	return r.Host == other.Host && slices.Equal(r.Paths, other.Paths)
}

// ingressRoutes are the routes that an Ingress asks for. Its default backend takes what its rules leave, and rules
// without a host count for the hosts of the others, too (AGIC, pkg/appgw/ingress_rules.go).
func ingressRoutes(o *networkingv1.Ingress) []backedRoute {
	var routes []backedRoute
	add := func(host string, paths []string, backend *networkingv1.IngressBackend) {
		routes = append(routes, backedRoute{
			GatewayRoute{Ingress: o.Namespace + "/" + o.Name, Host: host, Paths: paths}, backend.Service,
		})
	}
	anyHost := func(rule networkingv1.IngressRule) bool { return rule.Host == "" }
	rules := slices.DeleteFunc(slices.Clone(o.Spec.Rules), func(r networkingv1.IngressRule) bool { return r.HTTP == nil })
	for _, rule := range rules {
		own := []networkingv1.IngressRule{rule}
		if rule.Host != "" {
			own = append(own, slices.DeleteFunc(slices.Clone(rules), func(r networkingv1.IngressRule) bool {
				return !anyHost(r)
			})...)
		}
		for _, r := range own {
			for i := range r.HTTP.Paths {
				add(rule.Host, patterns(&r.HTTP.Paths[i]), &r.HTTP.Paths[i].Backend)
			}
		}
		if o.Spec.DefaultBackend != nil {
			add(rule.Host, nil, o.Spec.DefaultBackend)
		}
	}
	if len(rules) == 0 && o.Spec.DefaultBackend != nil {
		add("", nil, o.Spec.DefaultBackend)
	}
	return routes
}

// patterns are a path in the gateway's form (AGIC, docs/ingress-v1.md); nil: every path.
func patterns(path *networkingv1.HTTPIngressPath) []string {
	p := path.Path
	switch *path.PathType {
	case networkingv1.PathTypeExact:
		return []string{strings.TrimSuffix(p, "*")}
	case networkingv1.PathTypePrefix:
		p = strings.TrimSuffix(strings.TrimSuffix(p, "*"), "/")
		if p == "" {
			return nil
		}
		return []string{p, p + "/*"}
	case networkingv1.PathTypeImplementationSpecific:
	}
	if p == "" || p == "/*" {
		return nil
	}
	return []string{p}
}

// resolve finds the pods behind a route; false: AGIC leaves it out.
func (s *session) resolve(o *networkingv1.Ingress, r *backedRoute, report bool) bool {
	event := func(reason, format string, args ...any) bool {
		if report {
			s.event(ingresses, o, reason, format, args...)
		}
		return false
	}
	r.Service = o.Namespace + "/" + r.backend.Name
	r.ServicePort = cmp.Or(r.backend.Port.Name, strconv.Itoa(int(r.backend.Port.Number)))
	service := get[corev1.Service](s, services, o.Namespace, r.backend.Name)
	if service == nil {
		return event("ServiceNotFound", "Unable to get the service [%s]", r.Service)
	}
	port := slices.IndexFunc(service.Spec.Ports, func(p corev1.ServicePort) bool {
		return p.Protocol == corev1.ProtocolTCP &&
			(p.Name == r.backend.Port.Name && p.Name != "" || p.Port == r.backend.Port.Number)
	})
	if port < 0 {
		return event("PortResolutionError",
			"unable to resolve any backend port for service [%s] and service port [%s] for Ingress [%s]",
			r.Service, r.ServicePort, o.Name)
	}
	r.TargetPort = service.Spec.Ports[port].TargetPort.IntVal // zero: a name, which the pods know
	for _, pod := range s.endpoints(service) {
		target, ok := targetPort(pod, service.Spec.Ports[port].TargetPort)
		addr, err := netip.ParseAddr(pod.Status.PodIP)
		if !ok || err != nil {
			continue
		}
		r.TargetPort = target
		r.Pods = append(r.Pods, addr)
	}
	return true
}

// targetPort is the number of a pod's port; false: no container has a port of this name.
func targetPort(pod *corev1.Pod, target intstr.IntOrString) (int32, bool) {
	if target.Type == intstr.Int {
		return target.IntVal, true
	}
	for _, container := range pod.Spec.Containers {
		for _, port := range container.Ports {
			if port.Name == target.StrVal {
				return port.ContainerPort, true
			}
		}
	}
	return 0, false
}
