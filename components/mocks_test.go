package components_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"
)

// registration is one resource as the program registered it.
type registration struct {
	token, name, parent, provider string
	dependsOn                     []string
	inputs                        resource.PropertyMap
	ignoreChanges                 []string
}

// recorder is a resource monitor that remembers every registration and answers as Azure and Kubernetes would.
type recorder struct {
	mu      sync.Mutex
	all     []registration
	pod     string // the termination message of the probe's init container
	sampler string // that of its sampler's last run, an hour later; empty: it has not ended yet
	echo    bool   // answer with the inputs alone, as azure-native does in a preview of an update
}

func (r *recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	reg := registration{token: args.TypeToken, name: args.Name, inputs: args.Inputs}
	if rpc := args.RegisterRPC; rpc != nil {
		reg.parent, reg.provider, reg.dependsOn = rpc.GetParent(), rpc.GetProvider(), rpc.GetDependencies()
		reg.ignoreChanges = rpc.GetIgnoreChanges()
	}
	if rpc := args.ReadRPC; rpc != nil {
		reg.parent, reg.provider = rpc.GetParent(), rpc.GetProvider()
	}
	r.mu.Lock()
	r.all = append(r.all, reg)
	r.mu.Unlock()
	id := r.id(args)
	return id, r.outputs(args, id), nil
}

func (r *recorder) id(args pulumi.MockResourceArgs) string {
	const group = "/subscriptions/sub/resourceGroups/rg/providers/"
	switch kind := args.TypeToken[strings.LastIndex(args.TypeToken, ":")+1:]; kind {
	case "VirtualNetwork", "PublicIPAddress", "RouteTable", "NatGateway", "AzureFirewall":
		return group + "Microsoft.Network/" + strings.ToLower(kind[:1]) + kind[1:] + "s/" + args.Name
	case "TrafficControllerInterface":
		return group + "Microsoft.ServiceNetworking/trafficControllers/" + args.Name
	case "StatefulSet":
		return "ns/" + args.Name
	case "Pod":
		return args.ID
	}
	return args.Name + "-id"
}

func (r *recorder) outputs(args pulumi.MockResourceArgs, id string) resource.PropertyMap {
	out := args.Inputs.Copy()
	if r.echo {
		return out
	}
	set := func(key string, value any) { out[resource.PropertyKey(key)] = resource.NewPropertyValue(value) }
	set("name", args.Name)
	switch args.TypeToken[strings.LastIndex(args.TypeToken, ":")+1:] {
	case "VirtualNetwork":
		var subnets []any
		for _, s := range args.Inputs["subnets"].ArrayValue() {
			name := s.ObjectValue()["name"].StringValue()
			subnets = append(subnets, map[string]any{"name": name, "id": id + "/subnets/" + name})
		}
		set("subnets", subnets)
	case "PublicIPAddress":
		set("ipAddress", "203.0.113."+args.Name[strings.LastIndex(args.Name, "-")+1:])
	case "PublicIPPrefix":
		set("ipPrefix", "198.51.100.0/28")
	case "AzureFirewall":
		set("ipConfigurations", []any{map[string]any{"privateIPAddress": "10.0.0.4"}})
	case "UserAssignedIdentity":
		set("principalId", "11111111-1111-1111-1111-111111111111")
		set("clientId", "22222222-2222-2222-2222-222222222222")
	case "FrontendsInterface":
		set("fqdn", "frontend.example")
	case "ManagedCluster":
		set("nodeResourceGroup", "MC_rg")
		set("oidcIssuerProfile", map[string]any{"enabled": true, "issuerURL": "https://issuer.example/"})
		r.setEffectiveIPs(out)
		setAddOnIdentities(out)
	case "Service", "Ingress":
		set("status", map[string]any{"loadBalancer": map[string]any{"ingress": []any{map[string]any{"ip": "203.0.113.99"}}}})
	case "Pod":
		set("status", r.podStatus())
	}
	return out
}

func (r *recorder) podStatus() map[string]any {
	ended := func(message, at string) map[string]any {
		return map[string]any{"terminated": map[string]any{"exitCode": 0, "message": message + "\n", "finishedAt": at}}
	}
	sampler := map[string]any{"name": "sampler", "state": map[string]any{
		"running": map[string]any{"startedAt": "2026-01-01T01:00:01Z"},
	}}
	if r.sampler != "" {
		sampler["lastState"] = ended(r.sampler, "2026-01-01T01:00:00Z")
	}
	return map[string]any{
		"initContainerStatuses": []any{map[string]any{"name": "sample", "state": ended(r.pod, "2026-01-01T00:00:00Z")}},
		"containerStatuses":     []any{map[string]any{"name": "nginx"}, sampler},
	}
}

func (r *recorder) setEffectiveIPs(out resource.PropertyMap) {
	profile := out["networkProfile"].ObjectValue().Copy()
	ips := resource.NewPropertyValue([]any{map[string]any{
		"id": "/subscriptions/sub/resourceGroups/MC_rg/providers/Microsoft.Network/publicIPAddresses/managed",
	}})
	for _, key := range []resource.PropertyKey{"loadBalancerProfile", "natGatewayProfile"} {
		if p, ok := profile[key]; ok {
			of := p.ObjectValue().Copy()
			of["effectiveOutboundIPs"] = ips
			profile[key] = resource.NewProperty(of)
		}
	}
	out["networkProfile"] = resource.NewProperty(profile)
}

// addOnIdentity is the object id of add-ons' identities.
const addOnIdentity = "22222222-2222-2222-2222-222222222222"

func setAddOnIdentities(out resource.PropertyMap) {
	profiles, ok := out["addonProfiles"]
	if !ok {
		return
	}
	known := resource.PropertyMap{}
	for name, profile := range profiles.ObjectValue() {
		of := profile.ObjectValue().Copy()
		of["identity"] = resource.NewPropertyValue(map[string]any{"objectId": addOnIdentity})
		known[name] = resource.NewProperty(of)
	}
	out["addonProfiles"] = resource.NewProperty(known)
}

func (r *recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	answer := func(values map[string]any) (resource.PropertyMap, error) {
		return resource.NewPropertyMapFromMap(values), nil
	}
	switch args.Token[strings.LastIndex(args.Token, ":")+1:] {
	case "getPublicIPAddress":
		return answer(map[string]any{"ipAddress": "203.0.113.50"})
	case "getPublicIPPrefix":
		return answer(map[string]any{"ipPrefix": "198.51.100.16/28"})
	case "listManagedClusterUserCredentials":
		return answer(map[string]any{"kubeconfigs": []any{map[string]any{
			"name": "clusterUser", "value": "YXBpVmVyc2lvbjogdjE=",
		}}})
	}
	return nil, fmt.Errorf("mock: unexpected call of %s", args.Token)
}

// find returns the one registration of a type and name.
func (r *recorder) find(t *testing.T, kind, name string) registration {
	t.Helper()
	for _, reg := range r.all {
		if strings.HasSuffix(reg.token, ":"+kind) && reg.name == name {
			return reg
		}
	}
	require.Failf(t, "not registered", "%s %s among %d registrations", kind, name, len(r.all))
	return registration{}
}

func (r *recorder) count(kind string) int {
	n := 0
	for _, reg := range r.all {
		if strings.HasSuffix(reg.token, ":"+kind) {
			n++
		}
	}
	return n
}

// input reads a nested plain value, such as "subnets.0.name".
func (g registration) input(t *testing.T, path string) any {
	t.Helper()
	p, err := resource.ParsePropertyPath(path)
	require.NoError(t, err)
	value, ok := p.Get(resource.NewProperty(g.inputs))
	if !ok {
		return nil
	}
	for value.IsOutput() || value.IsSecret() {
		if value.IsSecret() {
			value = value.SecretValue().Element
		} else {
			value = value.OutputValue().Element
		}
	}
	return value.Mappable()
}

// deploy runs a program on a recorder, as an update or as a preview.
func deploy(t *testing.T, dryRun bool, program pulumi.RunFunc) (*recorder, error) {
	t.Helper()
	return deployOn(&recorder{pod: seen("203.0.113.1")}, dryRun, program)
}

// seen is the report of a sampling container that all samples showed one address.
func seen(address string) string {
	return fmt.Sprintf(`{"samples":3,"answered":3,"addresses":[%q],"failures":[],"blocked":null}`, address)
}

func deployOn(r *recorder, dryRun bool, program pulumi.RunFunc) (*recorder, error) {
	err := pulumi.RunErr(program, pulumi.WithMocks("aks-egress", "test", r),
		func(info *pulumi.RunInfo) { info.DryRun = dryRun })
	return r, err
}

// bothWays runs a test as an update and as a preview.
func bothWays(t *testing.T, program pulumi.RunFunc, check func(t *testing.T, r *recorder)) {
	t.Helper()
	for _, dryRun := range []bool{false, true} {
		t.Run(fmt.Sprintf("dryRun=%t", dryRun), func(t *testing.T) {
			r, err := deploy(t, dryRun, program)
			require.NoError(t, err)
			check(t, r)
		})
	}
}
