package components

import (
	"fmt"
	"net/netip"
	"strconv"

	network "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240501"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// FirewallIngressArgs describes what clients on the internet reach through a firewall.
type FirewallIngressArgs struct {
	ResourceGroupName pulumi.StringInput // required: of the firewall policy
	PolicyName        pulumi.StringInput // required: [HubFirewall.PolicyName]
	Priority          int                // 100-65000, unique in the policy

	PublicIP pulumi.StringInput // required: the address of the firewall that clients use
	Port     int                // 1-65535 at PublicIP

	// TargetIP is where requests go: the private address of an internal load balancer. With the public address of a
	// service the replies would need a route of their own (azure-facts 7.5).
	TargetIP   pulumi.StringInput // required
	TargetPort int                // 1-65535

	Sources []netip.Prefix // who may; empty: everybody
}

// FirewallIngress publishes a service behind a firewall by a DNAT rule on one of its public addresses. The firewall
// sends a request on from its own private address, so that the reply comes back to it and both directions go through
// the same firewall (azure-facts 5.4, 7.5): it is the first of the ways out of asymmetric routing.
type FirewallIngress struct {
	pulumi.ResourceState

	IngressIP pulumi.StringOutput `pulumi:"ingressIp"` // PublicIP, when the rule is in force
}

var _ pulumi.ComponentResource = (*FirewallIngress)(nil)

// NewFirewallIngress registers a rule collection group with the DNAT rule.
func NewFirewallIngress(
	ctx *pulumi.Context, name string, args *FirewallIngressArgs, opts ...pulumi.ResourceOption,
) (*FirewallIngress, error) {
	if args == nil {
		return nil, problems("firewall ingress", name, errNilArgs)
	}
	if err := args.validate(name); err != nil {
		return nil, err
	}
	ingress := &FirewallIngress{}
	err := ctx.RegisterComponentResourceV2(FirewallIngressType, name, pulumi.Map{
		"port": pulumi.Int(args.Port), "targetPort": pulumi.Int(args.TargetPort),
	}, ingress, opts...)
	if err != nil {
		return nil, fmt.Errorf("firewall ingress %q: %w", name, err)
	}
	rules, err := network.NewFirewallPolicyRuleCollectionGroup(ctx, name+"-rules",
		&network.FirewallPolicyRuleCollectionGroupArgs{
			ResourceGroupName:       args.ResourceGroupName,
			FirewallPolicyName:      args.PolicyName,
			RuleCollectionGroupName: pulumi.String(name),
			Priority:                pulumi.Int(args.Priority),
			RuleCollections:         pulumi.Array{args.collection(name)},
		}, pulumi.Parent(ingress))
	if err != nil {
		return nil, fmt.Errorf("firewall ingress %q: rules: %w", name, err)
	}
	ingress.IngressIP = after(args.PublicIP.ToStringOutput(), rules.ID())
	return ingress, ctx.RegisterResourceOutputs(ingress, pulumi.Map{"ingressIp": ingress.IngressIP})
}

func (a *FirewallIngressArgs) validate(name string) error {
	return problems("firewall ingress", name,
		ensure(a.ResourceGroupName != nil, "ResourceGroupName is required"),
		ensure(a.PolicyName != nil, "PolicyName is required"),
		ensure(a.Priority >= 100 && a.Priority <= 65000, "Priority %d is outside 100-65000", a.Priority),
		ensure(a.PublicIP != nil, "PublicIP is required"),
		ensure(a.Port >= 1 && a.Port <= 65535, "Port %d is outside 1-65535", a.Port),
		ensure(a.TargetIP != nil, "TargetIP is required"),
		ensure(a.TargetPort >= 1 && a.TargetPort <= 65535, "TargetPort %d is outside 1-65535", a.TargetPort),
	)
}

func (a *FirewallIngressArgs) collection(name string) network.FirewallPolicyNatRuleCollectionArgs {
	sources := pulumi.StringArray{pulumi.String("*")}
	if len(a.Sources) > 0 {
		sources = prefixStrings(a.Sources...)
	}
	return network.FirewallPolicyNatRuleCollectionArgs{
		RuleCollectionType: pulumi.String("FirewallPolicyNatRuleCollection"),
		Name:               pulumi.String(name),
		Priority:           pulumi.Int(natCollectionPriority),
		Action:             network.FirewallPolicyNatRuleCollectionActionArgs{Type: pulumi.String("DNAT")},
		Rules: pulumi.Array{network.NatRuleTypeArgs{
			RuleType:             pulumi.String("NatRule"),
			Name:                 pulumi.Sprintf("tcp-%d", a.Port),
			Description:          pulumi.String("Clients of a service behind an internal load balancer"),
			IpProtocols:          pulumi.StringArray{pulumi.String("TCP")},
			SourceAddresses:      sources,
			DestinationAddresses: pulumi.StringArray{a.PublicIP},
			DestinationPorts:     pulumi.StringArray{pulumi.String(strconv.Itoa(a.Port))},
			TranslatedAddress:    a.TargetIP.ToStringOutput().ToStringPtrOutput(),
			TranslatedPort:       pulumi.String(strconv.Itoa(a.TargetPort)),
		}},
	}
}
