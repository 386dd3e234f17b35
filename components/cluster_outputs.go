package components

import (
	"encoding/base64"
	"errors"
	"fmt"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20240901"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// effectiveEgress resolves networkProfile's effectiveOutboundIPs, which are resource ids, to addresses, once the guard
// has accepted the cluster.
func (c *AksCluster) effectiveEgress(
	ctx *pulumi.Context, cluster *containerservice.ManagedCluster, accepted pulumi.StringOutput,
) pulumi.StringArrayOutput {
	guarded := pulumi.All(cluster.NetworkProfile, accepted)
	return guarded.ApplyT(func(values []any) (pulumi.StringArrayOutput, error) {
		profile, _ := values[0].(*containerservice.ContainerServiceNetworkProfileResponse)
		var ids []string
		for _, ref := range effectiveOutboundIPs(profile) {
			if ref.Id != nil {
				ids = append(ids, *ref.Id)
			}
		}
		if len(ids) == 0 && ctx.DryRun() && ownsEgress(profile) {
			return pulumi.StringArray{unknownString()}.ToStringArrayOutput(), nil
		}
		found, err := lookupEgress(ctx, ids, pulumi.Parent(c))
		return pulumi.ToStringArray(found).ToStringArrayOutput(), err
	}).(pulumi.StringArrayOutput)
}

// ownsEgress says whether AKS has egress addresses of its own; who else may have them is azure-facts 1.1.
func ownsEgress(profile *containerservice.ContainerServiceNetworkProfileResponse) bool {
	return profile != nil && profile.OutboundType != nil &&
		(*profile.OutboundType == OutboundLoadBalancer || *profile.OutboundType == OutboundManagedNATGateway)
}

func effectiveOutboundIPs(
	profile *containerservice.ContainerServiceNetworkProfileResponse,
) []containerservice.ResourceReferenceResponse {
	switch {
	case profile == nil || profile.OutboundType == nil:
		return nil
	case *profile.OutboundType == OutboundLoadBalancer && profile.LoadBalancerProfile != nil:
		return profile.LoadBalancerProfile.EffectiveOutboundIPs
	case *profile.OutboundType == OutboundManagedNATGateway && profile.NatGatewayProfile != nil:
		return profile.NatGatewayProfile.EffectiveOutboundIPs
	}
	return nil
}

// userKubeconfig asks for the cluster's credentials once it exists. The result is marked as secret before anything
// else can see it: the SDK does not do so.
func (c *AksCluster) userKubeconfig(ctx *pulumi.Context, group pulumi.StringInput) pulumi.StringOutput {
	credentials := containerservice.ListManagedClusterUserCredentialsOutput(ctx,
		containerservice.ListManagedClusterUserCredentialsOutputArgs{
			ResourceGroupName: group, ResourceName: c.Name,
		}, pulumi.Parent(c))
	kubeconfig := pulumi.ToSecret(credentials.Kubeconfigs()).(containerservice.CredentialResultResponseArrayOutput)
	return kubeconfig.ApplyT(func(results []containerservice.CredentialResultResponse) (string, error) {
		if len(results) == 0 {
			return "", errors.New("aks cluster: Azure returned no user credentials")
		}
		text, err := base64.StdEncoding.DecodeString(results[0].Value)
		if err != nil {
			return "", fmt.Errorf("aks cluster: the kubeconfig is not base64: %w", err)
		}
		return string(text), nil
	}).(pulumi.StringOutput)
}
