package doctor

import (
	"fmt"
	"net/netip"

	"aks-egress/egress"
)

func serviceChecks() []Check {
	const subject = "Inbound traffic"
	return []Check{
		{
			ID: "public-service-asymmetric", Severity: Error, Subject: subject,
			Title: "Public LoadBalancer service behind a default route to a firewall",
			Rule: "A public Service of type LoadBalancer runs on subnets whose replies leave by the load balancer, not " +
				"through an " +
				"appliance.",
			Why: "The request comes through the load balancer and the reply goes to the firewall, which never saw the request " +
				"and drops it: clients on the internet wait in vain.",
			Source: "azure-facts 7.5", find: serviceAsymmetric,
		},
		{
			ID: "inbound-asymmetric", Severity: Error, Subject: subject,
			Title:  "Entrance whose answers are lost",
			Rule:   "What enters through a firewall's DNAT rule or an application gateway is answered by the way it came.",
			Why:    "An answer that a stateful firewall sees without its request is dropped.",
			Source: "azure-facts 7.1, 7.5", find: inboundAsymmetric,
		},
		{
			ID: "application-gateway-unmanaged", Severity: Error, Subject: subject,
			Title: "Application Gateway that Azure cannot manage",
			Rule: "The security group of an application gateway's subnet lets the tag GatewayManager reach TCP 65200-65535 " +
				"of any destination.",
			Why:    "Azure refuses the association, and a gateway that it cannot manage is unhealthy.",
			Source: "azure-facts 7.7", find: gatewayUnmanaged,
		},
	}
}

// lost says whether a flow arrives and its answer does not.
func lost(t egress.Trace) bool {
	return t.Disposition == egress.Asymmetric || t.Disposition == egress.NoReturn
}

// inbound is a flow from some address on the internet.
func inbound(addr netip.Addr, port uint16, protocol string) egress.Flow {
	f := egress.Flow{From: egress.FromInternet, Addr: addr, Port: port, Protocol: egress.TCP}
	if same(protocol, "UDP") {
		f.Protocol = egress.UDP
	}
	return f
}

func serviceAsymmetric(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		for i := range c.Services {
			s := &c.Services[i]
			if s.Internal || x.published(s) {
				continue
			}
			if why := x.replyLost(c, s); why != "" {
				found = append(found, Finding{
					Resource: c.ID,
					Message: fmt.Sprintf("Service %s/%s of cluster %s is public, and its replies are lost: "+
						"%s.", s.Namespace, s.Name, c.Name, why),
					Fix: "Make it internal (service.beta.kubernetes.io/azure-load-balancer-internal: \"true\") and publish it by " +
						"a DNAT " +
						"rule of the firewall or by an application gateway.",
				})
			}
		}
	}
	return found
}

// replyLost asks the model; of a service without address or ports the route alone decides.
func (x *examination) replyLost(c *cluster, s *egress.Service) string {
	for _, addr := range s.Addresses {
		for _, port := range s.Ports {
			t := x.trace(inbound(addr, port.Port, port.Protocol))
			if lost(t) {
				return reason(t)
			}
			if t.Disposition != egress.Insufficient {
				return ""
			}
		}
	}
	for _, p := range c.subnets {
		if route := defaultRoute(p.table); route != nil && sameHop(route.NextHopType, egress.NextHopVirtualAppliance) {
			return fmt.Sprintf("route %s on subnet %s sends them to %s", route.Name, short(p.subnet.ID), hopText(route))
		}
	}
	return ""
}

// published says whether a DNAT rule leads to the service: then that is its entrance.
func (x *examination) published(s *egress.Service) bool {
	for _, set := range x.rules {
		for _, c := range set.rules {
			for _, r := range c.NATRules {
				for _, addr := range s.Addresses {
					if r.TranslatedAddress == addr.String() {
						return true
					}
				}
			}
		}
	}
	return false
}
