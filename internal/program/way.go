package program

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/components"
	"aks-egress/egress/endpoints"
	"aks-egress/internal/config"
)

// Priorities of the firewall policy's rule collection groups; the gaps leave room for a forker's own.
const (
	ingressRulesPriority  = 100
	gatewayRulesPriority  = 250
	requiredRulesPriority = 200
	probeRulesPriority    = 300
	workloadRulesPriority = 400
)

// way is what stands between the nodes and the internet before the cluster exists.
type way struct {
	nodeSubnetID pulumi.StringInput         // nil: AKS makes the network
	routeTableID pulumi.StringInput         // nil: none
	firewallIP   pulumi.StringInput         // nil: none
	expected     *pulumi.StringArrayOutput  // nil: only the cluster will know
	standing     []pulumi.StringArrayOutput // every egress of ours; during a migration also one that is not expected
	rulesDigest  string                     // changes when firewall rules change; empty without a firewall

	gatewaySubnetID  pulumi.StringInput // nil: none
	firewallPolicy   pulumi.StringInput // name of the policy of our own firewall; nil: none
	firewallPublicIP pulumi.StringInput // the first address of our own firewall; nil: none
}

func (s *stack) newWay() (way, error) {
	switch s.cfg.OutboundType {
	case config.ManagedNATGateway:
		return way{}, nil
	case config.UserAssignedNATGateway, config.UserDefinedRouting:
		return s.newOwnWay()
	case config.LoadBalancer:
		spoke, err := s.newSpoke(components.SpokeNetworkArgs{})
		if err != nil {
			return way{}, err
		}
		return way{nodeSubnetID: spoke.NodeSubnetID, gatewaySubnetID: spoke.GatewaySubnetID}, nil
	}
	return way{}, fmt.Errorf("bug: no way out for outbound type %q", s.cfg.OutboundType)
}

// newSpoke fills in what every outbound type wants of the spoke.
func (s *stack) newSpoke(args components.SpokeNetworkArgs) (*components.SpokeNetwork, error) {
	args.ResourceGroupName = s.groupName
	args.AddressSpace = s.cfg.SpokeAddressSpace
	args.NodeSubnet = s.cfg.NodeSubnet
	args.Tags = s.tags
	if s.cfg.Ingress == config.IngressLoadBalancer {
		args.InboundTCPPorts = []int{httpPort}
	}
	args.Gateway = s.gatewaySubnet()
	return components.NewSpokeNetwork(s.ctx, "spoke", &args, pulumi.Providers(s.azure))
}

// newOwnWay builds NAT gateway, firewall or, while a cluster changes from one to the other, both: the route to the
// firewall takes precedence then (azure-facts 4).
func (s *stack) newOwnWay() (way, error) {
	var w way
	var spoke components.SpokeNetworkArgs
	if s.cfg.Builds(config.UserAssignedNATGateway) {
		nat, err := s.newNat()
		if err != nil {
			return way{}, err
		}
		spoke.NatGatewayID = nat.ID
		w.expected = &nat.PublicIPs
		w.standing = append(w.standing, nat.PublicIPs)
	}
	if s.cfg.Builds(config.UserDefinedRouting) {
		h, err := s.newHub()
		if err != nil {
			return way{}, err
		}
		table, err := s.newRoutes(h)
		if err != nil {
			return way{}, err
		}
		spoke.RouteTableID, spoke.HubVnetID = table.ID, h.vnetID
		// Nodes of a private cluster must see its DNS zone, which AKS links to their own VNet only (azure-facts 7.2).
		if !s.cfg.PrivateCluster {
			spoke.DNSServers = h.dns
		}
		if w.rulesDigest, err = rulesDigest(h.rules); err != nil {
			return way{}, err
		}
		w.routeTableID, w.firewallIP, w.expected = table.ID, h.privateIP, &h.publicIPs
		w.standing = append(w.standing, h.publicIPs)
		w.firewallPolicy, w.firewallPublicIP = h.policy, h.publicIPs.Index(pulumi.Int(0))
	}
	network, err := s.newSpoke(spoke)
	if err != nil {
		return way{}, err
	}
	w.nodeSubnetID, w.gatewaySubnetID = network.NodeSubnetID, network.GatewaySubnetID
	return w, nil
}

func (s *stack) newNat() (*components.NatEgress, error) {
	args := &components.NatEgressArgs{
		ResourceGroupName:  s.groupName,
		PublicIPCount:      s.cfg.OutboundIPCount,
		PrefixLength:       s.cfg.OutboundIPPrefixLength,
		PublicIPIDs:        s.cfg.OutboundPublicIPIDs,
		PublicIPPrefixIDs:  s.cfg.OutboundIPPrefixIDs,
		IdleTimeoutMinutes: s.cfg.IdleTimeoutMinutes,
		Tags:               s.tags,
	}
	if len(s.cfg.Zones) > 0 {
		args.Zone = s.cfg.Zones[0]
	}
	return components.NewNatEgress(s.ctx, "nat", args, pulumi.Providers(s.azure))
}

func (s *stack) newRoutes(h hub) (*components.RouteTable, error) {
	return components.NewRouteTable(s.ctx, "routes", &components.RouteTableArgs{
		ResourceGroupName: s.groupName,
		FirewallPrivateIP: h.privateIP,
		Tags:              s.tags,
	}, pulumi.Providers(s.azure))
}

// hub is a firewall to route through, ours or the enterprise's.
type hub struct {
	vnetID    pulumi.StringInput
	privateIP pulumi.StringInput
	publicIPs pulumi.StringArrayOutput
	dns       []pulumi.StringInput
	rules     []components.RuleGroup
	policy    pulumi.StringInput // nil: an existing hub, whose rules are not ours
}

// newHub builds a hub firewall, or describes the existing one. Whether an existing firewall is a DNS proxy is not ours
// to know, so its spoke keeps Azure's DNS.
func (s *stack) newHub() (hub, error) {
	c := s.cfg
	if c.ExistingHubVnetID != "" {
		var publicIPs []string
		for _, ip := range c.ExistingFirewallPublicIPs {
			publicIPs = append(publicIPs, ip.String())
		}
		return hub{
			vnetID:    pulumi.String(c.ExistingHubVnetID),
			privateIP: pulumi.String(c.ExistingFirewallPrivateIP.String()),
			publicIPs: pulumi.ToStringArray(publicIPs).ToStringArrayOutput(),
		}, nil
	}
	rules, err := s.firewallRules()
	if err != nil {
		return hub{}, err
	}
	firewall, err := components.NewHubFirewall(s.ctx, "hub", &components.HubFirewallArgs{
		ResourceGroupName: s.groupName,
		AddressSpace:      c.HubAddressSpace,
		FirewallSubnet:    c.FirewallSubnet,
		ManagementSubnet:  c.FirewallManagementSubnet,
		Tier:              c.FirewallTier,
		PublicIPCount:     c.FirewallPublicIPCount,
		ThreatIntelMode:   c.FirewallThreatIntel,
		Zones:             c.Zones,
		Rules:             rules,
		Tags:              s.tags,
	}, pulumi.Providers(s.azure))
	if err != nil {
		return hub{}, err
	}
	h := hub{
		vnetID: firewall.VnetID, privateIP: firewall.PrivateIP, publicIPs: firewall.PublicIPs, rules: rules,
		policy: firewall.PolicyName,
	}
	if c.FirewallTier != "Basic" { // Basic has no DNS proxy
		h.dns = []pulumi.StringInput{firewall.PrivateIP}
	}
	return h, nil
}

// firewallRules is what the spoke may reach: what AKS requires, what the probe needs, and the allow list.
func (s *stack) firewallRules() ([]components.RuleGroup, error) {
	image, err := endpoints.Image(s.cfg.ProbeImage)
	if err != nil {
		return nil, fmt.Errorf("probeImage: %w", err)
	}
	target, err := endpoints.FromURL(s.cfg.ProbeTarget, "Egress probe: answers with the address that it sees")
	if err != nil {
		return nil, fmt.Errorf("probeTarget: %w", err)
	}
	required := append(endpoints.RequiredNetwork(s.cfg.Location), endpoints.Endpoint{
		FQDNTag:  endpoints.TagAKS,
		Protocol: endpoints.HTTPS,
		Why:      "AKS: every host name that the cluster itself needs, kept current by Microsoft",
	})
	var probe []endpoints.Endpoint
	if s.cfg.AllowProbe {
		probe = slices.Concat(image, []endpoints.Endpoint{target})
	}
	from := []netip.Prefix{s.cfg.SpokeAddressSpace}
	groups := []components.RuleGroup{
		{Name: "aks-required", Priority: requiredRulesPriority, Sources: from, Allow: required},
		{Name: "egress-probe", Priority: probeRulesPriority, Sources: from, Allow: probe},
		{Name: "workloads", Priority: workloadRulesPriority, Sources: from, Allow: s.cfg.Allow},
	}
	if s.cfg.Ingress == config.IngressApplicationGatewayForContainers {
		groups = append(groups, components.RuleGroup{
			Name: "alb-controller", Priority: gatewayRulesPriority, Sources: from,
			Allow: endpoints.Beyond(endpoints.TagAKS, endpoints.ApplicationGatewayForContainers(), s.cfg.Location),
		})
	}
	return groups, nil
}

func rulesDigest(rules []components.RuleGroup) (string, error) {
	text, err := json.Marshal(rules)
	if err != nil {
		return "", fmt.Errorf("firewall rules: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8]), nil
}
