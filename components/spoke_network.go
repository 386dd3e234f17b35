package components

import (
	"fmt"
	"net/netip"

	network "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240501"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// NodeSubnetName is the name of the subnet that holds a spoke's AKS nodes.
const NodeSubnetName = "nodes"

// GatewaySubnetName is the name of the subnet that holds a spoke's gateway.
const GatewaySubnetName = "gateway"

const loadBalancedClientsPriority = 200

// SpokeNetworkArgs describes the virtual network of one cluster. With both RouteTableID and NatGatewayID the default
// route to the firewall takes precedence (azure-facts 4); that is for the time in which a cluster changes from one to
// the other, since AKS asks for what its present outbound type needs (azure-facts 1.4).
type SpokeNetworkArgs struct {
	ResourceGroupName pulumi.StringInput // required
	AddressSpace      netip.Prefix       // required
	NodeSubnet        netip.Prefix       // required, inside AddressSpace

	RouteTableID pulumi.StringInput // nil: none
	NatGatewayID pulumi.StringInput // nil: none

	HubVnetID  pulumi.StringInput   // nil: no peering. The hub must be in the same subscription
	DNSServers []pulumi.StringInput // empty: Azure's own DNS

	InboundTCPPorts []int // ports that the internet may open towards load balanced services; empty: none

	Gateway *GatewaySubnet // nil: none

	Tags pulumi.StringMapInput
}

// GatewaySubnet is a subnet beside the nodes for an ingress gateway, which is alone in it. It has no route table: a
// default route to a firewall would send the gateway's replies there (azure-facts 7.5, 7.7).
type GatewaySubnet struct {
	Prefix     netip.Prefix // required, inside the spoke's AddressSpace and outside NodeSubnet
	Delegation string       // the service that the gateway is of, such as [ApplicationGatewayDelegation]; empty: none
	TCPPorts   []int        // ports that the internet may open
}

// SpokeNetwork is a virtual network with one private subnet for AKS nodes (no default outbound access: what leaves,
// leaves by an explicit method), its network security group and, with a hub, the peerings in both directions.
//
// The subnet is inline in the virtual network: standalone subnets of one network race in Azure, and a write of the
// network deletes them (azure-native.md 1.1.9). Do not add standalone subnets to it.
type SpokeNetwork struct {
	pulumi.ResourceState

	VnetID pulumi.StringOutput `pulumi:"vnetId"`

	// NodeSubnetID resolves when the way out stands: the subnet with its route table or NAT gateway, and both peerings.
	NodeSubnetID pulumi.StringOutput `pulumi:"nodeSubnetId"`

	GatewaySubnetID pulumi.StringOutput `pulumi:"gatewaySubnetId"` // empty without Gateway
}

var _ pulumi.ComponentResource = (*SpokeNetwork)(nil)

// NewSpokeNetwork registers the network security group, the virtual network and the peerings.
func NewSpokeNetwork(
	ctx *pulumi.Context, name string, args *SpokeNetworkArgs, opts ...pulumi.ResourceOption,
) (*SpokeNetwork, error) {
	if args == nil {
		return nil, problems("spoke network", name, errNilArgs)
	}
	if err := args.validate(name); err != nil {
		return nil, err
	}
	spoke := &SpokeNetwork{}
	err := ctx.RegisterComponentResourceV2(SpokeNetworkType, name, pulumi.Map{
		"addressSpace": pulumi.String(args.AddressSpace.String()),
		"nodeSubnet":   pulumi.String(args.NodeSubnet.String()),
	}, spoke, opts...)
	if err != nil {
		return nil, fmt.Errorf("spoke network %q: %w", name, err)
	}
	vnet, err := spoke.newVirtualNetwork(ctx, name, args)
	if err != nil {
		return nil, fmt.Errorf("spoke network %q: %w", name, err)
	}
	peered, err := spoke.newPeerings(ctx, name, args, vnet)
	if err != nil {
		return nil, fmt.Errorf("spoke network %q: peering: %w", name, err)
	}
	spoke.VnetID = vnet.ID().ToStringOutput()
	spoke.NodeSubnetID = after(subnetID(vnet, NodeSubnetName), peered...)
	spoke.GatewaySubnetID = pulumi.String("").ToStringOutput()
	if args.Gateway != nil {
		spoke.GatewaySubnetID = subnetID(vnet, GatewaySubnetName)
	}
	return spoke, ctx.RegisterResourceOutputs(spoke, pulumi.Map{
		"vnetId": spoke.VnetID, "nodeSubnetId": spoke.NodeSubnetID, "gatewaySubnetId": spoke.GatewaySubnetID,
	})
}

func (a *SpokeNetworkArgs) validate(name string) error {
	return problems("spoke network", name,
		ensure(a.ResourceGroupName != nil, "ResourceGroupName is required"),
		ensure(a.AddressSpace.IsValid(), "AddressSpace is required"),
		ensure(a.NodeSubnet.IsValid(), "NodeSubnet is required"),
		ensure(!a.AddressSpace.IsValid() || !a.NodeSubnet.IsValid() || contains(a.AddressSpace, a.NodeSubnet),
			"NodeSubnet %s is outside AddressSpace %s", a.NodeSubnet, a.AddressSpace),
		a.validateGateway(),
	)
}

func contains(outer, inner netip.Prefix) bool {
	return outer.Bits() <= inner.Bits() && outer.Contains(inner.Addr())
}

func (s *SpokeNetwork) newVirtualNetwork(
	ctx *pulumi.Context, name string, a *SpokeNetworkArgs,
) (*network.VirtualNetwork, error) {
	child := pulumi.Parent(s)
	group, err := network.NewNetworkSecurityGroup(ctx, name+"-nsg", &network.NetworkSecurityGroupArgs{
		ResourceGroupName: a.ResourceGroupName,
		SecurityRules: inboundRules(a.InboundTCPPorts, loadBalancedClientsPriority,
			"Clients of public LoadBalancer services"),
		Tags: a.Tags,
	}, child)
	if err != nil {
		return nil, err
	}
	subnet := network.SubnetTypeArgs{
		Name:                  pulumi.String(NodeSubnetName),
		AddressPrefix:         pulumi.String(a.NodeSubnet.String()),
		DefaultOutboundAccess: pulumi.Bool(false),
		NatGateway:            subResource(a.NatGatewayID),
		NetworkSecurityGroup:  network.NetworkSecurityGroupTypeArgs{Id: group.ID().ToStringOutput().ToStringPtrOutput()},
	}
	if a.RouteTableID != nil {
		subnet.RouteTable = network.RouteTableTypeArgs{Id: a.RouteTableID.ToStringOutput().ToStringPtrOutput()}
	}
	subnets := network.SubnetTypeArray{subnet}
	if a.Gateway != nil {
		gateway, err := s.newGatewaySubnet(ctx, name, a)
		if err != nil {
			return nil, err
		}
		subnets = append(subnets, gateway)
	}
	vnet := &network.VirtualNetworkArgs{
		ResourceGroupName: a.ResourceGroupName,
		AddressSpace:      network.AddressSpaceArgs{AddressPrefixes: prefixStrings(a.AddressSpace)},
		Subnets:           subnets,
		Tags:              a.Tags,
	}
	if len(a.DNSServers) > 0 {
		vnet.DhcpOptions = network.DhcpOptionsArgs{DnsServers: pulumi.StringArray(a.DNSServers)}
	}
	return network.NewVirtualNetwork(ctx, name+"-vnet", vnet, child)
}

// inboundRules opens the ports of public load balancer services: a security group on the subnet is evaluated besides
// the one that AKS keeps, and denies inbound internet traffic by default.
func inboundRules(ports []int, priority int, description string) network.SecurityRuleTypeArray {
	rules := make(network.SecurityRuleTypeArray, 0, len(ports))
	for i, port := range ports {
		rules = append(rules, network.SecurityRuleTypeArgs{
			Name:                     pulumi.Sprintf("allow-internet-tcp-%d", port),
			Description:              pulumi.String(description),
			Priority:                 pulumi.Int(priority + i),
			Direction:                pulumi.String("Inbound"),
			Access:                   pulumi.String("Allow"),
			Protocol:                 pulumi.String("Tcp"),
			SourceAddressPrefix:      pulumi.String("Internet"),
			SourcePortRange:          pulumi.String("*"),
			DestinationAddressPrefix: pulumi.String("*"),
			DestinationPortRange:     pulumi.Sprintf("%d", port),
		})
	}
	return rules
}

// newPeerings connects spoke and hub in both directions; a one-sided peering carries nothing. Forwarded traffic is
// allowed, because what the firewall sends back does not come from the hub's own addresses. The second waits for the
// first: Azure refuses two writes on a pair of networks at a time (azure-facts 13). State and sync level are Azure's
// to decide, but azure-native has them as inputs and a refresh takes them over: given as they come to be, a refresh
// leaves nothing to update, and a side that lost its other side is written again.
func (s *SpokeNetwork) newPeerings(
	ctx *pulumi.Context, name string, a *SpokeNetworkArgs, vnet *network.VirtualNetwork,
) ([]pulumi.Output, error) {
	if a.HubVnetID == nil {
		return nil, nil
	}
	hub := a.HubVnetID.ToStringOutput()
	toHub, err := network.NewVirtualNetworkPeering(ctx, name+"-to-hub", &network.VirtualNetworkPeeringArgs{
		ResourceGroupName:         a.ResourceGroupName,
		VirtualNetworkName:        vnet.Name,
		VirtualNetworkPeeringName: pulumi.String("to-hub"),
		RemoteVirtualNetwork:      subResource(hub),
		AllowVirtualNetworkAccess: pulumi.Bool(true),
		AllowForwardedTraffic:     pulumi.Bool(true),
		PeeringState:              pulumi.String(network.VirtualNetworkPeeringStateEnumConnected),
		PeeringSyncLevel:          pulumi.String(network.VirtualNetworkPeeringLevelFullyInSync),
	}, pulumi.Parent(s))
	if err != nil {
		return nil, err
	}
	fromHub, err := network.NewVirtualNetworkPeering(ctx, name+"-from-hub", &network.VirtualNetworkPeeringArgs{
		ResourceGroupName:         idPart(hub, "hub", func(group, _ string) string { return group }),
		VirtualNetworkName:        idPart(hub, "hub", func(_, vnet string) string { return vnet }),
		VirtualNetworkPeeringName: pulumi.Sprintf("to-%s", vnet.Name),
		RemoteVirtualNetwork:      subResource(vnet.ID().ToStringOutput()),
		AllowVirtualNetworkAccess: pulumi.Bool(true),
		AllowForwardedTraffic:     pulumi.Bool(true),
		PeeringState:              pulumi.String(network.VirtualNetworkPeeringStateEnumConnected),
		PeeringSyncLevel:          pulumi.String(network.VirtualNetworkPeeringLevelFullyInSync),
	}, pulumi.Parent(s), pulumi.DependsOn([]pulumi.Resource{toHub}))
	if err != nil {
		return nil, err
	}
	return []pulumi.Output{toHub.ID(), fromHub.ID()}, nil
}

func idPart(id pulumi.StringOutput, what string, part func(group, name string) string) pulumi.StringOutput {
	return id.ApplyT(func(id string) (string, error) {
		parsed, err := resourceID(id, what)
		if err != nil {
			return "", err
		}
		return part(parsed.ResourceGroupName, parsed.Name), nil
	}).(pulumi.StringOutput)
}

// subnetID is the id of an inline subnet. It is made from the network's id, which is unknown until the network stands:
// a preview echoes inline subnets without their ids.
func subnetID(vnet *network.VirtualNetwork, name string) pulumi.StringOutput {
	return pulumi.Sprintf("%s/subnets/%s", vnet.ID(), name)
}
