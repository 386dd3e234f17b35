package kubesim

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"google.golang.org/grpc/peer"
)

// providerVersion is the pulumi-kubernetes whose behaviour this is.
const providerVersion = "4.30.0"

// provider is a `kubernetes` provider for one engine.
//
// With PULUMI_DEBUG_PROVIDERS every instance of the package, each with a kubeconfig of its own, attaches to the same
// server, and requests for resources do not say which instance they are for. But every instance has a connection of its
// own, so its peer address tells them apart. Requests without one, or from a connection that was not configured, are
// for the instance that was configured last.
type provider struct {
	plugin.UnimplementedProvider
	kubernetes *Kubernetes

	mu        sync.Mutex
	instances map[string]*instance // by peer address
	latest    *instance
	engines   map[string]engine // by peer address; who gets diagnostics
	engine    engine            // the last one
	dial      func(address string) engine
}

// NewProvider makes a `kubernetes` provider on the simulated clusters. It is meant for plugin.NewProviderServer; one
// provider serves one deployment at a time.
func NewProvider(k *Kubernetes) plugin.Provider {
	return &provider{
		kubernetes: k, instances: map[string]*instance{}, engines: map[string]engine{}, dial: dialEngine,
	}
}

// Handshake remembers where diagnostics go.
func (p *provider) Handshake(
	ctx context.Context, req plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	p.attach(ctx, req.EngineAddress)
	return &plugin.ProviderHandshakeResponse{
		AcceptSecrets: true, AcceptResources: true, AcceptOutputs: true, SupportsAutonamingConfiguration: true,
	}, nil
}

// Attach is Handshake's part for engines that attach later.
func (p *provider) Attach(address string) error {
	p.attach(context.Background(), address)
	return nil
}

func (p *provider) attach(ctx context.Context, address string) {
	if address == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.engine = p.dial(address)
	p.engines[peerOf(ctx)] = p.engine
}

func peerOf(ctx context.Context) string {
	if from, ok := peer.FromContext(ctx); ok && from.Addr != nil {
		return from.Addr.String()
	}
	return ""
}

// instance finds the configuration that a request is for, and whether its cluster answers.
func (p *provider) instance(ctx context.Context) (*instance, error) {
	p.mu.Lock()
	found := p.instances[peerOf(ctx)]
	if found == nil {
		found = p.latest
	}
	p.mu.Unlock()
	if found == nil {
		return nil, errors.New("the kubernetes provider is not configured")
	}
	current := *found
	current.reach(p.kubernetes)
	return &current, nil
}

// kindOf finds what a program may make or read.
func kindOf(token tokens.Type) (*kind, error) {
	if k := byToken[string(token)]; k != nil {
		return k, nil
	}
	return nil, fmt.Errorf("%s: this type is not simulated (simulated are %v)", token, sortedKeys(byToken))
}

// GetPluginInfo says which provider is simulated.
func (p *provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	version := semver.MustParse(providerVersion)
	return plugin.PluginInfo{Version: &version}, nil
}

// GetSchema answers with a schema without resources: engines ask for it, programs in Go do not need it.
func (p *provider) GetSchema(context.Context, plugin.GetSchemaRequest) (plugin.GetSchemaResponse, error) {
	return plugin.GetSchemaResponse{Schema: fmt.Appendf(nil, `{"name":"kubernetes","version":%q}`, providerVersion)}, nil
}

// GetMapping answers that there is none.
func (p *provider) GetMapping(context.Context, plugin.GetMappingRequest) (plugin.GetMappingResponse, error) {
	return plugin.GetMappingResponse{}, nil
}

// GetMappings answers that there are none.
func (p *provider) GetMappings(context.Context, plugin.GetMappingsRequest) (plugin.GetMappingsResponse, error) {
	return plugin.GetMappingsResponse{}, nil
}

// Invoke refuses by name: no function of the package is simulated.
func (p *provider) Invoke(_ context.Context, req plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	return plugin.InvokeResponse{}, fmt.Errorf("%s: this function is not simulated", req.Tok)
}

// SignalCancellation has nothing to stop: operations are short.
func (p *provider) SignalCancellation(context.Context) error { return nil }

// Close keeps the state: it belongs to Kubernetes.
func (p *provider) Close() error { return nil }
