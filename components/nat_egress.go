package components

import (
	"fmt"

	network "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240501"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// NatEgressArgs describes a NAT gateway. Its addresses come from exactly one source: new addresses (PublicIPCount), one
// new prefix (PrefixLength), or existing ones (PublicIPIDs and PublicIPPrefixIDs).
type NatEgressArgs struct {
	ResourceGroupName pulumi.StringInput // required

	PublicIPCount     int      // 1-16 new addresses; 1 when no other source is given
	PrefixLength      int      // 28-31: one new public IP prefix, that is 16 to 2 addresses in one range
	PublicIPIDs       []string // ARM ids of existing Standard public IPs
	PublicIPPrefixIDs []string // ARM ids of existing public IP prefixes

	IdleTimeoutMinutes int    // 4-120; 0 is Azure's default, 4
	Zone               string // "1", "2" or "3"; empty is no zone. Immutable in Azure
	Tags               pulumi.StringMapInput
}

// NatEgress is a Standard NAT gateway with its public addresses. It changes nothing until a subnet refers to it:
// give ID to [SpokeNetworkArgs.NatGatewayID].
//
// Limits: azure-facts 3 (16 addresses in all, one zone or none, one virtual network).
type NatEgress struct {
	pulumi.ResourceState

	ID        pulumi.StringOutput      `pulumi:"id"`
	PublicIPs pulumi.StringArrayOutput `pulumi:"publicIps"` // addresses, and prefixes in CIDR form
}

var _ pulumi.ComponentResource = (*NatEgress)(nil)

// NewNatEgress registers a NAT gateway and, unless existing ones are given, its public addresses.
func NewNatEgress(
	ctx *pulumi.Context, name string, args *NatEgressArgs, opts ...pulumi.ResourceOption,
) (*NatEgress, error) {
	if args == nil {
		return nil, problems("nat egress", name, errNilArgs)
	}
	a := *args
	if a.PublicIPCount == 0 && a.PrefixLength == 0 && len(a.PublicIPIDs)+len(a.PublicIPPrefixIDs) == 0 {
		a.PublicIPCount = 1
	}
	if err := a.validate(name); err != nil {
		return nil, err
	}
	nat := &NatEgress{}
	err := ctx.RegisterComponentResourceV2(NatEgressType, name, pulumi.Map{
		"publicIpCount":      pulumi.Int(a.PublicIPCount),
		"prefixLength":       pulumi.Int(a.PrefixLength),
		"idleTimeoutMinutes": pulumi.Int(a.IdleTimeoutMinutes),
		"zone":               pulumi.String(a.Zone),
	}, nat, opts...)
	if err != nil {
		return nil, fmt.Errorf("nat egress %q: %w", name, err)
	}
	gateway, err := nat.newGateway(ctx, name, &a)
	if err != nil {
		return nil, fmt.Errorf("nat egress %q: %w", name, err)
	}
	nat.ID = gateway.ID().ToStringOutput()
	return nat, ctx.RegisterResourceOutputs(nat, pulumi.Map{"id": nat.ID, "publicIps": nat.PublicIPs})
}

func (a *NatEgressArgs) validate(name string) error {
	sources := 0
	for _, given := range []bool{
		a.PublicIPCount != 0, a.PrefixLength != 0, len(a.PublicIPIDs)+len(a.PublicIPPrefixIDs) != 0,
	} {
		if given {
			sources++
		}
	}
	return problems("nat egress", name,
		ensure(a.ResourceGroupName != nil, "ResourceGroupName is required"),
		ensure(sources == 1, "give one of PublicIPCount, PrefixLength, and existing ids (got %d of them)", sources),
		ensure(a.PublicIPCount >= 0 && a.PublicIPCount <= 16, "PublicIPCount %d is outside 1-16", a.PublicIPCount),
		ensure(a.PrefixLength == 0 || a.PrefixLength >= 28 && a.PrefixLength <= 31,
			"PrefixLength %d is outside 28-31", a.PrefixLength),
		ensure(a.IdleTimeoutMinutes == 0 || a.IdleTimeoutMinutes >= 4 && a.IdleTimeoutMinutes <= 120,
			"IdleTimeoutMinutes %d is outside 4-120", a.IdleTimeoutMinutes),
		ensure(a.Zone == "" || a.Zone == "1" || a.Zone == "2" || a.Zone == "3", "Zone %q is none of 1, 2, 3", a.Zone),
	)
}

func (nat *NatEgress) newGateway(ctx *pulumi.Context, name string, a *NatEgressArgs) (*network.NatGateway, error) {
	child := pulumi.Parent(nat)
	addresses, prefixes, err := nat.newAddresses(ctx, name, a)
	if err != nil {
		return nil, err
	}
	return network.NewNatGateway(ctx, name+"-gateway", &network.NatGatewayArgs{
		ResourceGroupName:    a.ResourceGroupName,
		Sku:                  network.NatGatewaySkuArgs{Name: pulumi.String("Standard")},
		IdleTimeoutInMinutes: optionalInt(a.IdleTimeoutMinutes),
		PublicIpAddresses:    subResources(addresses),
		PublicIpPrefixes:     subResources(prefixes),
		Zones:                zonesInput(a.zones()),
		Tags:                 a.Tags,
	}, child)
}

// newAddresses makes or looks up what the gateway translates to, sets PublicIPs and returns the ids.
func (nat *NatEgress) newAddresses(
	ctx *pulumi.Context, name string, a *NatEgressArgs,
) (addresses, prefixes []pulumi.StringInput, err error) {
	child := pulumi.Parent(nat)
	switch {
	case a.PrefixLength != 0:
		prefix, err := network.NewPublicIPPrefix(ctx, name+"-prefix", &network.PublicIPPrefixArgs{
			ResourceGroupName:      a.ResourceGroupName,
			PrefixLength:           pulumi.Int(a.PrefixLength),
			PublicIPAddressVersion: pulumi.String("IPv4"),
			Sku: network.PublicIPPrefixSkuArgs{
				Name: pulumi.String("Standard"), Tier: pulumi.String("Regional"),
			},
			Zones: zonesInput(a.zones()),
			Tags:  a.Tags,
		}, child)
		if err != nil {
			return nil, nil, err
		}
		nat.PublicIPs = pulumi.StringArray{prefix.IpPrefix}.ToStringArrayOutput()
		return nil, []pulumi.StringInput{prefix.ID().ToStringOutput()}, nil
	case a.PublicIPCount != 0:
		made := make([]*network.PublicIPAddress, a.PublicIPCount)
		for i := range made {
			made[i], err = newPublicIP(
				ctx, fmt.Sprintf("%s-ip-%d", name, i+1), a.ResourceGroupName, a.zones(), a.Tags, child)
			if err != nil {
				return nil, nil, err
			}
			addresses = append(addresses, made[i].ID().ToStringOutput())
		}
		nat.PublicIPs = publicAddresses(made)
		return addresses, nil, nil
	}
	existing := append(append([]string{}, a.PublicIPIDs...), a.PublicIPPrefixIDs...)
	found, err := lookupEgress(ctx, existing, child)
	if err != nil {
		return nil, nil, err
	}
	nat.PublicIPs = pulumi.ToStringArray(found).ToStringArrayOutput()
	return stringInputs(a.PublicIPIDs), stringInputs(a.PublicIPPrefixIDs), nil
}

func (a *NatEgressArgs) zones() []string {
	if a.Zone == "" {
		return nil
	}
	return []string{a.Zone}
}

func stringInputs(texts []string) []pulumi.StringInput {
	inputs := make([]pulumi.StringInput, 0, len(texts))
	for _, t := range texts {
		inputs = append(inputs, pulumi.String(t))
	}
	return inputs
}
