package documents

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/interp"
	"mvdan.cc/sh/v3/syntax"
)

// patience is how long a program may take to end after an interrupt.
const patience = 20 * time.Second

// Reader does what documents say.
type Reader struct {
	Folder      string   // where the reader is: the root of a clone that may be written
	Environment []string // in the form NAME=value

	// Instead answers what to run for a command line, when not what was typed: an executable, and all its arguments
	// with the zeroth. May be nil.
	Instead func(typed []string) (executable string, arguments []string, found bool)
}

// Answer is what a command came to.
type Answer struct {
	Line    int
	Command *Command
	Output  []string // with the random digits of the document, where it knows them
	Exit    int
	Matches bool // the document shows this output
}

// String shows the command, what the document says and what was answered.
func (a Answer) String() string {
	if a.Exit != a.Command.Exit {
		return fmt.Sprintf("line %d: $ %s\nended with %d, want %d:\n%s",
			a.Line, a.Command.Text, a.Exit, a.Command.Exit, strings.Join(a.Output, "\n"))
	}
	return fmt.Sprintf("line %d: $ %s\nthe document shows:\n%s\nit answers:\n%s",
		a.Line, a.Command.Text, strings.Join(a.Command.Output, "\n"), strings.Join(a.Output, "\n"))
}

// Run does all steps of a document and answers what each command came to. It ends early when a command ends otherwise
// than the document says: what follows rests on it.
func (r *Reader) Run(ctx context.Context, d *Document) ([]Answer, error) {
	var output bytes.Buffer
	shell, err := interp.New(
		interp.Dir(r.Folder), interp.Env(expand.ListEnviron(r.Environment...)), interp.StdIO(nil, &output, &output),
		interp.ExecHandlers(r.execute),
	)
	if err != nil {
		return nil, err
	}
	var answers []Answer
	known := names{}
	for _, step := range d.Steps {
		if step.File != nil {
			if err := writeFile(shell.Dir, step.File); err != nil {
				return answers, fmt.Errorf("line %d: %w", step.Line, err)
			}
			continue
		}
		output.Reset()
		exit, err := runLine(ctx, shell, known.inRun(step.Command.Text))
		if err != nil {
			return answers, fmt.Errorf("line %d: $ %s: %w", step.Line, step.Command.Text, err)
		}
		a := Answer{Line: step.Line, Command: step.Command, Exit: exit}
		known = a.compare(known, splitLines(output.String()))
		answers = append(answers, a)
		if exit != step.Command.Exit {
			break
		}
	}
	return answers, nil
}

// compare sets what the answer shows, and answers the names that are known afterwards.
func (a *Answer) compare(known names, output []string) names {
	found, ok := match(a.Command.Output, output, known)
	if a.Matches = ok || a.Command.Silent; !ok {
		found = known
	}
	for _, line := range output {
		a.Output = append(a.Output, found.inDocument(line))
	}
	return found
}

// runLine runs one command line and answers its exit code.
func runLine(ctx context.Context, shell *interp.Runner, line string) (int, error) {
	parsed, err := syntax.NewParser().Parse(strings.NewReader(line), "")
	if err != nil {
		return 0, err
	}
	var status interp.ExitStatus
	switch err := shell.Run(ctx, parsed); {
	case errors.As(err, &status):
		return int(status), nil
	default:
		return 0, err
	}
}

// execute runs programs.
func (r *Reader) execute(next interp.ExecHandlerFunc) interp.ExecHandlerFunc {
	return func(ctx context.Context, typed []string) error {
		if r.Instead == nil {
			return next(ctx, typed)
		}
		executable, arguments, found := r.Instead(typed)
		if !found {
			return next(ctx, typed)
		}
		shell := interp.HandlerCtx(ctx)
		program := exec.CommandContext(ctx, executable)
		program.Args, program.Dir = arguments, shell.Dir
		program.Stdin, program.Stdout, program.Stderr = shell.Stdin, shell.Stdout, shell.Stderr
		for name, variable := range shell.Env.Each {
			if variable.Exported {
				program.Env = append(program.Env, name+"="+variable.String())
			}
		}
		program.WaitDelay = patience
		var exit *exec.ExitError
		switch err := program.Run(); {
		case errors.As(err, &exit) && exit.Exited():
			return interp.ExitStatus(exit.ExitCode())
		default:
			return err
		}
	}
}

func writeFile(folder string, f *File) error {
	path := filepath.Join(folder, filepath.FromSlash(f.Path))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(f.Text), 0o644)
}

// splitLines are the lines of an output, without the blank ones at its end.
func splitLines(output string) []string {
	output = strings.TrimRight(strings.ReplaceAll(output, "\r\n", "\n"), " \n")
	if output == "" {
		return nil
	}
	return strings.Split(output, "\n")
}
