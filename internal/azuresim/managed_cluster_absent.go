package azuresim

import (
	"fmt"
	"slices"
	"strings"
)

// managedClusterAbsent are the inputs of a cluster that Azure obeys and the simulation would not.
var managedClusterAbsent = []string{
	"autoScalerProfile", "azureMonitorProfile", "diskEncryptionSetID", "enablePodSecurityPolicy",
	"extendedLocation", "fqdnSubdomain", "httpProxyConfig", "ingressProfile", "podIdentityProfile",
	"privateLinkResources", "serviceMeshProfile", "windowsProfile",
	"identity.delegatedResources",
	"networkProfile.advancedNetworking", "networkProfile.networkMode",
	"networkProfile.loadBalancerProfile.enableMultipleStandardLoadBalancers",
	"agentPoolProfiles[].capacityReservationGroupID", "agentPoolProfiles[].creationData",
	"agentPoolProfiles[].enableAutoScaling", "agentPoolProfiles[].gpuInstanceProfile",
	"agentPoolProfiles[].hostGroupID", "agentPoolProfiles[].kubeletConfig", "agentPoolProfiles[].linuxOSConfig",
	"agentPoolProfiles[].maxCount", "agentPoolProfiles[].minCount", "agentPoolProfiles[].networkProfile",
	"agentPoolProfiles[].nodePublicIPPrefixID", "agentPoolProfiles[].podSubnetID",
	"agentPoolProfiles[].proximityPlacementGroupID", "agentPoolProfiles[].scaleSetEvictionPolicy",
	"agentPoolProfiles[].spotMaxPrice", "agentPoolProfiles[].windowsProfile",
}

// poolAbsent are the same inputs of a pool that is a resource of its own.
var poolAbsent = func() []string {
	var names []string
	for _, path := range managedClusterAbsent {
		if name, ok := strings.CutPrefix(path, "agentPoolProfiles[]."); ok {
			names = append(names, name)
		}
	}
	return names
}()

// withoutAbsent is a copy of inputs without absent properties that ask for nothing.
func withoutAbsent(inputs map[string]any) map[string]any {
	inputs = cloneObject(inputs)
	for _, path := range managedClusterAbsent {
		dropEmpty(inputs, strings.Split(path, "."))
	}
	return inputs
}

func dropEmpty(o map[string]any, path []string) {
	name, isList := strings.CutSuffix(path[0], "[]")
	switch {
	case len(path) == 1:
		if empty(o[name]) {
			delete(o, name)
		}
	case isList:
		for _, item := range objects(o, name) {
			dropEmpty(item, path[1:])
		}
	default:
		if inner := object(o, name); inner != nil {
			dropEmpty(inner, path[1:])
		}
	}
}

// checkNotSimulated refuses by name the values that Azure takes and the simulation does not know.
func (c *clusterRequest) checkNotSimulated() error {
	n, access := c.spec.NetworkProfile, c.spec.APIServerAccessProfile
	kubelet := c.spec.IdentityProfile["kubeletidentity"].ResourceID
	values := []notSimulatedValue{
		{"networkProfile.networkPlugin", n.NetworkPlugin, n.NetworkPlugin == "none"},
		{"networkProfile.networkDataplane", n.NetworkDataplane, n.NetworkDataplane != "azure"},
		{"networkProfile.ipFamilies", "dual stack", len(n.IPFamilies) > 1},
		{"networkProfile.serviceCidrs", "dual stack", len(n.ServiceCIDRs) > 1},
		{"networkProfile.podCidrs", "dual stack", len(n.PodCIDRs) > 1},
		{
			"networkProfile.loadBalancerProfile.managedOutboundIPs.countIPv6", "dual stack",
			n.LoadBalancerProfile.managedIPv6() != 0,
		},
		{
			"identityProfile.kubeletidentity.resourceId", kubelet,
			kubelet != "" && !sameID(kubelet, c.kubeletIdentity()),
		},
		{
			"servicePrincipalProfile.clientId", c.spec.ServicePrincipalProfile.ClientID,
			!oneOf(c.spec.ServicePrincipalProfile.ClientID, "", "msi"),
		},
		{
			"apiServerAccessProfile.privateDNSZone", access.PrivateDNSZone,
			!oneOf(access.PrivateDNSZone, "", "system"),
		},
	}
	values = append(values, c.unsimulatedAddons()...)
	for i, p := range c.spec.AgentPoolProfiles {
		at := fmt.Sprintf("agentPoolProfiles[%d].", i)
		values = append(values,
			notSimulatedValue{at + "osType", p.OSType, p.OSType != "Linux"},
			notSimulatedValue{at + "type", p.Type, p.Type != "VirtualMachineScaleSets"},
			notSimulatedValue{at + "scaleSetPriority", p.ScaleSetPriority, !oneOf(p.ScaleSetPriority, "", "Regular")},
			notSimulatedValue{at + "workloadRuntime", p.WorkloadRuntime, !oneOf(p.WorkloadRuntime, "", "OCIContainer")},
			notSimulatedValue{at + "powerState.code", p.PowerState.Code, !oneOf(p.PowerState.Code, "", "Running")},
			notSimulatedValue{
				at + "enableNodePublicIP", "true",
				p.EnableNodePublicIP && n.OutboundType != outboundUserDefinedRouting, // which has a refusal of Azure's
			},
		)
	}
	for _, v := range values {
		if v.found {
			return notSimulated(c.desired.ID, fmt.Sprintf("%s (got %q)", v.property, v.value))
		}
	}
	return nil
}

// notSimulatedValue is a property, its value, and whether the value is one that the simulation does not know.
type notSimulatedValue struct {
	property, value string
	found           bool
}

func oneOf(s string, set ...string) bool { return slices.Contains(set, s) }
