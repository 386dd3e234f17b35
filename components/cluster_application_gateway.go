package components

import (
	"errors"
	"fmt"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20240901"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// gatewayAddOn is AKS's name of the add-on that runs the Application Gateway Ingress Controller, AGIC.
const gatewayAddOn = "ingressApplicationGateway"

// ApplicationGatewayAddOn turns on AKS's application gateway ingress controller. Its pod makes the gateway, and a
// public address for it, in the node resource group as soon as the add-on's identity may join the subnet, which
// [ApplicationGatewayIngress] lets it (azure-facts 7.7).
type ApplicationGatewayAddOn struct {
	Name string // required: of the gateway

	// SubnetID is where the gateway goes: alone in a subnet of the nodes' VNet, as [GatewaySubnet] makes it. With
	// NetworkPluginMode overlay the subnet is a /24 or smaller and delegated to [ApplicationGatewayDelegation].
	SubnetID pulumi.StringInput // required
}

func (a *AksClusterArgs) validateApplicationGateway() error {
	if a.ApplicationGateway == nil {
		return nil
	}
	return errors.Join(
		ensure(a.ApplicationGateway.Name != "", "ApplicationGateway.Name is required"),
		ensure(a.ApplicationGateway.SubnetID != nil, "ApplicationGateway.SubnetID is required"),
		ensure(a.NodeSubnetID != nil,
			"ApplicationGateway needs NodeSubnetID: its subnet is beside the nodes, in a VNet of yours"),
		ensure(a.NetworkPlugin != "kubenet", "ApplicationGateway excludes NetworkPlugin kubenet: the gateway reaches pods "+
			"by their own addresses, and its subnet has no routes to them"),
	)
}

func (a *AksClusterArgs) addOns() containerservice.ManagedClusterAddonProfileMapInput {
	if a.ApplicationGateway == nil {
		return nil
	}
	return containerservice.ManagedClusterAddonProfileMap{
		gatewayAddOn: containerservice.ManagedClusterAddonProfileArgs{
			Enabled: pulumi.Bool(true),
			Config: pulumi.StringMap{
				"applicationGatewayName": pulumi.String(a.ApplicationGateway.Name),
				"subnetId":               a.ApplicationGateway.SubnetID,
			},
		},
	}
}

// gatewayIdentity is the object id of the add-on's identity, which AKS makes with the cluster. Previews of a change of
// the cluster leave it out, and what depends on it would seem to be replaced: they ask Azure.
func (c *AksCluster) gatewayIdentity(
	ctx *pulumi.Context, a *AksClusterArgs, cluster *containerservice.ManagedCluster, accepted pulumi.StringOutput,
) pulumi.StringOutput {
	if a.ApplicationGateway == nil {
		return pulumi.String("").ToStringOutput()
	}
	if !ctx.DryRun() {
		return pulumi.All(cluster.AddonProfiles, accepted).ApplyT(func(values []any) (string, error) {
			profiles, _ := values[0].(map[string]containerservice.ManagedClusterAddonProfileResponse)
			if id := gatewayObjectID(profiles); id != "" {
				return id, nil
			}
			return "", fmt.Errorf("aks cluster: Azure reports no identity of add-on %s", gatewayAddOn)
		}).(pulumi.StringOutput)
	}
	return cluster.ID().ApplyT(func(id pulumi.ID) (pulumi.StringOutput, error) {
		live, err := c.lookUp(ctx, string(id))
		if err != nil || gatewayObjectID(live.AddonProfiles) == "" {
			return unknownString(), nil //nolint:nilerr // the update will know
		}
		return pulumi.String(gatewayObjectID(live.AddonProfiles)).ToStringOutput(), nil
	}).(pulumi.StringOutput)
}

func gatewayObjectID(profiles map[string]containerservice.ManagedClusterAddonProfileResponse) string {
	profile, ok := profiles[gatewayAddOn]
	if !ok || profile.Identity.ObjectId == nil {
		return ""
	}
	return *profile.Identity.ObjectId
}
