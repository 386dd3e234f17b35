package main

import (
	"context"

	"github.com/spf13/cobra"

	"aks-egress/internal/engine"
)

func (l *lab) destroyCommand() *cobra.Command {
	return l.stackCommand(stackVerb{
		name: "destroy", short: "Delete what stacks deployed, and check that nothing is left", configured: true,
		do: func(ctx context.Context, name string, o engine.Options) engine.Result {
			return withStack(ctx, name, o, func(s *engine.Stack) engine.Result { return s.Destroy(ctx) })
		},
		summary: (*summary).destroyed,
	})
}
