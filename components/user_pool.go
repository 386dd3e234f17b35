package components

import (
	"errors"
	"fmt"
	"regexp"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20240901"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

const systemPool = "system"

// poolName is azure-facts 11.1.
var poolName = regexp.MustCompile(`^[a-z][a-z0-9]{0,11}$`)

func (a *AksClusterArgs) validateUserPools() error {
	var problems []error
	names := map[string]bool{systemPool: true}
	for i, pool := range a.UserPools {
		problems = append(problems,
			ensure(poolName.MatchString(pool.Name), "UserPools[%d].Name %q is not 1-12 lower-case letters and digits that "+
				"begin with a letter", i, pool.Name),
			ensure(!names[pool.Name], "UserPools[%d].Name %q is taken by another pool", i, pool.Name),
			ensure(pool.Count >= 0, "UserPools[%d].Count %d is below 0", i, pool.Count),
			ensure(pool.VMSize != "", "UserPools[%d].VMSize is required", i),
		)
		names[pool.Name] = true
	}
	return errors.Join(problems...)
}

// newUserPools adds the pools to the cluster, one after the other: AKS works on one at a time.
func (a *AksClusterArgs) newUserPools(
	ctx *pulumi.Context, name string, c *AksCluster, cluster *containerservice.ManagedCluster,
) error {
	var before []pulumi.Resource
	for _, pool := range a.UserPools {
		args := &containerservice.AgentPoolArgs{
			ResourceGroupName: a.ResourceGroupName,
			ResourceName:      cluster.Name,
			AgentPoolName:     pulumi.String(pool.Name),
			Mode:              pulumi.String("User"),
			Type:              pulumi.String("VirtualMachineScaleSets"),
			OsType:            pulumi.String("Linux"),
			Count:             pulumi.Int(pool.Count),
			VmSize:            pulumi.String(pool.VMSize),
			AvailabilityZones: zonesInput(pool.Zones),
			Tags:              a.Tags,
		}
		if a.NodeSubnetID != nil {
			args.VnetSubnetID = a.NodeSubnetID.ToStringOutput().ToStringPtrOutput()
		}
		if pool.MaxSurge != "" {
			args.UpgradeSettings = containerservice.AgentPoolUpgradeSettingsArgs{MaxSurge: pulumi.String(pool.MaxSurge)}
		}
		made, err := containerservice.NewAgentPool(ctx, name+"-pool-"+pool.Name, args,
			pulumi.Parent(c), pulumi.DependsOn(before),
			pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "60m", Update: "60m", Delete: "60m"}), // as for the cluster
		)
		if err != nil {
			return fmt.Errorf("pool %s: %w", pool.Name, err)
		}
		before = []pulumi.Resource{made}
	}
	return nil
}
