package azuresim

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/store"
)

// bench is a cloud on disk and the provider in front of it.
type bench struct {
	*testing.T
	path     string
	cloud    *Cloud
	provider plugin.Provider
}

// newBench has an empty cloud whose default location is westeurope.
func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, path: filepath.Join(t.TempDir(), "lab.db")}
	b.open()
	_, err := b.provider.Configure(t.Context(), plugin.ConfigureRequest{
		Inputs: resource.PropertyMap{"location": resource.NewStringProperty("WestEurope")},
	})
	require.NoError(t, err)
	return b
}

func (b *bench) open() {
	b.Helper()
	db, err := store.Open(b.path)
	require.NoError(b, err)
	b.Cleanup(func() { _ = db.Close() })
	b.cloud, err = Open(db)
	require.NoError(b, err)
	b.provider = NewProvider(b.cloud)
}

// reopened is the cloud that the store holds.
func (b *bench) reopened() *Cloud {
	b.Helper()
	require.NoError(b, b.cloud.db.Close())
	b.open()
	return b.cloud
}

// token puts the API version into a token: "network:Subnet" → "azure-native:network/v20240501:Subnet".
func token(short string) tokens.Type {
	versions := map[string]string{
		"network": "v20240501", "resources": "v20220901", "containerservice": "v20240901",
		"authorization": "v20220401", "managedidentity": "v20230131", "servicenetworking": "v20231101",
	}
	module, name, _ := strings.Cut(short, ":")
	return tokens.Type("azure-native:" + module + "/" + versions[module] + ":" + name)
}

func urn(t tokens.Type, name string) resource.URN {
	return resource.NewURN("test", "lab", "", t, name)
}

// input is a program's inputs; see from.
type input = map[string]any

// from turns ints into the numbers of a property map, and Go slices into lists.
func from(in input) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(in)
}

// check is Check of a new resource.
func (b *bench) check(short, name string, in input) (resource.PropertyMap, []plugin.CheckFailure) {
	b.Helper()
	t := token(short)
	resp, err := b.provider.Check(b.Context(), plugin.CheckRequest{
		URN: urn(t, name), Name: name, Type: t, News: from(in), RandomSeed: []byte(name), AllowUnknowns: true,
	})
	require.NoError(b, err)
	return resp.Properties, resp.Failures
}

// created is a resource as Pulumi's state holds it.
type created struct {
	short, name     string
	id              string
	inputs, outputs resource.PropertyMap
}

// out is an output along keys.
func (c created) out(keys ...any) any {
	v := resource.NewObjectProperty(c.outputs)
	found, ok := resource.PropertyPath(keys).Get(v)
	if !ok {
		return nil
	}
	return found.Mappable()
}

// try checks and creates.
func (b *bench) try(short, name string, in input) (created, error) {
	b.Helper()
	checked, failures := b.check(short, name, in)
	require.Empty(b, failures)
	t := token(short)
	resp, err := b.provider.Create(b.Context(), plugin.CreateRequest{
		URN: urn(t, name), Name: name, Type: t, Properties: checked,
	})
	return created{short, name, string(resp.ID), checked, resp.Properties}, err
}

// create checks and creates, and must succeed.
func (b *bench) create(short, name string, in input) created {
	b.Helper()
	c, err := b.try(short, name, in)
	require.NoError(b, err)
	return c
}

// update checks against the old inputs and updates in place.
func (b *bench) update(c created, in input) (created, error) {
	b.Helper()
	t := token(c.short)
	checked, err := b.provider.Check(b.Context(), plugin.CheckRequest{
		URN: urn(t, c.name), Name: c.name, Type: t, Olds: c.inputs, News: from(in), RandomSeed: []byte("other"),
	})
	require.NoError(b, err)
	require.Empty(b, checked.Failures)
	resp, err := b.provider.Update(b.Context(), plugin.UpdateRequest{
		URN: urn(t, c.name), Name: c.name, Type: t, ID: resource.ID(c.id),
		OldInputs: c.inputs, OldOutputs: c.outputs, NewInputs: checked.Properties,
	})
	if err != nil {
		return c, err
	}
	c.inputs, c.outputs = checked.Properties, resp.Properties
	return c, nil
}

func (b *bench) read(c created) plugin.ReadResult {
	b.Helper()
	t := token(c.short)
	resp, err := b.provider.Read(b.Context(), plugin.ReadRequest{
		URN: urn(t, c.name), Name: c.name, Type: t, ID: resource.ID(c.id), Inputs: c.inputs, State: c.outputs,
	})
	require.NoError(b, err)
	return resp.ReadResult
}

func (b *bench) remove(c created) error {
	b.Helper()
	t := token(c.short)
	_, err := b.provider.Delete(b.Context(), plugin.DeleteRequest{
		URN: urn(t, c.name), Name: c.name, Type: t, ID: resource.ID(c.id), Inputs: c.inputs, Outputs: c.outputs,
	})
	return err
}

func (b *bench) diff(c created, in resource.PropertyMap) plugin.DiffResult {
	b.Helper()
	t := token(c.short)
	d, err := b.provider.Diff(b.Context(), plugin.DiffRequest{
		URN: urn(t, c.name), Name: c.name, Type: t, ID: resource.ID(c.id),
		OldInputs: c.inputs, OldOutputs: c.outputs, NewInputs: in,
	})
	require.NoError(b, err)
	return d
}

// plan makes the parts that most tests stand on, each on demand.
func (b *bench) group() created {
	return b.create("resources:ResourceGroup", "rg", input{"resourceGroupName": "rg"})
}

func (b *bench) address(name string) created {
	return b.create("network:PublicIPAddress", name, input{
		"resourceGroupName": "rg", "publicIpAddressName": name, "sku": input{"name": "Standard"},
		"publicIPAllocationMethod": "Static",
	})
}

func (b *bench) vnet(name, space string, subnets ...input) created {
	in := input{
		"resourceGroupName": "rg", "virtualNetworkName": name,
		"addressSpace": input{"addressPrefixes": []any{space}},
	}
	if len(subnets) > 0 {
		list := make([]any, len(subnets))
		for i, s := range subnets {
			list[i] = s
		}
		in["subnets"] = list
	}
	return b.create("network:VirtualNetwork", name, in)
}

// hub is a virtual network with a firewall subnet that does not begin at a multiple of 256.
func (b *bench) hub() created {
	return b.vnet("hub", "10.0.0.0/16", input{"name": firewallSubnet, "addressPrefix": "10.0.1.64/26"})
}

func (b *bench) policy(more input) created {
	in := input{"resourceGroupName": "rg", "firewallPolicyName": "policy", "sku": input{"tier": "Standard"}}
	for k, v := range more {
		in[k] = v
	}
	return b.create("network:FirewallPolicy", "policy", in)
}

// firewallInput is a firewall in hub with one address.
func firewallInput(hub, address created, more input) input {
	in := input{
		"resourceGroupName": "rg", "azureFirewallName": "fw", "sku": input{"name": "AZFW_VNet", "tier": "Standard"},
		"ipConfigurations": []any{input{
			"name": "first", "subnet": input{"id": hub.id + "/subnets/" + firewallSubnet},
			"publicIPAddress": input{"id": address.id},
		}},
	}
	for k, v := range more {
		in[k] = v
	}
	return in
}
