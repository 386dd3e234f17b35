package doctor_test

import (
	"net/netip"

	"aks-egress/egress"
)

const (
	sub       = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/"
	rg        = sub + "rg/providers/"
	nodeRG    = sub + "MC_rg_aks_westeurope/providers/"
	spokeID   = rg + "Microsoft.Network/virtualNetworks/vnet-spoke"
	nodesID   = spokeID + "/subnets/nodes"
	podsID    = spokeID + "/subnets/pods"
	gatewayID = spokeID + "/subnets/appgw"
	hubID     = rg + "Microsoft.Network/virtualNetworks/vnet-hub"
	fwSubnet  = hubID + "/subnets/AzureFirewallSubnet"
	mgmtID    = hubID + "/subnets/AzureFirewallManagementSubnet"
	tableID   = rg + "Microsoft.Network/routeTables/rt-udr"
	nsgID     = rg + "Microsoft.Network/networkSecurityGroups/nsg"
	fwID      = rg + "Microsoft.Network/azureFirewalls/afw"
	policyID  = rg + "Microsoft.Network/firewallPolicies/afwp"
	natID     = rg + "Microsoft.Network/natGateways/ng"
	appgwID   = rg + "Microsoft.Network/applicationGateways/agw"
	clusterID = rg + "Microsoft.ContainerService/managedClusters/aks"
	ip1ID     = rg + "Microsoft.Network/publicIPAddresses/pip1"
	ip2ID     = rg + "Microsoft.Network/publicIPAddresses/pip2"
	lbID      = nodeRG + "Microsoft.Network/loadBalancers/kubernetes"
	lbIPID    = nodeRG + "Microsoft.Network/publicIPAddresses/outbound"
)

func addr(s string) netip.Addr     { return netip.MustParseAddr(s) }
func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func prefixes(s ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(s))
	for i := range s {
		out[i] = prefix(s[i])
	}
	return out
}

// spoke is a private node subnet with a cluster in it, and no way out yet.
func spoke(outboundType string) *egress.Network {
	private := false
	return &egress.Network{
		VNets: []egress.VNet{{
			ID: spokeID, Name: "vnet-spoke", Location: "westeurope", AddressSpace: prefixes("10.1.0.0/16"),
			Subnets: []egress.Subnet{{
				ID: nodesID, Name: "nodes", Prefixes: prefixes("10.1.0.0/24"), DefaultOutboundAccess: &private, NSGID: nsgID,
			}},
		}},
		NetworkSecurityGroups: []egress.NetworkSecurityGroup{{ID: nsgID, Name: "nsg"}},
		Clusters: []egress.Cluster{{
			ID: clusterID, Name: "aks", Location: "westeurope", OutboundType: outboundType,
			NodeResourceGroup: "MC_rg_aks_westeurope", NodeSubnetIDs: []string{nodesID},
			NetworkPlugin: "azure", NetworkPluginMode: "overlay", PodCIDR: prefix("10.244.0.0/16"),
			ServiceCIDR: prefix("172.16.0.0/16"), NodeCount: 2, MaxNodeCount: 3,
			APIServerFQDN: "aks-1a2b3c.hcp.westeurope.azmk8s.io",
			Images:        []string{"mcr.microsoft.com/oss/nginx/nginx:1.29.1", "nginx:1.29.1"},
		}},
	}
}

// balanced is outbound type loadBalancer.
func balanced() *egress.Network {
	n := spoke("loadBalancer")
	n.PublicIPs = []egress.PublicIP{{ID: lbIPID, Name: "outbound", Address: addr("203.0.113.9")}}
	n.Clusters[0].OutboundLoadBalancerID = lbID
	n.Clusters[0].OutboundPublicIPIDs = []string{lbIPID}
	n.Clusters[0].LoadBalancer = &egress.LoadBalancerProfile{ManagedOutboundIPs: 1}
	n.LoadBalancers = []egress.LoadBalancer{{
		ID: lbID, Name: "kubernetes",
		Frontends: []egress.Frontend{{ID: lbID + "/frontendIPConfigurations/one", Name: "one", PublicIPID: lbIPID}},
		OutboundRules: []egress.OutboundRule{{
			Name: "aksOutboundRule", Protocol: "All", FrontendIDs: []string{lbID + "/frontendIPConfigurations/one"},
		}},
	}}
	return n
}

// behindNAT is outbound type userAssignedNATGateway.
func behindNAT() *egress.Network {
	n := spoke("userAssignedNATGateway")
	n.PublicIPs = []egress.PublicIP{{ID: ip1ID, Name: "pip1", Address: addr("203.0.113.1")}}
	n.NATGateways = []egress.NATGateway{{ID: natID, Name: "ng", PublicIPIDs: []string{ip1ID}}}
	n.VNets[0].Subnets[0].NATGatewayID = natID
	return n
}

// managedNAT is outbound type managedNATGateway, as an export shows it: without the node resource group.
func managedNAT() *egress.Network {
	n := spoke("managedNATGateway")
	n.VNets, n.NetworkSecurityGroups = nil, nil
	n.Clusters[0].NodeSubnetIDs = nil
	n.PublicIPs = []egress.PublicIP{{ID: lbIPID, Name: "outbound", Address: addr("203.0.113.9")}}
	n.Clusters[0].OutboundPublicIPIDs = []string{lbIPID}
	return n
}

// exported is balanced as an export shows it: without the node resource group. AKS adds its own outbound IP to the
// authorized ranges (azure-facts 7.2).
func exported() *egress.Network {
	n := balanced()
	n.LoadBalancers, n.PublicIPs, n.Clusters[0].OutboundLoadBalancerID = nil, nil, ""
	n.Clusters[0].AuthorizedIPRanges = prefixes("198.51.100.0/24")
	return n
}

// hub is outbound type userDefinedRouting: a firewall in a peered network that allows what AKS and the images need.
func hub() *egress.Network {
	n := spoke("userDefinedRouting")
	v := &n.VNets[0]
	v.Subnets[0].RouteTableID = tableID
	v.DNSServers = []netip.Addr{addr("10.0.1.4")}
	v.Peerings = []egress.Peering{{
		ID: spokeID + "/virtualNetworkPeerings/to-hub", Name: "to-hub", RemoteVNetID: hubID,
		AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true, State: egress.PeeringConnected,
	}}
	n.VNets = append(n.VNets, egress.VNet{
		ID: hubID, Name: "vnet-hub", Location: "westeurope", AddressSpace: prefixes("10.0.0.0/16"),
		Subnets: []egress.Subnet{{ID: fwSubnet, Name: "AzureFirewallSubnet", Prefixes: prefixes("10.0.1.0/26")}},
		Peerings: []egress.Peering{{
			ID: hubID + "/virtualNetworkPeerings/to-spoke", Name: "to-spoke", RemoteVNetID: spokeID,
			AllowVirtualNetworkAccess: true, AllowForwardedTraffic: true, State: egress.PeeringConnected,
		}},
	})
	n.RouteTables = []egress.RouteTable{{ID: tableID, Name: "rt-udr", Routes: []egress.Route{{
		Name: "default", Prefix: prefix("0.0.0.0/0"), NextHopType: egress.NextHopVirtualAppliance,
		NextHopIP: addr("10.0.1.4"),
	}}}}
	n.PublicIPs = []egress.PublicIP{
		{ID: ip1ID, Name: "pip1", Address: addr("203.0.113.1")}, {ID: ip2ID, Name: "pip2", Address: addr("203.0.113.2")},
	}
	n.Firewalls = []egress.Firewall{{
		ID: fwID, Name: "afw", Location: "westeurope", Tier: "Standard", PrivateIP: addr("10.0.1.4"), SubnetID: fwSubnet,
		PublicIPIDs: []string{ip1ID, ip2ID}, PolicyID: policyID,
	}}
	n.FirewallPolicies = []egress.FirewallPolicy{{
		ID: policyID, Name: "afwp", Tier: "Standard", DNSProxy: true, ThreatIntel: "Deny",
		RuleCollectionGroups: []egress.RuleCollectionGroup{{
			ID: policyID + "/ruleCollectionGroups/aks", Name: "aks", Priority: 200, Collections: rules(),
		}},
	}}
	return n
}

func rules() []egress.RuleCollection {
	sources := []string{"10.1.0.0/16"}
	web := []egress.ApplicationProtocol{{Type: "Http", Port: 80}, {Type: "Https", Port: 443}}
	return []egress.RuleCollection{
		{Name: "network", Priority: 100, Action: egress.ActionAllow, NetworkRules: []egress.NetworkRule{
			{
				Name: "tunnel-udp", Protocols: []string{"UDP"}, Sources: sources, Ports: []string{"1194"},
				Destinations: []string{"AzureCloud.westeurope"},
			},
			{
				Name: "tunnel-tcp", Protocols: []string{"TCP"}, Sources: sources, Ports: []string{"9000"},
				Destinations: []string{"AzureCloud.westeurope"},
			},
			{
				Name: "time", Protocols: []string{"UDP"}, Sources: sources, Ports: []string{"123"},
				FQDNs: []string{"ntp.ubuntu.com"},
			},
		}},
		{Name: "application", Priority: 200, Action: egress.ActionAllow, ApplicationRules: []egress.ApplicationRule{
			{Name: "required", Sources: sources, FQDNTags: []string{"AzureKubernetesService"}, Protocols: web},
			{Name: "docker-hub", Sources: sources, Protocols: web, FQDNs: []string{
				"registry-1.docker.io", "auth.docker.io", "production.cloudflare.docker.com", "production.cloudfront.docker.com",
			}},
		}},
	}
}

// basicHub is hub with a firewall of tier Basic.
func basicHub() *egress.Network {
	n := hub()
	n.VNets[0].DNSServers = nil
	n.VNets[1].Subnets = append(n.VNets[1].Subnets, egress.Subnet{
		ID: mgmtID, Name: "AzureFirewallManagementSubnet", Prefixes: prefixes("10.0.2.0/26"),
	})
	n.Firewalls[0].Tier, n.Firewalls[0].ManagementSubnetID = "Basic", mgmtID
	p := policy(n)
	p.Tier, p.DNSProxy, p.ThreatIntel = "Basic", false, "Alert"
	networkRules(n).NetworkRules = networkRules(n).NetworkRules[:2]
	return n
}

// withGateway is hub with an application gateway before the cluster.
func withGateway() *egress.Network {
	n := hub()
	n.VNets[0].Subnets = append(n.VNets[0].Subnets, egress.Subnet{
		ID: gatewayID, Name: "appgw", Prefixes: prefixes("10.1.4.0/24"),
	})
	n.PublicIPs = append(n.PublicIPs, egress.PublicIP{ID: ip1ID + "-agw", Name: "pip-agw", Address: addr("203.0.113.7")})
	n.ApplicationGateways = []egress.ApplicationGateway{{
		ID: appgwID, Name: "agw", Location: "westeurope", SubnetID: gatewayID, PublicIPIDs: []string{ip1ID + "-agw"},
	}}
	return n
}

// managedGateway is withGateway behind a security group that lets clients and Azure's management in.
func managedGateway() *egress.Network {
	n := withGateway()
	rule := func(name string, priority int, source, ports string) egress.SecurityRule {
		return egress.SecurityRule{
			Name: name, Priority: priority, Direction: egress.Inbound, Access: egress.AccessAllow, Protocol: "Tcp",
			Sources: []string{source}, SourcePorts: []string{"*"}, Destinations: []string{"*"},
			DestinationPorts: []string{ports},
		}
	}
	n.NetworkSecurityGroups = append(n.NetworkSecurityGroups, egress.NetworkSecurityGroup{
		ID: nsgID + "-agw", Name: "nsg-agw", Rules: []egress.SecurityRule{
			rule("manager", 300, "GatewayManager", "65200-65535"), rule("clients", 200, "Internet", "80"),
		},
	})
	n.VNets[0].Subnets[1].NSGID = nsgID + "-agw"
	return n
}

// withAbsentGateway is withGateway as exports show it that AKS's add-on made: only the add-on and an Ingress tell of
// the gateway.
func withAbsentGateway() *egress.Network {
	n := withGateway()
	n.PublicIPs, n.ApplicationGateways = n.PublicIPs[:len(n.PublicIPs)-1], nil
	c := &n.Clusters[0]
	c.ApplicationGatewayID = nodeRG + "Microsoft.Network/applicationGateways/agw"
	c.GatewaySubnetID = gatewayID
	c.Ingresses = []egress.Ingress{{
		Namespace: "shop", Name: "web", Addresses: []netip.Addr{addr("203.0.113.7")},
		Listeners: []egress.Listener{{Name: "web", Protocol: "Http", Port: 80}},
	}}
	return n
}

// withPods is hub with pods that have addresses of a subnet of their own.
func withPods() *egress.Network {
	n := hub()
	pods := n.VNets[0].Subnets[0]
	pods.ID, pods.Name, pods.Prefixes = podsID, "pods", prefixes("10.1.8.0/21")
	n.VNets[0].Subnets = append(n.VNets[0].Subnets, pods)
	c := &n.Clusters[0]
	c.PodSubnetIDs, c.PodCIDR, c.NetworkPluginMode = []string{podsID}, netip.Prefix{}, ""
	return n
}

func policy(n *egress.Network) *egress.FirewallPolicy { return &n.FirewallPolicies[0] }

func networkRules(n *egress.Network) *egress.RuleCollection {
	return &policy(n).RuleCollectionGroups[0].Collections[0]
}

func applicationRules(n *egress.Network) *egress.RuleCollection {
	return &policy(n).RuleCollectionGroups[0].Collections[1]
}

// healthy are the networks that must have no finding.
var healthy = map[string]func() *egress.Network{
	"empty":                  func() *egress.Network { return &egress.Network{} },
	"loadBalancer":           balanced,
	"loadBalancer, exported": exported,
	"userAssignedNATGateway": behindNAT,
	"managedNATGateway":      managedNAT,
	"userDefinedRouting":     hub,
	"tier Basic":             basicHub,
	"application gateway":    withGateway,
	"add-on's gateway":       withAbsentGateway,
	"pod subnet":             withPods,
}
