package topology

import (
	"slices"
	"strconv"
	"strings"

	"aks-egress/egress"
)

// The class of AGIC's Ingresses, and annotations of theirs (AGIC, docs/annotations.md).
const (
	gatewayClass           = "azure-application-gateway"
	gatewayClassAnnotation = "azure/application-gateway"
	classAnnotation        = "kubernetes.io/ingress.class"
	portAnnotation         = "appgw.ingress.kubernetes.io/override-frontend-port"
	redirectAnnotation     = "appgw.ingress.kubernetes.io/ssl-redirect"
)

func isIngress(t token) bool { return t.module == "networking.k8s.io" && t.name == "Ingress" }

// isGatewayIngress tells an Ingress that AGIC serves from those of other controllers, which are not modelled.
func isGatewayIngress(t token, values map[string]any) bool {
	if t.pkg != kubernetesPackage || !isIngress(t) {
		return false
	}
	p := &properties{values: values, errs: new([]error)}
	if hides(p.raw("spec")) || hides(p.raw("metadata")) {
		return false
	}
	if class := p.object("spec").text("ingressClassName"); class != "" {
		return class == gatewayClass
	}
	return p.object("metadata").object("annotations").text(classAnnotation) == gatewayClassAnnotation
}

// ingress gives a cluster an Ingress of its application gateway.
func (b *builder) ingress(r Resource, p *properties, where *placement) {
	c := b.cluster(where.cluster(r))
	if c == nil {
		b.leave(r, noCluster)
		return
	}
	i := egress.Ingress{Listeners: ingressListeners(r.ID, p)}
	i.Namespace, i.Name, _ = strings.Cut(r.ID, "/")
	for _, at := range p.object("status").object("loadBalancer").objects("ingress") {
		if addr := at.addr("ip"); addr.IsValid() {
			i.Addresses = append(i.Addresses, addr)
		}
	}
	c.Ingresses = put(b, c.Ingresses, "ingresses", c.ID+"/"+r.ID, i)
}

// ingressListeners are the listeners that AGIC makes for an Ingress: one for each host, on the HTTP port, or the HTTPS
// port where it has a certificate; on both where it redirects.
func ingressListeners(name string, p *properties) []egress.Listener {
	spec, annotations := p.object("spec"), p.object("metadata").object("annotations")
	port, _ := strconv.ParseUint(annotations.text(portAnnotation), 10, 16)
	var secured []string
	for _, tls := range spec.objects("tls") {
		hosts := tls.texts("hosts")
		if len(hosts) == 0 {
			hosts = []string{""}
		}
		secured = append(secured, hosts...)
	}
	hosts := []string{}
	for _, rule := range spec.objects("rules") {
		if host := rule.text("host"); !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	if len(hosts) == 0 {
		hosts = []string{""}
	}
	var listeners []egress.Listener
	listen := func(protocol, host string, standard uint16) {
		l := egress.Listener{Name: strings.TrimSuffix(name+" "+host, " "), Protocol: protocol, Host: host, Port: standard}
		if port != 0 {
			l.Port = uint16(port)
		}
		listeners = append(listeners, l)
	}
	for _, host := range hosts {
		https := slices.Contains(secured, host) || slices.Contains(secured, "")
		if !https || annotations.text(redirectAnnotation) == "true" {
			listen("Http", host, 80)
		}
		if https {
			listen("Https", host, 443)
		}
	}
	return listeners
}
