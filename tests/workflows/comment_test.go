package workflows

import (
	"archive/zip"
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A run of the report for the fork's pull request 7.
const (
	fork   = "friend/egress"
	branch = "fix/$(id)-#1&x" // as strange as branches may be called
	sha    = "0123456789abcdef0123456789abcdef01234567"
	run    = 42
	marker = "<!-- aks-egress report -->"
)

// file is one of an archive.
type file struct{ name, text string }

func archive(t *testing.T, files ...file) artifact {
	t.Helper()
	var buffer bytes.Buffer
	w := zip.NewWriter(&buffer)
	for _, f := range files {
		entry, err := w.Create(f.name)
		require.NoError(t, err)
		_, err = entry.Write([]byte(f.text))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return artifact{ID: 5, Name: "egress-report", Size: buffer.Len(), archive: buffer.Bytes()}
}

func someone(id int, login, body string) comment {
	c := comment{ID: id, Body: body}
	c.User.Login = login
	return c
}

// forked is GitHub with a pull request from a fork and the report of its last commit.
func forked(t *testing.T, files ...file) *github {
	t.Helper()
	g := newGitHub(t)
	g.pulls = []pull{pullOf(7, fork, branch, sha)}
	g.runs[run] = []artifact{archive(t, files...)}
	return g
}

// comments runs the workflow's job for the run.
func (g *github) runComment(t *testing.T) (r *runner, log string, ok bool) {
	t.Helper()
	needs(t, "bash", "curl", "jq", "unzip")
	r = newRunner(t, map[string]string{
		"github.token": token, "github.repository": repository,
		"github.event.workflow_run.id":                        fmt.Sprint(run),
		"github.event.workflow_run.html_url":                  "https://github.example/runs/42",
		"github.event.workflow_run.head_sha":                  sha,
		"github.event.workflow_run.head_repository.full_name": fork,
		"github.event.workflow_run.head_branch":               branch,
	})
	r.env["GITHUB_API_URL"] = g.api.URL
	log, ok = r.job(readWorkflow(t, filepath.Join(folder, "egress-comment.yml")).Jobs["comment"])
	return r, log, ok
}

func TestTheFirstRunCreatesTheCommentAndTheNextUpdatesIt(t *testing.T) {
	t.Parallel()
	g := forked(t, file{"report.md", "udr: egress IP stays\n"}, file{"report.html", "<p>"})
	for i := range 120 { // it is not on the first page
		g.comments[7] = append(g.comments[7], someone(i, "reviewer", "nice"))
	}
	g.comments[8] = []comment{someone(600, bot, marker+" of another pull request")}

	r, log, ok := g.runComment(t)
	require.True(t, ok, log)
	require.Equal(t, []string{"POST /repos/octo/egress/issues/7/comments"}, g.writes)
	first := g.comments[7][120]
	assert.True(t, strings.HasPrefix(first.Body, marker+"\nudr: egress IP stays\n"), first.Body)
	assert.Contains(t, first.Body, "[Run 42](https://github.example/runs/42) on "+sha)
	assert.Contains(t, r.summary(), "https://github.example/comment")

	g.runs[run] = []artifact{archive(t, file{"report.md", "udr: egress IP changes\n"})}
	_, log, ok = g.runComment(t)
	require.True(t, ok, log)
	require.Equal(t, fmt.Sprintf("PATCH /repos/octo/egress/issues/comments/%d", first.ID), g.writes[1])
	require.Len(t, g.comments[7], 121)
	assert.Contains(t, g.comments[7][120].Body, "egress IP changes")
	assert.Equal(t, marker+" of another pull request", g.comments[8][0].Body)
}

// Anybody can write the marker: theirs is left alone.
func TestACommentOfOthersWithTheMarkerIsLeftAlone(t *testing.T) {
	t.Parallel()
	g := forked(t, file{"report.md", "fine\n"})
	g.comments[7] = []comment{someone(1, "friend", marker+" mine"), someone(2, bot, "quoting "+marker)}
	_, log, ok := g.runComment(t)
	require.True(t, ok, log)
	require.Len(t, g.comments[7], 3)
	assert.Equal(t, marker+" mine", g.comments[7][0].Body)
	assert.Equal(t, "quoting "+marker, g.comments[7][1].Body)
}

func TestNoCommentWithoutItsPullRequest(t *testing.T) {
	t.Parallel()
	for name, pulls := range map[string][]pull{
		"closed":             nil,
		"newer commit":       {pullOf(7, fork, branch, strings.Repeat("f", 40))},
		"another repository": {pullOf(7, "friend/other", branch, sha)},
		"another branch":     {pullOf(7, fork, "main", sha)},
		"two to choose from": {pullOf(7, fork, branch, sha), pullOf(8, fork, branch, sha)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forked(t, file{"report.md", "fine\n"})
			g.pulls = pulls
			_, log, ok := g.runComment(t)
			assert.True(t, ok, log)
			assert.Contains(t, log, "no comment: ")
			assert.Empty(t, g.writes)
		})
	}
}

// What the artifact of a stranger may hold, and what becomes of it.
func TestArtifactsAreNotTrusted(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 65536)
	for name, c := range map[string]struct {
		files    []file
		want     string // in the comment
		wantFail string // in the log
	}{
		"mentions": {
			files: []file{{"report.md", "hello @octocat and @octo/team, cc x@example.com"}},
			want:  "hello @\u200boctocat and @\u200bocto/team, cc x@\u200bexample.com",
		},
		"markers":  {files: []file{{"report.md", marker + "\n" + marker + "fine"}}, want: marker + "\n\nfine\n\n<sub>"},
		"too long": {files: []file{{"report.md", long}}, want: "has 65536 characters, too many for a comment"},
		"many bytes, few characters": {
			files: []file{{"report.md", strings.Repeat("→", 60000)}}, want: strings.Repeat("→", 60000),
		},
		"a bomb": {
			files: []file{{"report.md", strings.Repeat("0", 50<<20)}}, want: "has 262145 characters, too many for a comment",
		},
		"leads out of the folder": {
			files: []file{{"../../escaped.md", "x"}, {"/tmp/escaped.md", "x"}, {"report.md", "fine"}}, want: "fine",
		},
		"commands": {files: []file{{"report.md", "$(touch escaped.md) `touch escaped.md` ${GH_TOKEN}"}}, want: "$(touch"},
		"in a folder only": {
			files: []file{{"a/report.md", "x"}}, wantFail: "::error::the artifact of run 42 has 0 files report.md",
		},
		"twice": {
			files:    []file{{"report.md", "x"}, {"report.md", "y"}},
			wantFail: "::error::the artifact of run 42 has 2 files report.md",
		},
		"nothing in it": {files: []file{{"report.md", ""}}, wantFail: "::error::report.md of run 42 is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forked(t, c.files...)
			r, log, ok := g.runComment(t)
			for _, folder := range []string{r.folder, r.temp, filepath.Dir(r.temp), filepath.Dir(filepath.Dir(r.temp)), "/tmp"} {
				assert.NoFileExists(t, filepath.Join(folder, "escaped.md"))
			}
			if c.wantFail != "" {
				assert.False(t, ok)
				assert.Contains(t, log, c.wantFail)
				assert.Empty(t, g.writes)
				return
			}
			require.True(t, ok, log)
			require.Len(t, g.comments[7], 1)
			body := g.comments[7][0].Body
			assert.Contains(t, body, c.want)
			assert.Equal(t, 1, strings.Count(body, marker))
			assert.NotContains(t, body, token)
		})
	}
}

func TestArtifactsThatAreNotThere(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*artifact)
		want   string
	}{
		"missing":    {func(a *artifact) { a.Name = "other" }, "::error::run 42 has no artifact egress-report: see https://"},
		"expired":    {func(a *artifact) { a.Expired = true }, "::error::run 42 has no artifact egress-report: see https://"},
		"huge":       {func(a *artifact) { a.Size = 50000001 }, "::error::the artifact of run 42 has 50000001 bytes"},
		"no archive": {func(a *artifact) { a.archive = []byte("PK, not") }, "::error::the artifact of run 42 has 0 files"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forked(t, file{"report.md", "fine\n"})
			c.change(&g.runs[run][0])
			_, log, ok := g.runComment(t)
			assert.False(t, ok)
			assert.Contains(t, log, c.want)
			assert.Empty(t, g.writes)
		})
	}
}

// A refusal makes the run red and is told in GitHub's words; what passes by itself is tried again.
func TestAnswersOfTheAPI(t *testing.T) {
	t.Parallel()
	const comments = " /repos/octo/egress/issues/7/comments"
	denied := []int{http.StatusForbidden, http.StatusForbidden, http.StatusForbidden}
	for name, c := range map[string]struct {
		refuse   map[string][]int
		lose     map[string]int
		wantFail string
		said     string
	}{
		"pull requests": {
			refuse:   map[string][]int{"GET /repos/octo/egress/pulls": denied},
			wantFail: "::error::the pull requests of octo/egress cannot be listed",
			said:     "GET /repos/octo/egress/pulls: 403 Resource not accessible by integration",
		},
		"artifacts": {
			refuse:   map[string][]int{"GET /repos/octo/egress/actions/runs/42/artifacts": denied},
			wantFail: "::error::the artifacts of run 42 cannot be listed", said: "403 Resource not accessible",
		},
		"download": {
			refuse:   map[string][]int{"GET /repos/octo/egress/actions/artifacts/5/zip": denied},
			wantFail: "::error::the artifact of run 42 cannot be downloaded", said: "403 Resource not accessible",
		},
		"comments": {
			refuse:   map[string][]int{"GET" + comments: denied},
			wantFail: "::error::pull request 7 got no comment", said: "GET" + comments + ": 403",
		},
		"creation": {
			refuse:   map[string][]int{"POST" + comments: denied},
			wantFail: "::error::pull request 7 got no comment", said: "POST" + comments + ": 403",
		},
		"a passing refusal to list":   {refuse: map[string][]int{"GET" + comments: {http.StatusBadGateway}}},
		"a passing refusal to create": {refuse: map[string][]int{"POST" + comments: {http.StatusBadGateway}}},
		"a lost answer":               {lose: map[string]int{"POST" + comments: 0}},
		"an answer that lies":         {lose: map[string]int{"POST" + comments: http.StatusBadGateway}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := forked(t, file{"report.md", "fine\n"})
			g.refuse, g.lose = c.refuse, maps.Clone(c.lose)
			_, log, ok := g.runComment(t)
			assert.NotContains(t, log, token)
			if c.wantFail != "" {
				assert.False(t, ok)
				assert.Contains(t, log, c.wantFail)
				assert.Contains(t, log, c.said)
				assert.Empty(t, g.comments[7])
				return
			}
			require.True(t, ok, log)
			assert.Len(t, g.comments[7], 1, "one, whatever was tried again")
		})
	}
}
