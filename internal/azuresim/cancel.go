package azuresim

import (
	"context"

	"google.golang.org/grpc/peer"
)

// engineLife ends when an engine tells its provider to stop. The real provider is a process of one engine, and its
// calls end with it; here one provider serves several, which their connections tell apart.
type engineLife struct {
	ctx  context.Context
	stop context.CancelFunc
}

// engine is the life of the engine behind a call.
func (p *provider) engine(ctx context.Context) engineLife {
	address := ""
	if from, ok := peer.FromContext(ctx); ok && from.Addr != nil {
		address = from.Addr.String()
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if _, known := p.engines[address]; !known {
		ctx, stop := context.WithCancel(context.Background())
		p.engines[address] = engineLife{ctx, stop}
	}
	return p.engines[address]
}

// SignalCancellation aborts what runs for this engine, as azure-native does: requests that wait end with an error, and
// Azure goes on with what it had accepted.
func (p *provider) SignalCancellation(ctx context.Context) error {
	p.engine(ctx).stop()
	return nil
}

// call is the context of a call: it ends with the call, and when its engine cancels.
func (p *provider) call(ctx context.Context) (context.Context, context.CancelFunc) {
	life := p.engine(ctx)
	ctx, cancel := context.WithCancel(ctx)
	unhook := context.AfterFunc(life.ctx, cancel)
	return ctx, func() { unhook(); cancel() }
}
