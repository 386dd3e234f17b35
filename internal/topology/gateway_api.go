package topology

import (
	"slices"
	"strings"

	"aks-egress/egress"
)

const (
	gatewayGroup = "gateway.networking.k8s.io"
	helmGroup    = "helm.sh"

	// What ties a Gateway to an Application Gateway for Containers that exists already (azure-facts 7.8).
	albAnnotation  = "alb.networking.azure.io/alb-id"
	albAddressType = "alb.networking.azure.io/alb-frontend"

	// The chart of the ALB Controller, and what its pods pull (AGC docs, Helm chart).
	albChart = "oci://mcr.microsoft.com/application-lb/charts/alb-controller"
	albImage = "mcr.microsoft.com/application-lb/images/alb-controller"
)

// ingressReaders read the objects of custom groups that have a place in the network; nil: none is needed. What a route
// sends to a Service stays inside the cluster, which the network does not divide.
var ingressReaders = map[token]func(b *builder, r Resource, p *properties, where *placement){
	{kubernetesPackage, gatewayGroup, "Gateway"}:      (*builder).gateway,
	{kubernetesPackage, gatewayGroup, "GatewayClass"}: nil,
	{kubernetesPackage, gatewayGroup, "HTTPRoute"}:    nil,
	{kubernetesPackage, helmGroup, "Release"}:         (*builder).release,
}

// gateway gives a frontend of an Application Gateway for Containers the ports that a Gateway listens on.
func (b *builder) gateway(r Resource, p *properties, _ *placement) {
	if hides(p.raw("spec")) || hides(p.raw("metadata")) {
		b.leave(r, "its specification or metadata is or holds a secret, or is not known yet")
		return
	}
	id := p.object("metadata").object("annotations").text(albAnnotation)
	for _, address := range p.object("spec").objects("addresses") {
		if address.text("type") != albAddressType {
			continue
		}
		c := b.controller(id)
		if c == nil {
			b.leave(r, "its traffic controller is not in the network")
			return
		}
		b.listen(c, address.text("value"), p.object("spec").objects("listeners"))
		return
	}
	b.leave(r, "its type is modelled for frontends of Application Gateway for Containers only")
}

// listen adds the ports of listeners to a frontend.
func (b *builder) listen(c *egress.TrafficController, frontend string, listeners []*properties) {
	for i := range c.Frontends {
		f := &c.Frontends[i]
		if !strings.EqualFold(f.Name, frontend) {
			continue
		}
		for _, l := range listeners {
			if port := l.port("port"); !slices.Contains(f.Ports, port) {
				f.Ports = append(f.Ports, port)
			}
		}
		slices.Sort(f.Ports)
	}
}

// release gives a cluster the images of a chart that is known.
func (b *builder) release(r Resource, p *properties, where *placement) {
	if hides(p.raw("chart")) || hides(p.raw("version")) {
		b.leave(r, "its chart is a secret, or is not known yet")
		return
	}
	if p.text("chart") != albChart {
		b.leave(r, "its type is modelled for the chart of the ALB Controller only")
		return
	}
	c := b.cluster(where.cluster(r))
	if c == nil {
		b.leave(r, noCluster)
		return
	}
	for _, part := range []string{"", "-bootstrap", "-crds"} {
		c.Images = append(c.Images, albImage+part+":"+p.text("version"))
	}
}
