package workflows

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// pipelineFile is the sample for Azure DevOps.
const pipelineFile = "../../docs/how-to/azure-pipelines.yml"

// pipeline is what these tests read of it.
type pipeline struct {
	Stages []struct {
		Stage     string `yaml:"stage"`
		Condition string `yaml:"condition"`
		Jobs      []struct {
			Steps []pipelineStep `yaml:"steps"`
		} `yaml:"jobs"`
	} `yaml:"stages"`
}

type pipelineStep struct {
	Name               string            `yaml:"name"`
	Bash               string            `yaml:"bash"`
	Env                map[string]string `yaml:"env"`
	Checkout           string            `yaml:"checkout"`
	PersistCredentials *bool             `yaml:"persistCredentials"`
	Download           string            `yaml:"download"`
	Publish            string            `yaml:"publish"`
	Condition          string            `yaml:"condition"`
}

func readPipeline(t *testing.T) pipeline {
	t.Helper()
	text, err := os.ReadFile(pipelineFile)
	require.NoError(t, err)
	var p pipeline
	require.NoError(t, yaml.Unmarshal(text, &p))
	require.Len(t, p.Stages, 2)
	return p
}

// steps are those of the stage's only job.
func (p pipeline) steps(stage int) []pipelineStep { return p.Stages[stage].Jobs[0].Steps }

// script is the stage's shell step. What Azure Pipelines would paste into it as text is refused.
func (p pipeline) script(t *testing.T, stage int) step {
	t.Helper()
	for _, s := range p.steps(stage) {
		if s.Bash != "" {
			require.NotRegexp(t, `\$\([A-Z]\w*\.`, s.Bash, "a variable of the pipeline comes by the environment")
			require.True(t, strings.HasPrefix(s.Bash, "set -euo pipefail\n"), "bash of a pipeline goes on after errors")
			return step{ID: s.Name, Run: s.Bash}
		}
	}
	t.Fatal("no shell step")
	return step{}
}

func TestThePipelineKeepsCodeAndTokenApart(t *testing.T) {
	t.Parallel()
	p := readPipeline(t)
	for _, s := range p.steps(0) {
		assert.Empty(t, s.Env, "the stage that runs the code gets no token")
		if s.Checkout != "" {
			require.NotNil(t, s.PersistCredentials)
			assert.False(t, *s.PersistCredentials)
		}
		if s.Publish != "" {
			assert.Equal(t, "not(canceled())", s.Condition)
		}
	}
	assert.Equal(t, "and(not(canceled()), eq(variables['Build.Reason'], 'PullRequest'))", p.Stages[1].Condition)
	second := p.steps(1)
	assert.Equal(t, "none", second[0].Checkout)
	assert.Equal(t, "current", second[1].Download)
	assert.Equal(t, map[string]string{"SYSTEM_ACCESSTOKEN": "$(System.AccessToken)"}, second[2].Env)
	assert.NotRegexp(t, runsCode, quoted.ReplaceAllString(strings.ReplaceAll(second[2].Bash, "_apis/git/", ""), ""))
}

func TestPipelineReport(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ reason, failOn, want string }{
		"pull request": {"PullRequest", "", "--base|BASE|"},
		"gate":         {"PullRequest", "blocked", "--base|BASE|--fail-on|blocked|"},
		"main":         {"IndividualCI", "blocked", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			needs(t, "bash", "git")
			r := newRunner(t, nil)
			base := r.merged()
			r.program("go", fakeGo)
			require.NoError(t, os.WriteFile(filepath.Join(r.temp, "exit"), []byte("0"), 0o600))
			r.env["BUILD_REASON"], r.env["BUILD_ARTIFACTSTAGINGDIRECTORY"] = c.reason, r.temp
			if c.failOn != "" {
				r.env["EGRESS_FAIL_ON"] = c.failOn
			}
			log, code := r.step(job{}, readPipeline(t).script(t, 0))
			require.Zero(t, code, log)
			arguments, err := os.ReadFile(filepath.Join(r.temp, "arguments"))
			require.NoError(t, err)
			assert.Equal(t, fmt.Sprintf("run|./cmd/lab|report|--all|--markdown|%[1]s/report.md|--html|%[1]s/report.html|%s",
				r.temp, strings.ReplaceAll(c.want, "BASE", base)), string(arguments))
			assert.FileExists(t, filepath.Join(r.temp, "report.md"))
		})
	}
}

type thread struct {
	ID       int             `json:"id"`
	Status   string          `json:"status"`
	Comments []threadComment `json:"comments"`
}

type threadComment struct {
	ID     int `json:"id"`
	Author struct {
		ID string `json:"id"`
	} `json:"author"`
	Content string `json:"content,omitempty"`
	Deleted bool   `json:"isDeleted,omitempty"`
}

// devops answers as Azure DevOps does: the part of its API that the pipeline uses.
type devops struct {
	t       *testing.T
	api     *httptest.Server
	head    string // the source's newest commit
	threads []thread
	writes  []string
	refuse  map[string][]int
}

const build = "11111111-1111-1111-1111-111111111111" // the identity of the build service

func newDevOps(t *testing.T) *devops {
	t.Helper()
	d := &devops{t: t, head: sha, refuse: map[string][]int{}}
	const pull = "/project-id/_apis/git/repositories/repository-id/pullRequests/7"
	routes := http.NewServeMux()
	routes.HandleFunc("GET /_apis/connectionData", func(w http.ResponseWriter, _ *http.Request) {
		answer(t, w, map[string]any{"authenticatedUser": map[string]any{"id": build}})
	})
	routes.HandleFunc("GET "+pull, func(w http.ResponseWriter, _ *http.Request) {
		answer(t, w, map[string]any{"lastMergeSourceCommit": map[string]any{"commitId": d.head}})
	})
	routes.HandleFunc("GET "+pull+"/threads", func(w http.ResponseWriter, _ *http.Request) {
		answer(t, w, map[string]any{"count": len(d.threads), "value": append([]thread{}, d.threads...)})
	})
	routes.HandleFunc("POST "+pull+"/threads", func(w http.ResponseWriter, r *http.Request) {
		var sent thread
		d.read(r, &sent)
		require.Len(t, sent.Comments, 1)
		sent.ID, sent.Comments[0].ID, sent.Comments[0].Author.ID = 70+len(d.threads), 1, build
		d.threads = append(d.threads, sent)
		answer(t, w, sent)
	})
	routes.HandleFunc("PATCH "+pull+"/threads/{thread}/comments/{comment}", func(w http.ResponseWriter, r *http.Request) {
		var sent threadComment
		d.read(r, &sent)
		for _, found := range d.threads {
			if found.ID == number(t, r, "thread") && number(t, r, "comment") == found.Comments[0].ID {
				found.Comments[0].Content = sent.Content
				answer(t, w, found.Comments[0])
				return
			}
		}
		http.NotFound(w, r)
	})
	d.api = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "Bearer "+token, r.Header.Get("Authorization"))
		request := r.Method + " " + strings.TrimPrefix(r.URL.Path, pull)
		if statuses := d.refuse[request]; len(statuses) > 0 {
			d.refuse[request] = statuses[1:]
			w.WriteHeader(statuses[0])
			fmt.Fprint(w, `{"message": "TF401027: You need the Git 'PullRequestContribute' permission"}`)
			return
		}
		if r.Method != http.MethodGet {
			d.writes = append(d.writes, request)
		}
		routes.ServeHTTP(w, r)
	}))
	t.Cleanup(d.api.Close)
	return d
}

func (d *devops) read(r *http.Request, into any) {
	text, err := io.ReadAll(r.Body)
	require.NoError(d.t, err)
	require.NoError(d.t, json.Unmarshal(text, into))
}

func (d *devops) discussion(author, text string, deleted bool) {
	c := threadComment{ID: 1, Content: text, Deleted: deleted}
	c.Author.ID = author
	d.threads = append(d.threads, thread{ID: 70 + len(d.threads), Comments: []threadComment{c}})
}

// Reports that are none.
const (
	missing = "missing"
	link    = "link" // to a file of the agent
)

// comment runs the second stage with the report in the artifact.
func (d *devops) comment(t *testing.T, report string) (log string, code int) {
	t.Helper()
	needs(t, "bash", "curl", "jq")
	r := newRunner(t, nil)
	artifact := filepath.Join(r.folder, "egress-report")
	require.NoError(t, os.MkdirAll(artifact, 0o755))
	switch report {
	case missing:
	case link:
		require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(artifact, "report.md")))
	default:
		require.NoError(t, os.WriteFile(filepath.Join(artifact, "report.md"), []byte(report), 0o600))
	}
	for name, value := range map[string]string{
		"SYSTEM_ACCESSTOKEN": token, "SYSTEM_COLLECTIONURI": d.api.URL + "/", "SYSTEM_TEAMPROJECTID": "project-id",
		"BUILD_REPOSITORY_ID": "repository-id", "BUILD_BUILDID": "42", "AGENT_TEMPDIRECTORY": r.temp,
		"SYSTEM_PULLREQUEST_PULLREQUESTID": "7", "SYSTEM_PULLREQUEST_SOURCECOMMITID": sha,
		"PIPELINE_WORKSPACE": r.folder,
	} {
		r.env[name] = value
	}
	return r.step(job{}, readPipeline(t).script(t, 1))
}

func TestPipelineCommentsOnceAndUpdates(t *testing.T) {
	t.Parallel()
	d := newDevOps(t)
	d.discussion("someone", marker+" mine", false)
	d.discussion(build, "quoting "+marker, false)
	d.discussion(build, "", true) // a deleted comment has no text
	log, code := d.comment(t, marker+"\nhello @octocat\n")
	require.Zero(t, code, log)
	require.Equal(t, []string{"POST /threads"}, d.writes)
	first := d.threads[3]
	assert.Equal(t, "closed", first.Status, "open threads may keep a pull request from completing")
	text := first.Comments[0].Content
	assert.True(t, strings.HasPrefix(text, marker+"\n\nhello @\u200boctocat\n"), text)

	log, code = d.comment(t, "second")
	require.Zero(t, code, log)
	assert.Equal(t, "PATCH /threads/73/comments/1", d.writes[1])
	assert.Contains(t, d.threads[3].Comments[0].Content, "second")
	assert.Equal(t, marker+" mine", d.threads[0].Comments[0].Content)
	assert.Equal(t, "quoting "+marker, d.threads[1].Comments[0].Content)
}

func TestPipelineCommentsOnNothingOld(t *testing.T) {
	t.Parallel()
	d := newDevOps(t)
	d.head = strings.Repeat("f", 40)
	log, code := d.comment(t, "fine")
	assert.Zero(t, code, log)
	assert.Contains(t, log, "no comment: there is a newer commit")
	assert.Empty(t, d.writes)
}

func TestPipelineTooLongAndMissing(t *testing.T) {
	t.Parallel()
	d := newDevOps(t)
	log, code := d.comment(t, strings.Repeat("x", 150000))
	require.Zero(t, code, log)
	assert.Contains(t, d.threads[0].Comments[0].Content, "has 150000 characters, too many for a comment")

	for _, report := range []string{"", missing, link} {
		log, code = d.comment(t, report)
		assert.Equal(t, 1, code)
		assert.Contains(t, log, "##vso[task.logissue type=error]the artifact has no report.md")
	}
	assert.Len(t, d.writes, 1)
}

func TestPipelineRefusals(t *testing.T) {
	t.Parallel()
	for request, want := range map[string]string{
		"GET ":                      "pull request 7 cannot be read",
		"GET /_apis/connectionData": "who this build is cannot be told",
		"GET /threads":              "the pull request got no comment",
		"POST /threads":             "May the build service contribute to pull requests?",
	} {
		t.Run(request, func(t *testing.T) {
			t.Parallel()
			d := newDevOps(t)
			d.refuse[request] = []int{403, 403, 403}
			log, code := d.comment(t, "fine")
			assert.Equal(t, 1, code)
			assert.Contains(t, log, want)
			assert.Contains(t, log, "403 TF401027: You need the Git 'PullRequestContribute' permission")
			assert.Empty(t, d.threads)
			assert.NotContains(t, log, token)
		})
	}
	d := newDevOps(t)
	d.refuse["GET /threads"] = []int{http.StatusNonAuthoritativeInfo}
	log, code := d.comment(t, "fine")
	assert.Zero(t, code, log)
	assert.Contains(t, log, "203", "Azure DevOps answers with a page to log in")
	assert.Len(t, d.threads, 1)
}

// The sample's Go is the one that go.mod asks for; GitHub's workflows read it there.
func TestPipelineUsesTheGoOfTheModule(t *testing.T) {
	t.Parallel()
	module, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	version := regexp.MustCompile(`(?m)^go (\d+\.\d+)`).FindSubmatch(module)
	require.NotNil(t, version)
	text, err := os.ReadFile(pipelineFile)
	require.NoError(t, err)
	assert.Contains(t, string(text), "version: "+string(version[1])+".x\n")
}
