package topology_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/topology"
)

// resource is one of a network module.
func resource(t *testing.T, kind, id, text string) topology.Resource {
	t.Helper()
	return topology.Resource{Type: "azure-native:" + kind, ID: id, Properties: object(t, text)}
}

// built is the network of resources that leave nothing unknown.
func built(t *testing.T, resources ...topology.Resource) *egress.Network {
	t.Helper()
	network, unknown, err := topology.Build(resources)
	require.NoError(t, err)
	require.Empty(t, unknown)
	return network
}

func addrs(texts ...string) []netip.Addr {
	var out []netip.Addr
	for _, text := range texts {
		out = append(out, netip.MustParseAddr(text))
	}
	return out
}

// The token forms of azure-native 1, 2 and 3, and of local packages that 3 makes for one API version.
func TestTokens(t *testing.T) {
	t.Parallel()
	for _, token := range []string{
		"azure-native:network:NatGateway", "azure-native:network/v20240501:NatGateway",
		"azure-native:network/v20230401preview:NatGateway",
		"azure-native_network_v20240501:network/v20240501:NatGateway", "azure-native_network_v20240501:network:NatGateway",
	} {
		network, unknown, err := topology.Build([]topology.Resource{{Type: token, ID: "ng"}})
		require.NoError(t, err, token)
		assert.Empty(t, unknown, token)
		assert.Len(t, network.NATGateways, 1, token)
	}
	for token, listed := range map[string]bool{
		"azure-native:network/v20240501:VirtualNetworkGateway": true,
		"azure-native:network:PrivateEndpoint":                 true,
		"azure-native:network:VirtualHub":                      true,
		"azure-native:privatedns:PrivateZone":                  true,
		"azure-native:compute:VirtualMachine":                  true,
		"azure-native_cdn_v20240901:cdn:Profile":               true,
		"azure:network/virtualNetwork:VirtualNetwork":          true,
		"kubernetes:helm.sh/v4:Chart":                          true,
		"kubernetes:networking.k8s.io/v1:NetworkPolicy":        true,
		"azure-native:resources:ResourceGroup":                 false,
		"azure-native:authorization:RoleAssignment":            false,
		"azure-native:keyvault:Vault":                          false,
		"kubernetes:core/v1:ConfigMap":                         false,
		"aws:ec2/subnet:Subnet":                                false,
		"network:NatGateway":                                   false,
		"":                                                     false,
	} {
		network, unknown, err := topology.Build([]topology.Resource{{Type: token, ID: "x"}})
		require.NoError(t, err, token)
		assert.Equal(t, &egress.Network{}, network, token)
		if assert.Equal(t, listed, len(unknown) == 1, token) && listed {
			assert.Equal(t, "its type is not modelled", unknown[0].Reason)
		}
	}
}

// API versions spell some names in another case.
func TestPropertyNamesInOtherCase(t *testing.T) {
	t.Parallel()
	network := built(
		t,
		resource(t, "network:AzureFirewall", "fw", `{"ipConfigurations": [{"privateIpAddress": "10.0.1.4",
			"publicIpAddress": {"id": "ip"}}]}`),
		resource(t, "containerservice:ManagedCluster", clusterID,
			`{"agentPoolProfiles": [{"name": "system", "vnetSubnetId": "s", "podSubnetId": "p"}]}`),
	)
	assert.Equal(t, addrs("10.0.1.4")[0], network.Firewalls[0].PrivateIP)
	assert.Equal(t, []string{"ip"}, network.Firewalls[0].PublicIPIDs)
	assert.Equal(t, []string{"s"}, network.Clusters[0].NodeSubnetIDs)
	assert.Equal(t, []string{"p"}, network.Clusters[0].PodSubnetIDs)
}

func TestApplicationGateway(t *testing.T) {
	t.Parallel()
	network := built(t, resource(t, "network/v20240501:ApplicationGateway", networkIDs+"applicationGateways/agw", `{
		"location": "westeurope", "gatewayIPConfigurations": [{"subnet": {"id": "S"}}],
		"frontendIPConfigurations": [{"publicIPAddress": {"id": "ip"}}, {"privateIPAddress": "10.0.3.10"}],
		"frontendPorts": [{"name": "p80", "port": 80}, {"id": "X/frontendPorts/P443", "name": "P443", "port": 443}],
		"httpListeners": [
			{"name": "plain", "protocol": "Http", "frontendPort": {"id": "x/frontendPorts/P80"}},
			{"name": "one", "protocol": "Https", "hostName": "a.example", "frontendPort": {"id": "x/frontendPorts/p443"}},
			{"name": "many", "protocol": "Https", "hostNames": ["b.example", "*.c.example"],
				"frontendPort": {"id": "x/frontendPorts/p443"}}],
		"backendAddressPools": [{"backendAddresses": [{"ipAddress": "10.1.0.4"}, {"fqdn": "app.example"}]},
			{"backendAddresses": [{"ipAddress": "10.1.0.5"}]}],
		"sslCertificates": [{"data": {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}}]}`))
	require.Equal(t, []egress.ApplicationGateway{{
		ID: networkIDs + "applicationGateways/agw", Name: "agw", Location: "westeurope", SubnetID: "S",
		PublicIPIDs: []string{"ip"}, PrivateAddress: addrs("10.0.3.10")[0],
		Listeners: []egress.Listener{
			{Name: "plain", Protocol: "Http", Port: 80},
			{Name: "one", Protocol: "Https", Port: 443, Host: "a.example"},
			{Name: "many", Protocol: "Https", Port: 443, Host: "b.example"},
			{Name: "many", Protocol: "Https", Port: 443, Host: "*.c.example"},
		},
		Backends: addrs("10.1.0.4", "10.1.0.5"),
	}}, network.ApplicationGateways)
}

// What prices and zones depend on.
func TestInstancesAndZones(t *testing.T) {
	t.Parallel()
	for properties, want := range map[string]egress.ApplicationGateway{
		`{"sku": {"name": "WAF_v2", "tier": "WAF_v2", "capacity": 3}}`: {SKU: "WAF_v2", Instances: 3},
		`{"sku": {"name": "Standard_v2"}, "autoscaleConfiguration": {"minCapacity": 2, "maxCapacity": 9}}`: {
			SKU: "Standard_v2", Instances: 2,
		},
		`{}`: {},
	} {
		g := built(t, resource(t, "network:ApplicationGateway", "/g", properties)).ApplicationGateways[0]
		assert.Equal(t, want.SKU, g.SKU, properties)
		assert.Equal(t, want.Instances, g.Instances, properties)
	}
	n := built(t, resource(t, "network:PublicIPAddress", "/ip", `{"zones": ["1", "2", "3"]}`),
		resource(t, "network:PublicIPPrefix", "/p", `{"zones": ["1"]}`),
		resource(t, "network:NatGateway", "/n", `{"zones": ["2"]}`),
		resource(t, "network:AzureFirewall", "/f", `{"zones": ["3"]}`))
	assert.Equal(t, []string{"1", "2", "3"}, n.PublicIPs[0].Zones)
	assert.Equal(t, []string{"1"}, n.PublicIPPrefixes[0].Zones)
	assert.Equal(t, []string{"2"}, n.NATGateways[0].Zones)
	assert.Equal(t, []string{"3"}, n.Firewalls[0].Zones)
}

func TestUnversioned(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]string{
		"azure-native:network/v20240501:Subnet":                   "azure-native:network:Subnet",
		"azure-native_network_v20240501:network/v20240501:Subnet": "azure-native:network:Subnet",
		"azure-native:network:Subnet":                             "azure-native:network:Subnet",
		"kubernetes:apps/v1:Deployment":                           "kubernetes:apps/v1:Deployment",
		"pulumi:providers:kubernetes":                             "pulumi:providers:kubernetes",
		"":                                                        "",
	} {
		assert.Equal(t, want, topology.Unversioned(token))
	}
}

func TestTrafficController(t *testing.T) {
	t.Parallel()
	controller := subscription + "rg/providers/Microsoft.ServiceNetworking/trafficControllers/agc"
	alone := resource(t, "servicenetworking:TrafficControllerInterface", controller, `{"location": "westeurope",
		"frontends": [{"id": "`+controller+`/frontends/A"}], "associations": [{"id": "`+controller+`/associations/as"}]}`)
	frontend := resource(t, "servicenetworking/v20231101:FrontendsInterface", controller+"/frontends/a",
		`{"fqdn": "a.fz12.alb.azure.com"}`)
	association := resource(t, "servicenetworking/v20221001preview:AssociationsInterface", controller+"/associations/as",
		`{"associationType": "subnets", "subnet": {"id": "S"}}`)

	require.Equal(t, []egress.TrafficController{{
		ID: controller, Name: "agc", Location: "westeurope",
		Frontends:    []egress.TrafficControllerFrontend{{ID: controller + "/frontends/A", Name: "A"}},
		Associations: []egress.TrafficAssociation{{ID: controller + "/associations/as"}},
	}}, built(t, alone).TrafficControllers, "children that are in no state are known by id")

	require.Equal(t, []egress.TrafficController{{
		ID: controller, Name: "agc", Location: "westeurope",
		Frontends: []egress.TrafficControllerFrontend{
			{ID: controller + "/frontends/a", Name: "a", FQDN: "a.fz12.alb.azure.com"},
		},
		Associations: []egress.TrafficAssociation{{ID: controller + "/associations/as", SubnetID: "S"}},
	}}, built(t, association, frontend, alone).TrafficControllers)

	_, unknown, err := topology.Build([]topology.Resource{frontend, association})
	require.NoError(t, err)
	require.Len(t, unknown, 2)
}

func TestIPGroups(t *testing.T) {
	t.Parallel()
	policy := networkIDs + "firewallPolicies/p"
	rules := resource(t, "network:FirewallPolicyRuleCollectionGroup", policy+"/ruleCollectionGroups/g", `{
		"priority": 100, "ruleCollections": [
		{"name": "n", "priority": 100, "action": {"type": "Allow"}, "rules": [{"ruleType": "NetworkRule", "name": "r",
			"sourceAddresses": ["10.9.0.0/16"], "sourceIpGroups": ["G/here"], "destinationIpGroups": ["g/here", "g/else"]}]},
		{"name": "a", "priority": 101, "action": {"type": "Allow"}, "rules": [{"ruleType": "ApplicationRule", "name": "r",
			"sourceIpGroups": ["g/else", "g/away"], "webCategories": ["News"]}]},
		{"name": "d", "priority": 102, "action": {"type": "DNAT"}, "rules": [{"ruleType": "NatRule", "name": "r",
			"sourceIpGroups": ["g/HERE"]}]}]}`)
	network := built(
		t, rules, resource(t, "network:FirewallPolicy", policy,
			`{"ruleCollectionGroups": [{"id": "`+strings.ToUpper(policy)+`/RULECOLLECTIONGROUPS/G"}]}`),
		resource(t, "network:IpGroup", "g/Here", `{"ipAddresses": ["10.1.0.0/24", "10.2.0.1-10.2.0.9"]}`),
	)
	assert.Nil(t, network.FirewallPolicies[0].AbsentGroupIDs, "it is there")
	group := network.FirewallPolicies[0].RuleCollectionGroups[0].Collections
	members := []string{"10.1.0.0/24", "10.2.0.1-10.2.0.9"}
	assert.Equal(t, []egress.NetworkRule{{
		Name: "r", Sources: append([]string{"10.9.0.0/16"}, members...), Destinations: members,
		NotModelled: []string{"destinationIpGroups"},
	}}, group[0].NetworkRules)
	assert.Equal(t, []egress.ApplicationRule{{Name: "r", NotModelled: []string{"sourceIpGroups", "webCategories"}}},
		group[1].ApplicationRules)
	assert.Equal(t, []egress.NATRule{{Name: "r", Sources: members}}, group[2].NATRules)
}

func TestLoadBalancer(t *testing.T) {
	t.Parallel()
	id := networkIDs + "loadBalancers/lb"
	lb := resource(t, "network:LoadBalancer", id, `{
		"frontendIPConfigurations": [{"name": "f", "privateIPAddress": "10.1.0.250", "subnet": {"id": "S"}}],
		"backendAddressPools": [{"name": "nics"}, {"name": "byip"}],
		"outboundRules": [{"name": "out", "allocatedOutboundPorts": 1024, "backendAddressPool": {"id": "nics"}}],
		"loadBalancingRules": [{"name": "web", "protocol": "Tcp", "frontendPort": 443, "backendPort": 8443,
			"frontendIPConfiguration": {"id": "$self/frontendIPConfigurations/f"}, "enableFloatingIP": true,
			"backendAddressPool": {"id": "nics"}, "backendAddressPools": [{"id": "$self/backendAddressPools/byip"}]},
			{"name": "web2", "backendAddressPool": {"id": "nics"}}]}`)
	pool := resource(t, "network:LoadBalancerBackendAddressPool", id+"/backendAddressPools/ByIP", `{
		"loadBalancerBackendAddresses": [{"name": "a", "ipAddress": "10.1.0.4"}, {"name": "b"}]}`)
	require.Equal(t, []egress.LoadBalancer{{
		ID: id, Name: "lb",
		Frontends: []egress.Frontend{{
			ID: id + "/frontendIPConfigurations/f", Name: "f", PrivateAddress: addrs("10.1.0.250")[0], SubnetID: "S",
		}},
		BackendPools: []egress.BackendPool{
			{ID: id + "/backendAddressPools/ByIP", Name: "ByIP", Addresses: addrs("10.1.0.4")},
			{ID: id + "/backendAddressPools/nics", Name: "nics"},
		},
		OutboundRules: []egress.OutboundRule{{Name: "out", BackendPoolID: "nics", AllocatedPorts: 1024}},
		LoadBalancingRules: []egress.LoadBalancingRule{{
			Name: "web", Protocol: "Tcp", FrontendID: id + "/frontendIPConfigurations/f", FrontendPort: 443,
			BackendPort: 8443, FloatingIP: true, BackendPoolIDs: []string{id + "/backendAddressPools/byip"},
		}, {Name: "web2", BackendPoolIDs: []string{"nics"}}},
	}}, built(t, pool, lb).LoadBalancers)
}

func TestSecurityRules(t *testing.T) {
	t.Parallel()
	nsg := networkIDs + "networkSecurityGroups/g"
	group := resource(t, "network:NetworkSecurityGroup", nsg, `{"securityRules": [
		{"name": "a", "priority": 100, "direction": "Outbound", "access": "Deny", "protocol": "*",
			"sourceAddressPrefix": "*", "sourcePortRange": "*", "destinationAddressPrefixes": ["10.0.0.0/8", "Internet"],
			"destinationPortRanges": ["80", "443-445"]},
		{"name": "b", "priority": 200, "direction": "Inbound", "access": "Deny"}],
		"defaultSecurityRules": [{"name": "AllowVnetInBound", "priority": 65000}]}`)
	rule := func(name string) topology.Resource {
		return resource(t, "network:SecurityRule", nsg+"/securityRules/"+name, `{"priority": 300, "direction": "Inbound",
			"access": "Allow", "protocol": "Tcp", "sourceApplicationSecurityGroups": [{"id": "asg"}]}`)
	}
	standalone := func(name string) egress.SecurityRule {
		return egress.SecurityRule{
			Name: name, Priority: 300, Direction: egress.Inbound, Access: egress.AccessAllow, Protocol: "Tcp",
			NotModelled: []string{"sourceApplicationSecurityGroups"},
		}
	}
	require.Equal(t, []egress.SecurityRule{
		{
			Name: "a", Priority: 100, Direction: egress.Outbound, Access: egress.AccessDeny, Protocol: "*",
			Sources: []string{"*"}, SourcePorts: []string{"*"}, Destinations: []string{"10.0.0.0/8", "Internet"},
			DestinationPorts: []string{"80", "443-445"},
		},
		standalone("B"), standalone("c"),
	}, built(t, rule("c"), group, rule("B")).NetworkSecurityGroups[0].Rules)
}

func TestPublicIPsAndManagementSubnet(t *testing.T) {
	t.Parallel()
	network := built(
		t,
		resource(t, "network:PublicIPAddress", "a", `{"ipConfiguration": {"id": "nic"}}`),
		resource(t, "network:PublicIPAddress", "b", `{"natGateway": {"id": "ng"}}`),
		resource(t, "network:PublicIPAddress", "c", `{}`),
		resource(t, "network:AzureFirewall", "fw", `{"managementIpConfiguration": {"subnet": {"id": "m"}}}`),
		resource(t, "network:FirewallPolicy", "p",
			`{"threatIntelWhitelist": {"fqdns": ["*.example"], "ipAddresses": ["203.0.113.7"]}}`),
		resource(t, "network:VirtualNetwork", "v", `{"addressSpace": {"ipamPoolPrefixAllocations":
			[{"allocatedAddressPrefixes": ["10.4.0.0/16"]}]}, "subnets": [{"name": "s", "ipamPoolPrefixAllocations":
			[{"allocatedAddressPrefixes": ["10.4.0.0/24"]}]}]}`),
	)
	assert.Equal(t, "nic", network.PublicIPs[0].Owner)
	assert.Equal(t, "ng", network.PublicIPs[1].Owner)
	assert.Empty(t, network.PublicIPs[2].Owner)
	assert.Equal(t, "m", network.Firewalls[0].ManagementSubnetID)
	assert.Equal(t, []string{"*.example", "203.0.113.7"}, network.FirewallPolicies[0].ThreatIntelAllowed)
	assert.Equal(t, netip.MustParsePrefix("10.4.0.0/16"), network.VNets[0].AddressSpace[0])
	assert.Equal(t, netip.MustParsePrefix("10.4.0.0/24"), network.VNets[0].Subnets[0].Prefixes[0])
}

// A side of a peering that is Initiated in a state is Connected when the other side is; nothing else is corrected.
func TestPeeringStates(t *testing.T) {
	t.Parallel()
	vnet := func(id, remote, state string) topology.Resource {
		return resource(t, "network:VirtualNetwork", id, `{"virtualNetworkPeerings": [{"name": "p", "peeringState": "`+
			state+`", "remoteVirtualNetwork": {"id": "`+remote+`"},
			"remoteAddressSpace": {"addressPrefixes": ["10.9.0.0/16"]}}]}`)
	}
	for states, want := range map[[2]string][2]string{
		{"Initiated", "Connected"}:    {"Connected", "Connected"},
		{"Connected", "Initiated"}:    {"Connected", "Connected"},
		{"Initiated", "Initiated"}:    {"Initiated", "Initiated"},
		{"Disconnected", "Connected"}: {"Disconnected", "Connected"},
	} {
		vnets := built(t, vnet("a", "B", states[0]), vnet("b", "A", states[1])).VNets
		assert.Equal(t, want, [2]string{vnets[0].Peerings[0].State, vnets[1].Peerings[0].State})
		assert.Equal(t, netip.MustParsePrefix("10.9.0.0/16"), vnets[0].Peerings[0].RemoteAddressSpace[0])
	}
	alone := built(t, vnet("a", "elsewhere", "Initiated")).VNets[0].Peerings[0]
	assert.Equal(t, "Initiated", alone.State)
}
