package main

import (
	"github.com/spf13/cobra"

	"aks-egress/internal/engine"
)

func (l *lab) exportCommand() *cobra.Command {
	return &cobra.Command{
		Use:               "export STACK",
		Short:             "Write a stack's state as `pulumi stack export` does",
		Long:              "Write a stack's state to stdout as `pulumi stack export` does; secrets stay encrypted.",
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: stackThen(nil),
		RunE: func(c *cobra.Command, arguments []string) error {
			options, err := l.options()
			if err != nil {
				return err
			}
			stacks, err := chooseStacks(options.Project, arguments, false)
			if err != nil {
				return err
			}
			if err := engine.Export(c.Context(), stacks[0], options, l.stdout); err != nil {
				return failure{err}
			}
			return nil
		},
	}
}
