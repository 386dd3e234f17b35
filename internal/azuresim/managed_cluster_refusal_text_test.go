package azuresim

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// putCluster puts the cluster aks with changes to the usual inputs.
func putCluster(e *estate, changes map[string]any) error {
	_, err := e.put(managedClusterToken, e.clusterID("aks"), e.inputs(changes))
	return err
}

// The texts that azure-facts 1.4, 2.3 and 11.2 have literally.
func TestRefusalTexts(t *testing.T) {
	t.Parallel()
	t.Run("managed NAT gateway in a custom VNet", func(t *testing.T) {
		t.Parallel()
		arm := refusedAs(t, "InvalidParameter", putCluster(newEstate(t), outbound("managedNATGateway")))
		assert.Equal(t, "ManagedNATGatewayWithCustomVNetNotAllowed", arm.Subcode)
		assert.Equal(t, "properties.vnetSubnetID", arm.Target)
		assert.Equal(t, "Outbound type is managedNATGateway but agent pool 'system' is using custom VNet, "+
			"which is not allowed.", arm.Message)
	})
	t.Run("ports of nine nodes", func(t *testing.T) {
		t.Parallel()
		changes := profile(map[string]any{"allocatedOutboundPorts": 8000.0})
		e := newEstate(t)
		changes["agentPoolProfiles.0.count"] = 7.0 // and one of surge: 64,000 ports, exactly enough
		_, err := e.put(managedClusterToken, e.clusterID("aks"), e.inputs(changes))
		require.NoError(t, err)
		changes["agentPoolProfiles.0.count"] = 8.0
		arm := refusedAs(t, "InvalidLoadBalancerProfileAllocatedOutboundPorts", putCluster(newEstate(t), changes))
		assert.Equal(t, "Load balancer profile allocated ports 8000 is not in an allowable range given the number of nodes "+
			"and IPs provisioned. Total node count 9 requires 72000 ports but only 64000 ports are available given 1 outbound "+
			"public IPs. Refer to https://aka.ms/aks/slb-ports for more details.", arm.Message)
	})
	t.Run("default route to the internet", func(t *testing.T) {
		t.Parallel()
		for _, hop := range []string{"Internet", "None", "VnetLocal"} {
			e := newEstate(t)
			e.routeTable(hop, "")
			arm := refusedAs(t, "RouteTableInvalidNextHop", putCluster(e, outbound("userDefinedRouting")))
			assert.Equal(t, "Default route 0.0.0.0/0 has a next hop of "+hop+" but only next hops of VirtualAppliance or "+
				"VirtualNetworkGateway are allowed. Please see http://aka.ms/aks/outboundtype for more details", arm.Message)
		}
	})
}

func TestNetworkRefusals(t *testing.T) {
	t.Parallel()
	t.Run("no default route", func(t *testing.T) {
		t.Parallel()
		e := newEstate(t)
		e.routeTable("", "")
		refusedAs(t, "RouteTableMissingDefaultRouteError", putCluster(e, outbound("userDefinedRouting")))
	})
	t.Run("NAT gateway without address", func(t *testing.T) {
		t.Parallel()
		e := newEstate(t)
		id := e.natGateway()
		err := putCluster(e, outbound("userAssignedNATGateway"))
		arm := refusedAs(t, "NATGatewayNotAssociatedWithPublicIPOrIPPrefix", err)
		assert.Equal(t, "NAT gateway '"+id+"' must have at least one public IP or IP prefix associated for outbound "+
			"connection.", arm.Message)
	})
	t.Run("load balancer behind a NAT gateway", func(t *testing.T) {
		t.Parallel()
		e := newEstate(t)
		e.natGateway(e.publicIP("egress", "203.0.113.210", nil))
		refusedAs(t, "InvalidParameter", putCluster(e, nil))
	})
	t.Run("delegated subnet", func(t *testing.T) {
		t.Parallel()
		e := newEstate(t)
		e.subnet("nodes", "10.1.1.0/24", map[string]any{"delegations": []any{map[string]any{"name": "x"}}})
		refusedAs(t, "SubnetIsDelegated", putCluster(e, nil))
	})
	t.Run("peered network", func(t *testing.T) {
		t.Parallel()
		e := newEstate(t)
		hub := e.network("virtualNetworks/hub")
		e.write(virtualNetworkToken, hub, `{"name": "hub", "addressSpace": {"addressPrefixes": ["10.2.128.0/20"]}}`)
		e.write(peeringToken, e.network("virtualNetworks/spoke/virtualNetworkPeerings/hub"),
			`{"name": "hub", "remoteVirtualNetwork": {"id": "`+hub+`"}, "peeringState": "Connected"}`)
		arm := refusedAs(t, "ServiceCidrOverlapExistingSubnetsCidr", putCluster(e, nil))
		assert.Equal(t, "The specified service CIDR 10.2.0.0/16 is conflicted with an existing subnet CIDR 10.2.128.0/20",
			arm.Message)
	})
}

func TestOwnOutboundAddressRefusals(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		code   string
		change map[string]any
		setup  func(e *estate, id string)
	}{
		"region": {"LoadBalancerProfileOutboundIPNotInTheSameRegion", map[string]any{"location": "eastus"}, nil},
		"basic": {
			"LoadBalancerProfileOutboundIPNotStandardSKU", map[string]any{"sku": map[string]any{"name": "Basic"}}, nil,
		},
		"dynamic": {"InvalidLoadBalancerProfileOutboundIPs", map[string]any{"publicIPAllocationMethod": "Dynamic"}, nil},
		"AKS's own": {
			"LoadBalancerProfileOutboundIPHasManagedOutboundIPTag",
			map[string]any{"tags": map[string]any{"aks-managed-type": "aks-slb-managed-outbound-ip"}},
			nil,
		},
		"taken": {
			"LoadBalancerProfileOutboundIPAttachedToAnotherIPConfiguration", nil,
			func(e *estate, id string) {
				e.write(natGatewayToken, e.network("natGateways/other"),
					`{"name": "other", "publicIpAddresses": [{"id": "`+id+`"}]}`)
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t)
			id := e.publicIP("mine", "203.0.113.201", tc.change)
			if tc.setup != nil {
				tc.setup(e, id)
			}
			_, err := e.put(managedClusterToken, e.clusterID("aks"), e.inputs(profile(map[string]any{
				"managedOutboundIPs": nil, "outboundIPs": map[string]any{"publicIPs": []any{reference(id)}},
			})))
			refusedAs(t, tc.code, err)
		})
	}
}

func TestNotSimulated(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]map[string]any{
		"networkPlugin":    {"networkProfile.networkPlugin": "none"},
		"outboundType":     {"networkProfile.outboundType": "none"},
		"httpProxyConfig":  {"httpProxyConfig": map[string]any{"httpProxy": "http://proxy"}},
		"networkDataplane": {"networkProfile.networkDataplane": "cilium"},
		"ipFamilies":       {"networkProfile.ipFamilies": []any{"IPv4", "IPv6"}},
		"osType":           {"agentPoolProfiles.0.osType": "Windows"},
		"minCount":         {"agentPoolProfiles.0.minCount": 1.0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t)
			_, err := e.put(managedClusterToken, e.clusterID("aks"), e.inputs(changes))
			require.ErrorContains(t, err, "not simulated")
			require.ErrorContains(t, err, name)
			var arm *armError
			assert.False(t, errors.As(err, &arm), "Azure would not refuse it")
		})
	}
}
