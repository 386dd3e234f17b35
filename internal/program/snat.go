package program

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/egress"
	"aks-egress/internal/config"
)

// SNAT ports per public IP address (azure-facts 2.2, 3, 5.3).
const (
	loadBalancerPorts      = 64_000
	natGatewayPorts        = 64_512
	firewallPorts          = 2_496
	firewallLeastInstances = 2
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
			ports = ips * loadBalancerPorts
			perNode = s.cfg.OutboundPortsPerNode
			if perNode == 0 {
				perNode = automaticPorts(s.cfg.NodeCount) * ips
			}
		case config.ManagedNATGateway, config.UserAssignedNATGateway:
			ports = ips * natGatewayPorts
		case config.UserDefinedRouting:
			ports = ips * firewallPorts * firewallLeastInstances
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

// automaticPorts is Azure's table of ports per node and frontend address by backend pool size (azure-facts 2.2).
func automaticPorts(nodes int) int {
	ports := 1024
	for _, size := range []int{50, 100, 200, 400, 800} {
		if nodes <= size {
			return ports
		}
		ports /= 2
	}
	return ports
}
