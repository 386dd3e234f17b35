package revision

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Lab is the lab of another revision, built.
type Lab struct {
	program string
	project string // where it runs
}

// Deployed is what became of a stack, as every lab since the first says it with --json.
type Deployed struct {
	OK      bool           `json:"ok"`
	Outputs map[string]any `json:"outputs"`
	Errors  []string       `json:"errors"`
}

// compilerLines is how much of what the compiler says is told.
const compilerLines = 8

// Build builds the lab of a project's folder into another folder, with the environment as it is. It may take minutes
// where Go's cache lacks the SDKs. An error says in its first lines what the compiler said.
func Build(ctx context.Context, project, into string) (Lab, error) {
	lab := Lab{program: filepath.Join(into, "lab"), project: project}
	if runtime.GOOS == "windows" {
		lab.program += ".exe"
	}
	if _, err := os.Stat(filepath.Join(project, "cmd", "lab")); err != nil {
		return lab, errors.New("it has no cmd/lab: it is older than the lab")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		return lab, errors.New("building its lab needs Go, which is not on PATH: install it (https://go.dev/dl)")
	}
	// The files are in no repository, but the folder may be.
	command := exec.CommandContext(ctx, tool, "build", "-buildvcs=false", "-o", lab.program, "./cmd/lab")
	command.Dir, command.WaitDelay = project, 5*time.Second
	output, err := command.CombinedOutput()
	switch {
	case ctx.Err() != nil:
		return lab, errors.New("building its lab was interrupted")
	case err != nil:
		return lab, buildError(string(output), err)
	}
	return lab, nil
}

// buildError is what the go command said, in its first lines, behind what can be done about it.
func buildError(output string, err error) error {
	var said []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "# ") && !strings.HasPrefix(line, "go: downloading ") {
			said = append(said, line)
		}
	}
	if len(said) == 0 {
		said = []string{err.Error()}
	}
	problem := "its lab does not build"
	for _, sign := range []string{"dial tcp", "i/o timeout", "module lookup disabled", "no such host"} {
		if strings.Contains(output, sign) {
			problem = "modules of its lab cannot be downloaded: check the network and `go env GOPROXY`"
		}
	}
	if len(said) > compilerLines {
		said = append(said[:compilerLines], fmt.Sprintf("… and %d more lines", len(said)-compilerLines))
	}
	return fmt.Errorf("%s:\n%s", problem, strings.Join(said, "\n"))
}

// Up deploys stacks below a folder. A stack that does not deploy is no error: its Deployed says why.
func (l Lab) Up(ctx context.Context, stacks []string, folder string) (map[string]Deployed, error) {
	output, problem := l.run(ctx, append(append([]string{"up"}, stacks...), "--json", "--dir", folder))
	var answer struct {
		Stacks map[string]Deployed `json:"stacks"`
	}
	if err := json.Unmarshal(output, &answer); err != nil || answer.Stacks == nil {
		if problem == nil {
			problem = errors.New("its lab does not answer in JSON")
		}
		return nil, problem
	}
	return answer.Stacks, nil // it ends with 1 when one of them failed
}

// Export is what `pulumi stack export` writes of a stack that Up has deployed.
func (l Lab) Export(ctx context.Context, stack, folder string) ([]byte, error) {
	return l.run(ctx, []string{"export", stack, "--dir", folder})
}

// run runs a verb and answers its standard output; an error has the reason that it said otherwise.
func (l Lab) run(ctx context.Context, arguments []string) ([]byte, error) {
	command := exec.CommandContext(ctx, l.program, arguments...)
	var said bytes.Buffer
	command.Dir, command.Stderr, command.WaitDelay = l.project, &said, 5*time.Second
	output, err := command.Output()
	if err == nil {
		return output, nil
	}
	return output, fmt.Errorf("its `lab %s` failed: %w: %s", arguments[0], err, reason(said.String()))
}

// reason is the first error of what a lab said, or else its last line.
func reason(said string) string {
	last := "it says nothing"
	for line := range strings.Lines(said) {
		if problem, found := strings.CutPrefix(line, "error: "); found {
			return strings.TrimSpace(problem)
		}
		last = strings.TrimSpace(line)
	}
	return last
}
