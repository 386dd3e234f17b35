package config

import (
	"net/netip"
	"net/url"

	"aks-egress/egress/endpoints"
)

// OutboundType is Azure's word for how a cluster's traffic leaves (properties.networkProfile.outboundType).
type OutboundType string

// The outbound types that AKS API 2024-09-01 knows.
const (
	LoadBalancer           OutboundType = "loadBalancer"
	ManagedNATGateway      OutboundType = "managedNATGateway"
	UserAssignedNATGateway OutboundType = "userAssignedNATGateway"
	UserDefinedRouting     OutboundType = "userDefinedRouting"
)

// Config is a stack's configuration, validated: every value is inside Azure's limits and fits the others.
// Zero values mean "Azure's default" unless a field says otherwise.
type Config struct {
	Location     string // azure-native:location
	OutboundType OutboundType
	Ingress      Ingress

	AllowAsymmetricIngress bool // a public load balancer under userDefinedRouting, whose replies are lost

	MigrateFrom             OutboundType // the cluster may still have this outbound type; empty: no migration
	AllowClusterReplacement bool

	NodeCount         int
	NodeVMSize        string
	UserNodeCount     int // nodes of a second pool; 0: there is none
	UserNodeVMSize    string
	NodeMaxSurge      string // "1" or "33%", as AKS takes it
	KubernetesVersion string // empty: AKS's default
	NetworkPlugin     string // azure or kubenet
	NetworkPluginMode string // overlay or empty
	ClusterTier       string // Free, Standard or Premium

	HubAddressSpace          netip.Prefix // userDefinedRouting without an existing hub
	FirewallSubnet           netip.Prefix
	FirewallManagementSubnet netip.Prefix // Basic tier only
	SpokeAddressSpace        netip.Prefix // every outbound type but managedNATGateway
	NodeSubnet               netip.Prefix
	GatewaySubnet            netip.Prefix // zero: no gateway as ingress
	ServiceCIDR              netip.Prefix
	DNSServiceIP             netip.Addr
	PodCIDR                  netip.Prefix // zero without overlay or kubenet

	OutboundIPCount        int      // 0 where the outbound type has none or own IPs are given
	OutboundIPPrefixLength int      // 28-31: userAssignedNATGateway uses one public IP prefix instead of addresses
	OutboundPublicIPIDs    []string // ARM ids
	OutboundIPPrefixIDs    []string // ARM ids
	OutboundPortsPerNode   int      // 0: AKS's automatic table
	IdleTimeoutMinutes     int      // effective: configured or Azure's default; 0 where the way out has none

	FirewallTier          string // Basic, Standard or Premium
	FirewallPublicIPCount int
	FirewallThreatIntel   string // Off, Alert or Deny
	Zones                 []string

	Allow      []endpoints.Endpoint // presets expanded
	AllowProbe bool                 // the firewall lets the probe's image and target through besides Allow

	ExistingHubVnetID         string // set: no hub is built
	ExistingFirewallPrivateIP netip.Addr
	ExistingFirewallPublicIPs []netip.Addr

	APIServerAuthorizedIPRanges []netip.Prefix
	PrivateCluster              bool

	ProbeImage         string
	ProbeTarget        *url.URL
	ProbeSamples       int
	ProbeMustBeBlocked *url.URL // nil: nothing is asked to be blocked

	Tags map[string]string
}
