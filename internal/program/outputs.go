package program

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/internal/config"
)

// export writes the stack outputs, whose names are contracts (docs/reference/outputs.md).
func (s *stack) export() {
	ctx, expected := s.ctx, *s.way.expected
	ctx.Export("outboundType", pulumi.String(string(s.cfg.OutboundType)))
	ctx.Export("egressIp", s.probe.ObservedIPs.ApplyT(func(ips []string) string {
		if len(ips) == 0 {
			return ""
		}
		return ips[0]
	}))
	ctx.Export("egressIps", s.probe.ObservedIPs)
	ctx.Export("expectedEgressIps", expected)
	ctx.Export("egressVerified", s.probe.Verified)
	ctx.Export("egressPath", s.egressPath())
	ctx.Export("snat", s.snat())
	ctx.Export("ingressIp", s.entrance.ip)
	ctx.Export("ingressUrl", s.entrance.url)
	ctx.Export("clusterName", s.cluster.Name)
	ctx.Export("resourceGroup", s.group.Name)
	ctx.Export("nodeResourceGroup", s.cluster.NodeResourceGroup)
	ctx.Export("kubeconfig", s.cluster.Kubeconfig)
}

// egressPath describes the way from a pod to the internet, one line per hop.
func (s *stack) egressPath() pulumi.StringArrayOutput {
	firewallIP := s.way.firewallIP
	if firewallIP == nil {
		firewallIP = pulumi.String("")
	}
	return pulumi.All(firewallIP, *s.way.expected).ApplyT(func(values []any) []string {
		ips := strings.Join(values[1].([]string), ", ")
		path := s.pathToSubnet()
		switch s.cfg.EgressType() {
		case config.UserDefinedRouting:
			next := values[0].(string)
			path = append(path,
				fmt.Sprintf("route 0.0.0.0/0 → VirtualAppliance %s", next),
				fmt.Sprintf("%s %s: rules decide, SNAT to %s", s.firewallName(), next, ips))
		case config.UserAssignedNATGateway:
			path = append(path, "route 0.0.0.0/0 → Internet (system)", "NAT gateway: SNAT to "+ips)
		case config.ManagedNATGateway:
			path = append(path, "route 0.0.0.0/0 → Internet (system)", "NAT gateway of AKS: SNAT to "+ips)
		case config.LoadBalancer:
			path = append(path, "route 0.0.0.0/0 → Internet (system)",
				"load balancer of AKS, outbound rule: SNAT to "+ips)
		}
		return append(path, "internet")
	}).(pulumi.StringArrayOutput)
}

func (s *stack) pathToSubnet() []string {
	pod := "pod with an address of its node's subnet"
	if s.cfg.PodCIDR.IsValid() {
		pod = fmt.Sprintf("pod in %s: SNAT to its node's address", s.cfg.PodCIDR)
	}
	subnet := "node subnet of AKS"
	if s.way.nodeSubnetID != nil {
		subnet = fmt.Sprintf("node subnet %s", s.cfg.NodeSubnet)
	}
	return []string{pod, subnet}
}

func (s *stack) firewallName() string {
	if s.cfg.ExistingHubVnetID != "" {
		return "firewall of the existing hub"
	}
	return "Azure Firewall " + s.cfg.FirewallTier
}
