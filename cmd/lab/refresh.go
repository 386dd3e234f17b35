package main

import (
	"context"

	"github.com/spf13/cobra"

	"aks-egress/internal/engine"
)

func (l *lab) refreshCommand() *cobra.Command {
	return l.stackCommand(stackVerb{
		name: "refresh", short: "Take what exists in the simulated Azure into the state", configured: true,
		do: func(ctx context.Context, name string, o engine.Options) engine.Result {
			return withStack(ctx, name, o, func(s *engine.Stack) engine.Result { return s.Refresh(ctx) })
		},
		summary: (*summary).changes,
	})
}
