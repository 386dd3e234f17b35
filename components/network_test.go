package components_test

import (
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/components"
	"aks-egress/egress/endpoints"
)

var (
	hubSpace   = netip.MustParsePrefix("10.0.0.0/22")
	spokeSpace = netip.MustParsePrefix("10.1.0.0/16")
	nodes      = netip.MustParsePrefix("10.1.0.0/22")
	fwSubnet   = netip.MustParsePrefix("10.0.0.0/26")
	mgmtSubnet = netip.MustParsePrefix("10.0.0.64/26")
	group      = pulumi.String("rg")
)

const hubID = "/subscriptions/sub/resourceGroups/hub-rg/providers/Microsoft.Network/virtualNetworks/hub-vnet"

func TestSpokeNetwork(t *testing.T) {
	t.Parallel()
	program := func(ctx *pulumi.Context) error {
		_, err := components.NewSpokeNetwork(ctx, "spoke", &components.SpokeNetworkArgs{
			ResourceGroupName: group, AddressSpace: spokeSpace, NodeSubnet: nodes,
			RouteTableID: pulumi.String("rt-id"), HubVnetID: pulumi.String(hubID),
			DNSServers: []pulumi.StringInput{pulumi.String("10.0.0.4")}, InboundTCPPorts: []int{80},
		})
		return err
	}
	bothWays(t, program, func(t *testing.T, r *recorder) {
		vnet := r.find(t, "VirtualNetwork", "spoke-vnet")
		assert.Equal(t, false, vnet.input(t, "subnets[0].defaultOutboundAccess"), "the node subnet is private")
		assert.Equal(t, "rt-id", vnet.input(t, "subnets[0].routeTable.id"))
		assert.Nil(t, vnet.input(t, "subnets[0].natGateway"))
		assert.Equal(t, []any{"10.0.0.4"}, vnet.input(t, "dhcpOptions.dnsServers"))
		nsg := r.find(t, "NetworkSecurityGroup", "spoke-nsg")
		assert.Equal(t, "80", nsg.input(t, "securityRules[0].destinationPortRange"))
		toHub := r.find(t, "VirtualNetworkPeering", "spoke-to-hub")
		fromHub := r.find(t, "VirtualNetworkPeering", "spoke-from-hub")
		for _, peering := range []registration{toHub, fromHub} {
			assert.Equal(t, true, peering.input(t, "allowForwardedTraffic"), peering.name)
			assert.Equal(t, true, peering.input(t, "allowVirtualNetworkAccess"), peering.name)
		}
		assert.Equal(t, hubID, toHub.input(t, "remoteVirtualNetwork.id"))
		assert.Equal(t, "hub-rg", fromHub.input(t, "resourceGroupName"), "the hub's side lives in the hub's group")
		assert.Equal(t, "hub-vnet", fromHub.input(t, "virtualNetworkName"))
		assert.True(t, dependsOn(fromHub, "spoke-to-hub"), "the peerings are written one after another")
	})
}

// A gateway has a subnet of its own, with its own security group and no route to the firewall.
func TestSpokeNetwork_Gateway(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		delegation string
		rules      []any // ports
	}{
		"application gateway":                {"", []any{"80", "65200-65535"}},
		"application gateway, delegated":     {components.ApplicationGatewayDelegation, []any{"80", "65200-65535"}},
		"application gateway for containers": {"Microsoft.ServiceNetworking/trafficControllers", []any{"80"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := func(ctx *pulumi.Context) error {
				spoke, err := components.NewSpokeNetwork(ctx, "spoke", &components.SpokeNetworkArgs{
					ResourceGroupName: group, AddressSpace: spokeSpace, NodeSubnet: nodes, RouteTableID: pulumi.String("rt-id"),
					Gateway: &components.GatewaySubnet{
						Prefix: netip.MustParsePrefix("10.1.4.0/24"), Delegation: test.delegation, TCPPorts: []int{80},
					},
				})
				if err == nil {
					ctx.Export("gateway", spoke.GatewaySubnetID)
				}
				return err
			}
			bothWays(t, program, func(t *testing.T, r *recorder) {
				vnet := r.find(t, "VirtualNetwork", "spoke-vnet")
				assert.Equal(t, "gateway", vnet.input(t, "subnets[1].name"))
				assert.Equal(t, "10.1.4.0/24", vnet.input(t, "subnets[1].addressPrefix"))
				assert.Nil(t, vnet.input(t, "subnets[1].routeTable"), "the gateway answers clients itself")
				assert.NotEqual(t, vnet.input(t, "subnets[0].networkSecurityGroup"),
					vnet.input(t, "subnets[1].networkSecurityGroup"))
				rules, ok := r.find(t, "NetworkSecurityGroup", "spoke-gateway-nsg").input(t, "securityRules").([]any)
				require.True(t, ok)
				var ports []any
				for _, rule := range rules {
					ports = append(ports, rule.(map[string]any)["destinationPortRange"])
				}
				assert.Equal(t, test.rules, ports)
				if test.delegation != "" {
					assert.Equal(t, test.delegation, vnet.input(t, "subnets[1].delegations[0].serviceName"))
				}
			})
		})
	}
}

// The rule is in force before anybody is told the address.
func TestFirewallIngress(t *testing.T) {
	t.Parallel()
	program := func(ctx *pulumi.Context) error {
		ingress, err := components.NewFirewallIngress(ctx, "in", firewallIngressArgs())
		if err == nil {
			_, err = components.NewRouteTable(ctx, "after", &components.RouteTableArgs{
				ResourceGroupName: group, FirewallPrivateIP: ingress.IngressIP,
			})
		}
		return err
	}
	bothWays(t, program, func(t *testing.T, r *recorder) {
		rules := r.find(t, "FirewallPolicyRuleCollectionGroup", "in-rules")
		assert.Equal(t, "policy", rules.input(t, "firewallPolicyName"))
		const rule = "ruleCollections[0].rules[0]."
		assert.Equal(t, "FirewallPolicyNatRuleCollection", rules.input(t, "ruleCollections[0].ruleCollectionType"))
		assert.Equal(t, "DNAT", rules.input(t, "ruleCollections[0].action.type"))
		assert.Equal(t, "NatRule", rules.input(t, rule+"ruleType"))
		assert.Equal(t, []any{"203.0.113.5"}, rules.input(t, rule+"destinationAddresses"))
		assert.Equal(t, []any{"*"}, rules.input(t, rule+"sourceAddresses"))
		assert.Equal(t, "10.1.3.254", rules.input(t, rule+"translatedAddress"))
		assert.Equal(t, "8080", rules.input(t, rule+"translatedPort"))
		assert.True(t, dependsOn(r.find(t, "RouteTable", "after-routes"), "in-rules"))
	})
}

func firewallIngressArgs() *components.FirewallIngressArgs {
	return &components.FirewallIngressArgs{
		ResourceGroupName: group, PolicyName: pulumi.String("policy"), Priority: 100,
		PublicIP: pulumi.String("203.0.113.5"), Port: 80, TargetIP: pulumi.String("10.1.3.254"), TargetPort: 8080,
	}
}

func TestSpokeNetwork_NodeSubnetWaitsForPeerings(t *testing.T) {
	t.Parallel()
	r, err := deploy(t, false, func(ctx *pulumi.Context) error {
		spoke, err := components.NewSpokeNetwork(ctx, "spoke", &components.SpokeNetworkArgs{
			ResourceGroupName: group, AddressSpace: spokeSpace, NodeSubnet: nodes, HubVnetID: pulumi.String(hubID),
		})
		if err != nil {
			return err
		}
		_, err = components.NewAksCluster(ctx, "aks", clusterArgs("userDefinedRouting", spoke.NodeSubnetID))
		return err
	})
	require.NoError(t, err)
	cluster := r.find(t, "ManagedCluster", "aks-cluster")
	for _, needed := range []string{"spoke-to-hub", "spoke-from-hub", "spoke-vnet", "aks-role-subnet"} {
		assert.True(t, dependsOn(cluster, needed), "the cluster must wait for %s", needed)
	}
}

func dependsOn(r registration, name string) bool {
	for _, urn := range r.dependsOn {
		if strings.HasSuffix(urn, "::"+name) {
			return true
		}
	}
	return false
}

func firewallArgs(rules ...components.RuleGroup) *components.HubFirewallArgs {
	return &components.HubFirewallArgs{
		ResourceGroupName: group, AddressSpace: hubSpace, FirewallSubnet: fwSubnet, PublicIPCount: 2, Rules: rules,
	}
}

func ruleGroups() []components.RuleGroup {
	from := []netip.Prefix{spokeSpace}
	return []components.RuleGroup{
		{Name: "aks", Priority: 200, Sources: from, Allow: append(endpoints.RequiredNetwork("westeurope"),
			endpoints.Endpoint{FQDNTag: "AzureKubernetesService", Protocol: endpoints.HTTPS, Why: "AKS needs it"})},
		{Name: "probe", Priority: 300, Sources: from, Allow: []endpoints.Endpoint{
			{Host: "ifconfig.me", Protocol: endpoints.HTTP, Port: 80, Why: "The probe asks it"},
			{Prefix: netip.MustParsePrefix("203.0.113.7/32"), Protocol: endpoints.TCP, Port: 5432, Why: "Database"},
		}},
		{Name: "empty", Priority: 400, Sources: from},
	}
}

func TestHubFirewall(t *testing.T) {
	t.Parallel()
	program := func(ctx *pulumi.Context) error {
		hub, err := components.NewHubFirewall(ctx, "hub", firewallArgs(ruleGroups()...))
		if err != nil {
			return err
		}
		_, err = components.NewRouteTable(ctx, "routes", &components.RouteTableArgs{
			ResourceGroupName: group, FirewallPrivateIP: hub.PrivateIP,
		})
		return err
	}
	bothWays(t, program, func(t *testing.T, r *recorder) {
		policy := r.find(t, "FirewallPolicy", "hub-policy")
		assert.Equal(t, true, policy.input(t, "dnsSettings.enableProxy"))
		assert.Equal(t, 2, r.count("FirewallPolicyRuleCollectionGroup"), "a group without rules is not written")
		aks := r.find(t, "FirewallPolicyRuleCollectionGroup", "hub-rules-aks")
		probe := r.find(t, "FirewallPolicyRuleCollectionGroup", "hub-rules-probe")
		assert.True(t, dependsOn(probe, "hub-rules-aks"), "groups are written one after another")
		firewall := r.find(t, "AzureFirewall", "hub-firewall")
		assert.True(t, dependsOn(firewall, "hub-rules-probe"), "the firewall comes after its rules")
		assert.Nil(t, firewall.input(t, "networkRuleCollections"), "no classic rules")
		assert.NotNil(t, firewall.input(t, "ipConfigurations[0].subnet"))
		assert.Nil(t, firewall.input(t, "ipConfigurations[1].subnet"), "only the first carries the subnet")
		routes := r.find(t, "RouteTable", "routes-routes")
		assert.True(t, dependsOn(routes, "hub-rules-aks"), "a route waits for the rules in force")
		assert.Equal(t, "VirtualAppliance", routes.input(t, "routes[0].nextHopType"))
		for _, group := range []registration{aks, probe} {
			checkRules(t, group)
		}
	})
}

// checkRules holds for every rule: scoped to the spoke, with a reason.
func checkRules(t *testing.T, group registration) {
	t.Helper()
	collections, ok := group.input(t, "ruleCollections").([]any)
	require.True(t, ok)
	require.NotEmpty(t, collections)
	for i := range collections {
		at := "ruleCollections[" + strconv.Itoa(i) + "]"
		assert.Equal(t, "FirewallPolicyFilterRuleCollection", group.input(t, at+".ruleCollectionType"))
		rules, ok := group.input(t, at+".rules").([]any)
		require.True(t, ok)
		for _, rule := range rules {
			properties, ok := rule.(map[string]any)
			require.True(t, ok)
			assert.Equal(t, []any{"10.1.0.0/16"}, properties["sourceAddresses"], properties["name"])
			assert.NotEmpty(t, properties["description"], properties["name"])
		}
	}
}

func TestHubFirewall_Basic(t *testing.T) {
	t.Parallel()
	r, err := deploy(t, false, func(ctx *pulumi.Context) error {
		args := firewallArgs()
		args.Tier, args.ManagementSubnet = "Basic", mgmtSubnet
		_, err := components.NewHubFirewall(ctx, "hub", args)
		return err
	})
	require.NoError(t, err)
	assert.Nil(t, r.find(t, "FirewallPolicy", "hub-policy").input(t, "dnsSettings"), "Basic has no DNS proxy")
	firewall := r.find(t, "AzureFirewall", "hub-firewall")
	assert.Contains(t, firewall.input(t, "managementIpConfiguration.subnet.id"), "AzureFirewallManagementSubnet")
}

func TestRouteTable(t *testing.T) {
	t.Parallel()
	program := func(ctx *pulumi.Context) error {
		_, err := components.NewRouteTable(ctx, "routes", &components.RouteTableArgs{
			ResourceGroupName: group, FirewallPrivateIP: pulumi.String("10.0.0.4"),
			DirectInternet: []pulumi.StringInput{pulumi.String("203.0.113.1")},
		})
		return err
	}
	bothWays(t, program, func(t *testing.T, r *recorder) {
		table := r.find(t, "RouteTable", "routes-routes")
		assert.Equal(t, "0.0.0.0/0", table.input(t, "routes[0].addressPrefix"))
		assert.Equal(t, "10.0.0.4", table.input(t, "routes[0].nextHopIpAddress"))
		assert.Equal(t, "203.0.113.1/32", table.input(t, "routes[1].addressPrefix"))
		assert.Equal(t, "Internet", table.input(t, "routes[1].nextHopType"))
		assert.Equal(t, true, table.input(t, "disableBgpRoutePropagation"))
	})
}

func TestNatEgress(t *testing.T) {
	t.Parallel()
	const ip = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/own"
	tests := map[string]struct {
		args     components.NatEgressArgs
		ips      int
		prefixes int
		public   string
	}{
		"default is one address": {components.NatEgressArgs{}, 1, 0, "203.0.113.1"},
		"three addresses":        {components.NatEgressArgs{PublicIPCount: 3}, 3, 0, "203.0.113.1"},
		"a prefix":               {components.NatEgressArgs{PrefixLength: 28, Zone: "2"}, 0, 1, "198.51.100.0/28"},
		"existing":               {components.NatEgressArgs{PublicIPIDs: []string{ip}}, 0, 0, "203.0.113.50"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			public := make(chan []string, 1)
			program := func(ctx *pulumi.Context) error {
				args := test.args
				args.ResourceGroupName, args.IdleTimeoutMinutes = group, 10
				nat, err := components.NewNatEgress(ctx, "nat", &args)
				if err != nil {
					return err
				}
				ctx.Export("ips", nat.PublicIPs.ApplyT(func(ips []string) []string { public <- ips; return ips }))
				return nil
			}
			r, err := deploy(t, false, program)
			require.NoError(t, err)
			assert.Equal(t, test.ips, r.count("PublicIPAddress"))
			assert.Equal(t, test.prefixes, r.count("PublicIPPrefix"))
			gateway := r.find(t, "NatGateway", "nat-gateway")
			assert.InDelta(t, 10, gateway.input(t, "idleTimeoutInMinutes"), 0)
			assert.Equal(t, "Standard", gateway.input(t, "sku.name"))
			assert.Equal(t, test.public, (<-public)[0])
			for _, reg := range r.all {
				if strings.HasSuffix(reg.token, ":PublicIPAddress") {
					assert.Equal(t, "Static", reg.input(t, "publicIPAllocationMethod"))
				}
			}
		})
	}
}
