package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
	"aks-egress/internal/engine"
)

// parallelStacks bounds how many stacks run at once: an engine and a program take about 300 MB each.
const parallelStacks = 8

// stacksReport is the JSON contract of the verbs that run stacks.
type stacksReport struct {
	Stacks map[string]stackReport `json:"stacks"`
}

// stackReport is what became of a stack, with what the doctor says of its errors.
type stackReport struct {
	engine.Result
	Findings []doctor.Finding `json:"findings,omitempty"`
}

// stackVerb is a verb that does one thing with each of several stacks.
type stackVerb struct {
	name, short string
	configured  bool // takes -c
	do          func(ctx context.Context, name string, o engine.Options) engine.Result
	summary     func(w *summary, stack string, r engine.Result)
	blank       bool // summaries of several lines: a blank line before each
}

func (l *lab) stackCommand(v stackVerb) *cobra.Command {
	var all bool
	c := &cobra.Command{
		Use:               v.name + " STACK… | --all",
		Short:             v.short,
		ValidArgsFunction: completeStacks,
		RunE: func(c *cobra.Command, arguments []string) error {
			return l.runStacks(c.Context(), v, arguments, all)
		},
	}
	c.Flags().BoolVar(&all, "all", false, "every stack of the project, in parallel")
	if v.configured {
		l.configFlag(c)
		l.faultFlags(c)
		l.operatorFlag(c)
		c.Flags().BoolVarP(&l.quiet, "quiet", "q", false, "leave out Pulumi's own display; the summary stays")
	}
	return c
}

func (l *lab) runStacks(ctx context.Context, v stackVerb, arguments []string, all bool) error {
	options, err := l.options()
	if err != nil {
		return err
	}
	stacks, err := chooseStacks(options.Project, arguments, all)
	if err != nil {
		return err
	}
	results := l.runAll(ctx, v, stacks, options)
	for stack, result := range results {
		result.Findings = l.explain(ctx, stack, result.Errors)
		results[stack] = result
	}
	l.tellIdle(options.Progress)
	if l.json {
		if err := writeJSON(l.stdout, stacksReport{results}); err != nil {
			return failure{err}
		}
	} else {
		l.summarize(ctx, v, stacks, results)
	}
	for _, result := range results {
		if !result.OK {
			return errFailed
		}
	}
	return nil
}

// runAll runs the verb on all stacks side by side; a failing one does not stop the others.
func (l *lab) runAll(
	ctx context.Context, v stackVerb, stacks []string, options engine.Options,
) map[string]stackReport {
	display := l.stdout
	if l.json {
		display = l.stderr
	}
	options.Color = wantsColor(display)
	var mutex sync.Mutex
	results := map[string]stackReport{}
	var group errgroup.Group
	group.SetLimit(parallelStacks)
	for _, stack := range stacks {
		own := options
		own.Cloud = l.openCloud(stack, options.Progress)
		flush := func() {}
		switch {
		case l.quiet:
		case len(stacks) == 1:
			own.Display = display
		default:
			prefixed := newPrefixWriter(display, &mutex, stack, stacks)
			own.Display, flush = prefixed, prefixed.flush
		}
		group.Go(func() error {
			result := v.do(ctx, stack, own)
			flush()
			mutex.Lock()
			defer mutex.Unlock()
			results[stack] = stackReport{Result: result}
			return nil
		})
	}
	_ = group.Wait() // the functions above return no errors
	return results
}

// summarize writes a short summary per stack to stdout, and the errors to stderr.
func (l *lab) summarize(ctx context.Context, v stackVerb, stacks []string, results map[string]stackReport) {
	for _, stack := range stacks {
		result := results[stack]
		w := &summary{out: l.stdout, color: wantsColor(l.stdout), lab: l}
		w.enter = func(stack, url string) (egress.Trace, error) { return l.enter(ctx, stack, url) }
		if result.OK || len(result.Outputs) > 0 {
			if len(stacks) > 1 && v.blank {
				fmt.Fprintln(l.stdout)
			}
			v.summary(w, stack, result.Result)
		}
		problems := &summary{out: l.stderr, color: wantsColor(l.stderr), lab: l}
		for _, text := range result.Errors {
			problems.problem(stack, text)
		}
		problems.explained(result.Findings)
	}
}

// withStack opens a stack, does something with it, and closes it.
func withStack(
	ctx context.Context, name string, o engine.Options, do func(*engine.Stack) engine.Result,
) engine.Result {
	s, err := engine.Open(ctx, name, o)
	if err != nil {
		return engine.Failed(err)
	}
	result := do(s)
	if err := s.Close(); err != nil {
		result.OK = false
		result.Errors = append(result.Errors, fmt.Sprintf("stack %s: %v", name, err))
	}
	return result
}

func writeJSON(out io.Writer, value any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(value)
}
