package components

import (
	"fmt"
	"net/netip"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20240901"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Outbound types of AKS API 2024-09-01 (azure-facts 1.2).
const (
	OutboundLoadBalancer           = "loadBalancer"
	OutboundManagedNATGateway      = "managedNATGateway"
	OutboundUserAssignedNATGateway = "userAssignedNATGateway"
	OutboundUserDefinedRouting     = "userDefinedRouting"
)

// LoadBalancerEgress configures outbound type loadBalancer. The addresses come from exactly one source: addresses that
// AKS manages (ManagedIPCount), or existing ones.
type LoadBalancerEgress struct {
	ManagedIPCount     int      // 1-100; 1 when no other source is given
	PublicIPIDs        []string // ARM ids of existing Standard public IPs
	PublicIPPrefixIDs  []string // ARM ids of existing public IP prefixes
	PortsPerNode       int      // 0-64000, a multiple of 8; 0: AKS's table by number of nodes
	IdleTimeoutMinutes int      // 4-120; 0 is AKS's default, 30
}

// ManagedNatEgress configures outbound type managedNATGateway.
type ManagedNatEgress struct {
	IPCount            int // 1-16; 0 is 1
	IdleTimeoutMinutes int // 4-120; 0 is AKS's default, 4
}

// NodePool is a pool of nodes.
type NodePool struct {
	Count    int      // 1-1000; 0 too for a user pool
	VMSize   string   // such as Standard_D2s_v5
	MaxSurge string   // "1" or "33%"; empty is AKS's default
	Zones    []string // empty: no zones
}

// UserPool is a further pool, for workloads. It is in the cluster's subnet, and leaves by the same way out.
type UserPool struct {
	Name string // required: 1-12 lower-case letters and digits, beginning with a letter; not "system"
	NodePool
}

// AksClusterArgs describes a cluster and the way out of it.
type AksClusterArgs struct {
	ResourceGroupName pulumi.StringInput // required
	OutboundType      string             // required, one of the Outbound constants

	// NodeSubnetID is where nodes live; nil: a network that AKS manages. Required by userAssignedNATGateway and
	// userDefinedRouting, refused by managedNATGateway. Give it only when the way out stands, as
	// [SpokeNetwork.NodeSubnetID] does: nodes that cannot leave fail the cluster.
	NodeSubnetID pulumi.StringInput

	// RouteTableID is the subnet's route table, needed with networkPlugin kubenet: AKS writes pod routes into it.
	RouteTableID pulumi.StringInput

	LoadBalancer LoadBalancerEgress // outbound type loadBalancer
	ManagedNat   ManagedNatEgress   // outbound type managedNATGateway

	NodePool          NodePool     // the system pool
	UserPools         []UserPool   // resources of their own: Azure takes no new pool into a living cluster otherwise
	KubernetesVersion string       // empty: AKS's default
	Tier              string       // Free (default), Standard or Premium
	NetworkPlugin     string       // azure (default) or kubenet
	NetworkPluginMode string       // overlay or empty
	ServiceCIDR       netip.Prefix // required
	DNSServiceIP      netip.Addr   // required, inside ServiceCIDR
	PodCIDR           netip.Prefix // required with overlay or kubenet, else leave it zero

	// AuthorizedIPRanges limits who reaches the API server; empty: everybody. It must hold the addresses by which the
	// nodes themselves leave, except those of outbound type loadBalancer, which AKS adds.
	AuthorizedIPRanges pulumi.StringArrayInput
	PrivateCluster     bool

	ApplicationGateway *ApplicationGatewayAddOn // nil: no such add-on

	// MigrateFrom is the outbound type that the cluster still has while what OutboundType needs is being built around
	// it; empty: no migration. Only for moves that Azure makes in place and that need something first: see
	// package egress/migration. While it is set, keep what the old type needs on the subnet.
	MigrateFrom string

	// AllowReplacement gives a cluster up whose network settings change: Pulumi makes a new one and deletes the old one
	// with everything in it. Without it the cluster stays, and a difference fails preview and update.
	AllowReplacement bool

	// WorkloadIdentity lets pods act as identities of Azure, by tokens of the cluster's OIDC issuer. Azure cannot take the
	// issuer away again.
	WorkloadIdentity bool

	Tags pulumi.StringMapInput
}

// AksCluster is a managed cluster with a user-assigned identity and that identity's roles, at the narrowest scope that
// AKS accepts: the node subnet, the route table under kubenet, and existing outbound addresses.
//
// A living cluster keeps its network settings: azure-native would replace it for any change of them (azure-native.md
// 1.4), though Azure makes most changes in place. When the cluster that Azure reports has another OutboundType,
// LoadBalancer, ManagedNat, network plugin, CIDR or subnet than the arguments, preview and update fail and tell what to
// do: the `az aks update` that changes it in place, or that only a new cluster can have it (AllowReplacement).
type AksCluster struct {
	pulumi.ResourceState

	ID                pulumi.StringOutput `pulumi:"id"`
	Name              pulumi.StringOutput `pulumi:"name"`
	NodeResourceGroup pulumi.StringOutput `pulumi:"nodeResourceGroup"`

	// EgressIPs are the addresses, and prefixes in CIDR form, by which AKS's own load balancer or NAT gateway sends
	// traffic out. Empty where AKS owns no egress (azure-facts 1.1): ask the NAT gateway or firewall then.
	EgressIPs pulumi.StringArrayOutput `pulumi:"egressIps"`

	OIDCIssuerURL pulumi.StringOutput `pulumi:"oidcIssuerUrl"` // empty without WorkloadIdentity
	// ApplicationGatewayIdentityID is the object id of the identity by which the add-on ApplicationGateway acts; empty
	// without the add-on.
	ApplicationGatewayIdentityID pulumi.StringOutput `pulumi:"applicationGatewayIdentityId"`

	Kubeconfig pulumi.StringOutput `pulumi:"kubeconfig"` // secret
}

var _ pulumi.ComponentResource = (*AksCluster)(nil)

// NewAksCluster registers the identity, its role assignments and the cluster, and reads its credentials.
func NewAksCluster(
	ctx *pulumi.Context, name string, args *AksClusterArgs, opts ...pulumi.ResourceOption,
) (*AksCluster, error) {
	if args == nil {
		return nil, problems("aks cluster", name, errNilArgs)
	}
	if err := args.validate(name); err != nil {
		return nil, err
	}
	aks := &AksCluster{}
	err := ctx.RegisterComponentResourceV2(AksClusterType, name, pulumi.Map{
		"outboundType": pulumi.String(args.OutboundType),
		"nodeCount":    pulumi.Int(args.NodePool.Count),
	}, aks, opts...)
	if err != nil {
		return nil, fmt.Errorf("aks cluster %q: %w", name, err)
	}
	if err := aks.build(ctx, name, args); err != nil {
		return nil, fmt.Errorf("aks cluster %q: %w", name, err)
	}
	return aks, ctx.RegisterResourceOutputs(aks, pulumi.Map{
		"id": aks.ID, "name": aks.Name, "nodeResourceGroup": aks.NodeResourceGroup,
		"egressIps": aks.EgressIPs, "oidcIssuerUrl": aks.OIDCIssuerURL,
		"applicationGatewayIdentityId": aks.ApplicationGatewayIdentityID, "kubeconfig": aks.Kubeconfig,
	})
}

func (a *AksClusterArgs) validate(name string) error {
	ownVnet := a.NodeSubnetID != nil
	known := map[string]bool{
		OutboundLoadBalancer: true, OutboundManagedNATGateway: true,
		OutboundUserAssignedNATGateway: true, OutboundUserDefinedRouting: true,
	}
	needsVnet := a.OutboundType == OutboundUserAssignedNATGateway || a.OutboundType == OutboundUserDefinedRouting
	needsPods := a.NetworkPlugin == "kubenet" || a.NetworkPluginMode == "overlay"
	existing := len(a.LoadBalancer.PublicIPIDs) + len(a.LoadBalancer.PublicIPPrefixIDs)
	return problems("aks cluster", name,
		ensure(a.ResourceGroupName != nil, "ResourceGroupName is required"),
		ensure(known[a.OutboundType], "OutboundType %q is none of loadBalancer, managedNATGateway, "+
			"userAssignedNATGateway, userDefinedRouting", a.OutboundType),
		ensure(!needsVnet || ownVnet, "OutboundType %s needs NodeSubnetID", a.OutboundType),
		ensure(a.OutboundType != OutboundManagedNATGateway || !ownVnet,
			"OutboundType managedNATGateway excludes NodeSubnetID: AKS attaches its gateway to its own network only"),
		ensure(a.NetworkPlugin != "kubenet" || !ownVnet || a.OutboundType != OutboundUserDefinedRouting ||
			a.RouteTableID != nil, "NetworkPlugin kubenet needs RouteTableID: AKS writes pod routes into it"),
		ensure(a.LoadBalancer.ManagedIPCount == 0 || existing == 0,
			"LoadBalancer: ManagedIPCount excludes existing addresses"),
		ensure(a.NodePool.Count >= 1, "NodePool.Count %d is below 1", a.NodePool.Count),
		ensure(a.NodePool.VMSize != "", "NodePool.VMSize is required"),
		ensure(a.ServiceCIDR.IsValid(), "ServiceCIDR is required"),
		ensure(a.ServiceCIDR.Contains(a.DNSServiceIP),
			"DNSServiceIP %s is outside ServiceCIDR %s", a.DNSServiceIP, a.ServiceCIDR),
		ensure(needsPods == a.PodCIDR.IsValid(), "PodCIDR goes with overlay or kubenet, and only with them"),
		a.validateUserPools(),
		a.validateMigration(),
		a.validateApplicationGateway(),
	)
}

func (c *AksCluster) build(ctx *pulumi.Context, name string, a *AksClusterArgs) error {
	identity, roles, err := c.newIdentity(ctx, name, a)
	if err != nil {
		return fmt.Errorf("identity: %w", err)
	}
	cluster, err := containerservice.NewManagedCluster(ctx, name+"-cluster", &containerservice.ManagedClusterArgs{
		ResourceGroupName: a.ResourceGroupName,
		DnsPrefix:         pulumi.String(name),
		EnableRBAC:        pulumi.Bool(true),
		Identity: containerservice.ManagedClusterIdentityArgs{
			Type:                   containerservice.ResourceIdentityTypeUserAssigned,
			UserAssignedIdentities: pulumi.StringArray{identity.ID().ToStringOutput()},
		},
		KubernetesVersion: optionalString(a.KubernetesVersion),
		Sku: containerservice.ManagedClusterSKUArgs{
			Name: pulumi.String("Base"), Tier: pulumi.String(orDefault(a.Tier, "Free")),
		},
		AgentPoolProfiles:      containerservice.ManagedClusterAgentPoolProfileArray{a.nodePool()},
		NetworkProfile:         a.networkProfile(),
		ApiServerAccessProfile: a.apiServerAccess(),
		OidcIssuerProfile:      a.oidcIssuer(),
		SecurityProfile:        a.securityProfile(),
		AddonProfiles:          a.addOns(),
		Tags:                   a.Tags,
	},
		pulumi.Parent(c),
		a.guardOption(),
		// Without its roles the identity cannot join nodes to the subnet (azure-facts 7.3).
		pulumi.DependsOn(roles),
		// Creation takes 4-15 minutes, deletion can take longer (azure-facts 12.1).
		pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "90m", Update: "90m", Delete: "90m"}),
	)
	if err != nil {
		return err
	}
	if err := a.newUserPools(ctx, name, c, cluster); err != nil {
		return err
	}
	accepted := c.guard(ctx, name, a, cluster)
	c.ID, c.Name = cluster.ID().ToStringOutput(), cluster.Name
	if !ctx.DryRun() {
		// In a preview they stay known also where the guard cannot judge: a Kubernetes provider whose cluster is unknown
		// previews as replaced, and so does all on it.
		c.ID, c.Name = accepted, after(cluster.Name, accepted)
	}
	nodes := a.guardSubnet(after(cluster.NodeResourceGroup.Elem(), accepted), name, cluster)
	c.NodeResourceGroup = c.lasting(ctx, cluster, nodes, nodeResourceGroupOf)
	c.EgressIPs = c.effectiveEgress(ctx, cluster, accepted)
	c.OIDCIssuerURL = c.issuerURL(ctx, a, cluster, accepted)
	c.ApplicationGatewayIdentityID = c.gatewayIdentity(ctx, a, cluster, accepted)
	c.Kubeconfig = c.userKubeconfig(ctx, a.ResourceGroupName)
	return nil
}

func (a *AksClusterArgs) nodePool() containerservice.ManagedClusterAgentPoolProfileArgs {
	pool := containerservice.ManagedClusterAgentPoolProfileArgs{
		Name:              pulumi.String(systemPool),
		Mode:              pulumi.String("System"),
		Type:              pulumi.String("VirtualMachineScaleSets"),
		OsType:            pulumi.String("Linux"),
		Count:             pulumi.Int(a.NodePool.Count),
		VmSize:            pulumi.String(a.NodePool.VMSize),
		AvailabilityZones: zonesInput(a.NodePool.Zones),
	}
	if a.NodeSubnetID != nil {
		pool.VnetSubnetID = a.NodeSubnetID.ToStringOutput().ToStringPtrOutput()
	}
	if a.NodePool.MaxSurge != "" {
		pool.UpgradeSettings = containerservice.AgentPoolUpgradeSettingsArgs{MaxSurge: pulumi.String(a.NodePool.MaxSurge)}
	}
	return pool
}

func (a *AksClusterArgs) networkProfile() containerservice.ContainerServiceNetworkProfileArgs {
	profile := containerservice.ContainerServiceNetworkProfileArgs{
		OutboundType:      pulumi.String(a.OutboundType),
		LoadBalancerSku:   pulumi.String("standard"),
		NetworkPlugin:     pulumi.String(orDefault(a.NetworkPlugin, "azure")),
		NetworkPluginMode: optionalString(a.NetworkPluginMode),
		ServiceCidr:       pulumi.String(a.ServiceCIDR.String()),
		DnsServiceIP:      pulumi.String(a.DNSServiceIP.String()),
	}
	if a.PodCIDR.IsValid() {
		profile.PodCidr = pulumi.String(a.PodCIDR.String())
	}
	switch a.OutboundType {
	case OutboundLoadBalancer:
		profile.LoadBalancerProfile = a.LoadBalancer.profile()
	case OutboundManagedNATGateway:
		profile.NatGatewayProfile = containerservice.ManagedClusterNATGatewayProfileArgs{
			IdleTimeoutInMinutes: optionalInt(a.ManagedNat.IdleTimeoutMinutes),
			ManagedOutboundIPProfile: containerservice.ManagedClusterManagedOutboundIPProfileArgs{
				Count: pulumi.Int(max(a.ManagedNat.IPCount, 1)),
			},
		}
	}
	return profile
}

func (lb LoadBalancerEgress) profile() containerservice.ManagedClusterLoadBalancerProfileArgs {
	profile := containerservice.ManagedClusterLoadBalancerProfileArgs{
		AllocatedOutboundPorts: optionalInt(lb.PortsPerNode),
		IdleTimeoutInMinutes:   optionalInt(lb.IdleTimeoutMinutes),
	}
	switch {
	case len(lb.PublicIPIDs) > 0:
		profile.OutboundIPs = containerservice.ManagedClusterLoadBalancerProfileOutboundIPsArgs{
			PublicIPs: resourceReferences(lb.PublicIPIDs),
		}
	case len(lb.PublicIPPrefixIDs) > 0:
		profile.OutboundIPPrefixes = containerservice.ManagedClusterLoadBalancerProfileOutboundIPPrefixesArgs{
			PublicIPPrefixes: resourceReferences(lb.PublicIPPrefixIDs),
		}
	default:
		profile.ManagedOutboundIPs = containerservice.ManagedClusterLoadBalancerProfileManagedOutboundIPsArgs{
			Count: pulumi.Int(max(lb.ManagedIPCount, 1)),
		}
	}
	return profile
}

func (a *AksClusterArgs) apiServerAccess() containerservice.ManagedClusterAPIServerAccessProfilePtrInput {
	if a.AuthorizedIPRanges == nil && !a.PrivateCluster {
		return nil
	}
	access := containerservice.ManagedClusterAPIServerAccessProfileArgs{AuthorizedIPRanges: a.AuthorizedIPRanges}
	if a.PrivateCluster {
		access.EnablePrivateCluster = pulumi.Bool(true)
	}
	return access
}

func resourceReferences(ids []string) containerservice.ResourceReferenceArray {
	refs := make(containerservice.ResourceReferenceArray, 0, len(ids))
	for _, id := range ids {
		refs = append(refs, containerservice.ResourceReferenceArgs{Id: pulumi.String(id)})
	}
	return refs
}

func orDefault(value, byDefault string) string {
	if value == "" {
		return byDefault
	}
	return value
}
