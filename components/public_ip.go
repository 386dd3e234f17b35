package components

import (
	"fmt"
	"strings"

	network "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240501"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// newPublicIP registers a Standard, static IPv4 address: the only kind that firewalls, NAT gateways and Standard load
// balancers take. The allocation method is set because azure-native sets none (azure-native.md 1.2).
func newPublicIP(
	ctx *pulumi.Context, name string, group pulumi.StringInput, zones []string, tags pulumi.StringMapInput,
	opts ...pulumi.ResourceOption,
) (*network.PublicIPAddress, error) {
	return network.NewPublicIPAddress(ctx, name, &network.PublicIPAddressArgs{
		ResourceGroupName:        group,
		PublicIPAddressVersion:   pulumi.String("IPv4"),
		PublicIPAllocationMethod: pulumi.String("Static"),
		Sku: network.PublicIPAddressSkuArgs{
			Name: pulumi.String("Standard"), Tier: pulumi.String("Regional"),
		},
		Zones: zonesInput(zones),
		Tags:  tags,
	}, opts...)
}

func zonesInput(zones []string) pulumi.StringArrayInput {
	if len(zones) == 0 {
		return nil
	}
	return pulumi.ToStringArray(zones)
}

// publicAddresses collects the addresses of public IPs that this program made.
func publicAddresses(ips []*network.PublicIPAddress) pulumi.StringArrayOutput {
	addresses := make(pulumi.StringArray, 0, len(ips))
	for _, ip := range ips {
		addresses = append(addresses, ip.IpAddress.Elem())
	}
	return addresses.ToStringArrayOutput()
}

// lookupEgress asks Azure for the addresses behind public IP ids, and for the ranges behind public IP prefix ids.
func lookupEgress(ctx *pulumi.Context, ids []string, opts ...pulumi.InvokeOption) ([]string, error) {
	found := make([]string, 0, len(ids))
	for _, id := range ids {
		address, err := lookupPublicAddress(ctx, id, opts...)
		if err != nil {
			return nil, err
		}
		found = append(found, address)
	}
	return found, nil
}

func lookupPublicAddress(ctx *pulumi.Context, id string, opts ...pulumi.InvokeOption) (string, error) {
	parsed, err := resourceID(id, "public IP")
	if err != nil {
		return "", err
	}
	if strings.EqualFold(parsed.ResourceType.Type, "publicIPPrefixes") {
		prefix, err := network.LookupPublicIPPrefix(ctx, &network.LookupPublicIPPrefixArgs{
			ResourceGroupName: parsed.ResourceGroupName, PublicIpPrefixName: parsed.Name,
		}, opts...)
		if err != nil {
			return "", fmt.Errorf("public IP prefix %s: %w", id, err)
		}
		return prefix.IpPrefix, nil
	}
	ip, err := network.LookupPublicIPAddress(ctx, &network.LookupPublicIPAddressArgs{
		ResourceGroupName: parsed.ResourceGroupName, PublicIpAddressName: parsed.Name,
	}, opts...)
	if err != nil {
		return "", fmt.Errorf("public IP %s: %w", id, err)
	}
	if ip.IpAddress == nil {
		return "", fmt.Errorf("public IP %s has no address yet: allocate it statically", id)
	}
	return *ip.IpAddress, nil
}
