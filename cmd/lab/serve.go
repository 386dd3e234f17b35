package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aks-egress/internal/engine"
)

func (l *lab) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Keep a simulated Azure running for the plain pulumi CLI and other programs, until Ctrl-C",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			options, err := l.options()
			if err != nil {
				return err
			}
			serving, err := engine.Serve(c.Context(), options.Dir, l.openCloud("serve", options.Progress), options.Progress)
			if err != nil {
				return failure{err}
			}
			if err := l.printEnvironment(serving.Environment); err != nil {
				return failure{err}
			}
			<-c.Context().Done()
			l.tellIdle(options.Progress)
			if err := serving.Close(); err != nil {
				return failure{err}
			}
			return nil
		},
	}
	l.faultFlags(c)
	l.operatorFlag(c)
	return c
}

func (l *lab) printEnvironment(environment map[string]string) error {
	if l.json {
		return writeJSON(l.stdout, map[string]any{"environment": environment})
	}
	writeEnvironment(l.stdout, environment)
	return nil
}

// writeEnvironment writes the settings for both families of shells, ready to paste.
func writeEnvironment(out io.Writer, environment map[string]string) {
	names := slices.Sorted(maps.Keys(environment))
	fmt.Fprintln(out, "The simulated azure-native and kubernetes providers are running.")
	fmt.Fprint(out, "In another terminal, set these and run pulumi as usual:\n\n# sh, bash, zsh\n")
	for _, name := range names {
		fmt.Fprintf(out, "export %s='%s'\n", name, strings.ReplaceAll(environment[name], "'", `'\''`))
	}
	fmt.Fprint(out, "\n# PowerShell\n")
	for _, name := range names {
		fmt.Fprintf(out, "$env:%s = '%s'\n", name, strings.ReplaceAll(environment[name], "'", "''"))
	}
	fmt.Fprint(out, "\nCtrl-C ends it; what was deployed is kept for the next serve.\n")
}
