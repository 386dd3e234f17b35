package main

import (
	"context"

	"github.com/spf13/cobra"

	"aks-egress/internal/engine"
)

func (l *lab) previewCommand() *cobra.Command {
	return l.stackCommand(stackVerb{
		name: "preview", short: "Show what up would change", configured: true,
		do: func(ctx context.Context, name string, o engine.Options) engine.Result {
			return withStack(ctx, name, o, func(s *engine.Stack) engine.Result { return s.Preview(ctx) })
		},
		summary: (*summary).planned,
	})
}
