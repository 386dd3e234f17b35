package main

import (
	"context"

	"github.com/spf13/cobra"

	"aks-egress/internal/engine"
)

func (l *lab) upCommand() *cobra.Command {
	return l.stackCommand(stackVerb{
		name: "up", short: "Deploy stacks and show by which IP their traffic leaves", configured: true,
		do: func(ctx context.Context, name string, o engine.Options) engine.Result {
			return withStack(ctx, name, o, func(s *engine.Stack) engine.Result { return s.PreviewedUp(ctx) })
		},
		summary: (*summary).deployed, blank: true,
	})
}
