package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aks-egress/internal/engine"
)

func (l *lab) serveCommand() *cobra.Command {
	var backend string
	c := &cobra.Command{
		Use:   "serve [-- COMMAND…]",
		Short: "Keep a simulated Azure running for pulumi and other programs",
		Long: "Keep a simulated Azure running for the plain pulumi CLI and other programs.\n\n" +
			"Without a command it prints the settings that attach programs to it, and runs until Ctrl-C. With one it\n" +
			"gives them to this command, and ends with it and with its exit code. What was deployed is kept.",
		Args: func(c *cobra.Command, arguments []string) error {
			switch {
			case c.ArgsLenAtDash() != 0:
				return cobra.NoArgs(c, arguments)
			case len(arguments) == 0:
				return errors.New("which command? lab serve -- COMMAND…")
			case l.json:
				return errors.New("give --json or a command, not both")
			}
			return nil
		},
		RunE: func(c *cobra.Command, command []string) error { return l.serve(c.Context(), backend, command) },
	}
	c.Flags().StringVar(&backend, "backend", "",
		"`URL` of the Pulumi backend that programs keep their state in (default a folder beside the simulated cloud)")
	l.faultFlags(c)
	l.operatorFlag(c)
	return c
}

func (l *lab) serve(ctx context.Context, backend string, command []string) (err error) {
	options, err := l.options()
	if err != nil {
		return err
	}
	given := os.Environ() // before the engine removes from it what is no business of a stack of the lab
	serving, err := engine.Serve(ctx, options.Dir, l.openCloud("serve", options.Progress), options.Progress)
	if err != nil {
		return failure{err}
	}
	defer func() {
		l.tellIdle(options.Progress)
		if closed := serving.Close(); closed != nil {
			err = errors.Join(err, failure{closed})
		}
	}()
	if backend != "" {
		serving.Environment["PULUMI_BACKEND_URL"] = backend
	}
	if len(command) > 0 {
		return l.attended(command, given, serving.Environment)
	}
	if err := l.printEnvironment(serving.Environment); err != nil {
		return failure{err}
	}
	<-ctx.Done()
	return nil
}

// attended runs a command that is attached to the simulated cloud. Ctrl-C reaches it as it reaches the lab, which waits
// for its end.
func (l *lab) attended(command, given []string, attachment map[string]string) error {
	child := exec.Command(command[0], command[1:]...)
	child.Env = given
	for _, name := range slices.Sorted(maps.Keys(attachment)) {
		child.Env = append(child.Env, name+"="+attachment[name])
	}
	// It is the caller's own command, and may want the terminal.
	child.Stdin, child.Stdout, child.Stderr = os.Stdin, unwrapped(l.stdout), unwrapped(l.stderr)
	err := child.Run()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.Exited():
		return exitCode(exit.ExitCode())
	case err != nil:
		return failure{err}
	}
	return nil
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
