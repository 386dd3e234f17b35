package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestAddressRules(t *testing.T) {
	const cidr = " is not an IPv4 range such as 10.1.0.0/16"
	runRules(t, []ruleTest{
		ok(LoadBalancer, "spokeAddressSpace", "10.1.0.0").says("spokeAddressSpace 10.1.0.0" + cidr),
		ok(LoadBalancer, "spokeAddressSpace", "").says(`spokeAddressSpace ""` + cidr),
		ok(LoadBalancer, "spokeAddressSpace", "fd00::/48").says("spokeAddressSpace fd00::/48" + cidr),
		ok(LoadBalancer, "networkPlugin", "kubenet", "podCidr", "").says(`podCidr ""` + cidr),
		ok(LoadBalancer, "nodeSubnet", "10.1.0.5/22").says(
			"nodeSubnet 10.1.0.5/22 has bits set after the prefix: write 10.1.0.0/22"),
		ok(LoadBalancer, "nodeSubnet", "10.2.0.0/22").says(
			"nodeSubnet 10.2.0.0/22 is outside spokeAddressSpace 10.1.0.0/16"),
		ok(LoadBalancer, "nodeSubnet", "10.1.0.0/16"),
		ok(LoadBalancer, "ingress", "applicationGateway", "gatewaySubnet", "10.1.3.0/24").says(
			"gatewaySubnet 10.1.3.0/24 overlaps nodeSubnet 10.1.0.0/22: a gateway needs a subnet of its own"),
		ok(LoadBalancer, "ingress", "applicationGateway", "gatewaySubnet", "10.2.0.0/24").says(
			"gatewaySubnet 10.2.0.0/24 is outside spokeAddressSpace 10.1.0.0/16"),
		ok(LoadBalancer, "ingress", "applicationGatewayForContainers", "gatewaySubnet", "10.1.4.0/25").says(
			"gatewaySubnet 10.1.4.0/25 has 128 addresses, and Application Gateway for Containers needs 256: use /24"),
		ok(LoadBalancer, "ingress", "applicationGatewayForContainers", "gatewaySubnet", "10.1.4.0/23").says(
			"gatewaySubnet 10.1.4.0/23 is larger than /24, and with networkPluginMode overlay Application Gateway for " +
				"Containers takes a /24 only: use /24"),
		ok(LoadBalancer, "ingress", "applicationGatewayForContainers", "gatewaySubnet", "10.1.4.0/23",
			"networkPluginMode", ""),
		ok(LoadBalancer, "ingress", "applicationGateway", "gatewaySubnet", "10.1.4.0/26"),
		ok(LoadBalancer, "ingress", "applicationGateway", "gatewaySubnet", "10.1.4.0/27").says(
			"gatewaySubnet 10.1.4.0/27 is smaller than /26: an application gateway takes an address for each of up to 125 " +
				"instances, and in a smaller subnet it could not grow; Azure recommends /24"),
		ok(LoadBalancer, "ingress", "applicationGateway", "gatewaySubnet", "10.1.4.0/23").says(
			"gatewaySubnet 10.1.4.0/23 is larger than /24, and an application gateway reaches pods with overlay addresses " +
				"from a subnet of /24 or smaller only: use a /24"),
		ok(LoadBalancer, "ingress", "applicationGateway", "gatewaySubnet", "10.1.4.0/23", "networkPluginMode", ""),
		ok(LoadBalancer, "nodeSubnet", "10.0.0.0/15").says(
			"nodeSubnet 10.0.0.0/15 is outside spokeAddressSpace 10.1.0.0/16"),
		ok(UserDefinedRouting, "hubAddressSpace", "10.1.0.0/22", "firewallSubnet", "10.1.0.0/26").says(
			"spokeAddressSpace 10.1.0.0/16 overlaps hubAddressSpace 10.1.0.0/22: choose a range of its own"),
		ok(LoadBalancer, "serviceCidr", "10.1.0.0/16", "dnsServiceIp", "10.1.0.10").says(
			"serviceCidr 10.1.0.0/16 overlaps spokeAddressSpace 10.1.0.0/16: choose a range of its own"),
		ok(LoadBalancer, "podCidr", "10.0.0.0/15").says(
			"podCidr 10.0.0.0/15 overlaps spokeAddressSpace 10.1.0.0/16: choose a range of its own"),
		ok(LoadBalancer, "podCidr", "172.16.0.0/16").says(
			"podCidr 172.16.0.0/16 overlaps serviceCidr 172.16.0.0/16: choose a range of its own"),
		ok(LoadBalancer, "podCidr", "172.16.0.0/12").says(
			"podCidr 172.16.0.0/12 overlaps 172.30.0.0/16, which AKS reserves: choose a range without it",
			"podCidr 172.16.0.0/12 overlaps serviceCidr 172.16.0.0/16: choose a range of its own"),
		ok(LoadBalancer, "serviceCidr", "172.31.0.0/24", "dnsServiceIp", "172.31.0.10").says(
			"serviceCidr 172.31.0.0/24 overlaps 172.31.0.0/16, which AKS reserves: choose a range without it"),
		ok(LoadBalancer, "serviceCidr", "172.29.0.0/24", "dnsServiceIp", "172.29.0.10"),
		ok(LoadBalancer, "spokeAddressSpace", "169.254.0.0/16", "nodeSubnet", "169.254.0.0/24").says(
			"spokeAddressSpace 169.254.0.0/16 overlaps 169.254.0.0/16, which AKS reserves: choose a range without it"),
		ok(UserDefinedRouting, "hubAddressSpace", "192.0.2.0/24", "firewallSubnet", "192.0.2.0/26").says(
			"hubAddressSpace 192.0.2.0/24 overlaps 192.0.2.0/24, which AKS reserves: choose a range without it"),
		ok(LoadBalancer, "spokeAddressSpace", "20.0.0.0/16", "nodeSubnet", "20.0.0.0/24").says(
			"spokeAddressSpace 20.0.0.0/16 is not private: choose a range inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 " +
				"or 100.64.0.0/10"),
		ok(LoadBalancer, "spokeAddressSpace", "100.64.0.0/16", "nodeSubnet", "100.64.0.0/24"),
	})
}

func TestSubnetSizeRules(t *testing.T) {
	runRules(t, []ruleTest{
		ok(UserDefinedRouting, "firewallSubnet", "10.0.0.0/27").says(
			"firewallSubnet 10.0.0.0/27 is too small: Azure Firewall needs /26 or larger"),
		ok(UserDefinedRouting, "firewallSubnet", "10.1.0.0/26").says(
			"firewallSubnet 10.1.0.0/26 is outside hubAddressSpace 10.0.0.0/22"),
		ok(UserDefinedRouting, "firewallSubnet", "10.0.0.0/24", "hubAddressSpace", "10.0.0.0/24"),
		ok(UserDefinedRouting, "firewallTier", "Basic", "firewallManagementSubnet", "10.0.1.0/27").says(
			"firewallManagementSubnet 10.0.1.0/27 is too small: Azure Firewall needs /26 or larger"),
		ok(UserDefinedRouting, "firewallTier", "Basic", "firewallSubnet", "10.0.0.0/25").says(
			"firewallManagementSubnet 10.0.0.64/26 overlaps firewallSubnet 10.0.0.0/25"),
		ok(UserDefinedRouting, "firewallTier", "Standard", "firewallSubnet", "10.0.0.0/25"),
		ok(LoadBalancer, "nodeSubnet", "10.1.0.0/29"),
		ok(LoadBalancer, "nodeSubnet", "10.1.0.0/29", "nodeCount", "3").says(
			"nodeSubnet 10.1.0.0/29 has 8 addresses, and 3 nodes and 1 for surge need 9 with the 5 that Azure keeps: use " +
				"/28 or larger"),
		ok(LoadBalancer, "nodeSubnet", "10.1.0.0/29", "userNodeCount", "1").says(
			"nodeSubnet 10.1.0.0/29 has 8 addresses, and 2 nodes, 1 of the second pool and 2 for surge need 10 with the 5 " +
				"that Azure keeps: use /28 or larger"),
		ok(LoadBalancer, "nodeSubnet", "10.1.0.0/25", "networkPluginMode", ""),
		ok(LoadBalancer, "nodeSubnet", "10.1.0.0/26", "networkPluginMode", "").says(
			"nodeSubnet 10.1.0.0/26 has 64 addresses, and 2 nodes and 1 for surge with 30 pods each need 98 with the 5 " +
				"that Azure keeps: use /25 or larger"),
		ok(LoadBalancer, "podCidr", "10.244.0.0/22", "nodeCount", "3"),
		ok(LoadBalancer, "podCidr", "10.244.0.0/22", "nodeCount", "4").says(
			"podCidr 10.244.0.0/22 has 4 /24 ranges, and 4 nodes and 1 for surge need one each: use /21 or larger"),
		ok(LoadBalancer, "podCidr", "10.244.0.0/25").says(
			"podCidr 10.244.0.0/25 has 0 /24 ranges, and 2 nodes and 1 for surge need one each: use /22 or larger"),
	})
}

func TestServiceRangeRules(t *testing.T) {
	runRules(t, []ruleTest{
		ok(LoadBalancer, "serviceCidr", "10.64.0.0/13", "dnsServiceIp", "10.64.0.10"),
		ok(LoadBalancer, "serviceCidr", "10.64.0.0/12", "dnsServiceIp", "10.64.0.10").says(
			"serviceCidr 10.64.0.0/12 is too large: AKS takes ranges smaller than /12"),
		ok(LoadBalancer, "serviceCidr", "20.0.0.0/16", "dnsServiceIp", "20.0.0.10").says(
			"serviceCidr 20.0.0.0/16 is not private: choose a range inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or " +
				"100.64.0.0/10"),
		ok(LoadBalancer, "dnsServiceIp", "172.16.0.2"),
		ok(LoadBalancer, "dnsServiceIp", "10.0.0.10").says("dnsServiceIp 10.0.0.10 is outside serviceCidr 172.16.0.0/16"),
		ok(LoadBalancer, "dnsServiceIp", "172.16.0.1").says(
			"dnsServiceIp 172.16.0.1 is one of the first two addresses of serviceCidr 172.16.0.0/16: the second is the API " +
				"server's"),
		ok(LoadBalancer, "dnsServiceIp", "172.16.0.0").says(
			"dnsServiceIp 172.16.0.0 is one of the first two addresses of serviceCidr 172.16.0.0/16: the second is the API " +
				"server's"),
		ok(LoadBalancer, "dnsServiceIp", "172.16.255.255").says(
			"dnsServiceIp 172.16.255.255 is the last address of serviceCidr 172.16.0.0/16"),
		ok(LoadBalancer, "dnsServiceIp", "172.16.255.254"),
		ok(LoadBalancer, "dnsServiceIp", "dns").says("dnsServiceIp dns is not an IPv4 address such as 172.16.0.10"),
	})
}

func TestFirewallRules(t *testing.T) {
	runRules(t, []ruleTest{
		ok(UserDefinedRouting, "zones", `["1","2","3"]`),
		ok(UserDefinedRouting, "zones", `["4"]`).says("zones 4 is not a zone: Azure's zones are 1, 2 and 3"),
		ok(UserDefinedRouting, "zones", `["1","1"]`).says("zones 1 is there twice"),
		ok(UserDefinedRouting, "firewallPublicIpCount", "250"),
		ok(UserDefinedRouting, "firewallPublicIpCount", "251").says("firewallPublicIpCount 251 is outside 1-250"),
		ok(UserDefinedRouting, "firewallPublicIpCount", "0").says("firewallPublicIpCount 0 is outside 1-250"),
		ok(UserDefinedRouting, "firewallThreatIntel", "Deny"),
		ok(UserDefinedRouting, "firewallThreatIntel", "Off", "firewallTier", "Basic"),
		ok(UserDefinedRouting, "firewallThreatIntel", "Deny", "firewallTier", "Basic").says(
			"firewallThreatIntel Deny is beyond firewallTier Basic, which only alerts: use Alert or Off, or Standard"),
		ok(UserDefinedRouting, "allow", `["https://example.org","docker-hub"]`),
		ok(UserDefinedRouting, "allow", `["dockerhub","https://example.org/x"]`).says(
			"allow dockerhub: not a preset (acr:<name>, application-gateway-for-containers, azure-monitor, cosmos-db:<name>, "+
				"docker-hub, ghcr, key-vault:<name>, mcr, storage:<name>, ubuntu-updates, windows-updates) and not https://host, "+
				"http://host, tcp://host:port or udp://host:port",
			`allow https://example.org/x: a rule sees host and port only: remove "/x"`),
		ok(UserDefinedRouting, "allow", `["tcp://db.example.com:5432"]`),
		ok(UserDefinedRouting, "allow", `["tcp://db.example.com:5432"]`, "firewallTier", "Basic").says(
			"allow tcp://db.example.com:5432: firewallTier Basic has no network rules by host name: write an address, or " +
				"use Standard"),
		ok(UserDefinedRouting, "allow", `["tcp://203.0.113.7:5432"]`, "firewallTier", "Basic"),
	})
}

func TestExistingHubRules(t *testing.T) {
	needs := "an existing hub needs existingHubVnetId, existingFirewallPrivateIp and existingFirewallPublicIps"
	with := func(key, value string) []string { return append(append([]string{}, existingHub...), key, value) }
	runRules(t, []ruleTest{
		ok(UserDefinedRouting, existingHub...),
		ok(UserDefinedRouting, existingHub[:2]...).says(
			"existingFirewallPrivateIp is missing: "+needs,
			"existingFirewallPublicIps is missing: "+needs),
		ok(UserDefinedRouting, existingHub[4:]...).says(
			"existingFirewallPrivateIp is missing: "+needs,
			"existingHubVnetId is missing: "+needs),
		ok(UserDefinedRouting, with("existingHubVnetId", "hub")...).says(
			"existingHubVnetId hub is not the ARM id of a virtual network"),
		ok(UserDefinedRouting, with("existingFirewallPrivateIp", "203.0.113.4")...).says(
			"existingFirewallPrivateIp 203.0.113.4 is not a private IPv4 address such as 10.0.0.4"),
		ok(UserDefinedRouting, with("existingFirewallPrivateIp", "10.1.9.4")...).says(
			"existingFirewallPrivateIp 10.1.9.4 is inside spokeAddressSpace 10.1.0.0/16: the hub needs a range of its own"),
		ok(UserDefinedRouting, with("existingFirewallPublicIps", `["10.0.0.4","203.0.113.5"]`)...).says(
			"existingFirewallPublicIps 10.0.0.4 is not a public IPv4 address"),
		ok(UserDefinedRouting, with("existingFirewallPublicIps", `["2001:db8::1"]`)...).says(
			"existingFirewallPublicIps 2001:db8::1 is not a public IPv4 address"),
		// The hub that is not built does not count in overlaps.
		ok(UserDefinedRouting, with("spokeAddressSpace", "10.0.0.0/15")...),
	})
}

func TestAPIServerRules(t *testing.T) {
	const key = "apiServerAuthorizedIpRanges"
	const natRule = key + " does not work with outboundType managedNATGateway: its public IPs are not known before " +
		"the cluster exists, so that the new nodes could not reach the API server; use userAssignedNATGateway, or " +
		"privateCluster"
	runRules(t, []ruleTest{
		ok(LoadBalancer, key, `["203.0.113.0/24","198.51.100.7"]`),
		ok(ManagedNATGateway, key, `["203.0.113.0/24"]`).says(natRule),
		ok(ManagedNATGateway, "privateCluster", "true"),
		ok(LoadBalancer, key, `["203.0.113.0/24"]`, "privateCluster", "true").says(
			key + " does not work with privateCluster, whose API server has no public address: remove one of them"),
		ok(LoadBalancer, key, `["office"]`).says(key + " office is not an IPv4 range such as 10.1.0.0/16"),
		ok(LoadBalancer, key, `["203.0.113.1/24"]`).says(
			key + " 203.0.113.1/24 has bits set after the prefix: write 203.0.113.0/24"),
		ok(LoadBalancer, key, `["10.0.0.0/8"]`).says(
			key + " 10.0.0.0/8 is not public: AKS sees callers by their public address"),
		ok(LoadBalancer, key, `["0.0.0.0/0"]`).says(key + " 0.0.0.0/0 authorizes everybody: leave the list empty for that"),
		ok(LoadBalancer, key, `["0.0.0.0/32"]`),
		ok(UserDefinedRouting, key, `["0.0.0.0/32"]`).says(
			key + " 0.0.0.0/32 stands for the load balancer's outbound IPs: remove it, the egress IPs are added for you"),
		ok(LoadBalancer, key, addresses(200)),
		ok(LoadBalancer, key, addresses(201)).says(key + " has 201 ranges, and AKS takes 200 with the stack's own 0"),
		ok(UserAssignedNATGateway, key, addresses(198), "outboundIpCount", "2"),
		ok(UserAssignedNATGateway, key, addresses(199), "outboundIpCount", "2").says(
			key + " has 199 ranges, and AKS takes 200 with the stack's own 2"),
		ok(UserAssignedNATGateway, key, addresses(199), "outboundIpPrefixLength", "28"),
		ok(UserDefinedRouting, key, addresses(190), "firewallPublicIpCount", "11").says(
			key + " has 190 ranges, and AKS takes 200 with the stack's own 11"),
	})
}

func TestProbeRules(t *testing.T) {
	const name = "needs a host name under userDefinedRouting: the firewall's application rules match names"
	runRules(t, []ruleTest{
		ok(LoadBalancer, "probeSamples", "50"),
		ok(LoadBalancer, "probeSamples", "51").says("probeSamples 51 is outside 1-50"),
		ok(LoadBalancer, "probeImage", "nginx:1.29"),
		ok(LoadBalancer, "probeImage", "nginx@sha256:"+strings.Repeat("a", 64)),
		ok(LoadBalancer, "probeImage", "nginx").says(
			"probeImage nginx has neither tag nor digest: an image without one changes under your feet"),
		ok(LoadBalancer, "probeImage", "NGINX:1").says(
			"probeImage NGINX:1 is not an image reference: invalid reference format: repository name (library/NGINX) must " +
				"be lowercase"),
		ok(LoadBalancer, "probeImage", "localhost/nginx:1").says(
			`probeImage localhost/nginx:1 is at a registry that nodes cannot reach: image "localhost/nginx:1": registry ` +
				`localhost: host localhost is not a full DNS name: write it with its domain, such as localhost.example.com`),
		ok(LoadBalancer, "probeTarget", "http://203.0.113.9/ip"),
		ok(UserDefinedRouting, "probeTarget", "http://203.0.113.9/ip").says("probeTarget http://203.0.113.9/ip " + name),
		ok(LoadBalancer, "probeTarget", "ftp://a.example.com").says(
			"probeTarget ftp://a.example.com is not an http or https URL"),
		ok(LoadBalancer, "probeTarget", "http://").says("probeTarget http:// is not an http or https URL"),
		ok(LoadBalancer, "probeTarget", "http://me:secret@a.example.com").says(
			"probeTarget has credentials, which would end up in the state file: remove them"),
		ok(LoadBalancer, "probeTarget", "http://a.example.com/#ip").says(
			"probeTarget http://a.example.com/#ip has a fragment, which is never sent: remove #ip"),
		ok(LoadBalancer, "probeTarget", "http://[2001:db8::1]/").says(
			"probeTarget http://[2001:db8::1]/ is not a URL that can be probed: IPv6 leaves through none of these paths, " +
				"which are IPv4 only: write an IPv4 address or a host name"),
		ok(UserDefinedRouting, "probeMustBeBlocked", "https://example.com"),
		ok(UserDefinedRouting, "probeMustBeBlocked", "https://ifconfig.me/ip"),
		ok(UserDefinedRouting, "probeMustBeBlocked", "http://ifconfig.me/x").says(
			"probeMustBeBlocked http://ifconfig.me/x is what probeTarget asks too: name a host that nothing allows"),
		ok(UserDefinedRouting, "allow", `["http://*.com"]`, "probeTarget", "https://ifconfig.me").says(
			"probeMustBeBlocked http://example.com is allowed by allow (http://*.com): name a host that nothing allows"),
		ok(UserDefinedRouting, "allow", `["tcp://example.com:80"]`).says(
			"probeMustBeBlocked http://example.com is allowed by allow (tcp://example.com:80): name a host that nothing " +
				"allows"),
		ok(UserDefinedRouting, "allow", `["https://example.com","tcp://example.com:443","http://example.com:8080"]`),
		ok(UserDefinedRouting, "allow", `["windows-updates"]`, "probeMustBeBlocked", "https://wustat.windows.com").says(
			"probeMustBeBlocked https://wustat.windows.com is allowed by allow (http://WindowsUpdate): name a host that " +
				"nothing allows"),
		ok(UserDefinedRouting, "probeMustBeBlocked", "https://auth.docker.io").says(
			"probeMustBeBlocked https://auth.docker.io is allowed by probeImage (https://auth.docker.io): name a host that " +
				"nothing allows"),
		ok(UserDefinedRouting, "probeMustBeBlocked", "https://security.ubuntu.com").says(
			"probeMustBeBlocked https://security.ubuntu.com is allowed by AKS itself (https://AzureKubernetesService): " +
				"name a host that nothing allows"),
		ok(UserDefinedRouting, "probeMustBeBlocked", "http://security.ubuntu.com:8080"),
		ok(UserDefinedRouting, "probeMustBeBlocked", "http://203.0.113.9").says(
			"probeMustBeBlocked http://203.0.113.9 " + name),
	})
}

func TestTagRules(t *testing.T) {
	tags := func(n int) string {
		list := map[string]string{}
		for i := range n {
			list[fmt.Sprintf("tag%d", i)] = "x"
		}
		text, _ := json.Marshal(list)
		return string(text)
	}
	tag := func(name, value string) string {
		text, _ := json.Marshal(map[string]string{name: value})
		return string(text)
	}
	runRules(t, []ruleTest{
		ok(LoadBalancer, "tags", tags(50)),
		ok(LoadBalancer, "tags", tags(51)).says("tags has 51 tags, and Azure takes 50"),
		ok(LoadBalancer, "tags", tag(strings.Repeat("é", 512), strings.Repeat("é", 256))),
		ok(LoadBalancer, "tags", tag(strings.Repeat("é", 513), "x")).says(
			"tags " + strings.Repeat("é", 20) + "… has a name longer than 512 characters"),
		ok(LoadBalancer, "tags", tag("team", strings.Repeat("x", 257))).says(
			"tags team has a value longer than 256 characters"),
		ok(LoadBalancer, "tags", tag("", "x")).says(`tags "" is not a name`),
		ok(LoadBalancer, "tags", tag("a/b", "x")).says(`tags a/b has one of < > % & \ ? /, which Azure refuses in a name`),
		ok(LoadBalancer, "tags", tag("Azure-team", "x")).says(
			"tags Azure-team starts with azure, microsoft or windows, which Azure keeps for itself"),
		ok(LoadBalancer, "tags", `{"Team":"a","team":"b"}`).says(
			"tags team is the same tag as Team: Azure ignores case in names"),
	})
}
