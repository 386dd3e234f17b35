package components

import (
	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20240901"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// lookUp asks Azure for the cluster.
func (c *AksCluster) lookUp(
	ctx *pulumi.Context, clusterID string,
) (*containerservice.LookupManagedClusterResult, error) {
	id, err := resourceID(clusterID, "cluster")
	if err != nil {
		return nil, err
	}
	return containerservice.LookupManagedCluster(ctx, &containerservice.LookupManagedClusterArgs{
		ResourceGroupName: id.ResourceGroupName, ResourceName: id.Name,
	}, pulumi.Parent(c))
}

// lasting is an output of the cluster that does not change while it lives. azure-native does not know it in a preview
// that updates the cluster (azure-native.md 2), and what is made of it, such as the scope of a role, would preview as
// replaced; so Azure is asked then. Before the first creation it stays unknown.
func (c *AksCluster) lasting(
	ctx *pulumi.Context, cluster *containerservice.ManagedCluster, reported pulumi.StringOutput,
	live func(*containerservice.LookupManagedClusterResult) string,
) pulumi.StringOutput {
	if !ctx.DryRun() {
		return reported
	}
	return cluster.ID().ApplyT(func(id pulumi.ID) pulumi.StringOutput {
		if known(ctx, reported) {
			return reported
		}
		found, err := c.lookUp(ctx, string(id))
		if err != nil || live(found) == "" {
			return reported
		}
		return pulumi.String(live(found)).ToStringOutput()
	}).(pulumi.StringOutput)
}

func nodeResourceGroupOf(live *containerservice.LookupManagedClusterResult) string {
	return valueOr(live.NodeResourceGroup, "")
}
