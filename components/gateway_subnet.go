package components

import (
	network "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240501"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// ApplicationGatewayDelegation is the delegation that an application gateway's subnet needs beside a cluster with
// NetworkPluginMode overlay, and may have beside any (azure-docs, ingress-controller-overview.md).
const ApplicationGatewayDelegation = "Microsoft.Network/applicationGateways"

// Priorities of the security rules of a gateway subnet.
const (
	gatewayClientsPriority = 200
	gatewayManagerPriority = 300
)

func (a *SpokeNetworkArgs) validateGateway() error {
	if a.Gateway == nil {
		return nil
	}
	prefix := a.Gateway.Prefix
	if !prefix.IsValid() {
		return ensure(false, "Gateway.Prefix is required")
	}
	if a.NodeSubnet.IsValid() && prefix.Overlaps(a.NodeSubnet) {
		return ensure(false, "Gateway.Prefix %s overlaps NodeSubnet %s: a gateway is alone in its subnet",
			prefix, a.NodeSubnet)
	}
	return ensure(!a.AddressSpace.IsValid() || contains(a.AddressSpace, prefix),
		"Gateway.Prefix %s is outside AddressSpace %s", prefix, a.AddressSpace)
}

// newGatewaySubnet registers the security group of the gateway's subnet and describes the subnet.
func (s *SpokeNetwork) newGatewaySubnet(
	ctx *pulumi.Context, name string, a *SpokeNetworkArgs,
) (network.SubnetTypeArgs, error) {
	rules := inboundRules(a.Gateway.TCPPorts, gatewayClientsPriority, "Clients of the gateway")
	if a.Gateway.Delegation == "" || a.Gateway.Delegation == ApplicationGatewayDelegation {
		rules = append(rules, gatewayManagerRule())
	}
	group, err := network.NewNetworkSecurityGroup(ctx, name+"-gateway-nsg", &network.NetworkSecurityGroupArgs{
		ResourceGroupName: a.ResourceGroupName,
		SecurityRules:     rules,
		Tags:              a.Tags,
	}, pulumi.Parent(s))
	if err != nil {
		return network.SubnetTypeArgs{}, err
	}
	subnet := network.SubnetTypeArgs{
		Name:                 pulumi.String(GatewaySubnetName),
		AddressPrefix:        pulumi.String(a.Gateway.Prefix.String()),
		NetworkSecurityGroup: network.NetworkSecurityGroupTypeArgs{Id: group.ID().ToStringOutput().ToStringPtrOutput()},
	}
	if a.Gateway.Delegation != "" {
		subnet.Delegations = network.DelegationArray{network.DelegationArgs{
			Name: pulumi.String("gateway"), ServiceName: pulumi.String(a.Gateway.Delegation),
		}}
	}
	return subnet, nil
}

// gatewayManagerRule lets Azure manage an application gateway v2, which is unhealthy without (azure-facts 7.7).
func gatewayManagerRule() network.SecurityRuleTypeArgs {
	return network.SecurityRuleTypeArgs{
		Name:                     pulumi.String("allow-gateway-manager"),
		Description:              pulumi.String("Azure's management of application gateways"),
		Priority:                 pulumi.Int(gatewayManagerPriority),
		Direction:                pulumi.String("Inbound"),
		Access:                   pulumi.String("Allow"),
		Protocol:                 pulumi.String("Tcp"),
		SourceAddressPrefix:      pulumi.String("GatewayManager"),
		SourcePortRange:          pulumi.String("*"),
		DestinationAddressPrefix: pulumi.String("*"),
		DestinationPortRange:     pulumi.String("65200-65535"),
	}
}
