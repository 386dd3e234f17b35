package program

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/internal/config"
)

// output is one of a stack's outputs. Names are contracts: they are only ever added.
type output struct {
	name        string
	description string // for docs/reference/outputs.md, in Markdown
	value       func(*stack) pulumi.Input
}

// outputs are all of them, in the order of the reference.
var outputs = []output{
	{
		"outboundType", "the configured outbound type, in Azure's word",
		func(s *stack) pulumi.Input { return pulumi.String(string(s.cfg.OutboundType)) },
	},
	{
		"egressIp", "one of `egressIps`: of the first public IP, prefix or device in the order in which they are " +
			"configured, so another address added after it does not change it; empty before the probe has an answer",
		func(s *stack) pulumi.Input { return primaryOutput(s.probe.ObservedIPs, *s.way.expected) },
	},
	{
		"egressIps", "the distinct addresses that the probe's target saw, in the order of addresses: **observed**",
		func(s *stack) pulumi.Input { return s.probe.ObservedIPs },
	},
	{
		"expectedEgressIps", "addresses, and prefixes in CIDR form, that egress must use, in the order of " +
			"addresses: **read from the resources that own them**",
		func(s *stack) pulumi.Input { return inOrderOutput(*s.way.expected) },
	},
	{
		"egressVerified", "`true` when every observed address is expected and what must be blocked is blocked. " +
			"An update in which this does not hold fails, and says both sets",
		func(s *stack) pulumi.Input { return s.probe.Verified },
	},
	{
		"egressPath", "the way from a pod to the internet, one line per hop",
		func(s *stack) pulumi.Input { return s.egressPath() },
	},
	{
		"snat", "`ipCount` addresses, `ports` source ports in all, `portsPerNode` of them for each node; 0 where ports " +
			"are taken on demand. For a firewall the ports of its two instances at least",
		func(s *stack) pulumi.Input { return s.snat() },
	},
	{
		"ingressIp", "the address at which clients on the internet find the probe; empty with ingress `none`, and where " +
			"clients have a host name instead. Under `firewallDnat` the firewall's address",
		func(s *stack) pulumi.Input { return s.entrance.ip },
	},
	{
		"ingressUrl", "the URL at which clients on the internet find the probe; empty with ingress `none`",
		func(s *stack) pulumi.Input { return s.entrance.url },
	},
	{
		"clusterName", "the cluster's name in Azure",
		func(s *stack) pulumi.Input { return s.cluster.Name },
	},
	{
		"resourceGroup", "the stack's resource group",
		func(s *stack) pulumi.Input { return s.group.Name },
	},
	{
		"nodeResourceGroup", "the resource group that AKS keeps for nodes, load balancer and managed addresses",
		func(s *stack) pulumi.Input { return s.cluster.NodeResourceGroup },
	},
	{
		"kubeconfig", "credentials for the cluster: a secret, encrypted in the state",
		func(s *stack) pulumi.Input { return s.cluster.Kubeconfig },
	},
}

// export writes the stack outputs.
func (s *stack) export() {
	for _, o := range outputs {
		s.ctx.Export(o.name, o.value(s))
	}
}

// egressPath describes the way from a pod to the internet, one line per hop.
func (s *stack) egressPath() pulumi.StringArrayOutput {
	firewallIP := s.way.firewallIP
	if firewallIP == nil {
		firewallIP = pulumi.String("")
	}
	return pulumi.All(firewallIP, *s.way.expected).ApplyT(func(values []any) []string {
		ips := strings.Join(inOrder(values[1].([]string)), ", ")
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
