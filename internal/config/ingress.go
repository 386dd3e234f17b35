package config

// Ingress is how the probe's service is published.
type Ingress string

// The ingress modes. All but the first two keep requests and replies on one path also where a route table sends what
// the nodes send to a firewall (azure-facts 7.5).
const (
	IngressNone                            Ingress = "none"
	IngressLoadBalancer                    Ingress = "loadBalancer"
	IngressFirewallDNAT                    Ingress = "firewallDnat"
	IngressApplicationGateway              Ingress = "applicationGateway"
	IngressApplicationGatewayForContainers Ingress = "applicationGatewayForContainers"
)

// IngressModes are the modes, in the order of the reference.
func IngressModes() []Ingress {
	return []Ingress{
		IngressNone, IngressLoadBalancer, IngressFirewallDNAT, IngressApplicationGateway,
		IngressApplicationGatewayForContainers,
	}
}

func ingressModes() []string {
	var words []string
	for _, mode := range IngressModes() {
		words = append(words, string(mode))
	}
	return words
}

// loadIngress refuses the modes that the outbound type or the network plugin cannot have (azure-facts 7.5, 7.7, 7.8).
func (in *input) loadIngress(config *Config) {
	const key = "ingress"
	config.Ingress = in.ingress()
	config.AllowAsymmetricIngress = in.flag("allowAsymmetricIngress")
	if !in.good(key, "outboundType") {
		return
	}
	switch config.Ingress {
	case IngressLoadBalancer:
		if in.builds(UserDefinedRouting) && !config.AllowAsymmetricIngress {
			in.refuse(key, "does not work under userDefinedRouting: requests come in by the load balancer, but the "+
				"default route sends the replies to the firewall, which has not seen the requests and drops them; use "+
				"firewallDnat, applicationGateway or applicationGatewayForContainers, or set allowAsymmetricIngress to true "+
				"to watch it fail")
		}
	case IngressFirewallDNAT:
		switch {
		case !in.builds(UserDefinedRouting):
			in.refuse(key, "needs a firewall, which outboundType %s does not have: use loadBalancer", in.outboundType())
		case in.hasExistingHub():
			in.refuse(key, "needs a rule in the firewall of the existing hub, whose owner decides it: ask the owner for it, or "+
				"use applicationGateway or applicationGatewayForContainers")
		}
	case IngressApplicationGateway, IngressApplicationGatewayForContainers:
		in.checkGatewayIngress()
		in.checkContainersRegion(config)
	case IngressNone:
	}
}

// checkGatewayIngress: both kinds of gateway reach pods by their own addresses, from a subnet of the cluster's VNet.
func (in *input) checkGatewayIngress() {
	switch {
	case in.outboundType() == ManagedNATGateway:
		in.refuse("ingress", "needs a subnet beside the nodes, and with outboundType managedNATGateway the VNet belongs to "+
			"AKS: use loadBalancer, or outboundType userAssignedNATGateway")
	case in.good("networkPlugin") && in.text("networkPlugin") == "kubenet":
		in.refuse("ingress", "reaches pods by their own addresses, which networkPlugin kubenet hides behind routes of the "+
			"node subnet: use networkPlugin azure")
	}
}

// checkGatewaySubnet refuses a subnet that something else uses too: Azure wants both kinds of gateway alone in theirs
// (azure-facts 7.7, 7.8).
func (in *input) checkGatewaySubnet(config *Config) {
	const key = "gatewaySubnet"
	subnet := config.GatewaySubnet
	if !subnet.IsValid() {
		return
	}
	in.checkSubnet(key, subnet, "spokeAddressSpace", config.SpokeAddressSpace)
	if config.NodeSubnet.IsValid() && subnet.Overlaps(config.NodeSubnet) {
		in.refuse(key, "overlaps nodeSubnet %s: a gateway needs a subnet of its own", config.NodeSubnet)
	}
	in.checkContainersSubnet(subnet)
	in.checkApplicationGatewaySubnet(subnet)
}

func (in *input) ingress() Ingress { return Ingress(in.text("ingress")) }

// hasGateway reports whether the ingress mode puts a gateway into a subnet of the spoke.
func (in *input) hasGateway() bool {
	return in.ingress() == IngressApplicationGateway || in.ingress() == IngressApplicationGatewayForContainers
}
