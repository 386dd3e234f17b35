package components

import (
	"fmt"

	"github.com/pulumi/pulumi-azure-native-sdk/v2/utilities"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// TrafficControllerDelegation is what the subnet of an Application Gateway for Containers is delegated to.
const TrafficControllerDelegation = "Microsoft.ServiceNetworking/trafficControllers"

// servicenetworkingModule is the module and API version of the resource types below. The Go proxy lacks the SDK package
// of this name, so they are registered as it registers them: the same tokens, the same properties.
const servicenetworkingModule = "azure-native:servicenetworking/v20231101:"

// trafficController is an Application Gateway for Containers, Microsoft.ServiceNetworking/trafficControllers.
type trafficController struct {
	pulumi.CustomResourceState

	Name pulumi.StringOutput `pulumi:"name"`
}

// trafficFrontend is where clients come in.
type trafficFrontend struct {
	pulumi.CustomResourceState

	Name pulumi.StringOutput `pulumi:"name"`
	Fqdn pulumi.StringOutput `pulumi:"fqdn"`
}

// trafficAssociation is the data plane, in a subnet.
type trafficAssociation struct {
	pulumi.CustomResourceState
}

// trafficResources are an Application Gateway for Containers with its children.
type trafficResources struct {
	controller  trafficController
	frontend    trafficFrontend
	association trafficAssociation
}

func (r *trafficResources) register(
	ctx *pulumi.Context, name string, a *ApplicationGatewayForContainersArgs, parent pulumi.Resource,
) error {
	add := func(
		kind, suffix string, props pulumi.Map, resource pulumi.CustomResource, opts ...pulumi.ResourceOption,
	) error {
		props["resourceGroupName"], props["tags"] = a.ResourceGroupName, a.tags()
		opts = utilities.PkgResourceDefaultOpts(append(opts, pulumi.Parent(parent)))
		if err := ctx.RegisterResource(servicenetworkingModule+kind, name+"-"+suffix, props, resource, opts...); err != nil {
			return fmt.Errorf("%s: %w", suffix, err)
		}
		return nil
	}
	if err := add("TrafficControllerInterface", "controller", pulumi.Map{}, &r.controller); err != nil {
		return err
	}
	err := add("FrontendsInterface", "frontend", pulumi.Map{
		"trafficControllerName": r.controller.Name, "frontendName": pulumi.String("frontend"),
	}, &r.frontend)
	if err != nil {
		return err
	}
	return add("AssociationsInterface", "association", pulumi.Map{
		"trafficControllerName": r.controller.Name,
		"associationName":       pulumi.String("association"),
		"associationType":       pulumi.String("subnets"),
		"subnet":                pulumi.Map{"id": a.SubnetID},
	}, &r.association,
		// Creation takes 5-6 minutes (azure-facts 12.1).
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "30m", Update: "30m", Delete: "30m"}))
}
