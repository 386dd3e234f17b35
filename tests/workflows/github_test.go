package workflows

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Whose repository it is, and what the steps log in with.
const (
	repository = "octo/egress"
	token      = "not-a-real-token"
	bot        = "github-actions[bot]"
)

type pull struct {
	Number int
	Head   struct {
		Ref, SHA string
		Repo     struct {
			FullName string `json:"full_name"`
		}
	}
}

func pullOf(number int, from, branch, sha string) pull {
	p := pull{Number: number}
	p.Head.Ref, p.Head.SHA, p.Head.Repo.FullName = branch, sha, from
	return p
}

type comment struct {
	ID   int `json:"id"`
	User struct {
		Login string `json:"login"`
	} `json:"user"`
	Body string `json:"body"`
	URL  string `json:"html_url"`
}

type artifact struct {
	ID      int    `json:"id"`
	Name    string `json:"name"`
	Size    int    `json:"size_in_bytes"`
	Expired bool   `json:"expired"`

	archive []byte
}

// github answers the requests of the workflows as GitHub's API does: the part of it that they use.
type github struct {
	t        *testing.T
	api      *httptest.Server
	storage  *httptest.Server // of artifacts: another host, which must not see the token
	mutex    sync.Mutex
	pulls    []pull
	comments map[int][]comment // by pull request
	runs     map[int][]artifact
	writes   []string         // requests that change something
	refuse   map[string][]int // statuses of the next answers, by method and path
	lose     map[string]int   // requests that are done, but answered with a status, or 0: not at all; once each
}

func newGitHub(t *testing.T) *github {
	t.Helper()
	g := &github{
		t: t, comments: map[int][]comment{}, runs: map[int][]artifact{}, refuse: map[string][]int{}, lose: map[string]int{},
	}
	g.storage = httptest.NewServer(http.HandlerFunc(g.download))
	routes := http.NewServeMux()
	routes.HandleFunc("GET /repos/octo/egress/pulls", g.listPulls)
	routes.HandleFunc("GET /repos/octo/egress/issues/{number}/comments", g.listComments)
	routes.HandleFunc("POST /repos/octo/egress/issues/{number}/comments", g.createComment)
	routes.HandleFunc("PATCH /repos/octo/egress/issues/comments/{id}", g.updateComment)
	routes.HandleFunc("GET /repos/octo/egress/actions/runs/{run}/artifacts", g.listArtifacts)
	routes.HandleFunc("GET /repos/octo/egress/actions/artifacts/{id}/zip", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, g.storage.URL+"/"+r.PathValue("id"), http.StatusFound)
	})
	g.api = httptest.NewServer(g.guard(routes))
	t.Cleanup(g.api.Close)
	t.Cleanup(g.storage.Close)
	return g
}

// guard wants the token, and refuses what the test wants refused.
func (g *github) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g.mutex.Lock()
		defer g.mutex.Unlock()
		assert.Equal(g.t, "Bearer "+token, r.Header.Get("Authorization"))
		request := r.Method + " " + r.URL.Path
		if statuses := g.refuse[request]; len(statuses) > 0 {
			g.refuse[request] = statuses[1:]
			w.WriteHeader(statuses[0])
			fmt.Fprint(w, `{"message": "Resource not accessible\nby integration"}`)
			return
		}
		if r.Method != http.MethodGet {
			g.writes = append(g.writes, request)
		}
		if status, lost := g.lose[request]; lost {
			delete(g.lose, request)
			next.ServeHTTP(httptest.NewRecorder(), r)
			if status == 0 {
				panic(http.ErrAbortHandler)
			}
			w.WriteHeader(status)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (g *github) listPulls(w http.ResponseWriter, r *http.Request) {
	assert.Equal(g.t, "open", r.FormValue("state"))
	owner, branch, _ := strings.Cut(r.FormValue("head"), ":")
	var found []map[string]any
	for _, p := range g.pulls {
		if p.Head.Ref == branch && strings.HasPrefix(p.Head.Repo.FullName, owner+"/") {
			found = append(found, map[string]any{
				"number": p.Number,
				"head": map[string]any{
					"ref": p.Head.Ref, "sha": p.Head.SHA, "repo": map[string]any{"full_name": p.Head.Repo.FullName},
				},
			})
		}
	}
	answer(g.t, w, page(g.t, r, found))
}

func (g *github) listComments(w http.ResponseWriter, r *http.Request) {
	answer(g.t, w, page(g.t, r, g.comments[number(g.t, r, "number")]))
}

func (g *github) createComment(w http.ResponseWriter, r *http.Request) {
	pull := number(g.t, r, "number")
	c := comment{ID: 9000 + len(g.writes), Body: g.body(r), URL: "https://github.example/comment"}
	c.User.Login = bot
	g.comments[pull] = append(g.comments[pull], c)
	w.WriteHeader(http.StatusCreated)
	answer(g.t, w, c)
}

func (g *github) updateComment(w http.ResponseWriter, r *http.Request) {
	id := number(g.t, r, "id")
	for _, comments := range g.comments {
		if i := slices.IndexFunc(comments, func(c comment) bool { return c.ID == id }); i >= 0 {
			comments[i].Body = g.body(r)
			answer(g.t, w, comments[i])
			return
		}
	}
	http.NotFound(w, r)
}

// body is the comment's text, which GitHub limits.
func (g *github) body(r *http.Request) string {
	var sent struct{ Body string }
	text, err := io.ReadAll(r.Body)
	require.NoError(g.t, err)
	require.NoError(g.t, json.Unmarshal(text, &sent))
	assert.LessOrEqual(g.t, len([]rune(sent.Body)), 65536, "GitHub refuses longer comments")
	assert.NotEmpty(g.t, sent.Body)
	return sent.Body
}

func (g *github) listArtifacts(w http.ResponseWriter, r *http.Request) {
	found := []artifact{}
	for _, a := range g.runs[number(g.t, r, "run")] {
		if name := r.FormValue("name"); name == "" || name == a.Name {
			found = append(found, a)
		}
	}
	answer(g.t, w, map[string]any{"total_count": len(found), "artifacts": found})
}

func (g *github) download(w http.ResponseWriter, r *http.Request) {
	assert.Empty(g.t, r.Header.Get("Authorization"), "the storage is another host: curl must not send it the token")
	id, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
	require.NoError(g.t, err)
	for _, artifacts := range g.runs {
		for _, a := range artifacts {
			if a.ID == id {
				_, _ = w.Write(a.archive) // whoever hung up does not want it
			}
		}
	}
}

// page is the part of a list that the request asks for; GitHub's lists have at most 100 items a page.
func page[T any](t *testing.T, r *http.Request, all []T) []T {
	t.Helper()
	size, err := strconv.Atoi(r.FormValue("per_page"))
	require.NoError(t, err)
	number, err := strconv.Atoi(r.FormValue("page"))
	require.NoError(t, err)
	size = min(size, 100)
	return append([]T{}, all[min(len(all), (number-1)*size):min(len(all), number*size)]...)
}

func number(t *testing.T, r *http.Request, name string) int {
	t.Helper()
	n, err := strconv.Atoi(r.PathValue(name))
	require.NoError(t, err)
	return n
}

func answer(t *testing.T, w io.Writer, value any) {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	_, _ = w.Write(text) // whoever hung up does not want it
}
