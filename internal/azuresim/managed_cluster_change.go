package azuresim

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// checkChange refuses what AKS cannot change on a living cluster. azure-native replaces the cluster for some of these
// (azure-native.md 1.4); for the others, and for changes that do not come through it, this is the answer.
func (c *clusterRequest) checkChange() error {
	if c.old == nil {
		return nil
	}
	was, is := c.was, c.spec
	fixed := []struct{ property, was, is string }{
		{"dnsPrefix", was.DNSPrefix, is.DNSPrefix},
		{"nodeResourceGroup", was.NodeResourceGroup, is.NodeResourceGroup},
		{"networkProfile.networkPlugin", was.NetworkProfile.NetworkPlugin, is.NetworkProfile.NetworkPlugin},
		{"networkProfile.serviceCidr", was.NetworkProfile.ServiceCIDR, is.NetworkProfile.ServiceCIDR},
		{"networkProfile.dnsServiceIP", was.NetworkProfile.DNSServiceIP, is.NetworkProfile.DNSServiceIP},
		{
			"apiServerAccessProfile.enablePrivateCluster",
			strconv.FormatBool(was.APIServerAccessProfile.EnablePrivateCluster),
			strconv.FormatBool(is.APIServerAccessProfile.EnablePrivateCluster),
		},
	}
	for _, f := range fixed {
		if !strings.EqualFold(f.was, f.is) {
			return refuseAKSPropertyChange.at(f.property, f.property)
		}
	}
	if was.NetworkProfile.NetworkPluginMode != is.NetworkProfile.NetworkPluginMode {
		return notSimulated(c.desired.ID, fmt.Sprintf("networkProfile.networkPluginMode, a change from %q to %q",
			was.NetworkProfile.NetworkPluginMode, is.NetworkProfile.NetworkPluginMode))
	}
	if is.NetworkProfile.hasPodCIDR() && was.NetworkProfile.PodCIDR != is.NetworkProfile.PodCIDR {
		return refuseAKSPropertyChange.at("networkProfile.podCidr", "networkProfile.podCidr")
	}
	if was.hasIssuer() && !is.hasIssuer() {
		return refuseAKSIssuerDisabled.because()
	}
	if err := c.checkPoolChanges(); err != nil {
		return err
	}
	return c.checkOutboundMove()
}

// checkIntroducedPools refuses a pool that a living cluster's agentPoolProfiles did not have.
func (c *clusterRequest) checkIntroducedPools() error {
	for _, is := range c.spec.AgentPoolProfiles {
		if !slices.ContainsFunc(c.was.AgentPoolProfiles, func(was *poolSpec) bool { return was.Name == is.Name }) {
			return refuseAKSPoolIntroduced.because()
		}
	}
	return nil
}

// checkPoolChanges refuses changes that need a new agent pool.
func (c *clusterRequest) checkPoolChanges() error {
	for _, was := range c.was.AgentPoolProfiles {
		is := c.pool(was.Name)
		switch {
		case is == nil && c.only != "": // the request takes it away
			continue
		case is == nil:
			return notSimulated(c.desired.ID, fmt.Sprintf("agentPoolProfiles, a PUT without the existing agent pool %q",
				was.Name))
		}
		fixed := []struct {
			property string
			was, is  any
		}{
			{"vnetSubnetID", strings.ToLower(was.VnetSubnetID), strings.ToLower(is.VnetSubnetID)},
			{"maxPods", *was.MaxPods, *is.MaxPods},
			{"availabilityZones", was.AvailabilityZones, is.AvailabilityZones},
			{"osDiskSizeGB", was.OSDiskSizeGB, is.OSDiskSizeGB},
			{"osDiskType", was.OSDiskType, is.OSDiskType},
		}
		for _, f := range fixed {
			if fmt.Sprint(f.was) != fmt.Sprint(f.is) {
				property := "agentPoolProfile." + f.property
				return refuseAKSPropertyChange.at(property, property)
			}
		}
		if was.VMSize != is.VMSize {
			return refuseAKSVMSizeChange.because()
		}
	}
	return nil
}

// pool is the agent pool of this name that the request asks for, or nil.
func (c *clusterRequest) pool(name string) *poolSpec {
	for _, p := range c.spec.AgentPoolProfiles {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// hasIssuer tells whether the cluster has an OIDC issuer.
func (s *clusterSpec) hasIssuer() bool {
	return s.OidcIssuerProfile != nil && s.OidcIssuerProfile.Enabled
}
