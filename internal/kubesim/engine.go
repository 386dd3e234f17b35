package kubesim

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// engine shows diagnostics to the user. Losing one is no failure.
type engine interface {
	warn(ctx context.Context, urn resource.URN, message string)
}

// silent is the engine of a caller that gave no address.
type silent struct{}

func (silent) warn(context.Context, resource.URN, string) {}

type remoteEngine struct{ client pulumirpc.EngineClient }

// dialEngine prepares a connection to an engine on this machine; it connects with the first message.
func dialEngine(address string) engine {
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return silent{}
	}
	return remoteEngine{pulumirpc.NewEngineClient(connection)}
}

func (e remoteEngine) warn(ctx context.Context, urn resource.URN, message string) {
	_, _ = e.client.Log(ctx, &pulumirpc.LogRequest{
		Severity: pulumirpc.LogSeverity_WARNING, Message: message, Urn: string(urn),
	})
}

func (p *provider) warn(ctx context.Context, urn resource.URN, message string) {
	p.mu.Lock()
	to := p.engines[peerOf(ctx)]
	if to == nil {
		to = p.engine
	}
	p.mu.Unlock()
	if to != nil {
		to.warn(ctx, urn, message)
	}
}
