package azuresim

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// providerVersion is the version of azure-native whose behaviour is simulated.
var providerVersion = semver.MustParse("2.90.0")

// provider is azure-native in front of a Cloud.
type provider struct {
	plugin.UnimplementedProvider
	cloud     *Cloud
	mutex     sync.Mutex
	locations map[string]string     // default locations of the configured instances, by normal form
	engines   map[string]engineLife // by peer address
}

// NewProvider is the azure-native provider of a simulated Azure. One of it serves any number of provider instances of
// a program, since Pulumi attaches all instances of a package to one server (PULUMI_DEBUG_PROVIDERS).
func NewProvider(c *Cloud) plugin.Provider {
	return &provider{cloud: c, locations: map[string]string{}, engines: map[string]engineLife{}}
}

// resourceType is a simulated type in one API version.
type resourceType struct {
	kind   kind
	schema resourceSchema
}

// resourceType finds a type; an unknown one is refused by name.
func (p *provider) resourceType(token tokens.Type) (resourceType, error) {
	k, known := kinds[unversioned(string(token))]
	s, versioned := schemas().resources[string(token)]
	if !known || !versioned {
		return resourceType{}, fmt.Errorf("%s: not simulated; simulated are %s", token, strings.Join(knownTypes(), ", "))
	}
	return resourceType{k, s}, nil
}

func (p *provider) Handshake(
	context.Context, plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{AcceptSecrets: true, SupportsAutonamingConfiguration: true}, nil
}

func (p *provider) Close() error { return nil }

func (p *provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &providerVersion}, nil
}

// GetMapping says that there is none, as the interface demands.
func (p *provider) GetMapping(context.Context, plugin.GetMappingRequest) (plugin.GetMappingResponse, error) {
	return plugin.GetMappingResponse{}, nil
}

func (p *provider) GetMappings(context.Context, plugin.GetMappingsRequest) (plugin.GetMappingsResponse, error) {
	return plugin.GetMappingsResponse{}, nil
}

func (p *provider) CheckConfig(
	_ context.Context, req plugin.CheckConfigRequest,
) (plugin.CheckConfigResponse, error) {
	return plugin.CheckConfigResponse{Properties: req.News}, nil
}

func (p *provider) DiffConfig(_ context.Context, req plugin.DiffConfigRequest) (plugin.DiffConfigResponse, error) {
	d := req.OldInputs.Diff(req.NewInputs)
	if d == nil {
		return plugin.DiffResult{Changes: plugin.DiffNone}, nil
	}
	return plugin.DiffResult{Changes: plugin.DiffSome, ChangedKeys: d.ChangedKeys()}, nil
}

// Configure takes the default location. Everything else, credentials above all, has no meaning here.
func (p *provider) Configure(_ context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	inputs, err := plainObject(req.Inputs)
	if err != nil {
		return plugin.ConfigureResponse{}, fmt.Errorf("azure-native configuration: %w", err)
	}
	if name := text(inputs, "location"); name != "" {
		p.mutex.Lock()
		p.locations[location(name)] = name
		p.mutex.Unlock()
	}
	return plugin.ConfigureResponse{}, nil
}

// configuredLocation is the default location; where instances differ, none, and the list of theirs.
func (p *provider) configuredLocation() (name, ambiguous string) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	names := slices.Sorted(maps.Values(p.locations))
	switch len(names) {
	case 0:
		return "", ""
	case 1:
		return names[0], ""
	default:
		return "", strings.Join(names, ", ")
	}
}

func (p *provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	t, err := p.resourceType(req.Type)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	olds, err := plainObject(req.Olds)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	news, err := plainObject(req.News)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	found := p.check(req, t, olds, news)
	resp := plugin.CheckResponse{Properties: keepSecrets(propertyMap(news), req.News)}
	for _, f := range found {
		resp.Failures = append(resp.Failures, plugin.CheckFailure{
			Property: resource.PropertyKey(f.path.String()), Reason: f.path.String() + ": " + f.reason,
		})
	}
	return resp, nil
}

func (p *provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	t, err := p.resourceType(req.Type)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	olds, err := plainObject(req.OldInputs)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	news, err := plainObject(req.NewInputs)
	if err != nil {
		return plugin.DiffResult{}, err
	}
	return t.diff(propertyMap(olds), propertyMap(news)), nil
}
