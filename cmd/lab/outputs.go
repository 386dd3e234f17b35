package main

import (
	"context"

	"github.com/spf13/cobra"

	"aks-egress/internal/engine"
)

func (l *lab) outputsCommand() *cobra.Command {
	return l.stackCommand(stackVerb{
		name: "outputs", short: "Show the outputs of deployed stacks; secrets are masked",
		do: func(_ context.Context, name string, o engine.Options) engine.Result {
			return engine.Outputs(name, o)
		},
		summary: (*summary).outputs, blank: true,
	})
}
