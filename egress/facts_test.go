package egress_test

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A fact is a rule of docs/reference/azure-facts.md that this package implements, with the test that holds it: a test
// function, or one of its cases behind a slash.
type fact struct{ section, rule, test string }

// facts are in the order of azure-facts. docs/reference/model.md is made from them.
var facts = []fact{
	{"0", "Inside a VNet and over peerings Azure translates no source.", "TestRoutes/own VNet"},
	{"0", "A route with next hop None drops.", "TestRoutes/route None drops"},
	{
		"0", "At next hop Internet the NAT gateway comes before the load balancer's outbound rules.",
		"TestNATGateway/NAT gateway beats load balancer",
	},
	{"0", "Outbound rules come before default outbound access.", "TestLoadBalancerAndDefaultOutbound/load balancer"},
	{
		"0", "Default outbound access is last, and its address belongs to nobody.",
		"TestLoadBalancerAndDefaultOutbound/default outbound access",
	},
	{
		"0", "From a private subnet without another way nothing leaves.",
		"TestLoadBalancerAndDefaultOutbound/private subnet",
	},
	{
		"1.1", "Where AKS owns the way out, effectiveOutboundIPs are its addresses.",
		"TestManagedNetwork/effective IPs of the managed NAT gateway",
	},
	{
		"1.2", "For userDefinedRouting AKS makes no way out of its own.",
		"TestManagedNetwork/own routing without a subnet",
	},
	{
		"2.4", "A private subnet still reaches storage of its own region.",
		"TestLoadBalancerAndDefaultOutbound/private subnet, storage of the region",
	},
	{
		"2.4", "In a private subnet a route to Internet needs an outbound method; whether answers pass is not known.",
		"TestInboundThroughLoadBalancer/user-defined routing, a client with a route of its own, private subnet",
	},
	{
		"3", "A NAT gateway translates to its addresses and to all of each prefix.",
		"TestNATGateway/NAT gateway with address and prefix",
	},
	{"3", "A NAT gateway without address provides no egress.", "TestNATGateway/NAT gateway without address"},
	{
		"3", "A NAT gateway takes nothing in.",
		"TestInboundThroughLoadBalancer/the NAT gateway's address takes nothing",
	},
	{
		"3", "Answers of inbound flows go back through the load balancer, not the NAT gateway.",
		"TestInboundThroughLoadBalancer/NAT gateway, a client",
	},
	{"4", "A route to an appliance comes before every other way out.", "TestHopsOfUserDefinedRouting"},
	{
		"4", "A node's own public address comes before the load balancer.",
		"TestNodePublicIPs/with a load balancer for the others",
	},
	{"4", "A NAT gateway comes before a node's own public address.", "TestNodePublicIPs/behind a NAT gateway"},
	{
		"4", "The longest prefix wins; at equal prefixes user before BGP before system.",
		"TestRouteSelectionAgainstReference",
	},
	{
		"4", "The VNet's and its peers' prefixes win over more specific BGP routes.",
		"TestGatewayRoutes/a part of the VNet",
	},
	{
		"4", "10/8, 172.16/12, 192.168/16 and 100.64/10 go nowhere by default.",
		"TestRoutes/reserved range goes nowhere",
	},
	{
		"4", "With a user route for 0.0.0.0/0 the reserved ranges follow it.",
		"TestRoutes/reserved range follows a user default route",
	},
	{"4", "A user route for 0.0.0.0/0 leaves VNet and peering routes alone.", "TestNextHops/peered VNet"},
	{
		"4", "disableBgpRoutePropagation keeps out what gateways announce.",
		"TestGatewayRoutes/the table refuses them",
	},
	{
		"4", "What disablePeeringRoute takes away is not modelled.",
		"TestRoutes/a table that disables the routes of peerings",
	},
	{"4", "Service tags stand for their prefixes in routes.", "TestServiceTagPrefixes/an address in the tag"},
	{"4", "Tags at equal prefixes: an explicit prefix first.", "TestServiceTagPrefixes/explicit prefix before tag"},
	{
		"4", "Tags at equal prefixes: the regional tag before that of all regions.",
		"TestServiceTagPrefixes/region before all regions",
	},
	{
		"4", "Tags at equal prefixes: the service's tag before AzureCloud.",
		"TestServiceTagPrefixes/service before AzureCloud",
	},
	{
		"4", "A service endpoint takes flows to its service past the default route.",
		"TestServiceEndpoints/the flow says that it is",
	},
	{
		"4", "A regional service endpoint takes its own region only.",
		"TestServiceEndpoints/the flow says that it is of another region",
	},
	{
		"4", "An appliance must be reachable by private address: both sides of the peering Connected.",
		"TestNextHops/peering one-sided",
	},
	{
		"4", "An appliance must be reachable: allowVirtualNetworkAccess.",
		"TestNextHops/peering without network access",
	},
	{
		"4", "A peering drops what is forwarded from a third network unless it allows that.",
		"TestBehindTheFirewall/receiving peering refuses forwarded traffic",
	},
	{
		"5.1", "A firewall's subnet holds nothing but the firewall.",
		"TestNextHops/next hop mistyped in the firewall's subnet",
	},
	{"5.1", "A firewall may be in the cluster's own VNet.", "TestBehindTheFirewall/firewall in the spoke itself"},
	{
		"5.2", "Tier Basic has no DNS proxy, so FQDNs of network rules never match.",
		"TestNetworkRules/FQDN in a network rule, Basic",
	},
	{"5.2", "Tier Basic only alerts on threat intelligence.", "TestThreatIntelligence/Basic tier only alerts"},
	{
		"5.3", "A firewall leaves by any of its public IPs.",
		"TestApplicationRules/FQDN",
	},
	{
		"5.3", "A NAT gateway on AzureFirewallSubnet translates in the firewall's stead.",
		"TestBehindTheFirewall/NAT gateway on the firewall's subnet",
	},
	{
		"5.3", "Network rules keep the source towards RFC 1918 and RFC 6598.",
		"TestBehindTheFirewall/network rule keeps the source of private destinations",
	},
	{"5.3", "Application rules always translate it.", "TestBehindTheFirewall/application rule translates it"},
	{
		"5.3", "snat.privateRanges 255.255.255.255/32 always translates.",
		"TestBehindTheFirewall/private ranges of the policy: always translate",
	},
	{
		"5.3", "snat.privateRanges 0.0.0.0/0 never translates, save for application rules.",
		"TestBehindTheFirewall/private ranges of the policy: never translate",
	},
	{"5.4", "Threat intelligence in mode Deny comes first.", "TestThreatIntelligence/deny"},
	{"5.4", "DNAT before network before application; base policy, group, collection.", "TestOrderOfProcessing"},
	{"5.4", "The first match ends it, by the same rule as a slow reference finds.", "TestRulesAgainstReference"},
	{
		"5.4", "A network rule that denies ends it before an application rule allows.",
		"TestNetworkRules/network deny before application allow",
	},
	{"5.4", "A DNAT match allows without a network rule.", "TestInboundThroughFirewall/to a node"},
	{
		"5.4", "Application rules do not let clients in.",
		"TestInboundThroughFirewall/an application rule does not let clients in",
	},
	{
		"5.4", "For application rules the firewall looks the host up by itself, whatever address the client has.",
		"TestApplicationRules/the firewall looks the name up by itself",
	},
	{
		"5.4", "Answers of a flow that was let through pass.",
		"TestAnswersBetweenSpokes/through the firewall both ways",
	},
	{
		"5.4", "*.example.com does not hold example.com.",
		"TestApplicationRules/left wildcard does not hold the domain itself",
	},
	{"5.4", "FQDNs of network rules need DNS proxy.", "TestNetworkRules/FQDN in a network rule, DNS proxy off"},
	{"5.4", "A firewall has a policy or classic rules; both are read.", "TestSourcesAndPolicies/classic rules"},
	{
		"5.4", "Application rules for MSSQL may match plain TCP, which does not say what it speaks.",
		"TestApplicationRules/SQL Server by host name, which plain TCP may speak",
	},
	{"5.4", "What nothing matches is denied.", "TestRefusals/denied TCP"},
	{
		"5.4", "What the built-in infrastructure rules allow is not published.",
		"TestNetworkRules/infrastructure rules",
	},
	{"5.5", "Denied HTTP is answered with status 470.", "TestRefusals/denied HTTP"},
	{"5.5", "Denied HTTPS is closed after the server name was read.", "TestRefusals/denied HTTPS"},
	{"5.5", "HTTPS without a server name is denied.", "TestRefusals/HTTPS without a server name"},
	{
		"5.5", "Where no application rule covers the port, denied flows are dropped.",
		"TestRefusals/denied HTTPS, no application rule on the port",
	},
	{"5.6", "AzureKubernetesService stands for what AKS requires.", "TestApplicationRules/tag: required host"},
	{"5.6", "Of the region's API servers, not of others.", "TestApplicationRules/tag: another region's API servers"},
	{
		"7.1", "A DNAT rule to a public service needs routes for the firewall's public IPs.",
		"TestInboundThroughFirewall/to a public load balancer with routes to the firewall's public IPs",
	},
	{"7.2", "Authorized ranges keep others from the API server.", "TestAPIServer/an operator outside"},
	{
		"7.2", "The stack's own egress address must be among them.",
		"TestAPIServer/nodes without the stack's own address",
	},
	{
		"7.2", "AKS adds the outbound addresses of its load balancer.",
		"TestAPIServer/AKS adds the load balancer's addresses",
	},
	{
		"7.2", "Who runs kubectl in the network comes to a public API server by the network's way out.",
		"TestOperator/behind the NAT gateway",
	},
	{"7.2", "A private API server has a name in the nodes' VNet.", "TestPrivateAPIServer/nodes"},
	{
		"7.2", "Other VNets do not resolve it, unless they are linked to its zone.",
		"TestPrivateAPIServer/a peered network",
	},
	{
		"7.2", "Nor do nodes whose VNet asks a DNS server in another VNet.",
		"TestPrivateAPIServer/nodes that ask the firewall in the hub",
	},
	{"7.4", "Overlay pods leave with their node's address.", "TestPods/overlay"},
	{"7.4", "kubenet pods leave with their node's address.", "TestPods/kubenet"},
	{"7.4", "Pods of the node subnet have addresses of their own there.", "TestPods/node subnet"},
	{"7.4", "A pod subnet has its own way out.", "TestPods/pod subnet has its own way out"},
	{
		"7.5", "A public service behind a default route to a firewall is asymmetric.",
		"TestInboundThroughLoadBalancer/user-defined routing: asymmetric",
	},
	{"7.5", "Fix A: DNAT to an internal load balancer.", "TestInboundThroughFirewall/to an internal load balancer"},
	{
		"7.5", "Fix A to a public load balancer: the firewall's own answer leg must come back.",
		"TestInboundThroughFirewall/to a public load balancer: the answer goes to the firewall's private side",
	},
	{
		"7.5", "Fix B: an application gateway ends the client's connection.",
		"TestInboundThroughGateways/application gateway",
	},
	{
		"7.5", "Fix C: Application Gateway for Containers does, too.",
		"TestInboundThroughGateways/application gateway for containers",
	},
	{
		"7.7", "An application gateway behind a default route to an appliance loses its clients.",
		"TestInboundThroughGateways/application gateway behind the firewall's route",
	},
	{
		"7.8", "Application Gateway for Containers needs its association.",
		"TestInboundThroughGateways/application gateway for containers without association",
	},
	{
		"8", "A public service has a frontend of its own on AKS's load balancer.",
		"TestInboundThroughLoadBalancer/NAT gateway, some client",
	},
	{"11.3", "A system pool needs 2 vCPUs and 4 GB.", "TestTooSmallForSystemPool"},
}

// casesByTest reads the test functions of this folder, with every text in them.
func casesByTest(t *testing.T) map[string]map[string]bool {
	t.Helper()
	found := map[string]map[string]bool{}
	files, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		for _, declaration := range parsed.Decls {
			f, ok := declaration.(*ast.FuncDecl)
			if !ok || !strings.HasPrefix(f.Name.Name, "Test") {
				continue
			}
			texts := map[string]bool{}
			ast.Inspect(f, func(n ast.Node) bool {
				if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					text, err := strconv.Unquote(literal.Value)
					require.NoError(t, err)
					texts[text] = true
				}
				return true
			})
			found[f.Name.Name] = texts
		}
	}
	return found
}

// Every rule that the package implements has a test that is there, and every section that its code cites has a rule.
func TestFactsHaveTests(t *testing.T) {
	t.Parallel()
	tests := casesByTest(t)
	sections := map[string]bool{}
	for _, f := range facts {
		sections[f.section] = true
		name, wanted, isCase := strings.Cut(f.test, "/")
		require.Contains(t, tests, name, f.rule)
		if isCase {
			assert.True(t, tests[name][wanted], "%s has no case %q", name, wanted)
		}
	}
	for section, file := range citedSections(t) {
		assert.True(t, sections[section], "%s cites azure-facts %s, of which facts holds no rule", file, section)
	}
}

var (
	citation = regexp.MustCompile(`azure-facts ([0-9., \n\t/and]+)`)
	number   = regexp.MustCompile(`[0-9]+(\.[0-9]+)?`)
)

// elsewhere are sections whose rules other packages hold, although fields here cite them: their limits are in snat.
var elsewhere = map[string]bool{"2.1": true, "2.2": true, "5": true}

// citedSections are the sections of azure-facts that the package's code cites, each with a file.
func citedSections(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	cited := map[string]string{}
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range citation.FindAllSubmatch(text, -1) {
			for _, section := range number.FindAll(match[1], -1) {
				if !elsewhere[string(section)] {
					cited[string(section)] = file
				}
			}
		}
	}
	return cited
}

// docs/reference/model.md tells readers what the model knows, and which test holds it.
func TestReference(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	b.WriteString(`# What the model knows

<!-- Generated by: UPDATE_GOLDEN=1 go test ./egress -run Reference -->

The rules of Azure by which the lab's commands trace and doctor and the simulated Azure follow a flow, by the sections
of [azure-facts](azure-facts.md), which have the sources. Each is held by the test behind it, in the folder egress.
What is not modelled comes back as *insufficient*, with the reason: ` + "`go doc ./egress`" + ` lists it.

| azure-facts | rule | test |
|---|---|---|
`)
	for _, f := range facts {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", f.section, strings.ReplaceAll(f.rule, "*.", `\*.`), f.test)
	}
	path := filepath.Join("..", "docs", "reference", "model.md")
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(path, b.Bytes(), 0o644))
	}
	have, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, b.String(), string(have), "UPDATE_GOLDEN=1 go test ./egress -run Reference rewrites it")
}
