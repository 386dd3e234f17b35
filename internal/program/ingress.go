package program

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/components"
	"aks-egress/internal/config"
)

// httpPort is where clients find the probe's web server, in every ingress mode.
const httpPort = 80

// gatewayName is the name of the application gateway in the node resource group.
const gatewayName = "ingress-gateway"

// entrance is where clients come in.
type entrance struct {
	ip  pulumi.StringOutput // empty where clients have a name instead, or no way in
	url pulumi.StringOutput // empty: no way in
}

// exposure is the Service that the ingress mode wants before the probe.
func (s *stack) exposure() components.Exposure {
	switch s.cfg.Ingress {
	case config.IngressLoadBalancer:
		return components.ExposurePublic
	case config.IngressFirewallDNAT:
		return components.ExposureInternal
	case config.IngressApplicationGateway, config.IngressApplicationGatewayForContainers:
		return components.ExposureCluster
	case config.IngressNone:
	}
	return ""
}

// gatewaySubnet is what the ingress mode wants in the spoke beside the nodes; nil: nothing.
func (s *stack) gatewaySubnet() *components.GatewaySubnet {
	if !s.cfg.GatewaySubnet.IsValid() {
		return nil
	}
	subnet := &components.GatewaySubnet{Prefix: s.cfg.GatewaySubnet}
	switch s.cfg.Ingress {
	case config.IngressApplicationGateway:
		subnet.Delegation, subnet.TCPPorts = components.ApplicationGatewayDelegation, []int{httpPort}
	case config.IngressApplicationGatewayForContainers:
		subnet.Delegation = components.TrafficControllerDelegation // clients end before the subnet
	case config.IngressNone, config.IngressLoadBalancer, config.IngressFirewallDNAT:
	}
	return subnet
}

// gatewayAddOn is what the ingress mode wants of AKS; nil: nothing.
func (s *stack) gatewayAddOn() *components.ApplicationGatewayAddOn {
	if s.cfg.Ingress != config.IngressApplicationGateway {
		return nil
	}
	return &components.ApplicationGatewayAddOn{Name: gatewayName, SubnetID: s.way.gatewaySubnetID}
}

// newIngress publishes the probe.
func (s *stack) newIngress() (entrance, error) {
	none := pulumi.String("").ToStringOutput()
	switch s.cfg.Ingress {
	case config.IngressLoadBalancer:
		return entranceAt(s.probe.IngressIP), nil
	case config.IngressFirewallDNAT:
		ingress, err := components.NewFirewallIngress(s.ctx, "ingress", &components.FirewallIngressArgs{
			ResourceGroupName: s.groupName,
			PolicyName:        s.way.firewallPolicy,
			Priority:          ingressRulesPriority,
			PublicIP:          s.way.firewallPublicIP,
			Port:              httpPort,
			TargetIP:          s.probe.IngressIP,
			TargetPort:        httpPort,
		}, pulumi.Providers(s.azure))
		if err != nil {
			return entrance{}, err
		}
		return entranceAt(ingress.IngressIP), nil
	case config.IngressApplicationGateway:
		ingress, err := components.NewApplicationGatewayIngress(s.ctx, "ingress", &components.ApplicationGatewayIngressArgs{
			IdentityObjectID: s.cluster.ApplicationGatewayIdentityID,
			SubnetID:         s.way.gatewaySubnetID,
			Backend:          s.probe.Backend,
		}, pulumi.Providers(s.azure, s.kubernetes))
		if err != nil {
			return entrance{}, err
		}
		return entranceAt(ingress.IngressIP), nil
	case config.IngressApplicationGatewayForContainers:
		return s.newContainersGateway()
	case config.IngressNone:
	}
	return entrance{ip: none, url: none}, nil
}

// newContainersGateway publishes the probe by a name: its frontend has no address that stays.
func (s *stack) newContainersGateway() (entrance, error) {
	gateway, err := components.NewApplicationGatewayForContainers(s.ctx, "ingress",
		&components.ApplicationGatewayForContainersArgs{
			ResourceGroupName: s.groupName,
			SubnetID:          s.way.gatewaySubnetID,
			OIDCIssuerURL:     s.cluster.OIDCIssuerURL,
			NodeResourceGroup: s.cluster.NodeResourceGroup,
			Backend:           s.probe.Backend,
			Tags:              s.tags,
		}, pulumi.Providers(s.azure, s.kubernetes))
	if err != nil {
		return entrance{}, err
	}
	return entrance{ip: pulumi.String("").ToStringOutput(), url: gateway.IngressURL}, nil
}

func entranceAt(ip pulumi.StringOutput) entrance {
	return entrance{ip: ip, url: pulumi.Sprintf("http://%s/", ip)}
}
