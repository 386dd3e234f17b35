package config

import "slices"

// The groups of keys, in the order of the reference.
const (
	groupEgress    = "Egress"
	groupFirewall  = "Hub and firewall"
	groupAddresses = "Address plan"
	groupCluster   = "Cluster"
	groupAPIServer = "API server"
	groupProbe     = "Probe"
	groupGeneral   = "Everything"
)

var (
	countedTypes  = []OutboundType{LoadBalancer, ManagedNATGateway, UserAssignedNATGateway}
	ownIPTypes    = []OutboundType{LoadBalancer, UserAssignedNATGateway}
	ownVNetTypes  = []OutboundType{LoadBalancer, UserAssignedNATGateway, UserDefinedRouting}
	firewallTypes = []OutboundType{UserDefinedRouting}
	ownHub        = []Condition{WithOwnHub}
)

// OutboundTypes lists the outbound types, in the order of Azure's documentation.
func OutboundTypes() []OutboundType {
	return []OutboundType{LoadBalancer, ManagedNATGateway, UserAssignedNATGateway, UserDefinedRouting}
}

// Keys lists every config key of the project, in the order of the reference.
func Keys() []Key {
	return slices.Concat(egressKeys(), firewallKeys(), addressKeys(), clusterKeys(), replacementKeys(),
		apiServerKeys(), probeKeys(), generalKeys())
}

func egressKeys() []Key {
	return group(groupEgress, []Key{
		{
			Name: "outboundType", Type: String, Values: []string{
				string(LoadBalancer), string(ManagedNATGateway),
				string(UserAssignedNATGateway), string(UserDefinedRouting),
			},
			Description: "How traffic leaves the cluster, in Azure's word for it. Required.",
		},
		{
			Name: migrateKey, Type: String, Default: "", Values: migrationSources(),
			OutboundTypes: []OutboundType{UserAssignedNATGateway, UserDefinedRouting},
			Description: "The outbound type that the cluster still has while the way out of outboundType is built around it: " +
				"set it for the time of a change in place to userAssignedNATGateway or userDefinedRouting, and remove it after " +
				"the change.",
		},
		{
			Name: "outboundIpCount", Type: Integer, Default: 0, Min: 1, Max: 100, OutboundTypes: countedTypes,
			Description: "Number of public IPs that egress uses: 1-100 for loadBalancer, 1-16 for the NAT gateways. " +
				"0 means 1, or none when own IPs or a prefix are configured.",
		},
		{
			Name: "outboundIpPrefixLength", Type: Integer, Default: 0, Min: 28, Max: 31,
			OutboundTypes: []OutboundType{UserAssignedNATGateway},
			Description: "Give the NAT gateway one public IP prefix of this length (28: 16 addresses, 31: 2) instead of " +
				"single addresses. 0 means single addresses.",
		},
		{
			Name: "outboundPublicIpIds", Type: Array, Default: []string{}, Pattern: armPattern("publicIPAddresses"),
			Form: "is not the ARM id of a public IP address", OutboundTypes: ownIPTypes,
			Description: "ARM ids of public IPs of your own that egress uses instead of new ones: Standard SKU, same region.",
		},
		{
			Name: "outboundIpPrefixIds", Type: Array, Default: []string{}, Pattern: armPattern("publicIPPrefixes"),
			Form: "is not the ARM id of a public IP prefix", OutboundTypes: ownIPTypes,
			Description: "ARM ids of public IP prefixes of your own that egress uses instead of new public IPs: same region " +
				"and subscription.",
		},
		{
			Name: "outboundPortsPerNode", Type: Integer, Default: 0, Min: 0, Max: 64000,
			OutboundTypes: []OutboundType{LoadBalancer},
			Description: "SNAT ports that each node gets, a multiple of 8. 0 leaves it to Azure's table by pool size " +
				"(1024 ports up to 50 nodes).",
		},
		{
			Name: "idleTimeoutMinutes", Type: Integer, Default: 0, Min: 4, Max: 120, OutboundTypes: countedTypes,
			Description: "Minutes after which an idle outbound connection is dropped. 0 means Azure's default: 30 for " +
				"loadBalancer, 4 for the NAT gateways.",
		},
		{
			Name: "zones", Type: Array, Default: []string{}, Pattern: `^[123]$`,
			Form:          "is not a zone: Azure's zones are 1, 2 and 3",
			OutboundTypes: []OutboundType{UserAssignedNATGateway, UserDefinedRouting}, Conditions: ownHub,
			Description: "Availability zones of the hub firewall and its public IPs, or the one zone of the NAT gateway, " +
				"as quoted numbers. Empty means that Azure decides.",
		},
	})
}

func firewallKeys() []Key {
	return group(groupFirewall, []Key{
		{
			Name: "firewallTier", Type: String, Default: "Standard", Values: []string{"Basic", "Standard", "Premium"},
			OutboundTypes: firewallTypes, Conditions: ownHub,
			Description: "Azure Firewall's tier. Basic has neither DNS proxy nor network rules by host name.",
		},
		{
			Name: "firewallPublicIpCount", Type: Integer, Default: 1, Min: 1, Max: 250,
			OutboundTypes: firewallTypes, Conditions: ownHub,
			Description: "Number of the firewall's public IPs, and so of the egress IPs. Each adds 2,496 SNAT ports per " +
				"firewall instance; Azure recommends 20 or more in production.",
		},
		{
			Name: "firewallThreatIntel", Type: String, Default: "Alert", Values: []string{"Off", "Alert", "Deny"},
			OutboundTypes: firewallTypes, Conditions: ownHub,
			Description: "What the firewall does with traffic to addresses and names that Microsoft knows as malicious.",
		},
		{
			Name: "allow", Type: Array, Default: []string{}, OutboundTypes: firewallTypes, Conditions: ownHub,
			Description: "What workloads may reach, besides what AKS and the probe need: presets such as docker-hub or " +
				"key-vault:<name>, or https://host, http://host, tcp://host-or-cidr:port, udp://host-or-cidr:port.",
		},
		{
			Name: "allowProbe", Type: Boolean, Default: true, OutboundTypes: firewallTypes, Conditions: ownHub,
			Description: "Let the nodes pull the probe's image and the probe ask its target. With false the firewall lets " +
				"through only what AKS needs and what allow says, to watch what fails without a rule.",
		},
		{
			Name: "existingHubVnetId", Type: String, Default: "", Pattern: armPattern("virtualNetworks"),
			Form: "is not the ARM id of a virtual network", OutboundTypes: firewallTypes,
			Description: "ARM id of an existing hub VNet to peer with, whose firewall is used. No hub is built then.",
		},
		{
			Name: "existingFirewallPrivateIp", Type: String, Default: "", OutboundTypes: firewallTypes,
			Description: "Private IP of the existing hub's firewall: the next hop of the default route.",
		},
		{
			Name: "existingFirewallPublicIps", Type: Array, Default: []string{}, OutboundTypes: firewallTypes,
			Description: "Public IPs of the existing hub's firewall: the egress IPs to expect.",
		},
	})
}

func addressKeys() []Key {
	return group(groupAddresses, []Key{
		{
			Name: "hubAddressSpace", Type: String, Default: "10.0.0.0/22", OutboundTypes: firewallTypes, Conditions: ownHub,
			Description: "Address space of the hub VNet.",
		},
		{
			Name: "firewallSubnet", Type: String, Default: "10.0.0.0/26", OutboundTypes: firewallTypes, Conditions: ownHub,
			Description: "AzureFirewallSubnet, inside hubAddressSpace, /26 or larger.",
		},
		{
			Name: "firewallManagementSubnet", Type: String, Default: "10.0.0.64/26", OutboundTypes: firewallTypes,
			Conditions:  []Condition{WithOwnHub, WithBasicFirewall},
			Description: "AzureFirewallManagementSubnet, inside hubAddressSpace, /26 or larger. The Basic tier needs it.",
		},
		{
			Name: "spokeAddressSpace", Type: String, Default: "10.1.0.0/16", OutboundTypes: ownVNetTypes,
			Description: "Address space of the cluster's VNet.",
		},
		{
			Name: "nodeSubnet", Type: String, Default: "10.1.0.0/22", OutboundTypes: ownVNetTypes,
			Description: "Subnet of the nodes, inside spokeAddressSpace.",
		},
		{
			Name: "gatewaySubnet", Type: String, Default: "10.1.4.0/24", OutboundTypes: ownVNetTypes,
			Conditions:  []Condition{WithGateway},
			Description: "Subnet of the gateway, which is alone in it, inside spokeAddressSpace.",
		},
		{
			Name: "serviceCidr", Type: String, Default: "172.16.0.0/16",
			Description: "Range of the Kubernetes services: private, smaller than /12, used by no network the cluster reaches.",
		},
		{
			Name: "dnsServiceIp", Type: String, Default: "172.16.0.10",
			Description: "Address of the cluster's DNS service, inside serviceCidr; neither its first address nor its last.",
		},
		{
			Name: "podCidr", Type: String, Default: "10.244.0.0/16", Conditions: []Condition{WithPodRange},
			Description: "Range of the pods: each node, surge nodes included, takes a /24 of it.",
		},
	})
}

func clusterKeys() []Key {
	return group(groupCluster, []Key{
		{
			Name: "nodeCount", Type: Integer, Default: 2, Min: 1, Max: 1000,
			Description: "Number of nodes, 1-1000 (kubenet: 400 with surge).",
		},
		{
			Name: "nodeVmSize", Type: String, Default: "Standard_D2s_v5", Pattern: `^Standard_[A-Z][A-Za-z0-9_-]*$`,
			Form: "is not a VM size such as Standard_D2s_v5",
			Description: "VM size of the nodes. The default is the smallest that AKS supports for a system pool (2 vCPU, " +
				"4 GB or more) without the throttling of the B series.",
		},
		{
			Name: "userNodeCount", Type: Integer, Default: 0, Min: 0, Max: 1000,
			Description: "Number of nodes of a second pool, for workloads (mode User); 0: no second pool. It leaves by the " +
				"same way out, and its nodes count in subnet sizes and SNAT arithmetic.",
		},
		{
			Name: "userNodeVmSize", Type: String, Default: "Standard_D2s_v5", Pattern: `^Standard_[A-Z][A-Za-z0-9_-]*$`,
			Form: "is not a VM size such as Standard_D2s_v5", Conditions: []Condition{WithUserPool},
			Description: "VM size of the second pool's nodes.",
		},
		{
			Name: "nodeMaxSurge", Type: String, Default: "1", Pattern: `^([1-9][0-9]{0,3}|([1-9][0-9]?|100)%)$`,
			Form: "is neither a number of nodes nor a percentage such as 33%",
			Description: "Extra nodes during an upgrade: a number, or a percentage of a pool's nodes such as 33%. They " +
				"count in subnet sizes and SNAT arithmetic.",
		},
		{
			Name: "kubernetesVersion", Type: String, Default: "", Pattern: `^1\.[0-9]{2}(\.[0-9]{1,2})?$`,
			Form: "is not a version such as 1.30 or 1.30.4: quote it in YAML, which reads 1.30 as 1.3",
			Description: "Kubernetes version such as \"1.30\" or 1.30.4; quote it, or YAML reads 1.30 as 1.3. Empty means " +
				"AKS's default.",
		},
		{
			Name: "networkPlugin", Type: String, Default: "azure", Values: []string{"azure", "kubenet"},
			Description: "Network plugin. AKS retires kubenet on 31 March 2028.",
		},
		{
			Name: "networkPluginMode", Type: String, Default: "overlay", Values: []string{"overlay", ""},
			Description: "overlay gives pods addresses of podCidr; empty gives them addresses of nodeSubnet. Without " +
				"effect under kubenet.",
		},
		{
			Name: "clusterTier", Type: String, Default: "Free", Values: []string{"Free", "Standard", "Premium"},
			Description: "AKS pricing tier: Standard and Premium have an uptime SLA.",
		},
		{
			Name: "ingress", Type: String, Default: string(IngressNone), Values: ingressModes(),
			Description: "How the probe's web server is published: not at all; by a public load balancer (not under " +
				"userDefinedRouting, where its replies would leave through the firewall); by a DNAT rule of the firewall; by an " +
				"application gateway and its ingress controller; or by Application Gateway for Containers.",
		},
		{
			Name: "allowAsymmetricIngress", Type: Boolean, Default: false,
			OutboundTypes: firewallTypes, Conditions: []Condition{WithPublicService},
			Description: "Deploy ingress loadBalancer under userDefinedRouting all the same, to watch how clients time out: " +
				"the replies go to the firewall, which has not seen the requests. Egress works.",
		},
	})
}

func replacementKeys() []Key {
	return group(groupCluster, []Key{
		{
			Name: "allowClusterReplacement", Type: Boolean, Default: false,
			Description: "Let Pulumi make a new cluster and delete the old one, with everything in it, when network settings " +
				"of the cluster change. Otherwise preview and update fail and say how Azure changes them in place, if it does.",
		},
	})
}

func apiServerKeys() []Key {
	return group(groupAPIServer, []Key{
		{
			Name: "apiServerAuthorizedIpRanges", Type: Array, Default: []string{}, OutboundTypes: ownVNetTypes,
			Description: "Public ranges that may reach the API server, 200 at most with the stack's own egress IPs, which are " +
				"added for you. Empty means everybody. Not with privateCluster.",
		},
		{
			Name: "privateCluster", Type: Boolean, Default: false,
			Description: "Give the API server a private address only. Pulumi must then run where it can reach that address.",
		},
	})
}

func probeKeys() []Key {
	return group(groupProbe, []Key{
		{
			Name: "probeImage", Type: String, Default: "docker.io/nginxinc/nginx-unprivileged:1.29.1",
			Description: "Image of the probe, with tag or digest: an nginx that runs without root and has curl.",
		},
		{
			Name: "probeTarget", Type: String, Default: "http://ifconfig.me/ip", Pattern: `^https?://`,
			Form:        "is not an http or https URL",
			Description: "URL that answers with the caller's public IP and nothing else.",
		},
		{
			Name: "probeSamples", Type: Integer, Default: 10, Min: 1, Max: 50,
			Description: "How often the probe asks, each time over a new connection.",
		},
		{
			Name: "probeMustBeBlocked", Type: String, Default: "http://example.com", Pattern: `^(https?://.*)?$`,
			Form:          "is not an http or https URL",
			OutboundTypes: firewallTypes,
			Description:   "URL that the firewall must block; the update fails when it answers. Empty asks nothing.",
		},
	})
}

func generalKeys() []Key {
	return group(groupGeneral, []Key{
		{
			Name: "tags", Type: Object, Default: map[string]string{},
			Description: "Tags of every resource: 50 at most, names up to 512 characters, values up to 256.",
		},
	})
}

func group(name string, keys []Key) []Key {
	for i := range keys {
		keys[i].Group = name
	}
	return keys
}
