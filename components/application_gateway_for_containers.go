package components

import (
	"fmt"

	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/apiextensions"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const (
	gatewayAPI          = "gateway.networking.k8s.io/v1"
	albGatewayClass     = "azure-alb-external"                   // made by the ALB Controller
	albIDAnnotation     = "alb.networking.azure.io/alb-id"       // on a Gateway: its traffic controller
	albFrontendAddress  = "alb.networking.azure.io/alb-frontend" // type of a Gateway's address: the name of a frontend
	waitForAnnotation   = "pulumi.com/waitFor"
	gatewayListenerName = "http"
	gatewayListenerPort = 80
)

// What the provider waits for: without it a custom resource counts as ready as soon as it exists, and an update would
// succeed although the ALB Controller cannot do anything.
const (
	gatewayProgrammed = "condition=Programmed"
	routeProgrammed   = `jsonpath={.status.parents[0].conditions[?(@.type=="Programmed")].status}=True`
)

// ApplicationGatewayForContainersArgs describes what clients reach through an Application Gateway for Containers.
type ApplicationGatewayForContainersArgs struct {
	ResourceGroupName pulumi.StringInput // required

	// SubnetID is a /24 that is delegated to [TrafficControllerDelegation] and holds nothing else: give
	// [SpokeNetwork.GatewaySubnetID] of a spoke whose Gateway has that Delegation. Required.
	SubnetID pulumi.StringInput

	OIDCIssuerURL     pulumi.StringInput // required: [AksCluster.OIDCIssuerURL]
	NodeResourceGroup pulumi.StringInput // required: [AksCluster.NodeResourceGroup]

	Backend ServiceBackend // required: where requests go; the Gateway and its route are made in its namespace

	Tags pulumi.StringMapInput
}

// ApplicationGatewayForContainers publishes a Kubernetes Service by an Application Gateway for Containers: the Azure
// resources, the ALB Controller in the cluster (installed by Helm, with a workload identity of its own), and a Gateway
// and an HTTPRoute for all paths. Clients end at Azure's frontend, and the gateway reaches pods from its own subnet by
// the VNet's routes, so a default route of the nodes to a firewall sees neither direction (azure-facts 7.5, 7.8).
//
// The provider options must have azure-native and kubernetes. The cluster needs network plugin azure, and its pods must
// reach the endpoints of endpoints.ApplicationGatewayForContainers.
type ApplicationGatewayForContainers struct {
	pulumi.ResourceState

	FQDN       pulumi.StringOutput `pulumi:"fqdn"`       // of the frontend
	IngressURL pulumi.StringOutput `pulumi:"ingressUrl"` // when the controller has programmed the route
}

var _ pulumi.ComponentResource = (*ApplicationGatewayForContainers)(nil)

// NewApplicationGatewayForContainers registers the Azure resources, the controller, the Gateway and its route.
func NewApplicationGatewayForContainers(
	ctx *pulumi.Context, name string, args *ApplicationGatewayForContainersArgs, opts ...pulumi.ResourceOption,
) (*ApplicationGatewayForContainers, error) {
	const what = "application gateway for containers"
	if args == nil {
		return nil, problems(what, name, errNilArgs)
	}
	err := problems(what, name,
		ensure(args.ResourceGroupName != nil, "ResourceGroupName is required"),
		ensure(args.SubnetID != nil, "SubnetID is required"),
		ensure(args.OIDCIssuerURL != nil, "OIDCIssuerURL is required"),
		ensure(args.NodeResourceGroup != nil, "NodeResourceGroup is required"),
		ensure(args.Backend.Namespace != nil && args.Backend.Service != nil, "Backend needs Namespace and Service"),
		ensure(args.Backend.Port >= 1 && args.Backend.Port <= 65535, "Backend.Port %d is outside 1-65535", args.Backend.Port),
	)
	if err != nil {
		return nil, err
	}
	gateway := &ApplicationGatewayForContainers{}
	err = ctx.RegisterComponentResourceV2(ApplicationGatewayForContainersType, name, pulumi.Map{
		"backendPort": pulumi.Int(args.Backend.Port),
	}, gateway, opts...)
	if err != nil {
		return nil, fmt.Errorf("%s %q: %w", what, name, err)
	}
	if err := gateway.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("%s %q: %w", what, name, err)
	}
	return gateway, ctx.RegisterResourceOutputs(gateway, pulumi.Map{
		"fqdn": gateway.FQDN, "ingressUrl": gateway.IngressURL,
	})
}

func (g *ApplicationGatewayForContainers) build(
	ctx *pulumi.Context, name string, a *ApplicationGatewayForContainersArgs,
) error {
	azure := &trafficResources{}
	if err := azure.register(ctx, name, a, g); err != nil {
		return err
	}
	controller := &albController{ApplicationGatewayForContainers: g, name: name, args: a, azure: azure}
	release, err := controller.install(ctx)
	if err != nil {
		return err
	}
	gateway, err := apiextensions.NewCustomResource(ctx, name+"-gateway", azure.gateway(name, a), pulumi.Parent(g),
		// The chart brings the kind, and the association the data plane that the controller programs.
		pulumi.DependsOn([]pulumi.Resource{release, &azure.association}))
	if err != nil {
		return fmt.Errorf("gateway: %w", err)
	}
	route, err := apiextensions.NewCustomResource(ctx, name+"-route", a.route(name, gateway), pulumi.Parent(g),
		pulumi.DependsOn([]pulumi.Resource{gateway}))
	if err != nil {
		return fmt.Errorf("route: %w", err)
	}
	g.FQDN = azure.frontend.Fqdn
	g.IngressURL = after(pulumi.Sprintf("http://%s/", g.FQDN), route.ID())
	return nil
}

// gateway listens on the frontend.
func (r *trafficResources) gateway(
	name string, a *ApplicationGatewayForContainersArgs,
) *apiextensions.CustomResourceArgs {
	return &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String(gatewayAPI),
		Kind:       pulumi.String("Gateway"),
		Metadata: metav1.ObjectMetaArgs{
			Name:      pulumi.String(name),
			Namespace: a.Backend.Namespace.ToStringOutput().ToStringPtrOutput(),
			Annotations: pulumi.StringMap{
				albIDAnnotation: r.controller.ID().ToStringOutput(), waitForAnnotation: pulumi.String(gatewayProgrammed),
			},
		},
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{
			"gatewayClassName": pulumi.String(albGatewayClass),
			"addresses": pulumi.Array{pulumi.Map{
				"type": pulumi.String(albFrontendAddress), "value": r.frontend.Name,
			}},
			"listeners": pulumi.Array{pulumi.Map{
				"name":          pulumi.String(gatewayListenerName),
				"port":          pulumi.Int(gatewayListenerPort),
				"protocol":      pulumi.String("HTTP"),
				"allowedRoutes": pulumi.Map{"namespaces": pulumi.Map{"from": pulumi.String("Same")}},
			}},
		}},
	}
}

// route sends all requests of the gateway to the backend.
func (a *ApplicationGatewayForContainersArgs) route(
	name string, gateway *apiextensions.CustomResource,
) *apiextensions.CustomResourceArgs {
	return &apiextensions.CustomResourceArgs{
		ApiVersion: pulumi.String(gatewayAPI),
		Kind:       pulumi.String("HTTPRoute"),
		Metadata: metav1.ObjectMetaArgs{
			Name:        pulumi.String(name),
			Namespace:   a.Backend.Namespace.ToStringOutput().ToStringPtrOutput(),
			Annotations: pulumi.StringMap{waitForAnnotation: pulumi.String(routeProgrammed)},
		},
		OtherFields: kubernetes.UntypedArgs{"spec": pulumi.Map{
			"parentRefs": pulumi.Array{pulumi.Map{"name": gateway.Metadata.Name().Elem()}},
			"rules": pulumi.Array{pulumi.Map{"backendRefs": pulumi.Array{pulumi.Map{
				"name": a.Backend.Service, "port": pulumi.Int(a.Backend.Port),
			}}}},
		}},
	}
}

func (a *ApplicationGatewayForContainersArgs) tags() pulumi.StringMapInput {
	if a.Tags == nil {
		return pulumi.StringMap{}
	}
	return a.Tags
}
