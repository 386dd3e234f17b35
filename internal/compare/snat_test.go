package compare_test

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"

	"aks-egress/egress"
	"aks-egress/egress/networktest"
	"aks-egress/internal/compare"
)

// Ports of each way out, calculated by hand from azure-facts 2.1, 2.2, 3 and 5.3.
func TestSNATOf(t *testing.T) {
	t.Parallel()
	explicit := networktest.ByLoadBalancer()
	explicit.Clusters[0].LoadBalancer = &egress.LoadBalancerProfile{AllocatedOutboundPorts: 4000}

	withPrefix := networktest.ByNATGateway()
	withPrefix.PublicIPPrefixes = []egress.PublicIPPrefix{{ID: "p", Prefix: netip.MustParsePrefix("198.51.100.0/30")}}
	withPrefix.NATGateways[0].PublicIPPrefixIDs = []string{"p"}

	managed := networktest.ByNATGateway()
	managed.Clusters[0].OutboundType = "managedNATGateway"
	managed.Clusters[0].OutboundNATGatewayID = networktest.NATID

	behind := networktest.ByFirewall("Standard")
	networktest.PutNATGateway(behind, &behind.VNets[1].Subnets[0])

	misnamed := networktest.ByNATGateway()
	misnamed.Clusters[0].OutboundType = "loadBalancer"

	many := networktest.ByLoadBalancer()
	many.Clusters[0].NodeCount = 200

	unsized := networktest.ByLoadBalancer()
	unsized.Clusters[0].NodeCount = 0

	for name, c := range map[string]struct {
		network *egress.Network
		want    compare.SNAT
	}{
		"load balancer": {networktest.ByLoadBalancer(), compare.SNAT{
			IPs: 1, Ports: 64_000, PortsPerNode: 1024, MostIPs: 100, MostPorts: 6_400_000, FirstLimit: "1,024 ports per node",
		}},
		"load balancer with 200 nodes": {many, compare.SNAT{
			IPs: 1, Ports: 64_000, PortsPerNode: 256, MostIPs: 100, MostPorts: 6_400_000, FirstLimit: "256 ports per node",
		}},
		"load balancer of unknown nodes": {unsized, compare.SNAT{
			IPs: 1, Ports: 64_000, MostIPs: 100, MostPorts: 6_400_000,
		}},
		"load balancer, explicit": {explicit, compare.SNAT{
			IPs: 1, Ports: 64_000, PortsPerNode: 4000, MostIPs: 100, MostPorts: 6_400_000, FirstLimit: "4,000 ports per node",
		}},
		"NAT gateway": {networktest.ByNATGateway(), compare.SNAT{
			IPs: 1, Ports: 64_512, MostIPs: 16, MostPorts: 1_032_192, FirstLimit: "50,000 connections per IP",
		}},
		"NAT gateway with a prefix": {withPrefix, compare.SNAT{
			IPs: 5, Ports: 322_560, MostIPs: 16, MostPorts: 1_032_192, FirstLimit: "50,000 connections per IP",
		}},
		"NAT gateway of AKS": {managed, compare.SNAT{
			IPs: 1, Ports: 64_512, MostIPs: 16, MostPorts: 1_032_192, FirstLimit: "50,000 connections per IP",
		}},
		"the way counts, not what the type says": {misnamed, compare.SNAT{
			IPs: 1, Ports: 64_512, MostIPs: 16, MostPorts: 1_032_192, FirstLimit: "50,000 connections per IP",
		}},
		"firewall": {networktest.ByFirewall("Standard"), compare.SNAT{
			IPs: 1, Ports: 4_992, MostIPs: 250, MostPorts: 1_248_000, FirstLimit: "4,992 ports per IP",
		}},
		"firewall with a NAT gateway": {behind, compare.SNAT{
			IPs: 1, Ports: 64_512, MostIPs: 16, MostPorts: 1_032_192, FirstLimit: "50,000 connections per IP",
		}},
		"no way out": {networktest.Spoke("userDefinedRouting"), compare.SNAT{}},
		"no cluster": {&egress.Network{}, compare.SNAT{}},
	} {
		assert.Equal(t, c.want, compare.SNATOf(c.network), name)
	}
}
