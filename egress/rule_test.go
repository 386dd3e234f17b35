package egress_test

import (
	"testing"

	"aks-egress/egress"
)

var allowed = want{disposition: egress.ExitsInternet, sources: bothIPs}

func denied(r egress.Refusal) want { return want{disposition: egress.DeniedOut, refusal: r} }
func unsure(words string) want     { return want{disposition: egress.Insufficient, words: words} }

func udp(host string, port uint16) egress.Flow {
	return egress.Flow{From: clusterID, Host: host, Port: port, Protocol: egress.UDP}
}

// withoutSNI is HTTPS to a bare address.
func withoutSNI(ip string) egress.Flow {
	return egress.Flow{From: clusterID, Addr: addr(ip), Port: 443, Protocol: egress.HTTPS}
}

// tcp443 adds a collection with one network rule.
func tcp443(action egress.RuleAction, priority int, destination string) func(*egress.Network) {
	return func(n *egress.Network) {
		group := &n.FirewallPolicies[0].RuleCollectionGroups[0]
		group.Collections = append(group.Collections, egress.RuleCollection{
			Name: "extra", Priority: priority, Action: action, NetworkRules: []egress.NetworkRule{{
				Name: "r", Protocols: []string{"TCP"}, Sources: []string{"*"}, Ports: []string{"443"},
				Destinations: []string{destination},
			}},
		})
	}
}

func probeSources(words ...string) func(*egress.Network) {
	return func(n *egress.Network) { app(n).ApplicationRules[1].Sources = words }
}

// sqlServer lets SQL Server through by host name.
func sqlServer(n *egress.Network) {
	app(n).ApplicationRules = append(app(n).ApplicationRules, egress.ApplicationRule{
		Name: "sql", Sources: []string{"*"}, FQDNs: []string{"*.database.windows.net"},
		Protocols: []egress.ApplicationProtocol{{Type: "Mssql", Port: 1433}},
	})
}

// Application rules: azure-facts 5.4 and 5.6.
func TestApplicationRules(t *testing.T) {
	t.Parallel()
	runCases(t, []traceCase{
		{"FQDN", hubAndSpoke, nil, http("ifconfig.me"), allowed},
		{"FQDN without case", hubAndSpoke, nil, http("IfConfig.me"), allowed},
		{
			"FQDN on another port", hubAndSpoke, nil,
			egress.Flow{From: clusterID, Host: "ifconfig.me", Port: 8080, Protocol: egress.HTTP},
			denied(egress.RefusedDropped),
		},
		{
			"plain TCP is not HTTP", hubAndSpoke, nil,
			egress.Flow{From: clusterID, Host: "ifconfig.me", Port: 80, Protocol: egress.TCP},
			denied(egress.RefusedDropped),
		},
		{
			"SQL Server by host name, which plain TCP may speak", hubAndSpoke, sqlServer,
			egress.Flow{From: clusterID, Host: "a.database.windows.net", Port: 1433, Protocol: egress.TCP},
			unsure("MSSQL"),
		},
		{
			"SQL Server by host name, another host", hubAndSpoke, sqlServer,
			egress.Flow{From: clusterID, Host: "other.org", Port: 1433, Protocol: egress.TCP},
			denied(egress.RefusedDropped),
		},
		{"SQL Server by host name, a bare address", hubAndSpoke, sqlServer, tcp("20.1.2.3", 1433), unsure("MSSQL")},
		{
			"the firewall looks the name up by itself", hubAndSpoke, func(n *egress.Network) { n.VNets[0].DNSServers = nil },
			egress.Flow{From: clusterID, Host: "ifconfig.me", Addr: addr("20.1.2.3"), Port: 80, Protocol: egress.HTTP},
			want{disposition: egress.ExitsInternet, sources: bothIPs, words: "allow (if the firewall"},
		},
		{"left wildcard", hubAndSpoke, nil, https("a.b.example.com"), allowed},
		{
			"left wildcard does not hold the domain itself", hubAndSpoke, nil,
			https("example.com"), denied(egress.RefusedTLSReset),
		},
		{"tag: required host", hubAndSpoke, nil, https("mcr.microsoft.com"), allowed},
		{"tag: this region's API servers", hubAndSpoke, nil, https("x.hcp.westeurope.azmk8s.io"), allowed},
		{
			"tag: another region's API servers", hubAndSpoke, nil,
			https("x.hcp.eastus.azmk8s.io"), denied(egress.RefusedTLSReset),
		},
		{
			"tag without region", hubAndSpoke, func(n *egress.Network) { n.Clusters[0].Location = "" },
			https("other.org"), unsure("region"),
		},
		{
			"tag that is not known", hubAndSpoke,
			func(n *egress.Network) { app(n).ApplicationRules[0].FQDNTags = []string{"Office365"} },
			https("other.org"), unsure("Office365"),
		},
		{
			"tag that is not known, but another rule allows", hubAndSpoke,
			func(n *egress.Network) { app(n).ApplicationRules[0].FQDNTags = []string{"Office365"} },
			https("a.example.com"), allowed,
		},
	})
}

// Network rules: azure-facts 5.2 and 5.4; service tags as the package comment says.
func TestNetworkRules(t *testing.T) {
	t.Parallel()
	tunnel := udp("aks.hcp.westeurope.azmk8s.io", 1194)
	tunnel.ServiceTags = []string{"AzureCloud.WestEurope"}
	runCases(t, []traceCase{
		{"service tag listed", hubAndSpoke, nil, tunnel, allowed},
		{
			"service tag not listed", hubAndSpoke, nil,
			udp("x.hcp.westeurope.azmk8s.io", 1194),
			want{disposition: egress.DeniedOut, refusal: egress.RefusedDropped, words: "does not list service tag Azure"},
		},
		{
			"infrastructure rules", hubAndSpoke, nil, https("x.blob.core.windows.net"),
			want{disposition: egress.DeniedOut, refusal: egress.RefusedTLSReset, words: "built-in infrastructure rules"},
		},
		{"FQDN in a network rule", hubAndSpoke, nil, udp("ntp.ubuntu.com", 123), allowed},
		{
			"FQDN in a network rule, DNS proxy off", hubAndSpoke,
			func(n *egress.Network) { n.FirewallPolicies[0].DNSProxy = false },
			udp("ntp.ubuntu.com", 123), denied(egress.RefusedDropped),
		},
		{
			"FQDN in a network rule, Basic", hubAndSpoke, func(n *egress.Network) { n.FirewallPolicies[0].Tier = "Basic" },
			udp("ntp.ubuntu.com", 123), denied(egress.RefusedDropped),
		},
		{
			"FQDN in a network rule, VNet asks other DNS servers", hubAndSpoke,
			func(n *egress.Network) { n.VNets[0].DNSServers = nil },
			udp("ntp.ubuntu.com", 123),
			want{disposition: egress.ExitsInternet, sources: bothIPs, words: "DNS servers are not the firewall"},
		},
		{
			"FQDN in a network rule, flow by address", hubAndSpoke, nil,
			egress.Flow{From: clusterID, Addr: addr("91.189.89.198"), Port: 123, Protocol: egress.UDP},
			unsure("may resolve"),
		},
		{"network rule for everywhere", hubAndSpoke, tcp443("Allow", 100, "*"), https("other.org"), allowed},
		{
			"network rule for one address", hubAndSpoke, tcp443("Allow", 100, "20.1.2.3"),
			https("other.org"), denied(egress.RefusedTLSReset),
		},
		{
			"network rule for a public prefix", hubAndSpoke, tcp443("Allow", 100, "20.0.0.0/8"),
			https("other.org"), unsure("20.0.0.0/8"),
		},
		{
			"network rule for a public prefix, flow by address", hubAndSpoke, tcp443("Allow", 100, "20.0.0.0/8"),
			withoutSNI("20.1.2.3"), allowed,
		},
		{
			"network deny before application allow", hubAndSpoke, tcp443("Deny", 65000, "*"),
			https("mcr.microsoft.com"), denied(egress.RefusedDropped),
		},
		{"deny at a lower number wins", hubAndSpoke, func(n *egress.Network) {
			tcp443("Allow", 150, "*")(n)
			tcp443("Deny", 140, "*")(n)
		}, https("other.org"), denied(egress.RefusedDropped)},
		{"deny at a higher number loses", hubAndSpoke, func(n *egress.Network) {
			tcp443("Allow", 150, "*")(n)
			tcp443("Deny", 160, "*")(n)
		}, https("other.org"), allowed},
	})
}

// What a denied client sees: azure-facts 5.5.
func TestRefusals(t *testing.T) {
	t.Parallel()
	runCases(t, []traceCase{
		{"denied HTTP", hubAndSpoke, nil, http("other.org"), denied(egress.RefusedHTTP470)},
		{"denied HTTPS", hubAndSpoke, nil, https("other.org"), denied(egress.RefusedTLSReset)},
		{
			"denied HTTPS, no application rule on the port", hubAndSpoke,
			func(n *egress.Network) { app(n).ApplicationRules = nil },
			https("other.org"), denied(egress.RefusedDropped),
		},
		{
			"HTTPS without a server name", hubAndSpoke,
			func(n *egress.Network) { app(n).ApplicationRules[1].FQDNs = []string{"*"} },
			withoutSNI("20.1.2.3"), denied(egress.RefusedTLSReset),
		},
		{"denied TCP", hubAndSpoke, nil, tcp("20.1.2.3", 22), denied(egress.RefusedDropped)},
	})
}

// Sources of rules, and where the rules are.
func TestSourcesAndPolicies(t *testing.T) {
	t.Parallel()
	runCases(t, []traceCase{
		{"source outside", hubAndSpoke, probeSources("10.2.0.0/16"), http("ifconfig.me"), denied(egress.RefusedHTTP470)},
		{"source in part", hubAndSpoke, probeSources("10.1.0.0/25"), http("ifconfig.me"), unsure("only a part")},
		{"source by range", hubAndSpoke, probeSources("10.1.0.0-10.1.0.255"), http("ifconfig.me"), allowed},
		{"source by IP group", hubAndSpoke, func(n *egress.Network) {
			app(n).ApplicationRules[1].Sources, app(n).ApplicationRules[1].NotModelled = nil, []string{"sourceIpGroups"}
		}, http("ifconfig.me"), unsure("sourceIpGroups")},
		{
			"policy that the network lacks", hubAndSpoke, func(n *egress.Network) { n.FirewallPolicies = nil },
			http("ifconfig.me"), unsure("policy"),
		},
		{
			"rule collection group that the network lacks", hubAndSpoke,
			func(n *egress.Network) { n.FirewallPolicies[0].AbsentGroupIDs = []string{"x"} },
			http("ifconfig.me"), unsure("rule collection group x"),
		},
		{
			"policy without rules", hubAndSpoke, func(n *egress.Network) { n.FirewallPolicies[0].RuleCollectionGroups = nil },
			http("ifconfig.me"), denied(egress.RefusedDropped),
		},
		{"classic rules", hubAndSpoke, func(n *egress.Network) {
			n.Firewalls[0].PolicyID = ""
			n.Firewalls[0].Collections = n.FirewallPolicies[0].RuleCollectionGroups[0].Collections
		}, http("ifconfig.me"), allowed},
		{
			"base policies in a circle", hubAndSpoke,
			func(n *egress.Network) { n.FirewallPolicies[0].BasePolicyID = policyID },
			http("ifconfig.me"), unsure("its own base policy"),
		},
	})
}
