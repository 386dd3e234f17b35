package components

import (
	"fmt"

	network "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240501"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// RouteTableArgs describes the route table that sends a subnet's traffic through a firewall.
type RouteTableArgs struct {
	ResourceGroupName pulumi.StringInput // required

	FirewallPrivateIP pulumi.StringInput // required: next hop of 0.0.0.0/0

	// DirectInternet are firewall public addresses whose replies must not go back into the firewall: each gets a
	// <address>/32 route with next hop Internet. Needed only where the firewall translates inbound traffic to the
	// public address of a load balancer (azure-facts 7.1), and of no use for new outbound flows of a private subnet
	// (2.4).
	DirectInternet []pulumi.StringInput

	Tags pulumi.StringMapInput
}

// RouteTable is a route table with the default route to a firewall. Routes learned by BGP are not propagated: an
// on-premises route would lead around the firewall. It changes nothing until a subnet refers to it: give ID to
// [SpokeNetworkArgs.RouteTableID].
type RouteTable struct {
	pulumi.ResourceState

	ID pulumi.StringOutput `pulumi:"id"`
}

var _ pulumi.ComponentResource = (*RouteTable)(nil)

// NewRouteTable registers the route table with its routes inline, so that no route has a second owner.
func NewRouteTable(
	ctx *pulumi.Context, name string, args *RouteTableArgs, opts ...pulumi.ResourceOption,
) (*RouteTable, error) {
	if args == nil {
		return nil, problems("route table", name, errNilArgs)
	}
	err := problems("route table", name,
		ensure(args.ResourceGroupName != nil, "ResourceGroupName is required"),
		ensure(args.FirewallPrivateIP != nil, "FirewallPrivateIP is required"),
	)
	if err != nil {
		return nil, err
	}
	table := &RouteTable{}
	err = ctx.RegisterComponentResourceV2(RouteTableType, name, pulumi.Map{
		"firewallPrivateIp": args.FirewallPrivateIP,
	}, table, opts...)
	if err != nil {
		return nil, fmt.Errorf("route table %q: %w", name, err)
	}
	routes, err := network.NewRouteTable(ctx, name+"-routes", &network.RouteTableArgs{
		ResourceGroupName:          args.ResourceGroupName,
		DisableBgpRoutePropagation: pulumi.Bool(true),
		Routes:                     args.routes(),
		Tags:                       args.Tags,
	}, pulumi.Parent(table))
	if err != nil {
		return nil, fmt.Errorf("route table %q: %w", name, err)
	}
	table.ID = routes.ID().ToStringOutput()
	return table, ctx.RegisterResourceOutputs(table, pulumi.Map{"id": table.ID})
}

func (a *RouteTableArgs) routes() network.RouteTypeArray {
	routes := network.RouteTypeArray{network.RouteTypeArgs{
		Name:             pulumi.String("default-via-firewall"),
		AddressPrefix:    pulumi.String("0.0.0.0/0"),
		NextHopType:      pulumi.String("VirtualAppliance"),
		NextHopIpAddress: a.FirewallPrivateIP.ToStringOutput().ToStringPtrOutput(),
	}}
	for i, address := range a.DirectInternet {
		routes = append(routes, network.RouteTypeArgs{
			Name:          pulumi.Sprintf("firewall-public-ip-%d", i+1),
			AddressPrefix: pulumi.Sprintf("%s/32", address),
			NextHopType:   pulumi.String("Internet"),
		})
	}
	return routes
}
