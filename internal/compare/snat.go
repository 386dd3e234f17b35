package compare

import (
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"aks-egress/egress"
	"aks-egress/egress/snat"
)

// SNATOf reads the source ports of a network's cluster, of the device that translates its traffic. All is 0 where the
// network does not tell by which it leaves.
func SNATOf(n *egress.Network) SNAT {
	w, ok := wayOf(n)
	if !ok {
		return SNAT{}
	}
	s := SNAT{}
	for _, source := range w.trace.Sources {
		s.IPs += 1 << (source.Addr().BitLen() - source.Bits())
	}
	kind, perIP := w.translator()
	switch kind {
	case snat.LoadBalancerAutomatic, snat.LoadBalancerExplicit:
		s.MostIPs = snat.MaxLoadBalancerIPs
		s.PortsPerNode = w.allocated()
		if kind == snat.LoadBalancerAutomatic {
			s.PortsPerNode = snat.AutomaticPorts(w.cluster.NodeCount) * s.IPs
		}
	case snat.Firewall:
		s.MostIPs = snat.MaxFirewallIPs
	case snat.ManagedNATGateway, snat.UserAssignedNATGateway, snat.FirewallNATGateway:
		s.MostIPs = snat.MaxNATGatewayIPs
	default:
		return SNAT{IPs: s.IPs} // public IPs of the nodes: each has its own ports
	}
	s.Ports, s.MostPorts = s.IPs*perIP, s.MostIPs*perIP
	s.FirstLimit = firstLimit(kind, snat.Need{
		Nodes: w.cluster.NodeCount, ConnectionsPerNode: 1, Destinations: 1, IPs: s.IPs, PortsPerNode: w.allocated(),
	})
	return s
}

// translator is what gives the traffic its public address, and the ports of one address (azure-facts 2.1, 3, 5.3).
func (w *way) translator() (kind snat.Way, portsPerIP int) {
	firewall, nat := w.at("firewall") != "", w.at("NAT gateway") != ""
	switch {
	case firewall && nat:
		return snat.FirewallNATGateway, snat.NATGatewayPortsPerIP
	case nat && strings.EqualFold(w.at("NAT gateway"), w.cluster.OutboundNATGatewayID):
		return snat.ManagedNATGateway, snat.NATGatewayPortsPerIP
	case nat:
		return snat.UserAssignedNATGateway, snat.NATGatewayPortsPerIP
	case firewall:
		return snat.Firewall, snat.FirewallPortsPerIP
	case w.at("load balancer") == "":
		return "", 0
	case w.allocated() > 0:
		return snat.LoadBalancerExplicit, snat.LoadBalancerPortsPerIP
	default:
		return snat.LoadBalancerAutomatic, snat.LoadBalancerPortsPerIP
	}
}

// allocated are the ports that the cluster's load balancer gives each node; 0: by Azure's table, or there is none.
func (w *way) allocated() int {
	if w.cluster.LoadBalancer == nil {
		return 0
	}
	return w.cluster.LoadBalancer.AllocatedOutboundPorts
}

// firstLimit is empty where the network does not say how many nodes there are.
func firstLimit(kind snat.Way, need snat.Need) string {
	answers, err := snat.Answers(need)
	if err != nil {
		return ""
	}
	for _, a := range answers {
		if a.Way == kind {
			return message.NewPrinter(language.English).Sprintf("%d %s", a.First.Value, a.First.What)
		}
	}
	return ""
}
