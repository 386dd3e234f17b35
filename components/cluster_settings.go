package components

import (
	"slices"
	"strconv"
	"strings"

	containerservice "github.com/pulumi/pulumi-azure-native-sdk/containerservice/v2/v20240901"

	"aks-egress/egress/migration"
)

// AKS's defaults for what a network profile leaves out (azure-facts 1.1, 2.1, 11.2).
const (
	defaultNetworkPlugin  = "kubenet"
	defaultServiceCIDR    = "10.0.0.0/16"
	defaultDNSServiceIP   = "10.0.0.10"
	defaultPodCIDR        = "10.244.0.0/16"
	defaultOutboundIPs    = 1
	defaultOutboundPorts  = 0
	defaultBalancerIdle   = 30 // minutes
	defaultNATGatewayIdle = 4  // minutes
)

// clusterSettings are the settings that the guard watches, with AKS's defaults filled in: those of the network profile
// that a program chooses, and whose network the nodes are in.
type clusterSettings struct {
	place   migration.Place
	profile migration.Profile // of what is wanted: what az has to say when it changes the outbound type

	source        addressSource // outbound type loadBalancer
	outboundPorts int
	balancerIdle  int // minutes

	natIPs  int // outbound type managedNATGateway
	natIdle int // minutes

	plugin, pluginMode          string
	serviceCIDR, dnsIP, podCIDR string // podCIDR is empty where pods have addresses of the node subnet
}

// addressSource is where a load balancer's outbound addresses come from: one of the three of azure-facts 2.1.
type addressSource struct {
	field string // below loadBalancerProfile
	flag  string // of az aks update
	value string // the number, or the ids in order and joined by commas
}

func managedSource(count int) addressSource {
	return addressSource{"managedOutboundIPs.count", "--load-balancer-managed-outbound-ip-count", strconv.Itoa(count)}
}

func publicIPSource(ids []string) addressSource {
	return addressSource{"outboundIPs.publicIPs", "--load-balancer-outbound-ips", sortedIDs(ids)}
}

func prefixSource(ids []string) addressSource {
	return addressSource{"outboundIPPrefixes.publicIPPrefixes", "--load-balancer-outbound-ip-prefixes", sortedIDs(ids)}
}

// sortedIDs joins ids so that their order does not count.
func sortedIDs(ids []string) string {
	sorted := slices.Clone(ids)
	slices.SortFunc(sorted, func(a, b string) int { return strings.Compare(strings.ToLower(a), strings.ToLower(b)) })
	return strings.Join(sorted, ",")
}

// same compares without case: ARM ids have none.
func (s addressSource) same(other addressSource) bool {
	return s.field == other.field && strings.EqualFold(s.value, other.value)
}

// wanted are the settings that the arguments ask for.
func (a *AksClusterArgs) wanted() clusterSettings {
	s := clusterSettings{
		place: migration.Place{
			Network: a.NodeSubnetID != nil, OutboundType: migration.OutboundType(a.OutboundType),
		},
		profile:       a.profile(),
		source:        managedSource(max(a.LoadBalancer.ManagedIPCount, defaultOutboundIPs)),
		outboundPorts: a.LoadBalancer.PortsPerNode,
		balancerIdle:  orDefaultInt(a.LoadBalancer.IdleTimeoutMinutes, defaultBalancerIdle),
		natIPs:        max(a.ManagedNat.IPCount, defaultOutboundIPs),
		natIdle:       orDefaultInt(a.ManagedNat.IdleTimeoutMinutes, defaultNATGatewayIdle),
		plugin:        orDefault(a.NetworkPlugin, "azure"),
		pluginMode:    a.NetworkPluginMode,
		serviceCIDR:   a.ServiceCIDR.String(),
		dnsIP:         a.DNSServiceIP.String(),
	}
	switch {
	case len(a.LoadBalancer.PublicIPIDs) > 0:
		s.source = publicIPSource(a.LoadBalancer.PublicIPIDs)
	case len(a.LoadBalancer.PublicIPPrefixIDs) > 0:
		s.source = prefixSource(a.LoadBalancer.PublicIPPrefixIDs)
	}
	if a.PodCIDR.IsValid() {
		s.podCIDR = a.PodCIDR.String()
	}
	return s
}

// profile names what is not AKS's default.
func (a *AksClusterArgs) profile() migration.Profile {
	unless := func(minutes, byDefault int) int {
		if minutes == byDefault {
			return 0
		}
		return minutes
	}
	if a.OutboundType == OutboundManagedNATGateway {
		return migration.Profile{
			ManagedIPs: a.ManagedNat.IPCount, IdleMinutes: unless(a.ManagedNat.IdleTimeoutMinutes, defaultNATGatewayIdle),
		}
	}
	return migration.Profile{
		ManagedIPs: a.LoadBalancer.ManagedIPCount, PublicIPIDs: a.LoadBalancer.PublicIPIDs,
		PrefixIDs: a.LoadBalancer.PublicIPPrefixIDs, PortsPerNode: a.LoadBalancer.PortsPerNode,
		IdleMinutes: unless(a.LoadBalancer.IdleTimeoutMinutes, defaultBalancerIdle),
	}
}

// reportedSettings are a cluster's settings as Azure, or a preview, shows them. Only what is an input too is read:
// previews leave out what Azure computes, and Go reads that as zero.
func reportedSettings(
	profile *containerservice.ContainerServiceNetworkProfileResponse, vnetSubnetID string,
) clusterSettings {
	s := clusterSettings{
		place: migration.Place{
			Network:      migration.NetworkOf(vnetSubnetID),
			OutboundType: migration.OutboundType(valueOr(profile.OutboundType, OutboundLoadBalancer)),
		},
		source:        managedSource(defaultOutboundIPs),
		outboundPorts: defaultOutboundPorts,
		balancerIdle:  defaultBalancerIdle,
		natIPs:        defaultOutboundIPs,
		natIdle:       defaultNATGatewayIdle,
		plugin:        valueOr(profile.NetworkPlugin, defaultNetworkPlugin),
		pluginMode:    valueOr(profile.NetworkPluginMode, ""),
		serviceCIDR:   valueOr(profile.ServiceCidr, defaultServiceCIDR),
		dnsIP:         valueOr(profile.DnsServiceIP, defaultDNSServiceIP),
	}
	if s.plugin == "kubenet" || s.pluginMode == "overlay" {
		s.podCIDR = valueOr(profile.PodCidr, defaultPodCIDR)
	}
	if lb := profile.LoadBalancerProfile; lb != nil {
		s.source = reportedSource(lb)
		s.outboundPorts = valueOr(lb.AllocatedOutboundPorts, defaultOutboundPorts)
		s.balancerIdle = valueOr(lb.IdleTimeoutInMinutes, defaultBalancerIdle)
	}
	if nat := profile.NatGatewayProfile; nat != nil {
		s.natIdle = valueOr(nat.IdleTimeoutInMinutes, defaultNATGatewayIdle)
		if managed := nat.ManagedOutboundIPProfile; managed != nil {
			s.natIPs = valueOr(managed.Count, defaultOutboundIPs)
		}
	}
	return s
}

func reportedSource(lb *containerservice.ManagedClusterLoadBalancerProfileResponse) addressSource {
	switch {
	case lb.OutboundIPs != nil && len(lb.OutboundIPs.PublicIPs) > 0:
		return publicIPSource(referenceIDs(lb.OutboundIPs.PublicIPs))
	case lb.OutboundIPPrefixes != nil && len(lb.OutboundIPPrefixes.PublicIPPrefixes) > 0:
		return prefixSource(referenceIDs(lb.OutboundIPPrefixes.PublicIPPrefixes))
	case lb.ManagedOutboundIPs != nil:
		return managedSource(valueOr(lb.ManagedOutboundIPs.Count, defaultOutboundIPs))
	}
	return managedSource(defaultOutboundIPs)
}

func referenceIDs(refs []containerservice.ResourceReferenceResponse) []string {
	ids := make([]string, 0, len(refs))
	for _, ref := range refs {
		ids = append(ids, valueOr(ref.Id, ""))
	}
	return ids
}

func valueOr[T any](value *T, byDefault T) T {
	if value == nil {
		return byDefault
	}
	return *value
}

func orDefaultInt(value, byDefault int) int {
	if value == 0 {
		return byDefault
	}
	return value
}
