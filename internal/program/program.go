// Package program turns a stack's configuration into components and stack outputs. It is the one place that knows
// which components an outbound type needs and how they depend on each other; what the configuration may say is decided
// in package config, and how each part is built in package components.
package program

import (
	"fmt"

	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2/v20220901"
	azurenative "github.com/pulumi/pulumi-azure-native-sdk/v2"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/components"
	"aks-egress/egress"
	"aks-egress/internal/config"
)

// Deploy is the Pulumi program. Every problem of the configuration is returned at once, before the first resource is
// registered.
func Deploy(ctx *pulumi.Context) error {
	values, err := stackValues(ctx)
	if err != nil {
		return err
	}
	cfg, err := config.Load(values)
	if err != nil {
		return err
	}
	if err := cfg.CheckStackName(ctx.Stack()); err != nil {
		return err
	}
	s := &stack{ctx: ctx, cfg: cfg, tags: pulumi.ToStringMap(cfg.Tags)}
	if err := s.deploy(); err != nil {
		return err
	}
	s.export()
	return nil
}

// stack is a deployment being composed.
type stack struct {
	ctx   *pulumi.Context
	cfg   *config.Config
	tags  pulumi.StringMap
	azure *azurenative.Provider

	kubernetes *kubernetes.Provider // of the cluster; nil before it

	group     *resources.ResourceGroup
	groupName pulumi.StringOutput // what everything else is created in; fails when the region was changed
	way       way
	cluster   *components.AksCluster
	probe     *components.EgressProbe
	entrance  entrance
}

// inRegion is the name of a resource group that is in this region. azure-native takes the region of its configuration
// for new resources only, so after a change a deployed stack would stay where it is, with what the program computes for
// a region, such as firewall rules, for the other one. The name fails then, in a preview too, and with it all that
// needs it.
func inRegion(group *resources.ResourceGroup, region string) pulumi.StringOutput {
	return pulumi.All(group.Name, group.Location).ApplyT(func(values []any) (string, error) {
		deployed := egress.RegionName(values[1].(string))
		if deployed != "" && deployed != region {
			return "", fmt.Errorf("config: %s %s: the stack is deployed in %s, and Azure moves no resource to another region: "+
				"set it back to %s. To move, deploy a second stack there and change over, or destroy this one first",
				config.LocationKey, region, deployed, deployed)
		}
		return values[0].(string), nil
	}).(pulumi.StringOutput)
}

func (s *stack) deploy() error {
	var err error
	if s.azure, err = newAzureProvider(s.ctx, s.cfg.Location); err != nil {
		return fmt.Errorf("azure-native provider: %w", err)
	}
	s.group, err = resources.NewResourceGroup(s.ctx, config.GroupName(s.ctx.Stack()),
		&resources.ResourceGroupArgs{Tags: s.tags}, pulumi.Provider(s.azure))
	if err != nil {
		return fmt.Errorf("resource group: %w", err)
	}
	s.groupName = inRegion(s.group, s.cfg.Location)
	if s.way, err = s.newWay(); err != nil {
		return err
	}
	if s.cluster, err = s.newCluster(); err != nil {
		return err
	}
	if s.way.expected == nil {
		expected := s.cluster.EgressIPs
		s.way.expected = &expected
	}
	if err := s.newProbe(); err != nil {
		return err
	}
	s.entrance, err = s.newIngress()
	return err
}

func (s *stack) newCluster() (*components.AksCluster, error) {
	c := s.cfg
	return components.NewAksCluster(s.ctx, "aks", &components.AksClusterArgs{
		ResourceGroupName: s.groupName,
		OutboundType:      string(c.OutboundType),
		NodeSubnetID:      s.way.nodeSubnetID,
		RouteTableID:      s.way.routeTableID,
		LoadBalancer: components.LoadBalancerEgress{
			ManagedIPCount:     s.onlyFor(config.LoadBalancer, c.OutboundIPCount),
			PublicIPIDs:        c.OutboundPublicIPIDs,
			PublicIPPrefixIDs:  c.OutboundIPPrefixIDs,
			PortsPerNode:       c.OutboundPortsPerNode,
			IdleTimeoutMinutes: s.onlyFor(config.LoadBalancer, c.IdleTimeoutMinutes),
		},
		ManagedNat: components.ManagedNatEgress{
			IPCount:            s.onlyFor(config.ManagedNATGateway, c.OutboundIPCount),
			IdleTimeoutMinutes: s.onlyFor(config.ManagedNATGateway, c.IdleTimeoutMinutes),
		},
		NodePool: components.NodePool{
			Count: c.NodeCount, VMSize: c.NodeVMSize, MaxSurge: c.NodeMaxSurge, Zones: c.Zones,
		},
		UserPools:          s.userPools(),
		KubernetesVersion:  c.KubernetesVersion,
		Tier:               c.ClusterTier,
		NetworkPlugin:      c.NetworkPlugin,
		NetworkPluginMode:  c.NetworkPluginMode,
		ServiceCIDR:        c.ServiceCIDR,
		DNSServiceIP:       c.DNSServiceIP,
		PodCIDR:            c.PodCIDR,
		AuthorizedIPRanges: s.authorizedRanges(),
		PrivateCluster:     c.PrivateCluster,
		ApplicationGateway: s.gatewayAddOn(),
		MigrateFrom:        string(c.MigrateFrom),
		WorkloadIdentity:   c.Ingress == config.IngressApplicationGatewayForContainers,
		AllowReplacement:   c.AllowClusterReplacement,
		Tags:               s.tags,
	}, pulumi.Providers(s.azure))
}

// userPools is the second pool, where there is one.
func (s *stack) userPools() []components.UserPool {
	c := s.cfg
	if c.UserNodeCount == 0 {
		return nil
	}
	return []components.UserPool{{Name: "user", NodePool: components.NodePool{
		Count: c.UserNodeCount, VMSize: c.UserNodeVMSize, MaxSurge: c.NodeMaxSurge, Zones: c.Zones,
	}}}
}

func (s *stack) onlyFor(outboundType config.OutboundType, n int) int {
	if s.cfg.OutboundType == outboundType {
		return n
	}
	return 0
}

// authorizedRanges adds the stack's own egress to the configured ranges, or the nodes would lose the API server. The
// load balancer's addresses are added by AKS itself (azure-facts 7.2), and config refuses ranges with a managed NAT
// gateway, whose addresses are not known before the cluster.
func (s *stack) authorizedRanges() pulumi.StringArrayInput {
	configured := s.cfg.APIServerAuthorizedIPRanges
	if len(configured) == 0 {
		return nil
	}
	ranges := make([]string, 0, len(configured))
	for _, prefix := range configured {
		ranges = append(ranges, prefix.String())
	}
	standing := make([]any, 0, len(s.way.standing))
	for _, own := range s.way.standing {
		standing = append(standing, own)
	}
	return pulumi.All(standing...).ApplyT(func(values []any) ([]string, error) {
		all := append([]string{}, ranges...)
		for _, own := range values {
			for _, text := range own.([]string) {
				prefix, err := egress.ParsePrefix(text)
				if err != nil {
					return nil, fmt.Errorf("egress address: %w", err)
				}
				all = append(all, prefix.String())
			}
		}
		return all, nil
	}).(pulumi.StringArrayOutput)
}

func (s *stack) newProbe() error {
	// With an identifier, renewed credentials update the provider; without one they would replace every object.
	var err error
	s.kubernetes, err = kubernetes.NewProvider(s.ctx, "aks", &kubernetes.ProviderArgs{
		Kubeconfig:        s.cluster.Kubeconfig,
		ClusterIdentifier: s.cluster.ID,
	}, pulumi.DependsOn([]pulumi.Resource{s.cluster}))
	if err != nil {
		return fmt.Errorf("kubernetes provider: %w", err)
	}
	args := &components.EgressProbeArgs{
		Image:         s.cfg.ProbeImage,
		Target:        s.cfg.ProbeTarget.String(),
		Samples:       s.cfg.ProbeSamples,
		ExpectedIPs:   *s.way.expected,
		SampleAgainOn: s.sampleAgainOn(),
		Exposure:      s.exposure(),
	}
	if s.cfg.ProbeMustBeBlocked != nil {
		args.MustBeBlocked = s.cfg.ProbeMustBeBlocked.String()
	}
	s.probe, err = components.NewEgressProbe(s.ctx, "egress-probe", args, pulumi.Providers(s.kubernetes))
	return err
}

// sampleAgainOn is what this program decides about egress. Nil where AKS owns the addresses: they change by `az` and a
// refresh, after which a preview must be empty (docs/adr/0037), and the probe's next regular sample sees them.
func (s *stack) sampleAgainOn() pulumi.StringInput {
	switch s.cfg.EgressType() {
	case config.LoadBalancer, config.ManagedNATGateway:
		return nil
	case config.UserAssignedNATGateway, config.UserDefinedRouting:
	}
	return pulumi.JSONMarshal(pulumi.Map{
		"expectedIps": *s.way.expected, "rules": pulumi.String(s.way.rulesDigest),
	})
}
