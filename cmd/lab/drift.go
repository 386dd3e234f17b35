package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"aks-egress/internal/azcli"
	"aks-egress/internal/azuresim"
	"aks-egress/internal/drift"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
)

// driftReport is the JSON contract of drift with a change: the commands that ran, in order.
type driftReport struct {
	Stack    string        `json:"stack"`
	OK       bool          `json:"ok"`
	Commands []ranCommand  `json:"commands"`
	Error    *driftProblem `json:"error,omitempty"` // of the last command
}

// ranCommand is an az command and what az answered.
type ranCommand struct {
	Command string          `json:"command"`
	Output  json.RawMessage `json:"output,omitempty"` // absent where az prints nothing
}

// driftProblem is a refusal of Azure; without code, of something else.
type driftProblem struct {
	Code    string `json:"code,omitempty"`
	Message string `json:"message"`
}

// driftChoice is a change that applies to a stack. It is the JSON contract of drift without a change.
type driftChoice struct {
	Change   string   `json:"change"`
	Summary  string   `json:"summary"`
	Commands []string `json:"commands"`
}

func (l *lab) driftCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "drift STACK [CHANGE | -- az COMMAND…]",
		Short: "Change a stack's simulated Azure as a person with az would",
		Long: "Change a deployed stack's simulated Azure behind Pulumi's back, as a person with az would.\n\n" +
			"Without a change it lists the changes by name that apply to the stack, with the az commands that they\n" +
			"stand for. Behind -- it takes an az command itself.",
		Args: func(c *cobra.Command, arguments []string) error {
			switch dash := c.ArgsLenAtDash(); {
			case len(arguments) == 0 || dash == 0:
				return errors.New("which stack? lab drift STACK [CHANGE | -- az COMMAND…]")
			case dash < 0 && len(arguments) > 2, dash > 1:
				return fmt.Errorf("one change at a time (got %q); an az command goes behind --", arguments[1:])
			}
			return nil
		},
		ValidArgsFunction: stackThen(completeChanges),
		RunE: func(c *cobra.Command, arguments []string) error {
			stack, rest := arguments[0], arguments[1:]
			switch {
			case len(rest) == 0:
				return l.listChanges(c.Context(), stack)
			case c.ArgsLenAtDash() == 1:
				given := func(*azuresim.Cloud) ([][]string, error) { return [][]string{rest}, nil }
				return l.drift(c.Context(), stack, given, l.stdout)
			default:
				named := func(cloud *azuresim.Cloud) ([][]string, error) { return drift.Resolve(cloud, rest[0]) }
				return l.drift(c.Context(), stack, named, io.Discard)
			}
		},
	}
}

// inAzure opens the simulated Azure of a deployed stack for f, like inCloud.
func (l *lab) inAzure(ctx context.Context, stack string, f func(*azuresim.Cloud) error) error {
	return l.inCloud(ctx, stack, func(c engine.Cloud) error {
		cloud, err := simulation.Azure(c)
		if err != nil {
			return failure{err}
		}
		return f(cloud)
	})
}

// inCloud opens the simulated cloud of a deployed stack for f. It answers f's error as it is, and its own problems as
// failures.
func (l *lab) inCloud(ctx context.Context, stack string, f func(engine.Cloud) error) error {
	options, err := l.options()
	if err != nil {
		return err
	}
	if _, err := chooseStacks(options.Project, []string{stack}, false); err != nil {
		return err
	}
	var own error
	err = engine.Change(ctx, stack, options, func(c engine.Cloud) error {
		own = f(c)
		return nil
	})
	if err != nil {
		return failure{err}
	}
	return own
}

func (l *lab) listChanges(ctx context.Context, stack string) error {
	choices := []driftChoice{}
	err := l.inAzure(ctx, stack, func(cloud *azuresim.Cloud) error {
		for _, change := range drift.Changes() {
			var lines []string
			for _, command := range change.Commands(cloud, change.Value) {
				lines = append(lines, drift.Line(command))
			}
			if len(lines) > 0 {
				choices = append(choices, driftChoice{change.Spelling(), change.Summary, lines})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if l.json {
		return l.printJSON(map[string]any{"stack": stack, "changes": choices})
	}
	fmt.Fprintf(l.stdout, "Changes that apply to stack %s, and what they stand for:\n", stack)
	for _, choice := range choices {
		fmt.Fprintf(l.stdout, "\n  %s\n    %s\n", choice.Change, choice.Summary)
		for _, line := range choice.Commands {
			fmt.Fprintf(l.stdout, "    $ %s\n", line)
		}
	}
	fmt.Fprintf(l.stdout, "\nRun one: %s CHANGE\nAny other: %s -- az …\n", l.next("drift", stack), l.next("drift", stack))
	return nil
}

// drift runs the commands that choose finds, until one fails, and shows each. What az prints goes to az, if there is no
// --json.
func (l *lab) drift(
	ctx context.Context, stack string, choose func(*azuresim.Cloud) ([][]string, error), az io.Writer,
) error {
	report := driftReport{Stack: stack, Commands: []ranCommand{}}
	err := l.inAzure(ctx, stack, func(cloud *azuresim.Cloud) error {
		commands, err := choose(cloud)
		if err != nil {
			return err
		}
		for _, command := range commands {
			if command[0] == "az" {
				command = command[1:]
			}
			line := drift.Line(command)
			if !l.json {
				fmt.Fprintf(l.stdout, "$ %s\n", line)
			}
			output, err := azcli.Run(cloud, slices.Clone(command))
			report.Commands = append(report.Commands, ranCommand{line, json.RawMessage(output)})
			if err != nil {
				return err
			}
			if !l.json {
				fmt.Fprint(az, output)
			}
		}
		return nil
	})
	return l.reportDrift(report, err)
}

// reportDrift ends drift. What the caller used wrongly stays an error of usage, with --json too.
func (l *lab) reportDrift(report driftReport, err error) error {
	var usage *azcli.UsageError
	var other failure
	ran := len(report.Commands) > 0
	report.OK = err == nil
	if !ran || errors.As(err, &usage) || errors.As(err, &other) {
		return err
	}
	if l.json {
		report.Error = problemOf(err)
		if jsonErr := l.printJSON(report); jsonErr != nil {
			return jsonErr
		}
		if err != nil {
			return errFailed
		}
		return nil
	}
	if err != nil {
		return failure{err}
	}
	fmt.Fprintf(l.stdout, "Pulumi does not know of it yet. Next: %s\n", l.next("refresh", report.Stack))
	return nil
}

func problemOf(err error) *driftProblem {
	var refused *azcli.RefusedError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused):
		return &driftProblem{refused.Code, refused.Message}
	default:
		return &driftProblem{"", err.Error()}
	}
}

func (l *lab) printJSON(value any) error {
	if err := writeJSON(l.stdout, value); err != nil {
		return failure{err}
	}
	return nil
}
