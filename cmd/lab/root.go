package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"aks-egress/internal/config"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/faults"
	"aks-egress/internal/program"
	"aks-egress/internal/terminal"
)

// Exit codes of every verb.
const (
	exitFine   = 0
	exitFailed = 1
	exitUsage  = 2
)

// errFailed ends a verb that has already said what went wrong.
var errFailed = errors.New("failed")

// errInput ends a verb that has already said what is wrong with what it was given.
var errInput = errors.New("bad input")

// exitCode ends a verb that has run a command of the caller's, as the command ended.
type exitCode int

func (code exitCode) Error() string { return fmt.Sprintf("exit status %d", int(code)) }

// failure is a problem that is not the caller's usage.
type failure struct{ error }

// lab is what all verbs share: where to write, and the flags.
type lab struct {
	stdout, stderr io.Writer
	json           bool
	quiet          bool
	directory      string
	settings       []string
	faults         []string // rules in their text form
	faultFile      string
	plan           *faults.Plan // of both; nil: no faults
	operatorIP     string       // --operator-ip
	kill           chan struct{}
}

// run runs one command line and returns the exit code. Everything that it writes passes the edge, which makes what
// others wrote harmless; output that could not be written is a failure.
func run(arguments []string, stdout, stderr io.Writer) int {
	out := terminal.NewWriter(stdout, wantsColor(stdout))
	problems := terminal.NewWriter(stderr, wantsColor(stderr))
	code := runVerb(arguments, out, problems)
	if err := out.Flush(); err != nil {
		fmt.Fprintln(problems, "error: the result could not be written:", err)
		code = max(code, exitFailed)
	}
	_ = problems.Flush() // nobody is left to hear of it
	return code
}

func runVerb(arguments []string, stdout, stderr io.Writer) int {
	l := &lab{stdout: stdout, stderr: stderr, kill: make(chan struct{})}
	ctx, stop := l.interruptible()
	defer stop()
	root := l.command()
	root.SetArgs(arguments)
	err := root.ExecuteContext(ctx)
	var failed failure
	var own exitCode
	switch {
	case err == nil:
		return exitFine
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.Is(err, errInput):
		return exitUsage
	case errors.As(err, &own):
		return int(own)
	case errors.As(err, &failed):
		fmt.Fprintln(stderr, "error:", err)
		return exitFailed
	default:
		fmt.Fprintf(stderr, "error: %v\nusage: %s --help\n", err, commandName())
		return exitUsage
	}
}

func (l *lab) command() *cobra.Command {
	root := &cobra.Command{
		Use:           "lab",
		Short:         "Deploy the stacks on a simulated Azure with the real Pulumi engine",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetOut(l.stdout)
	root.SetErr(l.stderr)
	flags := root.PersistentFlags()
	flags.BoolVar(&l.json, "json", false, "print the result as JSON on stdout, and nothing else there")
	flags.StringVar(&l.directory, "dir", "", "folder for state and simulated clouds (default .lab in the project)")
	_ = root.MarkPersistentFlagDirname("dir") // the flag is there
	root.AddCommand(
		l.upCommand(), l.previewCommand(), l.refreshCommand(), l.destroyCommand(),
		l.outputsCommand(), l.exportCommand(), l.serveCommand(), l.driftCommand(),
		l.traceCommand(), l.doctorCommand(), l.capacityCommand(), l.execCommand(), l.curlCommand(),
		l.migrateCommand(), l.compareCommand(), l.reportCommand(),
	)
	wrapHelp(root)
	return root
}

// configFlag is for verbs that run the program.
func (l *lab) configFlag(c *cobra.Command) {
	c.Flags().StringArrayVarP(&l.settings, "config", "c", nil,
		"key=value: override the stack's configuration for this run (repeatable; a key without namespace is ours)")
	_ = c.RegisterFlagCompletionFunc("config", completeSettings) // the flag is there
}

// options are the engine's options for all stacks of one run.
func (l *lab) options() (engine.Options, error) {
	project, err := engine.FindProject(".")
	if err != nil {
		return engine.Options{}, failure{err}
	}
	overrides, err := engine.ParseOverrides(project.Name, l.settings)
	if err != nil {
		return engine.Options{}, err
	}
	directory := l.directory
	if directory == "" {
		directory = filepath.Join(project.Root, ".lab")
	}
	if l.plan == nil { // a verb that asks again goes on with the same plan
		if l.plan, err = l.faultPlan(); err != nil {
			return engine.Options{}, err
		}
	}
	operator, err := l.operator()
	if err != nil {
		return engine.Options{}, err
	}
	progress := engine.NewProgress(unwrapped(l.stderr), rewrites(l.stderr))
	var once sync.Once
	var path string
	return engine.Options{
		Project: project, Dir: directory, Config: overrides,
		Program: program.Deploy, Validate: validate,
		Cloud:    simulation.OpenWith(simulation.Options{Operator: operator}),
		Progress: progress, Kill: l.kill,
		CLI: func(ctx context.Context) (string, error) {
			once.Do(func() { path, err = engine.FindCLI(ctx, project, filepath.Join(directory, "cache"), progress) })
			return path, err
		},
	}, nil
}

// validate reports everything that is wrong with a stack's settings before anything is started.
func validate(path string) error {
	values, err := config.ReadStackFile(path)
	if err != nil {
		return err
	}
	loaded, err := config.Load(values)
	if err != nil {
		return err
	}
	stack := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "Pulumi."), filepath.Ext(path))
	return loaded.CheckStackName(stack)
}

// chooseStacks is the list of a verb's stacks: those named, or all of the project.
func chooseStacks(project *engine.Project, named []string, all bool) ([]string, error) {
	known, err := project.Stacks()
	if err != nil {
		return nil, failure{err}
	}
	return choose(known, named, all)
}

// choose is the list of a verb's stacks out of those known.
func choose(known, named []string, all bool) ([]string, error) {
	switch {
	case all && len(named) > 0:
		return nil, errors.New("give stacks or --all, not both")
	case all:
		return known, nil
	case len(named) == 0:
		return nil, fmt.Errorf("which stack? one or more of %s, or --all", strings.Join(known, ", "))
	}
	var chosen []string
	for _, stack := range named {
		if !slices.Contains(known, stack) {
			return nil, &engine.UnknownStackError{Stack: stack, Known: known}
		}
		if !slices.Contains(chosen, stack) {
			chosen = append(chosen, stack)
		}
	}
	return chosen, nil
}

// commandName is how the user runs this program: go run builds it below a folder go-build, or keeps it in Go's cache.
func commandName() string {
	executable, cache := os.Args[0], os.Getenv("GOCACHE")
	if strings.Contains(executable, "go-build") || cache != "" && strings.HasPrefix(executable, cache) {
		return "go run ./cmd/lab"
	}
	return filepath.Base(executable)
}
