package engine

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optrefresh"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
)

// streams are where a run of the CLI reports.
type streams struct {
	events   chan<- events.EngineEvent
	display  io.Writer // for people
	problems io.Writer // what the CLI says when it does not get to the engine
}

// operation runs the CLI once.
type operation func(ctx context.Context, to streams) error

// Up deploys the stack. First it puts right what a killed run left.
func (s *Stack) Up(ctx context.Context) Result {
	return s.change(ctx, func(ctx context.Context, to streams) error {
		_, err := s.auto.Up(ctx, optup.EventStreams(to.events), optup.ProgressStreams(to.display),
			optup.ErrorProgressStreams(to.problems), optup.Color(s.color()), optup.SuppressOutputs())
		return err
	})
}

// PreviewedUp is Up as `pulumi up` does it: a deployed stack is previewed first, without display, and what fails in the
// preview changes nothing.
func (s *Stack) PreviewedUp(ctx context.Context) Result {
	if err := s.recover(ctx); err != nil {
		return Failed(err)
	}
	state, err := readState(s.stateFile())
	if err != nil {
		return Failed(err)
	}
	if hasResources(state) {
		display := s.options.Display
		s.options.Display = nil
		preview := s.Preview(ctx)
		s.options.Display = display
		if !preview.OK {
			failed := newResult()
			failed.Errors, failed.Outputs = preview.Errors, stackOutputs(state)
			return failed
		}
	}
	return s.Up(ctx)
}

// Refresh takes what exists in the cloud into the state. First it puts right what a killed run left.
func (s *Stack) Refresh(ctx context.Context) Result {
	return s.change(ctx, func(ctx context.Context, to streams) error {
		_, err := s.auto.Refresh(ctx, optrefresh.EventStreams(to.events), optrefresh.ProgressStreams(to.display),
			optrefresh.ErrorProgressStreams(to.problems), optrefresh.Color(s.color()), optrefresh.SuppressOutputs())
		return err
	})
}

// Destroy deletes the stack's resources, and fails when anything is left in the cloud. First it puts right what a
// killed run left.
func (s *Stack) Destroy(ctx context.Context) Result {
	result := s.change(ctx, func(ctx context.Context, to streams) error {
		_, err := s.auto.Destroy(ctx, optdestroy.EventStreams(to.events), optdestroy.ProgressStreams(to.display),
			optdestroy.ErrorProgressStreams(to.problems), optdestroy.Color(s.color()), optdestroy.SuppressOutputs())
		return err
	})
	if !result.OK {
		return result
	}
	left, err := s.cloud.Resources()
	if err != nil {
		result.OK, result.Errors = false, append(result.Errors, err.Error())
	}
	for _, r := range left {
		result.OK = false
		result.Errors = append(result.Errors, fmt.Sprintf("left in the simulated cloud: %s %s", r.Type, r.ID))
	}
	return result
}

// Preview shows what Up would do. Outputs that are known only after Up are "[unknown]".
func (s *Stack) Preview(ctx context.Context) Result {
	return s.run(ctx, func(ctx context.Context, to streams) error {
		_, err := s.auto.Preview(ctx, optpreview.EventStreams(to.events), optpreview.ProgressStreams(to.display),
			optpreview.ErrorProgressStreams(to.problems), optpreview.Color(s.color()), optpreview.SuppressOutputs())
		return err
	})
}

// change runs an operation that changes the state, so the outputs are those of the state afterwards.
func (s *Stack) change(ctx context.Context, op operation) Result {
	if err := s.folder.checkSpace(s.stateFile()); err != nil {
		return Failed(err)
	}
	if err := s.recover(ctx); err != nil {
		return Failed(err)
	}
	result := s.run(ctx, op)
	state, err := readState(s.stateFile())
	if err == nil && result.OK {
		err = s.copyState()
	}
	if err != nil && result.OK { // a run that failed has said why
		result.OK, result.Errors = false, append(result.Errors, err.Error())
	}
	result.Outputs = stackOutputs(state)
	return result
}

func (s *Stack) run(ctx context.Context, op operation) Result {
	display := s.options.Display
	if display == nil {
		display = io.Discard
	}
	var problems strings.Builder
	c := collect()
	stop := func() {}
	if s.options.Display == nil { // nobody sees what is going on
		stop = s.options.Progress.Step(func(elapsed time.Duration) string {
			return fmt.Sprintf("%s: %d resources so far, %s", s.name, c.reached.Load(), elapsed)
		})
	}
	watched := s.watchSpace()
	err := op(ctx, streams{events: c.stream, display: display, problems: &problems})
	isFull := watched()
	c.end()
	stop()

	result := newResult()
	result.OK = err == nil
	for change, count := range c.changes {
		result.Changes[change] = count
	}
	result.Steps = c.steps
	if outputs, ok := masked(c.outputs).(map[string]any); ok && c.outputs != nil {
		result.Outputs = outputs
	}
	if result.OK {
		return result
	}
	if ctx.Err() != nil {
		c.errors = append(c.errors, fmt.Sprintf("stack %s: interrupted; the state is good, the next up continues", s.name))
	}
	if isFull {
		result.Errors = []string{fmt.Sprintf("stack %s: the disk of %s is full, and the run stopped: free some space and "+
			"run up again, it goes on from there", s.name, s.folder)}
		return result
	}
	result.Errors = append(result.Errors, c.problems()...)
	if len(result.Errors) == 0 {
		// The CLI refused before the engine ran, such as for settings that do not fit Pulumi.yaml.
		result.Errors = append(result.Errors, cliProblem(problems.String(), err))
	}
	return result
}

// cliProblem is what the CLI wrote on stderr, without its own prefix.
func cliProblem(stderr string, err error) string {
	if text := strings.TrimPrefix(plainText(stderr), "error: "); text != "" {
		return text
	}
	return err.Error()
}

func (s *Stack) color() string {
	if s.options.Color {
		return "always"
	}
	return "never"
}
