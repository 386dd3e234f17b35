package program

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/egress"
	"aks-egress/egress/snat"
	"aks-egress/internal/config"
)

// snat exports how many addresses and source ports the stack has, and how many of them a node can count on: 0 where
// ports are not allotted but taken on demand.
func (s *stack) snat() pulumi.MapOutput {
	return s.way.expected.ApplyT(func(expected []string) (map[string]any, error) {
		ips, err := countAddresses(expected)
		if err != nil {
			return nil, err
		}
		ports, perNode := 0, 0
		switch s.cfg.EgressType() {
		case config.LoadBalancer:
			ports = ips * snat.LoadBalancerPortsPerIP
			perNode = s.cfg.OutboundPortsPerNode
			if perNode == 0 {
				perNode = snat.AutomaticPorts(s.cfg.NodeCount+s.cfg.UserNodeCount) * ips
			}
		case config.ManagedNATGateway, config.UserAssignedNATGateway:
			ports = ips * snat.NATGatewayPortsPerIP
		case config.UserDefinedRouting:
			ports = ips * snat.FirewallPortsPerIP
		}
		return map[string]any{"ipCount": ips, "ports": ports, "portsPerNode": perNode}, nil
	}).(pulumi.MapOutput)
}

func countAddresses(texts []string) (int, error) {
	count := 0
	for _, text := range texts {
		prefix, err := egress.ParsePrefix(text)
		if err != nil {
			return 0, fmt.Errorf("egress address: %w", err)
		}
		count += 1 << (prefix.Addr().BitLen() - prefix.Bits())
	}
	return count, nil
}
