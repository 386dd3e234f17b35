package workflows

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// needs skips the test where a program is missing; continuous integration has all of them.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the steps run on Linux runners")
	}
	for _, program := range programs {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatalf("%s is not on PATH: .ci/run installs it", program)
			}
			t.Skipf("%s is not on PATH", program)
		}
	}
}

// runner runs shell steps as GitHub's runner does, one job: outputs of a step are there for the next.
type runner struct {
	t        *testing.T
	folder   string            // where the steps run
	temp     string            // RUNNER_TEMP
	contexts map[string]string // values of expressions
	env      map[string]string // what the runner sets
	path     []string          // folders before PATH
}

func newRunner(t *testing.T, contexts map[string]string) *runner {
	t.Helper()
	r := &runner{t: t, folder: t.TempDir(), temp: t.TempDir(), contexts: map[string]string{}}
	maps.Copy(r.contexts, contexts)
	r.contexts["runner.temp"], r.contexts["github.workspace"] = r.temp, r.folder
	r.env = map[string]string{
		"HOME": r.folder, "RUNNER_TEMP": r.temp, "LC_ALL": "C.UTF-8",
		"GITHUB_OUTPUT":       filepath.Join(r.temp, "output"),
		"GITHUB_STEP_SUMMARY": filepath.Join(r.temp, "summary.md"),
		"GITHUB_PATH":         filepath.Join(r.temp, "path"),
		"RETRY_DELAY":         "0",
	}
	return r
}

// job runs the job's shell steps in order, until one fails, and answers what they said and whether all went well.
func (r *runner) job(j job) (log string, ok bool) {
	r.t.Helper()
	for _, s := range j.Steps {
		if s.Run == "" || !r.condition(s.If) {
			continue
		}
		said, code := r.step(j, s)
		log += said
		if code != 0 {
			return log, false
		}
	}
	return log, true
}

// step runs one step and answers what it said and its exit code.
func (r *runner) step(j job, s step) (log string, code int) {
	r.t.Helper()
	script := filepath.Join(r.temp, "script.sh")
	require.NoError(r.t, os.WriteFile(script, []byte(s.Run), 0o600))
	command := exec.CommandContext(r.t.Context(), "bash", "--noprofile", "--norc", "-eo", "pipefail", script)
	command.Dir = r.folder
	path := strings.Join(append(r.path, os.Getenv("PATH")), string(os.PathListSeparator))
	command.Env = []string{"PATH=" + path}
	for _, values := range []map[string]string{r.env, r.resolved(j.Env), r.resolved(s.Env)} {
		for name, value := range values {
			command.Env = append(command.Env, name+"="+value)
		}
	}
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	err := command.Run()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		require.NoError(r.t, err)
	}
	if s.ID != "" {
		for name, value := range r.outputs() {
			r.contexts["steps."+s.ID+".outputs."+name] = value
		}
	}
	_ = os.Remove(r.env["GITHUB_OUTPUT"]) // each step has its own; it need not have written one
	return output.String(), command.ProcessState.ExitCode()
}

// outputs are what a step wrote to GITHUB_OUTPUT.
func (r *runner) outputs() map[string]string {
	text, _ := os.ReadFile(r.env["GITHUB_OUTPUT"]) // not there: no outputs
	all := map[string]string{}
	for line := range strings.Lines(string(text)) {
		name, value, found := strings.Cut(strings.TrimRight(line, "\n"), "=")
		require.True(r.t, found, "GITHUB_OUTPUT: %s", line)
		all[name] = value
	}
	return all
}

// summary is what the steps wrote for people.
func (r *runner) summary() string {
	text, _ := os.ReadFile(r.env["GITHUB_STEP_SUMMARY"]) // not there: nothing
	return string(text)
}

// condition is an `if:` of a step: an output that is not empty, or !cancelled().
func (r *runner) condition(text string) bool {
	r.t.Helper()
	switch text = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, "${{"), "}}")); {
	case text == "", text == "!cancelled()":
		return true
	case strings.HasPrefix(text, "steps.") && !strings.ContainsAny(text, " !=&|"):
		return r.contexts[text] != ""
	}
	r.t.Fatalf("if: %s: the test knows no such condition", text)
	return false
}

// resolved are the values of an env, as the runner resolves them.
func (r *runner) resolved(env map[string]string) map[string]string {
	r.t.Helper()
	values := map[string]string{}
	for name, text := range env {
		values[name] = expression.ReplaceAllStringFunc(text, func(found string) string {
			key := expression.FindStringSubmatch(found)[1]
			value, ok := r.contexts[key]
			if !ok && !strings.HasPrefix(key, "steps.") {
				r.t.Fatalf("%s: %s: the test has no such value", name, key)
			}
			return value
		})
	}
	return values
}

// find is the job's step with the id.
func (j job) find(t *testing.T, id string) step {
	t.Helper()
	for _, s := range j.Steps {
		if s.ID == id {
			return s
		}
	}
	t.Fatalf("no step %s", id)
	return step{}
}
