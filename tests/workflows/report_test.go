package workflows

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// program puts a program before the others on PATH.
func (r *runner) program(name, script string) {
	r.t.Helper()
	bin := r.t.TempDir()
	require.NoError(r.t, os.WriteFile(filepath.Join(bin, name), []byte("#!/usr/bin/env bash\n"+script), 0o700))
	r.path = append(r.path, bin)
}

// merged makes the folder a clone as actions/checkout leaves it: a pull request's commit merged into its base.
func (r *runner) merged() (base string) {
	r.t.Helper()
	git := func(arguments ...string) string {
		command := exec.CommandContext(r.t.Context(), "git", append([]string{
			"-C", r.folder, "-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false",
		}, arguments...)...)
		command.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		output, err := command.CombinedOutput()
		require.NoError(r.t, err, string(output))
		return strings.TrimSpace(string(output))
	}
	git("init", "--quiet", "--initial-branch", "main")
	git("commit", "--quiet", "--allow-empty", "-m", "where the branch began")
	git("checkout", "--quiet", "-b", "change")
	git("commit", "--quiet", "--allow-empty", "-m", "the pull request")
	git("checkout", "--quiet", "main")
	git("commit", "--quiet", "--allow-empty", "-m", "what others did meanwhile")
	base = git("rev-parse", "HEAD")
	git("merge", "--quiet", "--no-ff", "change", "-m", "merge")
	return base
}

// fakeGo tells its arguments and does what `lab report` does: it writes both files, and its exit code is the gate's.
const fakeGo = `
printf '%s|' "$@" >"$RUNNER_TEMP/arguments"
while [ $# -gt 0 ]; do
  case "$1" in --markdown) echo 'udr: egress IP changes' >"$2";; --html) echo '<p>' >"$2";; esac
  shift
done
exit "$(cat "$RUNNER_TEMP/exit")"
`

func TestReportStep(t *testing.T) {
	t.Parallel()
	const files = "run|./cmd/lab|report|--all|--markdown|report.md|--html|report.html|"
	for name, c := range map[string]struct {
		event, failOn string
		exit          string
		want          string // arguments of go; BASE is the commit that it is merged into
	}{
		"pull request":              {event: "pull_request", exit: "0", want: files + "--base|BASE|"},
		"gate":                      {"pull_request", "blocked,cost", "0", files + "--base|BASE|--fail-on|blocked,cost|"},
		"gate that is met":          {"pull_request", "blocked", "1", files + "--base|BASE|--fail-on|blocked|"},
		"no code in a variable":     {"pull_request", "$(touch x); *", "0", files + "--base|BASE|--fail-on|$(touch x); *|"},
		"push fills the cache":      {event: "push", exit: "0", want: files},
		"push is no change to gate": {"push", "blocked", "0", files},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs(t, "bash", "git")
			r := newRunner(t, map[string]string{"github.event_name": c.event, "vars.EGRESS_FAIL_ON": c.failOn})
			base := r.merged()
			r.program("go", fakeGo)
			require.NoError(t, os.WriteFile(filepath.Join(r.temp, "exit"), []byte(c.exit), 0o600))
			report := readWorkflow(t, filepath.Join(folder, "egress-report.yml")).Jobs["report"]

			log, code := r.step(report, report.find(t, "report"))
			assert.Equal(t, c.exit, map[int]string{0: "0", 1: "1"}[code], log)
			arguments, err := os.ReadFile(filepath.Join(r.temp, "arguments"))
			require.NoError(t, err)
			assert.Equal(t, strings.ReplaceAll(c.want, "BASE", base), string(arguments))

			_, code = r.step(report, report.find(t, "summary"))
			assert.Zero(t, code)
			assert.Equal(t, "udr: egress IP changes\n", r.summary(), "also when a gate is met")
		})
	}
}

// A report that is not written is told, and the upload that follows fails.
func TestSummaryWithoutAReport(t *testing.T) {
	t.Parallel()
	needs(t, "bash")
	r := newRunner(t, nil)
	report := readWorkflow(t, filepath.Join(folder, "egress-report.yml")).Jobs["report"]
	_, code := r.step(report, report.find(t, "summary"))
	assert.Zero(t, code)
	assert.Contains(t, r.summary(), "There is no report")
}

// The files are uploaded for the comment whether a gate is met or not, and they are those that the report writes.
func TestTheReportIsUploadedWhenAGateIsMet(t *testing.T) {
	t.Parallel()
	steps := readWorkflow(t, filepath.Join(folder, "egress-report.yml")).Jobs["report"].Steps
	last := steps[len(steps)-1]
	assert.Contains(t, last.Uses, "actions/upload-artifact@")
	assert.Equal(t, "${{ !cancelled() }}", last.If)
	assert.Equal(t, "egress-report", last.With["name"])
	assert.Equal(t, []string{"report.md", "report.html"}, strings.Fields(last.With["path"].(string)))
}
