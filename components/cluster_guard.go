package components

import (
	"errors"
	"fmt"
	"strings"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20240901"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"

	"aks-egress/egress/migration"
)

// nodeSubnetPath is the system pool's subnet in a cluster's inputs. Azure never changes it (azure-facts 1.6).
const nodeSubnetPath = "agentPoolProfiles[0].vnetSubnetID"

// guardOption is what keeps Pulumi from replacing the cluster. azure-native replaces it on any change below its network
// profile (azure-native.md 1.4), though Azure changes most of that in place; so Pulumi leaves the profile as it is
// after the creation, and the guard tells when it is not as wanted.
func (a *AksClusterArgs) guardOption() pulumi.ResourceOption {
	if a.AllowReplacement {
		// A move to another subnet is no change of the network profile, and Azure refuses it on a living cluster.
		return pulumi.ReplaceOnChanges([]string{nodeSubnetPath})
	}
	return pulumi.IgnoreChanges([]string{"networkProfile", nodeSubnetPath})
}

// guard compares the cluster with the arguments. The result resolves to the cluster's id when all is as wanted and
// fails otherwise, in previews and updates alike, so outputs of the component must wait for it: an error of an output
// that nobody uses is lost. Before the first creation it is unknown.
func (c *AksCluster) guard(
	ctx *pulumi.Context, name string, a *AksClusterArgs, cluster *containerservice.ManagedCluster,
) pulumi.StringOutput {
	if a.AllowReplacement {
		return cluster.ID().ToStringOutput()
	}
	seen := pulumi.All(cluster.ID(), cluster.NetworkProfile, cluster.AgentPoolProfiles)
	reported := seen.ApplyT(func(values []any) (string, error) {
		id, _ := values[0].(pulumi.ID)
		profile, _ := values[1].(*containerservice.ContainerServiceNetworkProfileResponse)
		pools, _ := values[2].([]containerservice.ManagedClusterAgentPoolProfileResponse)
		return string(id), c.judge(ctx, name, a, string(id), profile, pools)
	}).(pulumi.StringOutput)
	if !ctx.DryRun() {
		return reported
	}
	return cluster.ID().ApplyT(func(id pulumi.ID) (pulumi.StringOutput, error) {
		if known(ctx, reported) {
			return reported, nil
		}
		return reported, c.judgeLive(ctx, name, a, string(id))
	}).(pulumi.StringOutput)
}

// judge refuses a cluster whose settings are not as wanted.
func (c *AksCluster) judge(
	ctx *pulumi.Context, name string, a *AksClusterArgs, clusterID string,
	profile *containerservice.ContainerServiceNetworkProfileResponse,
	pools []containerservice.ManagedClusterAgentPoolProfileResponse,
) error {
	if profile == nil {
		return nil
	}
	wanted, azure := a.wanted(), reportedSettings(profile, nodeSubnetOf(pools))
	if found := wanted.differences(azure, a.MigrateFrom); len(found) > 0 {
		return refusal{name: name, clusterID: clusterID, wanted: wanted, azure: azure, found: found}.err()
	}
	return c.reportMigration(ctx, a, clusterID, azure)
}

// judgeLive asks Azure for the cluster. It is for previews that update the cluster too: the provider foretells a
// profile with unknown parts then (azure-native.md 2), which Go sees as wholly unknown. A cluster that Azure does not
// show is left to the update.
func (c *AksCluster) judgeLive(ctx *pulumi.Context, name string, a *AksClusterArgs, clusterID string) error {
	live, err := c.lookUp(ctx, clusterID)
	if err != nil {
		return ctx.Log.Debug("The guard cannot see the cluster: "+err.Error(), &pulumi.LogArgs{Resource: c})
	}
	return c.judge(ctx, name, a, clusterID, live.NetworkProfile, live.AgentPoolProfiles)
}

// known tells whether an output is known. It waits for it, so ask only about outputs of a resource of which another
// output is there already: they arrive together.
func known(ctx *pulumi.Context, output pulumi.Output) bool {
	result, err := internals.UnsafeAwaitOutput(ctx.Context(), output)
	return err != nil || result.Known
}

// guardSubnet holds value back until the cluster's subnet is known to be the wanted one, and fails when it is not.
func (a *AksClusterArgs) guardSubnet(
	value pulumi.StringOutput, name string, cluster *containerservice.ManagedCluster,
) pulumi.StringOutput {
	if a.NodeSubnetID == nil || a.AllowReplacement {
		return value
	}
	seen := pulumi.All(value, cluster.ID(), cluster.AgentPoolProfiles, a.NodeSubnetID)
	return seen.ApplyT(func(values []any) (string, error) {
		pools, _ := values[2].([]containerservice.ManagedClusterAgentPoolProfileResponse)
		azure, wanted := nodeSubnetOf(pools), values[3].(string)
		if len(pools) == 0 || strings.EqualFold(azure, wanted) {
			return values[0].(string), nil
		}
		id, _ := values[1].(pulumi.ID)
		found := difference{field: nodeSubnetPath, azure: azure, wanted: wanted}
		return "", refusal{name: name, clusterID: string(id), found: []difference{found}}.err()
	}).(pulumi.StringOutput)
}

func nodeSubnetOf(pools []containerservice.ManagedClusterAgentPoolProfileResponse) string {
	if len(pools) == 0 {
		return ""
	}
	return valueOr(pools[0].VnetSubnetID, "")
}

// reportMigration says what comes next while a migration is under way. Only an update says it: in a preview the new
// way out does not stand yet.
func (c *AksCluster) reportMigration(
	ctx *pulumi.Context, a *AksClusterArgs, clusterID string, azure clusterSettings,
) error {
	if a.MigrateFrom == "" || ctx.DryRun() {
		return nil
	}
	wanted := a.wanted()
	if azure.place.OutboundType == wanted.place.OutboundType {
		return ctx.Log.Info("The outbound type has changed: remove migrateFromOutboundType and run `pulumi up`.",
			&pulumi.LogArgs{Resource: c})
	}
	command, err := azUpdate(clusterID, wanted.profile.Flags(wanted.place.OutboundType))
	if err != nil {
		return err
	}
	return ctx.Log.Info(fmt.Sprintf("The way out for %s stands. Now change the outbound type, then run "+
		"`pulumi refresh`, remove migrateFromOutboundType and run `pulumi up`:\n  %s", a.OutboundType, command),
		&pulumi.LogArgs{Resource: c})
}

// validateMigration refuses a migration that Azure does not make, or that needs nothing built first.
func (a *AksClusterArgs) validateMigration() error {
	if a.MigrateFrom == "" {
		return nil
	}
	if a.AllowReplacement {
		return errors.New("MigrateFrom and AllowReplacement exclude each other: the one keeps the cluster, the other " +
			"gives it up")
	}
	network := migration.Network(a.NodeSubnetID != nil)
	move := migration.Between(
		migration.Place{Network: network, OutboundType: migration.OutboundType(a.MigrateFrom)},
		migration.Place{Network: network, OutboundType: migration.OutboundType(a.OutboundType)})
	return errors.Join(
		ensure(move.Supported, "MigrateFrom %s: Azure does not change it to %s: %s", a.MigrateFrom, a.OutboundType,
			move.Reason),
		ensure(!move.Supported || len(move.Prepare) > 0,
			"MigrateFrom %s: nothing is to be built before a change to %s; leave it empty", a.MigrateFrom, a.OutboundType),
	)
}
