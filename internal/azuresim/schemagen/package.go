package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
)

const sdk = "github.com/pulumi/pulumi-azure-native-sdk/"

// errNoModule says that the SDK is not in the module cache.
var errNoModule = errors.New("the SDK module is not in the module cache; run: go mod download")

// sdkPackage is one package of the SDK and what the simulator needs of it.
type sdkPackage struct {
	module    string // network
	version   string // v20240501, or "" for the default package
	resources []string
	invokes   []string
	variants  []string // types that fill untyped lists
}

var network = []string{
	"AzureFirewall", "FirewallPolicy", "FirewallPolicyRuleCollectionGroup", "NatGateway", "NetworkSecurityGroup",
	"PublicIPAddress", "PublicIPPrefix", "Route", "RouteTable", "SecurityRule", "Subnet", "VirtualNetwork",
	"VirtualNetworkPeering",
}

var networkInvokes = []string{
	"getAzureFirewall", "getNatGateway", "getPublicIPAddress", "getPublicIPPrefix", "getSubnet", "getVirtualNetwork",
}

// ruleVariants fill ruleCollections and rules, which are untyped lists in Go (azure-native.md 1.1.6).
var ruleVariants = []string{
	"ApplicationRule", "FirewallPolicyFilterRuleCollection", "FirewallPolicyNatRuleCollection", "NatRuleType",
	"NetworkRule",
	"ApplicationRuleResponse", "FirewallPolicyFilterRuleCollectionResponse", "FirewallPolicyNatRuleCollectionResponse",
	"NatRuleResponse", "NetworkRuleResponse",
}

var clusterInvokes = []string{
	"getManagedCluster", "listManagedClusterAdminCredentials", "listManagedClusterUserCredentials",
}

var identities = []string{"FederatedIdentityCredential", "UserAssignedIdentity"}

// packages are those of the SDK modules that go.mod has. schema/servicenetworking-v20231101.json is written by hand,
// because the Go proxy lacks that module: its names and types are those of servicenetworking/v20231101 in
// github.com/pulumi/pulumi-azure-native-sdk.
var packages = []sdkPackage{
	{"network", "v20240501", network, networkInvokes, ruleVariants},
	{"network", "", network, networkInvokes, ruleVariants},
	{"containerservice", "v20240901", []string{"AgentPool", "ManagedCluster"}, clusterInvokes, nil},
	{"containerservice", "", []string{"AgentPool", "ManagedCluster"}, clusterInvokes, nil},
	{"resources", "v20220901", []string{"ResourceGroup"}, []string{"getResourceGroup"}, nil},
	{"resources", "", []string{"ResourceGroup"}, []string{"getResourceGroup"}, nil},
	{"authorization", "v20220401", []string{"RoleAssignment"}, nil, nil},
	{"authorization", "", []string{"RoleAssignment"}, []string{"getClientConfig"}, nil},
	{"managedidentity", "v20230131", identities, []string{"getUserAssignedIdentity"}, nil},
	{"managedidentity", "", identities, []string{"getUserAssignedIdentity"}, nil},
}

// fileName is network-v20240501.json or, for a default package, network.json.
func (p sdkPackage) fileName() string {
	return strings.TrimSuffix(p.module+"-"+p.version, "-") + ".json"
}

// token is azure-native:network/v20240501:name.
func (p sdkPackage) token(name string) string {
	return "azure-native:" + strings.TrimSuffix(p.module+"/"+p.version, "/") + ":" + name
}

// properties maps a property to its type: string, integer, number, boolean, any, a name in document.Types, or []T or
// map[string]T of these; a required property's type ends with "!".
type properties map[string]string

// document is what one file holds.
type document struct {
	Package   string                `json:"package"`
	Resources map[string]properties `json:"resources"` // inputs by resource name
	Outputs   map[string]properties `json:"outputs"`   // outputs by resource name
	Arguments map[string]properties `json:"arguments"` // by invoke name
	Results   map[string]properties `json:"results"`   // by invoke name
	Types     map[string]properties `json:"types"`     // nested objects by name
}

// generate is the text of the package's file.
func (p sdkPackage) generate() ([]byte, error) {
	dir, err := moduleDir(sdk + p.module + "/v2")
	if err != nil {
		return nil, err
	}
	src, err := parseSource(filepath.Join(dir, p.version), p)
	if err != nil {
		return nil, err
	}
	doc := document{
		Package:   strings.TrimSuffix(p.module+"/"+p.version, "/"),
		Resources: map[string]properties{}, Outputs: map[string]properties{},
		Arguments: map[string]properties{}, Results: map[string]properties{}, Types: map[string]properties{},
	}
	for _, name := range p.resources {
		if err := src.addResource(&doc, name); err != nil {
			return nil, fmt.Errorf("%s: %w", p.token(name), err)
		}
	}
	for _, name := range p.invokes {
		if err := src.addInvoke(&doc, p.token(name), name); err != nil {
			return nil, fmt.Errorf("%s: %w", p.token(name), err)
		}
	}
	for _, name := range p.variants {
		if err := src.addType(&doc, name); err != nil {
			return nil, fmt.Errorf("%s: %w", p.token(name), err)
		}
	}
	return render(doc)
}

// render writes one line per type, so that a change of the SDK shows as a readable difference.
func render(doc document) ([]byte, error) {
	compact, err := json.Marshal(doc)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for depth, i := 0, 0; i < len(compact); i++ {
		c := compact[i]
		if c == '{' || c == '}' {
			depth += map[byte]int{'{': 1, '}': -1}[c]
		}
		out.WriteByte(c)
		if c == ',' && depth <= 2 || c == '{' && depth <= 2 {
			out.WriteByte('\n')
		}
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// moduleDir is where the module cache has a module.
func moduleDir(module string) (string, error) {
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("go list -m %s: %w", module, err)
	}
	dir := strings.TrimSpace(string(out))
	if dir == "" {
		return "", fmt.Errorf("%s: %w", module, errNoModule)
	}
	return dir, nil
}
