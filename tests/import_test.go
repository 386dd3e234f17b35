package tests

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/blang/semver"
	network "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240501"
	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2/v20220901"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"

	"aks-egress/internal/azcli"
	"aks-egress/internal/azuresim"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
)

// plainCLI is the Pulumi CLI as other people's programs run it.
type plainCLI string

// Run runs the CLI in the process's environment.
func (c plainCLI) Run(
	ctx context.Context, directory string, stdin io.Reader, out, problems []io.Writer, environment []string,
	arguments ...string,
) (stdout, stderr string, code int, err error) {
	var gotOut, gotProblems bytes.Buffer
	child := exec.CommandContext(ctx, string(c), append([]string{"--non-interactive"}, arguments...)...)
	child.Dir, child.Stdin, child.Env = directory, stdin, append(os.Environ(), environment...)
	child.Stdout, child.Stderr = io.MultiWriter(append(out, &gotOut)...), io.MultiWriter(append(problems, &gotProblems)...)
	err = child.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		code = exit.ExitCode()
	}
	return gotOut.String(), gotProblems.String(), code, err
}

// Version is that of the pinned CLI, which the Automation API asks for.
func (plainCLI) Version() semver.Version { return semver.MustParse("3.250.0") }

// goPlugin answers for Pulumi's language plugin for Go, which a plain CLI has and the lab's has not. Import starts it
// and asks it for nothing that matters to the cloud.
type goPlugin struct {
	pulumirpc.UnimplementedLanguageRuntimeServer
}

func (goPlugin) Handshake(
	context.Context, *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

func (goPlugin) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: "3.250.0"}, nil
}

func (goPlugin) GetRequiredPackages(
	context.Context, *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	return &pulumirpc.GetRequiredPackagesResponse{}, nil
}

// served is a simulated Azure that `lab serve` serves to programs of others, and somebody with az.
type served struct {
	*testing.T
	cli         plainCLI
	environment map[string]string
	azure       *azuresim.Cloud
}

func newServed(t *testing.T) *served {
	t.Helper()
	path, err := cli()
	require.NoError(t, err)
	s := &served{T: t, cli: plainCLI(path)}
	open := func(path string) (engine.Cloud, error) {
		cloud, err := simulation.Open(path)
		if err == nil {
			s.azure, err = simulation.Azure(cloud)
		}
		return cloud, err
	}
	serving, err := engine.Serve(t.Context(), t.TempDir(), open, nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, serving.Close()) })
	cancel := make(chan bool)
	language, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{Cancel: cancel, Init: func(g *grpc.Server) error {
		pulumirpc.RegisterLanguageRuntimeServer(g, goPlugin{})
		return nil
	}})
	require.NoError(t, err)
	t.Cleanup(func() { close(cancel); require.NoError(t, <-language.Done) })
	s.environment = serving.Environment
	s.environment["PULUMI_SKIP_UPDATE_CHECK"] = "true"
	s.environment["PULUMI_DEBUG_LANGUAGES"] = fmt.Sprintf("go:%d", language.Port)
	return s
}

// stack is a stack of a program; both programs of a name share it.
func (s *served) stack(name string, program pulumi.RunFunc) auto.Stack {
	s.Helper()
	stack, err := auto.UpsertStackInlineSource(s.Context(), "lab", name, program, auto.EnvVars(s.environment),
		auto.Pulumi(s.cli), auto.WorkDir(s.TempDir()), auto.PulumiHome(s.TempDir()))
	require.NoError(s, err)
	require.NoError(s, stack.SetConfig(s.Context(), "azure-native:location", auto.ConfigValue{Value: region}))
	return stack
}

// az runs an az command.
func (s *served) az(line string) {
	s.Helper()
	_, err := azcli.Run(s.azure, strings.Fields(line))
	require.NoError(s, err)
}

func (s *served) id(token string, names map[string]any) string {
	s.Helper()
	names["resourceGroupName"] = "shop"
	id, err := azuresim.ResourceID(token, names)
	require.NoError(s, err)
	return id
}

// found are the resources of the group shop in the words of a program, by Pulumi name. With answered they are as
// `pulumi import` writes them: with all that is writable in Azure's answers, or the program would take it away again.
type found struct {
	answered bool
	address  string                                    // of the public IP that az made; empty: it is not declared
	options  func(name string) []pulumi.ResourceOption // may be nil
	ids      map[string]string
}

func (f found) of(name string) []pulumi.ResourceOption {
	if f.options == nil {
		return nil
	}
	return f.options(name)
}

func (f found) declare(ctx *pulumi.Context) error {
	group, err := resources.NewResourceGroup(ctx, "group", &resources.ResourceGroupArgs{
		ResourceGroupName: pulumi.String("shop"),
	}, f.of("group")...)
	if err != nil {
		return err
	}
	route := network.RouteTypeArgs{
		Name: pulumi.String("default"), AddressPrefix: pulumi.String("0.0.0.0/0"), NextHopType: pulumi.String("Internet"),
	}
	table := &network.RouteTableArgs{ResourceGroupName: group.Name, RouteTableName: pulumi.String("table")}
	subnet := network.SubnetTypeArgs{
		Name: pulumi.String("nodes"), AddressPrefix: pulumi.String("10.1.0.0/24"), DefaultOutboundAccess: pulumi.Bool(false),
	}
	vnet := &network.VirtualNetworkArgs{
		ResourceGroupName: group.Name, VirtualNetworkName: pulumi.String("vnet"),
		AddressSpace: network.AddressSpaceArgs{AddressPrefixes: pulumi.ToStringArray([]string{"10.1.0.0/16"})},
	}
	if f.answered {
		table.DisableBgpRoutePropagation = pulumi.Bool(false)
		route.Id = pulumi.String(f.ids["table"] + "/routes/default")
		route.Type = pulumi.String("Microsoft.Network/routeTables/routes")
		subnet.Id = pulumi.String(f.ids["vnet"] + "/subnets/nodes")
		subnet.Type = pulumi.String("Microsoft.Network/virtualNetworks/subnets")
		subnet.PrivateEndpointNetworkPolicies = pulumi.String("Disabled")
		subnet.PrivateLinkServiceNetworkPolicies = pulumi.String("Enabled")
		vnet.PrivateEndpointVNetPolicies = pulumi.String("Disabled")
	}
	table.Routes, vnet.Subnets = network.RouteTypeArray{route}, network.SubnetTypeArray{subnet}
	_, err = network.NewRouteTable(ctx, "table", table, f.of("table")...)
	if err != nil {
		return err
	}
	if _, err := network.NewVirtualNetwork(ctx, "vnet", vnet, f.of("vnet")...); err != nil || f.address == "" {
		return err
	}
	sku := network.PublicIPAddressSkuArgs{Name: pulumi.String("Standard"), Tier: pulumi.String("Regional")}
	_, err = network.NewPublicIPAddress(ctx, "address", &network.PublicIPAddressArgs{
		ResourceGroupName: pulumi.String("shop"), PublicIpAddressName: pulumi.String("by-hand"), Sku: sku,
		PublicIPAllocationMethod: pulumi.String("Static"), PublicIPAddressVersion: pulumi.String("IPv4"),
		IdleTimeoutInMinutes: pulumi.Int(4), IpAddress: pulumi.String(f.address),
	}, f.of("address")...)
	return err
}

// What a program does after an import: nothing.
func (s *served) isImported(stack auto.Stack) {
	s.Helper()
	preview, err := stack.Preview(s.Context())
	require.NoError(s, err)
	for change := range preview.ChangeSummary {
		assert.Contains(s, []string{"same", "create"}, string(change), preview.StdOut)
	}
	assert.LessOrEqual(s, preview.ChangeSummary["create"], 2, "at most the stack and a provider: %s", preview.StdOut)
	up, err := stack.Up(s.Context())
	require.NoError(s, err)
	assert.NotContains(s, *up.Summary.ResourceChanges, "update")
}

// estate deploys the program of the owner, and a public IP by az. It answers what a program finds there.
func (s *served) estate() found {
	s.Helper()
	owner := s.stack("owner", found{}.declare)
	_, err := owner.Up(s.Context())
	require.NoError(s, err)
	s.az("az network public-ip create -g shop -n by-hand")
	ids := map[string]string{
		"group":   s.id("azure-native:resources:ResourceGroup", map[string]any{}),
		"table":   s.id("azure-native:network:RouteTable", map[string]any{"routeTableName": "table"}),
		"vnet":    s.id("azure-native:network:VirtualNetwork", map[string]any{"virtualNetworkName": "vnet"}),
		"address": s.id("azure-native:network:PublicIPAddress", map[string]any{"publicIpAddressName": "by-hand"}),
	}
	made, err := s.azure.Get(ids["address"])
	require.NoError(s, err)
	address, _ := made.Outputs["ipAddress"].(string)
	return found{answered: true, address: address, ids: ids}
}

// `pulumi import` of what another program and az made; the program with the same resources then changes nothing.
func TestImportByCommand(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	f := s.estate()
	before := s.azure.Records()
	adopter := s.stack("adopter", f.declare)
	imported := func(token, name, id string) (string, error) {
		environment := []string{"PULUMI_HOME=" + adopter.Workspace().PulumiHome()}
		for key, value := range s.environment {
			environment = append(environment, key+"="+value)
		}
		out, problems, _, err := s.cli.Run(t.Context(), adopter.Workspace().WorkDir(), nil, nil, nil, environment,
			"import", token, name, id, "--yes", "--skip-preview", "--generate-code=false", "--protect=false",
			"--stack", adopter.Name())
		return out + problems, err
	}
	for name, token := range map[string]string{
		"group": "azure-native:resources/v20220901:ResourceGroup", "table": "azure-native:network/v20240501:RouteTable",
		"vnet": "azure-native:network/v20240501:VirtualNetwork", "address": "azure-native:network/v20240501:PublicIPAddress",
	} {
		out, err := imported(token, name+"-again", f.ids[name]+"x")
		require.Error(t, err)
		assert.Contains(t, out, "does not exist")
		out, err = imported(token, name, f.ids[name])
		require.NoError(t, err, out)
	}
	out, err := imported("azure-native:network/v20240501:RouteTable", "wrong", "table")
	require.Error(t, err)
	assert.Contains(t, out, "/providers/Microsoft.Network/routeTables/{routeTableName}")
	assert.Equal(t, before, s.azure.Records(), "an import changes nothing in Azure")
	s.isImported(adopter)
	assert.Equal(t, before, s.azure.Records())
}

// The resource option import: where the program says what is there, nothing happens in Azure.
func TestImportByOption(t *testing.T) {
	t.Parallel()
	s := newServed(t)
	f := s.estate()
	before := s.azure.Records()
	f.options = func(name string) []pulumi.ResourceOption {
		return []pulumi.ResourceOption{pulumi.Import(pulumi.ID(f.ids[name]))}
	}
	adopter := s.stack("adopter", f.declare)
	up, err := adopter.Up(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 4, (*up.Summary.ResourceChanges)["import"])
	assert.Equal(t, before, s.azure.Records())
	s.isImported(adopter)

	for wrong, words := range map[string]string{
		f.ids["address"] + "x": "does not exist", "by-hand": "must have the form /subscriptions/",
	} {
		f.ids["address"] = wrong
		other := s.stack("other", f.declare)
		_, err := other.Up(t.Context())
		require.Error(t, err)
		assert.Contains(t, err.Error(), words)
	}
	assert.Equal(t, before, s.azure.Records())
}
