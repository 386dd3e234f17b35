package components

import (
	"errors"
	"fmt"
	"net/netip"

	network "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240501"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/egress/endpoints"
)

// Subnet names that Azure fixes (azure-facts 5.1).
const (
	firewallSubnetName           = "AzureFirewallSubnet"
	firewallManagementSubnetName = "AzureFirewallManagementSubnet"
)

// HubFirewallArgs describes a hub network with an Azure Firewall and what it lets through.
type HubFirewallArgs struct {
	ResourceGroupName pulumi.StringInput // required
	AddressSpace      netip.Prefix       // required
	FirewallSubnet    netip.Prefix       // required, /26 or larger
	ManagementSubnet  netip.Prefix       // required for tier Basic, /26 or larger; else leave it zero

	Tier            string   // Basic, Standard (default) or Premium
	PublicIPCount   int      // 1-250; 0 is 1. Each adds 2,496 SNAT ports per firewall instance
	ThreatIntelMode string   // Off, Alert (default) or Deny; Basic knows no Deny
	Zones           []string // availability zones; fixed at creation

	Rules []RuleGroup // what may pass; everything else is denied

	Tags pulumi.StringMapInput
}

// HubFirewall is a hub virtual network with an Azure Firewall that is governed by a Firewall Policy, with DNS proxy
// (tier Basic has none). Rule collection groups are written one after another and before the firewall: Azure refuses
// parallel writes to one policy (azure-facts 5.4), and a firewall without rules would block whoever comes first.
//
// It does not route anything to itself: see [RouteTable] and [SpokeNetworkArgs.HubVnetID]. Changing a name, the zones
// or a subnet replaces the firewall, and with it the addresses.
type HubFirewall struct {
	pulumi.ResourceState

	VnetID pulumi.StringOutput `pulumi:"vnetId"`

	// PrivateIP is the next hop for routes and, with DNS proxy, the DNS server of the spokes. It resolves when the rules
	// are in force.
	PrivateIP pulumi.StringOutput `pulumi:"privateIp"`

	// PublicIPs are the addresses from one of which, chosen at random, a connection leaves.
	PublicIPs pulumi.StringArrayOutput `pulumi:"publicIps"`

	// PolicyName is the firewall's policy, in ResourceGroupName, for rule collection groups of others. It resolves when
	// the firewall stands with the rules of its own: Azure refuses parallel writes of one policy (azure-facts 13).
	PolicyName pulumi.StringOutput `pulumi:"policyName"`
}

var _ pulumi.ComponentResource = (*HubFirewall)(nil)

// NewHubFirewall registers the hub network, public IPs, policy, rule collection groups and the firewall.
func NewHubFirewall(
	ctx *pulumi.Context, name string, args *HubFirewallArgs, opts ...pulumi.ResourceOption,
) (*HubFirewall, error) {
	if args == nil {
		return nil, problems("hub firewall", name, errNilArgs)
	}
	a := *args
	a.setDefaults()
	if err := a.validate(name); err != nil {
		return nil, err
	}
	hub := &HubFirewall{}
	err := ctx.RegisterComponentResourceV2(HubFirewallType, name, pulumi.Map{
		"addressSpace":   pulumi.String(a.AddressSpace.String()),
		"firewallSubnet": pulumi.String(a.FirewallSubnet.String()),
		"tier":           pulumi.String(a.Tier),
		"publicIpCount":  pulumi.Int(a.PublicIPCount),
	}, hub, opts...)
	if err != nil {
		return nil, fmt.Errorf("hub firewall %q: %w", name, err)
	}
	if err := hub.build(ctx, name, &a); err != nil {
		return nil, fmt.Errorf("hub firewall %q: %w", name, err)
	}
	return hub, ctx.RegisterResourceOutputs(hub, pulumi.Map{
		"vnetId": hub.VnetID, "privateIp": hub.PrivateIP, "publicIps": hub.PublicIPs, "policyName": hub.PolicyName,
	})
}

func (a *HubFirewallArgs) setDefaults() {
	if a.Tier == "" {
		a.Tier = "Standard"
	}
	if a.PublicIPCount == 0 {
		a.PublicIPCount = 1
	}
	if a.ThreatIntelMode == "" {
		a.ThreatIntelMode = "Alert"
	}
}

func (a *HubFirewallArgs) validate(name string) error {
	errs := []error{
		ensure(a.ResourceGroupName != nil, "ResourceGroupName is required"),
		ensure(a.AddressSpace.IsValid(), "AddressSpace is required"),
		ensure(a.FirewallSubnet.IsValid() && a.FirewallSubnet.Bits() <= 26,
			"FirewallSubnet must be /26 or larger (got %s)", a.FirewallSubnet),
		ensure(a.Tier == "Basic" || a.Tier == "Standard" || a.Tier == "Premium",
			"Tier %q is none of Basic, Standard, Premium", a.Tier),
		ensure(a.Tier != "Basic" || a.ManagementSubnet.IsValid() && a.ManagementSubnet.Bits() <= 26,
			"tier Basic needs a ManagementSubnet of /26 or larger (got %s)", a.ManagementSubnet),
		ensure(a.Tier == "Basic" || !a.ManagementSubnet.IsValid(), "ManagementSubnet is for tier Basic only"),
		ensure(a.PublicIPCount >= 1 && a.PublicIPCount <= 250, "PublicIPCount %d is outside 1-250", a.PublicIPCount),
		ensure(a.Tier != "Basic" || a.ThreatIntelMode != "Deny", "tier Basic knows no ThreatIntelMode Deny"),
	}
	for _, subnet := range []netip.Prefix{a.FirewallSubnet, a.ManagementSubnet} {
		if subnet.IsValid() && a.AddressSpace.IsValid() {
			errs = append(errs, ensure(contains(a.AddressSpace, subnet),
				"subnet %s is outside AddressSpace %s", subnet, a.AddressSpace))
		}
	}
	for _, g := range a.Rules {
		errs = append(errs, a.validateGroup(g))
	}
	return problems("hub firewall", name, errs...)
}

func (a *HubFirewallArgs) validateGroup(g RuleGroup) error {
	errs := []error{
		ensure(g.Name != "", "a rule group has no name"),
		ensure(g.Priority >= 100 && g.Priority <= 65000,
			"rule group %q: priority %d is outside 100-65000", g.Name, g.Priority),
		ensure(len(g.Sources) > 0, "rule group %q: Sources is empty: name the prefixes that may", g.Name),
	}
	for _, e := range g.Allow {
		byName := e.Host != "" && (e.Protocol == endpoints.TCP || e.Protocol == endpoints.UDP)
		errs = append(errs, ensure(a.Tier != "Basic" || !byName,
			"rule group %q: %s by host name needs DNS proxy, which tier Basic lacks: use an address", g.Name, e.Host))
	}
	return errors.Join(errs...)
}

func (h *HubFirewall) build(ctx *pulumi.Context, name string, a *HubFirewallArgs) error {
	vnet, err := h.newVirtualNetwork(ctx, name, a)
	if err != nil {
		return fmt.Errorf("virtual network: %w", err)
	}
	policy, groups, err := h.newPolicy(ctx, name, a)
	if err != nil {
		return fmt.Errorf("policy: %w", err)
	}
	firewall, err := h.newFirewall(ctx, name, a, vnet, policy, groups)
	if err != nil {
		return fmt.Errorf("firewall: %w", err)
	}
	inForce := make([]pulumi.Output, 0, len(groups))
	for _, group := range groups {
		inForce = append(inForce, group.ID())
	}
	h.VnetID = vnet.ID().ToStringOutput()
	h.PrivateIP = after(firewallPrivateIP(ctx, firewall), inForce...)
	h.PolicyName = after(policy.Name, h.PrivateIP)
	return nil
}

func (h *HubFirewall) newVirtualNetwork(
	ctx *pulumi.Context, name string, a *HubFirewallArgs,
) (*network.VirtualNetwork, error) {
	subnets := network.SubnetTypeArray{network.SubnetTypeArgs{
		Name:          pulumi.String(firewallSubnetName),
		AddressPrefix: pulumi.String(a.FirewallSubnet.String()),
	}}
	if a.ManagementSubnet.IsValid() {
		subnets = append(subnets, network.SubnetTypeArgs{
			Name:          pulumi.String(firewallManagementSubnetName),
			AddressPrefix: pulumi.String(a.ManagementSubnet.String()),
		})
	}
	return network.NewVirtualNetwork(ctx, name+"-vnet", &network.VirtualNetworkArgs{
		ResourceGroupName: a.ResourceGroupName,
		AddressSpace:      network.AddressSpaceArgs{AddressPrefixes: prefixStrings(a.AddressSpace)},
		Subnets:           subnets,
		Tags:              a.Tags,
	}, pulumi.Parent(h))
}

func (h *HubFirewall) newPolicy(
	ctx *pulumi.Context, name string, a *HubFirewallArgs,
) (*network.FirewallPolicy, []*network.FirewallPolicyRuleCollectionGroup, error) {
	args := &network.FirewallPolicyArgs{
		ResourceGroupName: a.ResourceGroupName,
		Sku:               network.FirewallPolicySkuArgs{Tier: pulumi.String(a.Tier)},
		ThreatIntelMode:   pulumi.String(a.ThreatIntelMode),
		Tags:              a.Tags,
	}
	if a.Tier != "Basic" {
		args.DnsSettings = network.DnsSettingsArgs{EnableProxy: pulumi.Bool(true)}
	}
	policy, err := network.NewFirewallPolicy(ctx, name+"-policy", args, pulumi.Parent(h))
	if err != nil {
		return nil, nil, err
	}
	var groups []*network.FirewallPolicyRuleCollectionGroup
	for _, g := range a.Rules {
		if len(g.Allow) == 0 {
			continue
		}
		opts := []pulumi.ResourceOption{pulumi.Parent(h)}
		if len(groups) > 0 {
			opts = append(opts, pulumi.DependsOn([]pulumi.Resource{groups[len(groups)-1]}))
		}
		group, err := network.NewFirewallPolicyRuleCollectionGroup(ctx, name+"-rules-"+g.Name,
			&network.FirewallPolicyRuleCollectionGroupArgs{
				ResourceGroupName:       a.ResourceGroupName,
				FirewallPolicyName:      policy.Name,
				RuleCollectionGroupName: pulumi.String(g.Name),
				Priority:                pulumi.Int(g.Priority),
				RuleCollections:         g.collections(),
			}, opts...)
		if err != nil {
			return nil, nil, fmt.Errorf("rule group %s: %w", g.Name, err)
		}
		groups = append(groups, group)
	}
	return policy, groups, nil
}

func (h *HubFirewall) newFirewall(
	ctx *pulumi.Context, name string, a *HubFirewallArgs, vnet *network.VirtualNetwork,
	policy *network.FirewallPolicy, groups []*network.FirewallPolicyRuleCollectionGroup,
) (*network.AzureFirewall, error) {
	configs, err := h.newIPConfigurations(ctx, name, a, vnet)
	if err != nil {
		return nil, err
	}
	args := &network.AzureFirewallArgs{
		ResourceGroupName: a.ResourceGroupName,
		Sku:               network.AzureFirewallSkuArgs{Name: pulumi.String("AZFW_VNet"), Tier: pulumi.String(a.Tier)},
		FirewallPolicy:    subResource(policy.ID().ToStringOutput()),
		IpConfigurations:  configs,
		Zones:             zonesInput(a.Zones),
		Tags:              a.Tags,
	}
	if a.ManagementSubnet.IsValid() {
		ip, err := newPublicIP(ctx, name+"-management-ip", a.ResourceGroupName, a.Zones, a.Tags, pulumi.Parent(h))
		if err != nil {
			return nil, err
		}
		args.ManagementIpConfiguration = network.AzureFirewallIPConfigurationArgs{
			Name:            pulumi.String("management"),
			Subnet:          subResource(subnetID(vnet, firewallManagementSubnetName)),
			PublicIPAddress: subResource(ip.ID().ToStringOutput()),
		}
	}
	opts := []pulumi.ResourceOption{
		pulumi.Parent(h),
		// A firewall takes 5-10 minutes, and the provider's default may be shorter (azure-facts 12.1).
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "90m", Update: "90m", Delete: "90m"}),
	}
	if len(groups) > 0 {
		opts = append(opts, pulumi.DependsOn([]pulumi.Resource{groups[len(groups)-1]}))
	}
	return network.NewAzureFirewall(ctx, name+"-firewall", args, opts...)
}

// newIPConfigurations makes the public IPs, sets PublicIPs and returns the configurations: only the first carries the
// subnet (azure-facts 5.1).
func (h *HubFirewall) newIPConfigurations(
	ctx *pulumi.Context, name string, a *HubFirewallArgs, vnet *network.VirtualNetwork,
) (network.AzureFirewallIPConfigurationArray, error) {
	var configs network.AzureFirewallIPConfigurationArray
	ips := make([]*network.PublicIPAddress, a.PublicIPCount)
	for i := range ips {
		ip, err := newPublicIP(
			ctx, fmt.Sprintf("%s-ip-%d", name, i+1), a.ResourceGroupName, a.Zones, a.Tags, pulumi.Parent(h))
		if err != nil {
			return nil, err
		}
		ips[i] = ip
		config := network.AzureFirewallIPConfigurationArgs{
			Name:            pulumi.Sprintf("ip-%d", i+1),
			PublicIPAddress: subResource(ip.ID().ToStringOutput()),
		}
		if i == 0 {
			config.Subnet = subResource(subnetID(vnet, firewallSubnetName))
		}
		configs = append(configs, config)
	}
	h.PublicIPs = publicAddresses(ips)
	return configs, nil
}

func firewallPrivateIP(ctx *pulumi.Context, firewall *network.AzureFirewall) pulumi.StringOutput {
	return firewall.IpConfigurations.ApplyT(
		func(configs []network.AzureFirewallIPConfigurationResponse) (pulumi.StringOutput, error) {
			switch {
			case len(configs) > 0 && configs[0].PrivateIPAddress != "":
				return pulumi.String(configs[0].PrivateIPAddress).ToStringOutput(), nil
			case ctx.DryRun():
				return unknownString(), nil
			}
			return pulumi.StringOutput{}, errors.New("firewall: Azure's answer has no private IP address")
		}).(pulumi.StringOutput)
}
