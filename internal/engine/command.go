package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
)

// shutdownPatience is how long the CLI may take to end after the first interrupt: it finishes what is running.
const shutdownPatience = 10 * time.Minute

// command runs the Pulumi CLI for the Automation API. Unlike the API's own it gives the CLI a clean environment and a
// process group of its own, hands it the stack's lock, and waits for it after an interrupt instead of killing it.
type command struct {
	path    string
	lock    *os.File        // inherited by the CLI; may be nil
	kill    <-chan struct{} // closed: the CLI is killed, its running operations stay pending
	crashed <-chan struct{} // closed: the same, by a simulated crash
	full    <-chan struct{} // closed: the same, since it could only try to write until it gives up
}

var _ auto.PulumiCommand = (*command)(nil)

// Version is what FindCLI has made sure of.
func (c *command) Version() semver.Version { return semver.MustParse(Version[1:]) }

// Run runs the CLI with the given arguments. When ctx ends the CLI is interrupted, and Run returns when it has ended.
func (c *command) Run(
	ctx context.Context, workdir string, stdin io.Reader, outputs, errorOutputs []io.Writer, environment []string,
	arguments ...string,
) (stdout, stderr string, code int, err error) {
	if len(arguments) > 1 && arguments[0] == "stack" && arguments[1] == "history" {
		// The Automation API asks for the history after each operation; nobody reads it here and it costs 0.3 s.
		return "[]", "", 0, nil
	}
	child := exec.CommandContext(ctx, c.path, append([]string{"--non-interactive"}, arguments...)...)
	child.Dir = workdir
	child.Env = append(withoutForeign(os.Environ()), environment...)
	child.Env = append(child.Env, "PULUMI_AUTOMATION_API=true")
	child.Stdin = stdin
	var out, problems bytes.Buffer
	child.Stdout = io.MultiWriter(append(outputs, &out)...)
	child.Stderr = io.MultiWriter(append(errorOutputs, &problems)...)
	separate(child)
	if c.lock != nil {
		inherit(child, c.lock)
	}
	child.Cancel = func() error { return interrupt(child.Process) }
	child.WaitDelay = shutdownPatience
	if err := child.Start(); err != nil {
		return "", "", -1, fmt.Errorf("pulumi %s: %w", c.path, err)
	}
	ended := make(chan struct{})
	go func() {
		select {
		case <-c.kill:
			_ = child.Process.Kill() // it may have ended already
		case <-c.crashed:
			_ = child.Process.Kill()
		case <-c.full:
			_ = child.Process.Kill()
		case <-ended:
		}
	}()
	err = child.Wait()
	close(ended)
	return out.String(), problems.String(), exitCode(err), err
}

func exitCode(err error) int {
	if err == nil {
		return 0
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode()
	}
	return -1
}
