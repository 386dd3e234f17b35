package engine

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// Cloud is a simulated cloud.
type Cloud interface {
	// Providers are the Pulumi providers of the cloud by package name, such as azure-native.
	Providers() map[string]plugin.Provider
	// Resources are what exists in the cloud, sorted: what the program made, and what the cloud made by itself.
	Resources() ([]CloudResource, error)
	// Close makes everything durable. Nothing is used after it.
	Close() error
}

// CloudResource is one resource that exists in a simulated cloud.
type CloudResource struct {
	Type   string         // Pulumi type token
	ID     string         // the provider's id
	Inputs map[string]any // as the program sent them, as after a JSON round trip
	Owned  bool           // made by the cloud itself, and removed by it with its owner
}

// OpenCloud opens or creates the cloud that is kept in a file.
type OpenCloud func(path string) (Cloud, error)

// servers are providers that listen on loopback.
type servers struct {
	ports   map[string]int // by package
	cancels []chan bool
	done    []<-chan error
}

// attachable lets an engine attach to a running provider. It needs nothing from the engine.
type attachable struct{ plugin.Provider }

// Attach accepts every engine: one provider may serve several, and several instances of its package.
func (attachable) Attach(string) error { return nil }

func serve(providers map[string]plugin.Provider) (*servers, error) {
	s := &servers{ports: map[string]int{}}
	for _, name := range sortedKeys(providers) {
		server := detailed{plugin.NewProviderServer(attachable{providers[name]})}
		cancel := make(chan bool)
		handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
			Cancel: cancel,
			Init: func(registrar *grpc.Server) error {
				pulumirpc.RegisterResourceProviderServer(registrar, server)
				return nil
			},
		})
		if err != nil {
			return nil, errors.Join(fmt.Errorf("provider %s: %w", name, err), s.stop())
		}
		s.ports[name] = handle.Port
		s.cancels, s.done = append(s.cancels, cancel), append(s.done, handle.Done)
	}
	return s, nil
}

// attachment is the value of PULUMI_DEBUG_PROVIDERS: the engine attaches to these ports instead of starting plugins.
func (s *servers) attachment() string {
	var parts []string
	for _, name := range sortedKeys(s.ports) {
		parts = append(parts, fmt.Sprintf("%s:%d", name, s.ports[name]))
	}
	return strings.Join(parts, ",")
}

// stop lets running calls end, then closes the ports.
func (s *servers) stop() error {
	var problems []error
	for i, cancel := range s.cancels {
		close(cancel)
		problems = append(problems, <-s.done[i])
	}
	s.cancels, s.done = nil, nil
	return errors.Join(problems...)
}
