package workflows

import (
	"maps"
	"os"
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
		"configured": {"actions": "read"},
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

// A job that can get a token of Entra ID runs code of the pull request. So it waits for a reviewer, in an environment
// that Entra ID asks for, and takes nothing that a run without a reviewer can have left: a cache of the pull request.
func TestTokensForAzureWaitForAReviewer(t *testing.T) {
	t.Parallel()
	found := 0
	for file, w := range workflows(t) {
		for name, j := range w.Jobs {
			if w.permissions(j)["id-token"] == "" {
				assert.Empty(t, j.Environment, "%s: job %s", file, name)
				continue
			}
			found++
			assert.Equal(t, "egress-preview", j.Environment, "%s: job %s", file, name)
			for _, s := range j.Steps {
				assert.NotContains(t, s.Uses, "actions/cache", "%s: job %s", file, name)
				if strings.HasPrefix(s.Uses, "actions/setup-") {
					assert.Equal(t, false, s.With["cache"], "%s: job %s: %s", file, name, s.Uses)
				}
			}
		}
	}
	assert.Equal(t, 1, found)
}

var (
	piped     = regexp.MustCompile(`\|\s*(sudo\s+)?(tar|unzip|gunzip|sh|bash|zsh|python3?|node)\b`)
	unpacking = regexp.MustCompile(`\b(tar -x|unzip -[^Zp]|gunzip|chmod \+x)`)
	checking  = regexp.MustCompile(`\bsha(256|512)sum --check`)
)

// What comes from the web is compared with a checksum before it is unpacked or runs, and never goes straight into a
// program. An archive that is read, not unpacked, is data.
func TestDownloadsAreChecked(t *testing.T) {
	t.Parallel()
	for file, w := range workflows(t) {
		for _, j := range w.Jobs {
			for _, s := range j.Steps {
				script := strings.ReplaceAll(quoted.ReplaceAllString(s.Run, ""), "\\\n", " ")
				if !strings.Contains(script, "curl") && !strings.Contains(script, "wget") {
					continue
				}
				assert.NotRegexp(t, piped, strings.ReplaceAll(script, "|\n", "| "), "%s: step %s", file, s.ID)
				if unpacked := unpacking.FindStringIndex(script); unpacked != nil {
					checked := checking.FindStringIndex(script)
					if assert.NotNil(t, checked, "%s: step %s unpacks what it did not check", file, s.ID) {
						assert.Less(t, checked[0], unpacked[0], "%s: step %s", file, s.ID)
					}
				}
			}
		}
	}
}

// grants are the roles that the documents give to the identity of pull requests, each at the smallest scope there is.
// Whoever asks for more changes this table, and says in the document what it lets a branch do.
var grants = map[string]string{
	"Reader": "$group",
	"Azure Kubernetes Service Cluster User Role": "$cluster",
	"Storage Blob Data Reader":                   "$container",
	"Key Vault Crypto User":                      "$key",
}

var grant = regexp.MustCompile(`az role assignment create [^\n]*--role "?([\w ]+?)"? --scope "?([^"\s]+)"?`)

func TestPullRequestsGetNoPower(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/how-to/report-on-pull-requests.md")
	require.NoError(t, err)
	page := strings.ReplaceAll(strings.ReplaceAll(string(text), "\r\n", "\n"), "\\\n", "")
	page = regexp.MustCompile(` +`).ReplaceAllString(page, " ")
	found := map[string]string{}
	for _, m := range grant.FindAllStringSubmatch(page, -1) {
		found[m[1]] = m[2]
		assert.True(t, strings.Contains(page, "| *"+m[1]+"* |"), "what %s lets a branch do", m[1])
	}
	assert.Equal(t, grants, found)
	assert.Equal(t, len(grants), strings.Count(page, "az role assignment create"))
	assert.False(t, strings.Contains(page, "/subscriptions/"), "no role on a whole subscription")
	assert.True(t, strings.Contains(page, `:environment:egress-preview"`), "Entra ID trusts the environment")
	assert.False(t, strings.Contains(page, `:pull_request"`), "and not every pull request")
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
