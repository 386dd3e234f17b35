package components

import (
	"errors"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20240901"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

func (a *AksClusterArgs) oidcIssuer() containerservice.ManagedClusterOIDCIssuerProfilePtrInput {
	if !a.WorkloadIdentity {
		return nil
	}
	return containerservice.ManagedClusterOIDCIssuerProfileArgs{Enabled: pulumi.Bool(true)}
}

func (a *AksClusterArgs) securityProfile() containerservice.ManagedClusterSecurityProfilePtrInput {
	if !a.WorkloadIdentity {
		return nil
	}
	return containerservice.ManagedClusterSecurityProfileArgs{
		WorkloadIdentity: containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs{Enabled: pulumi.Bool(true)},
	}
}

// issuerURL is the issuer of the cluster's tokens, once the guard has accepted the cluster.
func (c *AksCluster) issuerURL(
	ctx *pulumi.Context, a *AksClusterArgs, cluster *containerservice.ManagedCluster, accepted pulumi.StringOutput,
) pulumi.StringOutput {
	if !a.WorkloadIdentity {
		return pulumi.String("").ToStringOutput()
	}
	url := cluster.OidcIssuerProfile.ApplyT(
		func(profile *containerservice.ManagedClusterOIDCIssuerProfileResponse) (pulumi.StringOutput, error) {
			switch {
			case profile != nil && profile.IssuerURL != "":
				return pulumi.String(profile.IssuerURL).ToStringOutput(), nil
			case ctx.DryRun():
				return unknownString(), nil
			}
			return pulumi.StringOutput{}, errors.New("aks cluster: Azure names no OIDC issuer")
		}).(pulumi.StringOutput)
	return c.lasting(ctx, cluster, after(url, accepted), issuerOf)
}

func issuerOf(live *containerservice.LookupManagedClusterResult) string {
	if live.OidcIssuerProfile == nil {
		return ""
	}
	return live.OidcIssuerProfile.IssuerURL
}
