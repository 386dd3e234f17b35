package doctor_test

import (
	"net/netip"
	"slices"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
	"aks-egress/egress/endpoints"
)

// spellOut replaces the FQDN tag by the hosts that AKS requires, without one of them.
func spellOut(n *egress.Network, without string) {
	r := &applicationRules(n).ApplicationRules[0]
	r.FQDNTags = nil
	for _, e := range endpoints.RequiredFQDNs("westeurope") {
		if e.Host != without {
			r.FQDNs = append(r.FQDNs, e.Host)
		}
	}
}

// requiredCases has one case for each required endpoint: the doctor must name every one of them.
func requiredCases() []finding {
	var list []finding
	for _, e := range endpoints.RequiredFQDNs("westeurope") {
		severity := doctor.Error
		if e.Host == "acs-mirror.azureedge.net" {
			severity = doctor.Warning
		}
		list = append(list, finding{
			id: "required-endpoint-denied", base: withoutImages(hub),
			resource: fwID, words: "may not reach " + e.String() + ", which AKS requires",
			severity: severity, change: func(n *egress.Network) { spellOut(n, e.Host) },
		})
	}
	for i, words := range []string{"udp://AzureCloud.westeurope:1194", "tcp://AzureCloud.westeurope:9000"} {
		list = append(list, finding{
			id: "required-endpoint-denied", base: hub, resource: fwID, words: words, severity: doctor.Info,
			change: func(n *egress.Network) {
				networkRules(n).NetworkRules = slices.Delete(networkRules(n).NetworkRules, i, i+1)
			},
		})
	}
	list = append(list, finding{
		id: "required-endpoint-denied", base: withPods, resource: fwID, words: "Pods of cluster aks may not reach",
		count: 9, severity: anySeverity,
		change: func(n *egress.Network) {
			for i := range applicationRules(n).ApplicationRules {
				applicationRules(n).ApplicationRules[i].Sources = []string{"10.1.0.0/24"}
			}
			spellOut(n, "")
		},
	})
	list = append(list, finding{
		id: "required-endpoint-denied", base: withoutImages(balanced), resource: nsgID, words: "denies", count: 9,
		severity: anySeverity, change: func(n *egress.Network) {
			n.NetworkSecurityGroups[0].Rules = []egress.SecurityRule{{
				Name: "no-web", Priority: 200, Direction: egress.Outbound, Access: egress.AccessDeny, Protocol: "Tcp",
				Sources: []string{"*"}, SourcePorts: []string{"*"}, Destinations: []string{"Internet"},
				DestinationPorts: []string{"443"},
			}}
		},
	})
	return append(list, imageCases()...)
}

// withoutImages is a network whose clusters run nothing that is known.
func withoutImages(base func() *egress.Network) func() *egress.Network {
	return func() *egress.Network {
		n := base()
		aks(n).Images = nil
		return n
	}
}

func imageCases() []finding {
	var list []finding
	for _, e := range []string{
		"registry-1.docker.io", "auth.docker.io", "production.cloudflare.docker.com", "production.cloudfront.docker.com",
	} {
		list = append(list, finding{
			id: "image-registry-denied", base: hub, resource: fwID, words: "https://" + e + ", which image nginx:1.29.1 needs",
			change: func(n *egress.Network) {
				r := &applicationRules(n).ApplicationRules[1]
				r.FQDNs = slices.DeleteFunc(r.FQDNs, func(host string) bool { return host == e })
			},
		})
	}
	return append(list, finding{
		id: "image-registry-denied", base: hub,
		resource: fwID, words: "https://shop1.azurecr.io, which image shop1.azurecr.io/web:1",
		change: func(n *egress.Network) {
			aks(n).Images = []string{"shop1.azurecr.io/web:1"}
			addHost(n, "*.blob.core.windows.net") // its layers, wherever they are
		},
	})
}

func public(n *egress.Network, address string) {
	aks(n).Services = []egress.Service{{
		Namespace: "shop", Name: "web", Addresses: []netip.Addr{addr(address)}, Ports: []egress.ServicePort{{Port: 443}},
	}}
}

func serviceCases() []finding {
	const answered = "Service shop/web of cluster aks is public, and its replies are lost"
	openNSG := func(n *egress.Network) {
		n.NetworkSecurityGroups[0].Rules = []egress.SecurityRule{{
			Name: "web", Priority: 200, Direction: egress.Inbound, Access: egress.AccessAllow, Protocol: "Tcp",
			Sources: []string{"Internet"}, SourcePorts: []string{"*"}, Destinations: []string{"*"},
			DestinationPorts: []string{"443"},
		}}
	}
	return []finding{
		{
			id: "application-gateway-unmanaged", base: withGateway, resource: nsgID,
			words:  "where application gateway agw is, does not let GatewayManager reach TCP 65200-65535",
			change: func(n *egress.Network) { n.VNets[0].Subnets[1].NSGID = nsgID },
		},
		{
			id: "application-gateway-unmanaged", base: managedGateway, resource: nsgID + "-agw", words: "GatewayManager",
			change: func(n *egress.Network) {
				deny := n.NetworkSecurityGroups[1].Rules[0]
				deny.Name, deny.Priority, deny.Access, deny.Sources = "deny", 150, egress.AccessDeny, []string{"*"}
				rules := &n.NetworkSecurityGroups[1].Rules
				*rules = append(*rules, deny)
			},
		},
		{
			id: "public-service-asymmetric", base: hub, resource: clusterID, words: answered,
			change: func(n *egress.Network) { openNSG(n); public(n, "203.0.113.77") },
		},
		{
			id: "public-service-asymmetric", base: hub, resource: clusterID, words: "route default on subnet vnet-spoke/nodes",
			change: func(n *egress.Network) {
				aks(n).Services = []egress.Service{{Namespace: "shop", Name: "web"}}
			},
		},
		{
			id: "inbound-asymmetric", base: hub, resource: policyID, words: "NAT rule aks/dnat/web of afwp takes requests",
			change: func(n *egress.Network) {
				openNSG(n)
				public(n, "203.0.113.77")
				g := &policy(n).RuleCollectionGroups[0]
				g.Collections = append(g.Collections, egress.RuleCollection{
					Name: "dnat", Priority: 300, Action: egress.ActionDNAT, NATRules: []egress.NATRule{{
						Name: "web", Protocols: []string{"TCP"}, Sources: []string{"*"}, Destinations: []string{"203.0.113.1"},
						Ports: []string{"443"}, TranslatedAddress: "203.0.113.77", TranslatedPort: "443",
					}},
				})
			},
		},
		{
			id: "inbound-asymmetric", base: withAbsentGateway, resource: clusterID,
			words: "Ingress shop/web of aks takes requests whose answers are lost",
			change: func(n *egress.Network) {
				t := &n.RouteTables[0]
				t.Routes = append(t.Routes, egress.Route{
					Name: "gateway", Prefix: netip.MustParsePrefix("10.1.4.0/24"), NextHopType: egress.NextHopVirtualAppliance,
					NextHopIP: route(n).NextHopIP,
				})
			},
		},
	}
}

func apiServerCases() []finding {
	const id, unreachable = "authorized-ranges-without-egress", "api-server-unreachable"
	return []finding{
		{
			id: id, base: behindNAT,
			resource: clusterID, words: "leave by 203.0.113.1, which authorizedIPRanges (198.51.100.0/24) do",
			change: func(n *egress.Network) { aks(n).AuthorizedIPRanges = prefixes("198.51.100.0/24") },
		},
		{
			id: id, base: hub, resource: clusterID, words: "leave by 203.0.113.2, which",
			change: func(n *egress.Network) { aks(n).AuthorizedIPRanges = prefixes("203.0.113.1/32") },
		},
		{
			id: id, base: managedNAT, resource: clusterID, words: "leave by 203.0.113.9, which",
			change: func(n *egress.Network) { aks(n).AuthorizedIPRanges = prefixes("198.51.100.0/24") },
		},
		{
			id: "authorized-ranges-hold-everything", base: behindNAT, resource: clusterID, words: "hold 0.0.0.0/0",
			change: func(n *egress.Network) { aks(n).AuthorizedIPRanges = prefixes("0.0.0.0/0") },
		},
		{
			id: unreachable, base: behindNAT, resource: clusterID,
			words: "The operator at 192.0.2.10 cannot reach the API server of cluster aks: its authorizedIPRanges " +
				"(203.0.113.1) do not hold 192.0.2.10.",
			change: operatedFrom("192.0.2.10", "203.0.113.1/32"),
		},
		{
			id: unreachable, base: balanced, resource: clusterID, words: "(0.0.0.0) do not hold 192.0.2.10",
			change: operatedFrom("192.0.2.10", "0.0.0.0/32"),
		},
		{
			id: unreachable, base: hub, resource: clusterID, words: "The operator at 10.0.2.4 cannot reach",
			change: func(n *egress.Network) { // the hub has no way out but the firewall's own
				operatedFrom("10.0.2.4")(n)
				n.VNets[1].Subnets = append(n.VNets[1].Subnets, egress.Subnet{
					ID: hubID + "/subnets/jump", Name: "jump", Prefixes: prefixes("10.0.2.0/24"), DefaultOutboundAccess: new(bool),
				})
			},
		},
		{
			id: unreachable, base: behindNAT, resource: clusterID, words: "it has no public address",
			change: func(n *egress.Network) {
				operatedFrom("192.0.2.10")(n)
				aks(n).PrivateCluster = true
			},
		},
	}
}

// operatedFrom is a cluster with these authorized ranges, which somebody at an address runs.
func operatedFrom(operator string, ranges ...string) func(*egress.Network) {
	return func(n *egress.Network) {
		n.Operator = addr(operator)
		aks(n).AuthorizedIPRanges = prefixes(ranges...)
	}
}

func snatCases() []finding {
	return []finding{
		{
			id: "snat-ports-exceeded", base: balanced, resource: clusterID,
			words: "allocates 8000 ports for each of up to 9 nodes, 72000 in all; its 1 outbound IP(s) have " +
				"64000", // azure-facts 2.3
			change: func(n *egress.Network) {
				aks(n).MaxNodeCount, aks(n).LoadBalancer.AllocatedOutboundPorts = 9, 8000
			},
		},
		{
			id: "snat-ports-few", base: balanced, resource: clusterID, words: "has 128 SNAT ports for each of up to 201 nodes",
			change: func(n *egress.Network) { aks(n).MaxNodeCount = 201 },
		},
		{
			id: "snat-ports-few", base: balanced, resource: clusterID, words: "has 64 SNAT ports for each of up to 3 nodes",
			change: func(n *egress.Network) { aks(n).LoadBalancer.AllocatedOutboundPorts = 64 },
		},
		{
			id: "snat-ports-few", base: hub, resource: fwID, words: "Firewall afw has 124 SNAT ports for each of up to 80 nodes",
			change: func(n *egress.Network) { aks(n).MaxNodeCount = 80 },
		},
		{
			id: "snat-ports-few", base: behindNAT,
			resource: natID, words: "NAT gateway ng has 107 SNAT ports for each of up to 600",
			change: func(n *egress.Network) { aks(n).MaxNodeCount = 600 },
		},
	}
}

func exposureCases() []finding {
	return []finding{{
		id: "security-rule-open-to-internet", base: hub, resource: nsgID, words: "allows * on all ports from Internet",
		change: func(n *egress.Network) {
			n.NetworkSecurityGroups[0].Rules = []egress.SecurityRule{{
				Name: "open", Priority: 200, Direction: egress.Inbound, Access: egress.AccessAllow, Protocol: "*",
				Sources: []string{"Internet"}, SourcePorts: []string{"*"}, Destinations: []string{"*"},
				DestinationPorts: []string{"*"},
			}}
		},
	}}
}

func unusedCases() []finding {
	const spare = rg + "Microsoft.Network/publicIPAddresses/spare"
	return []finding{
		{
			id: "public-ip-unused", base: hub, resource: spare, words: "Public IP spare is used by nothing",
			change: func(n *egress.Network) { n.PublicIPs = append(n.PublicIPs, egress.PublicIP{ID: spare, Name: "spare"}) },
		},
		{
			id: "public-ip-unused", base: behindNAT, resource: spare, words: "Public IP prefix spare is used by nothing",
			change: func(n *egress.Network) {
				n.PublicIPPrefixes = []egress.PublicIPPrefix{{ID: spare, Name: "spare", Prefix: prefix("198.51.100.0/30")}}
			},
		},
		{
			id: "route-table-unassociated", base: behindNAT,
			resource: tableID, words: "rt-udr has a default route to VirtualNetworkGateway",
			change: func(n *egress.Network) { addGatewayRoute(n); nodes(n).RouteTableID = "" },
		},
		{
			id: "nat-gateway-unassociated", base: hub, resource: natID, words: "NAT gateway ng is on no subnet",
			change: func(n *egress.Network) {
				n.NATGateways = []egress.NATGateway{{ID: natID, Name: "ng", PublicIPIDs: []string{ip1ID}}}
			},
		},
	}
}

func symptomCases() []finding {
	return []finding{
		{
			id: "no-way-out", base: balanced, resource: clusterID, words: "has no public frontend",
			change: func(n *egress.Network) {
				n.LoadBalancers[0].Frontends[0].PublicIPID, n.PublicIPs = "", nil
			},
		},
		{
			id: "cannot-tell", base: hub, resource: clusterID, words: "leads to a virtual network gateway",
			change: func(n *egress.Network) {
				n.Firewalls, n.FirewallPolicies, n.PublicIPs = nil, nil, nil
				route(n).NextHopType, route(n).NextHopIP = egress.NextHopVirtualNetworkGateway, netip.Addr{}
			},
		},
		{
			id: "cannot-tell", base: hub, resource: clusterID, words: "and 15 more cannot be told: next hop 10.0.1.4",
			change: func(n *egress.Network) { // the spoke's state alone
				n.Firewalls, n.FirewallPolicies, n.PublicIPs = nil, nil, nil
				n.VNets = n.VNets[:1]
				peering(n).RemoteAddressSpace = prefixes("10.0.0.0/16")
			},
		},
		{
			id: "cannot-tell", base: hub, resource: clusterID, words: "destinationIpGroups are not modelled",
			change: func(n *egress.Network) {
				g := &policy(n).RuleCollectionGroups[0]
				g.Collections = append(g.Collections, egress.RuleCollection{
					Name: "deny", Priority: 99, Action: egress.ActionDeny, NetworkRules: []egress.NetworkRule{{
						Name: "groups", Protocols: []string{"TCP"}, Sources: []string{"*"}, Ports: []string{"443"},
						NotModelled: []string{"destinationIpGroups"},
					}},
				})
			},
		},
		{
			id: "cannot-tell", base: balanced, resource: clusterID, words: `image "NGINX": not an image reference`,
			change: func(n *egress.Network) { aks(n).Images = append(aks(n).Images, "NGINX") },
		},
		{
			id: "cannot-tell", base: managedNAT, resource: clusterID, words: "Whether authorizedIPRanges let in the nodes",
			change: func(n *egress.Network) {
				n.PublicIPs, aks(n).AuthorizedIPRanges = nil, prefixes("198.51.100.0/24")
			},
		},
		{
			id: "cannot-tell", base: balanced, resource: clusterID, words: "is in chinaeast2",
			change: func(n *egress.Network) { aks(n).Location = "China East 2" },
		},
		{
			id: "cannot-tell", base: balanced, resource: clusterID, words: "Cluster aks has no location",
			change: func(n *egress.Network) { aks(n).Location, n.VNets[0].Location = "", "" },
		},
	}
}
