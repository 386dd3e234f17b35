package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// interruptible is a context that ends with the first Ctrl-C: what is running is finished. The second kills the engine,
// whose running operations the next run puts right. The third ends this process as usual.
func (l *lab) interruptible() (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 3)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		select {
		case <-signals:
		case <-ctx.Done():
			return
		}
		fmt.Fprintln(l.stderr, "\ninterrupted: finishing what is running; Ctrl-C again stops at once")
		cancel()
		<-signals
		close(l.kill)
		signal.Stop(signals)
	}()
	return ctx, func() {
		signal.Stop(signals)
		cancel()
	}
}
