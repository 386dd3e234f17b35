package workflows

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What each job's token may do. Whoever asks for more changes this table, and says why.
var permissions = map[string]map[string]map[string]string{
	"ci.yml":             {"ci": {"contents": "read"}},
	"egress-report.yml":  {"report": {"contents": "read"}},
	"egress-comment.yml": {"comment": {"actions": "read", "pull-requests": "write"}},
	"egress-preview.yml": {
		"configured": {},
		"preview":    {"contents": "read", "id-token": "write"},
	},
}

func TestPermissionsAreTheLeast(t *testing.T) {
	t.Parallel()
	found := map[string]map[string]map[string]string{}
	for file, w := range workflows(t) {
		require.NotNil(t, w.Permissions, "%s: without permissions the token has those of the repository's settings", file)
		found[file] = map[string]map[string]string{}
		for name, j := range w.Jobs {
			found[file][name] = w.permissions(j)
		}
	}
	assert.Equal(t, permissions, found)
}

// A job that gets an identity in Azure runs code of a pull request: it waits for the reviewers of an environment.
func TestIdentitiesWaitForReviewers(t *testing.T) {
	t.Parallel()
	for file, w := range workflows(t) {
		for name, j := range w.Jobs {
			if w.permissions(j)["id-token"] != "" {
				assert.NotEmpty(t, j.Environment, "%s: job %s", file, name)
			}
		}
	}
}

// pinned is an action at a commit, with its version in a comment: tags move, commits do not.
var pinned = regexp.MustCompile(`^\s*(?:- )?uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	for file, w := range workflows(t) {
		lines := 0
		for line := range strings.Lines(w.text) {
			if strings.HasPrefix(strings.TrimPrefix(strings.TrimSpace(line), "- "), "uses:") {
				lines++
				assert.Regexp(t, pinned, strings.TrimRight(line, "\n"), file)
			}
		}
		steps := 0
		for _, j := range w.Jobs {
			for _, s := range j.Steps {
				if s.Uses != "" {
					steps++
				}
			}
		}
		assert.Equal(t, steps, lines, "%s: lines with uses: are those of the steps", file)
	}
}

// expression is one of GitHub's.
var expression = regexp.MustCompile(`\$\{\{\s*(.*?)\s*\}\}`)

// An expression in a script is pasted into it before bash reads it: a branch called `$(…)` would run. By way of env it
// is a value.
func TestScriptsHaveNoExpressions(t *testing.T) {
	t.Parallel()
	for file, w := range workflows(t) {
		for _, j := range w.Jobs {
			for _, s := range j.Steps {
				assert.NotRegexp(t, expression, s.Run, "%s: step %s", file, s.ID)
			}
		}
	}
}

// No workflow has a secret to lose; github.token is what permissions bound.
func TestNoSecrets(t *testing.T) {
	t.Parallel()
	for file, w := range workflows(t) {
		for _, found := range expression.FindAllStringSubmatch(w.text, -1) {
			assert.NotContains(t, found[1], "secrets", file)
		}
	}
}

// Only events of which nothing in a pull request decides what runs with more than reading: pull_request_target would
// run with the repository's secrets on whatever it checks out.
func TestEvents(t *testing.T) {
	t.Parallel()
	for file, w := range workflows(t) {
		events := slices.Sorted(maps.Keys(w.On))
		switch file {
		case "egress-comment.yml":
			assert.Equal(t, []string{"workflow_run"}, events, file)
		case "egress-preview.yml":
			assert.Equal(t, []string{"pull_request"}, events, file)
		default:
			assert.Equal(t, []string{"pull_request", "push"}, events, file)
		}
		for name, j := range w.Jobs {
			assert.Positive(t, j.Timeout, "%s: job %s", file, name)
			assert.NotContains(t, j.RunsOn, "self-hosted", "%s: job %s", file, name)
		}
	}
}

// Checkouts leave no token behind for the code that runs after them.
func TestCheckoutsKeepNoCredentials(t *testing.T) {
	t.Parallel()
	for file, w := range workflows(t) {
		for _, j := range w.Jobs {
			for _, s := range j.Steps {
				if strings.HasPrefix(s.Uses, "actions/checkout@") {
					assert.Equal(t, false, s.With["persist-credentials"], file)
				}
			}
		}
	}
}

// runsCode finds what could run something that came with a pull request.
var runsCode = regexp.MustCompile(`\bgit\b|\bgo (run|build|test)\b|\bmake\b|\bnpm\b|\beval\b|\bchmod\b`)

// The workflow that may write comments has nothing of a pull request to run, and unpacks no file.
func TestTheCommentWorkflowRunsNothingOfAPullRequest(t *testing.T) {
	t.Parallel()
	w := workflows(t)["egress-comment.yml"]
	watched := w.On["workflow_run"].(map[string]any)["workflows"]
	assert.Equal(t, []any{workflows(t)["egress-report.yml"].Name}, watched, "it follows the report")
	comment := w.Jobs["comment"]
	assert.Contains(t, comment.If, "github.event.workflow_run.event == 'pull_request'")
	for _, s := range comment.Steps {
		assert.Empty(t, s.Uses, "no checkout, and no action of others near the token")
		script := quoted.ReplaceAllString(s.Run, "")
		assert.NotRegexp(t, runsCode, script, "step %s", s.ID)
		for _, call := range regexp.MustCompile(`\bunzip \S+`).FindAllString(script, -1) {
			assert.Contains(t, []string{"unzip -Z1", "unzip -p"}, call, "it lists, or writes to stdout")
		}
	}
}

// quoted is what a script says and does not do: comments and GitHub's media type.
var quoted = regexp.MustCompile(`(?m)^\s*#.*$|application/vnd\.github\+json`)

// Azure is for those who can push to the repository.
func TestForksGetNoPreviewOnAzure(t *testing.T) {
	t.Parallel()
	w := workflows(t)["egress-preview.yml"]
	assert.Equal(t, "github.event.pull_request.head.repo.full_name == github.repository", w.Jobs["configured"].If)
	assert.Equal(t, "needs.configured.outputs.stacks", w.Jobs["preview"].If)
	for _, s := range w.Jobs["configured"].Steps {
		assert.Empty(t, s.Uses)
	}
}
