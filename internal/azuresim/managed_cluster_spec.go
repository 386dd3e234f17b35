package azuresim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// clusterSpec is what a program may ask of a managed cluster (SDK containerservice/v20240901). It lists every property
// that is understood; decoding refuses any other by name. Properties of type any are kept and change nothing here.
type clusterSpec struct {
	SubscriptionID    string `json:"subscriptionId"`
	ResourceGroupName string `json:"resourceGroupName"`
	ResourceName      string `json:"resourceName"`
	Location          string `json:"location"`
	Tags              any    `json:"tags"`

	Identity *struct {
		Type                   string   `json:"type"`
		UserAssignedIdentities []string `json:"userAssignedIdentities"`
	} `json:"identity"`
	Sku *struct {
		Name string `json:"name"`
		Tier string `json:"tier"`
	} `json:"sku"`
	KubernetesVersion string       `json:"kubernetesVersion"`
	DNSPrefix         string       `json:"dnsPrefix"`
	NodeResourceGroup string       `json:"nodeResourceGroup"`
	AgentPoolProfiles []*poolSpec  `json:"agentPoolProfiles"`
	NetworkProfile    *networkSpec `json:"networkProfile"`

	APIServerAccessProfile *apiServerSpec        `json:"apiServerAccessProfile"`
	AddonProfiles          map[string]*addonSpec `json:"addonProfiles"`
	OidcIssuerProfile      *struct {
		Enabled bool `json:"enabled"`
	} `json:"oidcIssuerProfile"`

	IdentityProfile map[string]struct {
		ResourceID string `json:"resourceId"`
		ClientID   any    `json:"clientId"`
		ObjectID   any    `json:"objectId"`
	} `json:"identityProfile"`
	ServicePrincipalProfile struct {
		ClientID string `json:"clientId"`
		Secret   any    `json:"secret"`
	} `json:"servicePrincipalProfile"`

	AadProfile                any `json:"aadProfile"`
	AutoUpgradeProfile        any `json:"autoUpgradeProfile"`
	DisableLocalAccounts      any `json:"disableLocalAccounts"`
	EnableRBAC                any `json:"enableRBAC"`
	LinuxProfile              any `json:"linuxProfile"`
	MetricsProfile            any `json:"metricsProfile"`
	NodeResourceGroupProfile  any `json:"nodeResourceGroupProfile"`
	PublicNetworkAccess       any `json:"publicNetworkAccess"`
	SecurityProfile           any `json:"securityProfile"` // see hasWorkloadIdentity
	StorageProfile            any `json:"storageProfile"`
	SupportPlan               any `json:"supportPlan"`
	UpgradeSettings           any `json:"upgradeSettings"`
	WorkloadAutoScalerProfile any `json:"workloadAutoScalerProfile"`
}

// poolSpec is one agent pool.
type poolSpec struct {
	Name                string `json:"name"`
	Mode                string `json:"mode"`
	Count               *int   `json:"count"`
	VMSize              string `json:"vmSize"`
	Type                string `json:"type"`
	OSType              string `json:"osType"`
	MaxPods             *int   `json:"maxPods"`
	VnetSubnetID        string `json:"vnetSubnetID"`
	OrchestratorVersion string `json:"orchestratorVersion"`
	EnableNodePublicIP  bool   `json:"enableNodePublicIP"`
	ScaleSetPriority    string `json:"scaleSetPriority"`
	WorkloadRuntime     string `json:"workloadRuntime"`
	PowerState          struct {
		Code string `json:"code"`
	} `json:"powerState"`
	UpgradeSettings *struct {
		MaxSurge                  string `json:"maxSurge"`
		DrainTimeoutInMinutes     any    `json:"drainTimeoutInMinutes"`
		NodeSoakDurationInMinutes any    `json:"nodeSoakDurationInMinutes"`
	} `json:"upgradeSettings"`

	AvailabilityZones      any `json:"availabilityZones"`
	EnableEncryptionAtHost any `json:"enableEncryptionAtHost"`
	EnableFIPS             any `json:"enableFIPS"`
	EnableUltraSSD         any `json:"enableUltraSSD"`
	KubeletDiskType        any `json:"kubeletDiskType"`
	NodeLabels             any `json:"nodeLabels"`
	NodeTaints             any `json:"nodeTaints"`
	OSDiskSizeGB           any `json:"osDiskSizeGB"`
	OSDiskType             any `json:"osDiskType"`
	OSSKU                  any `json:"osSKU"`
	ScaleDownMode          any `json:"scaleDownMode"`
	SecurityProfile        any `json:"securityProfile"`
	Tags                   any `json:"tags"`
}

// networkSpec is networkProfile.
type networkSpec struct {
	NetworkPlugin       string          `json:"networkPlugin"`
	NetworkPluginMode   string          `json:"networkPluginMode"`
	NetworkPolicy       string          `json:"networkPolicy"`
	NetworkDataplane    string          `json:"networkDataplane"`
	LoadBalancerSku     string          `json:"loadBalancerSku"`
	OutboundType        string          `json:"outboundType"`
	ServiceCIDR         string          `json:"serviceCidr"`
	ServiceCIDRs        []string        `json:"serviceCidrs"`
	PodCIDR             string          `json:"podCidr"`
	PodCIDRs            []string        `json:"podCidrs"`
	DNSServiceIP        string          `json:"dnsServiceIP"`
	IPFamilies          []string        `json:"ipFamilies"`
	LoadBalancerProfile *loadBalancer   `json:"loadBalancerProfile"`
	NATGatewayProfile   *natGatewaySpec `json:"natGatewayProfile"`
}

// loadBalancer is networkProfile.loadBalancerProfile.
type loadBalancer struct {
	ManagedOutboundIPs *struct {
		Count     *int `json:"count"`
		CountIPv6 *int `json:"countIPv6"`
	} `json:"managedOutboundIPs"`
	OutboundIPs *struct {
		PublicIPs []resourceReference `json:"publicIPs"`
	} `json:"outboundIPs"`
	OutboundIPPrefixes *struct {
		PublicIPPrefixes []resourceReference `json:"publicIPPrefixes"`
	} `json:"outboundIPPrefixes"`
	AllocatedOutboundPorts *int   `json:"allocatedOutboundPorts"`
	IdleTimeoutInMinutes   *int   `json:"idleTimeoutInMinutes"`
	BackendPoolType        string `json:"backendPoolType"`
	EffectiveOutboundIPs   any    `json:"effectiveOutboundIPs"` // Azure's answer, an input since the SDK says so
}

// natGatewaySpec is networkProfile.natGatewayProfile.
type natGatewaySpec struct {
	ManagedOutboundIPProfile *struct {
		Count *int `json:"count"`
	} `json:"managedOutboundIPProfile"`
	IdleTimeoutInMinutes *int `json:"idleTimeoutInMinutes"`
	EffectiveOutboundIPs any  `json:"effectiveOutboundIPs"`
}

// apiServerSpec is apiServerAccessProfile.
type apiServerSpec struct {
	AuthorizedIPRanges             []string `json:"authorizedIPRanges"`
	EnablePrivateCluster           bool     `json:"enablePrivateCluster"`
	EnablePrivateClusterPublicFQDN *bool    `json:"enablePrivateClusterPublicFQDN"`
	DisableRunCommand              any      `json:"disableRunCommand"`
	PrivateDNSZone                 string   `json:"privateDNSZone"`
}

type resourceReference struct {
	ID string `json:"id"`
}

// parseCluster reads a cluster's inputs and fills in AKS's defaults (azure-facts 1.1, 2.1, 11.2).
func parseCluster(r *Record) (*clusterSpec, error) {
	encoded, err := json.Marshal(withoutAbsent(r.Inputs))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", managedClusterToken, nameOf(r.ID), err)
	}
	decoder := json.NewDecoder(bytes.NewReader(encoded))
	decoder.DisallowUnknownFields()
	spec := &clusterSpec{}
	if err := decoder.Decode(spec); err != nil {
		return nil, notSimulated(r.ID, strings.TrimPrefix(err.Error(), "json: "))
	}
	if spec.NetworkProfile == nil {
		spec.NetworkProfile = &networkSpec{}
	}
	spec.NetworkProfile.setDefaults()
	for _, p := range spec.AgentPoolProfiles {
		p.setDefaults(spec.NetworkProfile)
	}
	if spec.APIServerAccessProfile == nil {
		spec.APIServerAccessProfile = &apiServerSpec{}
	}
	defaultTo(&spec.NodeResourceGroup, fmt.Sprintf("MC_%s_%s_%s",
		groupOf(r.ID), nameOf(r.ID), location(spec.Location)))
	return spec, nil
}

func (n *networkSpec) setDefaults() {
	defaultTo(&n.NetworkPlugin, "kubenet")
	defaultTo(&n.NetworkDataplane, "azure")
	defaultTo(&n.LoadBalancerSku, "standard")
	defaultTo(&n.OutboundType, outboundLoadBalancer)
	defaultTo(&n.ServiceCIDR, "10.0.0.0/16")
	defaultTo(&n.DNSServiceIP, "10.0.0.10")
	if n.hasPodCIDR() {
		defaultTo(&n.PodCIDR, "10.244.0.0/16")
	}
}

// hasPodCIDR tells whether pods have addresses of their own range. Azure CNI without overlay ignores a pod CIDR, which
// the SDK sends nevertheless (azure-native.md 1.2).
func (n *networkSpec) hasPodCIDR() bool {
	return n.NetworkPlugin == "kubenet" || n.NetworkPluginMode == "overlay"
}

func (p *poolSpec) setDefaults(n *networkSpec) {
	defaultTo(&p.Mode, "User")
	defaultTo(&p.Type, "VirtualMachineScaleSets")
	defaultTo(&p.OSType, "Linux")
	if p.Count == nil {
		p.Count = pointer(1)
	}
	if p.OSDiskSizeGB == nil { // as Azure answers it, so that a PUT of the answer changes nothing
		p.OSDiskSizeGB = 128.0
	}
	if p.OSDiskType == nil {
		p.OSDiskType = "Managed"
	}
	if p.MaxPods == nil { // azure-facts 11.3
		switch {
		case n.NetworkPluginMode == "overlay":
			p.MaxPods = pointer(250)
		case n.NetworkPlugin == "kubenet":
			p.MaxPods = pointer(110)
		default:
			p.MaxPods = pointer(30)
		}
	}
}

func defaultTo(s *string, def string) {
	if *s == "" {
		*s = def
	}
}

func pointer[T any](v T) *T { return &v }

// value is what p points to, or def.
func value[T any](p *T, def T) T {
	if p == nil {
		return def
	}
	return *p
}
