package components

import (
	"errors"
	"fmt"
	"strings"

	authorization "github.com/pulumi/pulumi-azure-native-sdk/authorization/v2/v20220401"
	metav1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/meta/v1"
	networkingv1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/networking/v1"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// gatewayIngressClass is the IngressClass that AKS's add-on brings along (azure-facts 7.7).
const gatewayIngressClass = "azure-application-gateway"

// ApplicationGatewayIngressArgs describes what clients reach through the application gateway of a cluster that has
// [AksClusterArgs.ApplicationGateway]. The component needs an azure-native provider and a kubernetes provider for the
// cluster. A second Ingress on the same gateway is a plain Ingress of class azure-application-gateway.
type ApplicationGatewayIngressArgs struct {
	IdentityObjectID pulumi.StringInput // required: [AksCluster.ApplicationGatewayIdentityID]
	SubnetID         pulumi.StringInput // required: the gateway's, as in [ApplicationGatewayAddOn]

	Backend ServiceBackend // required: the Service whose pods answer
	Host    string         // the host name that clients ask for; empty: any
	Path    string         // of the requests, by prefix; empty is /
}

// ApplicationGatewayIngress publishes a service by an application gateway, which AKS's ingress controller makes and
// programs. The gateway ends the client's connection and opens one of its own from its subnet, so that the replies of
// the nodes go to the gateway inside the VNet and never to the route for 0.0.0.0/0: it is the second of the ways out of
// asymmetric routing (azure-facts 7.5).
type ApplicationGatewayIngress struct {
	pulumi.ResourceState

	IngressIP pulumi.StringOutput `pulumi:"ingressIp"` // the gateway's public address, when it is programmed
}

var _ pulumi.ComponentResource = (*ApplicationGatewayIngress)(nil)

// NewApplicationGatewayIngress registers the role by which the controller may use the subnet, and the Ingress.
func NewApplicationGatewayIngress(
	ctx *pulumi.Context, name string, args *ApplicationGatewayIngressArgs, opts ...pulumi.ResourceOption,
) (*ApplicationGatewayIngress, error) {
	if args == nil {
		return nil, problems("application gateway ingress", name, errNilArgs)
	}
	if err := args.validate(name); err != nil {
		return nil, err
	}
	ingress := &ApplicationGatewayIngress{}
	err := ctx.RegisterComponentResourceV2(ApplicationGatewayIngressType, name, pulumi.Map{
		"host": pulumi.String(args.Host), "path": pulumi.String(args.Path), "port": pulumi.Int(args.Backend.Port),
	}, ingress, opts...)
	if err != nil {
		return nil, fmt.Errorf("application gateway ingress %q: %w", name, err)
	}
	if err := ingress.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("application gateway ingress %q: %w", name, err)
	}
	return ingress, ctx.RegisterResourceOutputs(ingress, pulumi.Map{"ingressIp": ingress.IngressIP})
}

func (a *ApplicationGatewayIngressArgs) validate(name string) error {
	return problems("application gateway ingress", name,
		ensure(a.IdentityObjectID != nil, "IdentityObjectID is required"),
		ensure(a.SubnetID != nil, "SubnetID is required"),
		ensure(a.Backend.Namespace != nil, "Backend.Namespace is required"),
		ensure(a.Backend.Service != nil, "Backend.Service is required"),
		ensure(a.Backend.Port >= 1 && a.Backend.Port <= 65535, "Backend.Port %d is outside 1-65535", a.Backend.Port),
		ensure(a.Path == "" || strings.HasPrefix(a.Path, "/"), "Path %q does not begin with /", a.Path),
	)
}

func (g *ApplicationGatewayIngress) build(
	ctx *pulumi.Context, name string, a *ApplicationGatewayIngressArgs,
) error {
	role, err := authorization.NewRoleAssignment(ctx, name+"-role-subnet", &authorization.RoleAssignmentArgs{
		PrincipalId:      a.IdentityObjectID,
		PrincipalType:    pulumi.String("ServicePrincipal"),
		RoleDefinitionId: roleDefinition(a.SubnetID, networkContributor),
		Scope:            a.SubnetID,
	}, pulumi.Parent(g))
	if err != nil {
		return fmt.Errorf("role on the subnet: %w", err)
	}
	ingress, err := networkingv1.NewIngress(ctx, name+"-ingress", a.ingress(name), pulumi.Parent(g),
		// Without its role the controller cannot make the gateway, and the Ingress gets no address.
		pulumi.DependsOn([]pulumi.Resource{role}),
		// The first Ingress waits for the role to spread, then for the gateway (azure-facts 7.7, 12.1, 13).
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "30m"}))
	if err != nil {
		return fmt.Errorf("ingress: %w", err)
	}
	g.IngressIP = ingress.Status.ApplyT(func(status *networkingv1.IngressStatus) (string, error) {
		if status != nil && status.LoadBalancer != nil && len(status.LoadBalancer.Ingress) > 0 {
			if ip := status.LoadBalancer.Ingress[0].Ip; ip != nil {
				return *ip, nil
			}
		}
		return "", errors.New("application gateway ingress: the Ingress has no address")
	}).(pulumi.StringOutput)
	return nil
}

func (a *ApplicationGatewayIngressArgs) ingress(name string) *networkingv1.IngressArgs {
	return &networkingv1.IngressArgs{
		Metadata: metav1.ObjectMetaArgs{Name: pulumi.String(name), Namespace: a.Backend.Namespace.ToStringOutput()},
		Spec: networkingv1.IngressSpecArgs{
			IngressClassName: pulumi.String(gatewayIngressClass),
			Rules: networkingv1.IngressRuleArray{networkingv1.IngressRuleArgs{
				Host: optionalString(a.Host),
				Http: networkingv1.HTTPIngressRuleValueArgs{Paths: networkingv1.HTTPIngressPathArray{
					networkingv1.HTTPIngressPathArgs{
						Path:     pulumi.String(orDefault(a.Path, "/")),
						PathType: pulumi.String("Prefix"),
						Backend: networkingv1.IngressBackendArgs{Service: networkingv1.IngressServiceBackendArgs{
							Name: a.Backend.Service,
							Port: networkingv1.ServiceBackendPortArgs{Number: pulumi.Int(a.Backend.Port)},
						}},
					},
				}},
			}},
		},
	}
}
