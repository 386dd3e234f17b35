package revision_test

import (
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/internal/revision"
)

// history has two branches: main is at 3, and a change at 2b, both after 2.
func history(t *testing.T) (c *clone, commits map[string]plumbing.Hash) {
	t.Helper()
	c, commits = newClone(t), map[string]plumbing.Hash{}
	for _, message := range []string{"1", "2", "3"} {
		c.write("file", message)
		commits[message] = c.commit(message)
	}
	_, err := c.git.CreateTag("v1", commits["1"], &git.CreateTagOptions{
		Message: "one", Tagger: &object.Signature{Name: "test", Email: "test@example.com", When: c.when},
	})
	require.NoError(t, err)
	c.checkout("change", commits["2"])
	c.write("other", "x")
	commits["2b"] = c.commit("2b")
	return c, commits
}

func TestResolve(t *testing.T) {
	t.Parallel()
	c, commits := history(t)
	for name, want := range map[string]string{
		"main": "3", "HEAD": "2b", "@": "2b", "change": "2b", "v1": "1", "refs/heads/main": "3",
		"HEAD~1": "2", "HEAD~": "2", "HEAD~2": "1", "HEAD^": "2", "HEAD^0": "2b", "HEAD~1^": "1", "main~2": "1",
		"main...": "2", "main...HEAD": "2", "...main": "2", "...": "2b", "HEAD~2...main": "1",
		commits["2"].String(): "2", commits["3"].String()[:8]: "3",
	} {
		found := c.resolve(name)
		assert.Equal(t, commits[want].String(), found.Commit, name)
		assert.Equal(t, name, found.Name)
	}
}

func TestResolve_Missing(t *testing.T) {
	t.Parallel()
	c, commits := history(t)
	require.NoError(t, c.git.Storer.SetReference(plumbing.NewHashReference("refs/remotes/origin/trunk", commits["3"])))
	for name, want := range map[string]string{
		"nosuch":     "revision nosuch: there is no commit nosuch in the repository",
		"nosuch...":  "there is no commit nosuch",
		"...nosuch":  "there is no commit nosuch",
		"trunk":      "did you mean origin/trunk?",
		"HEAD~7":     "there is no commit HEAD~7",
		"HEAD^2":     "there is no commit HEAD^2",
		"deadbeef":   "there is no commit deadbeef",
		"":           `revision "": it is not a branch`,
		"HEAD@{1}":   "it is not a branch",
		"main:file":  "it is not a branch",
		"main..HEAD": "it is not a branch",
		"a b":        `revision "a b": it is not a branch`,
		"~1":         "it is not a branch",
	} {
		found, err := c.open(".").Resolve(name)
		require.ErrorContains(t, err, want)
		assert.NotContains(t, err.Error(), "shallow")
		assert.Empty(t, found.Commit)
	}
}

func TestResolve_NothingPanics(t *testing.T) {
	t.Parallel()
	c, _ := history(t)
	repository := c.open(".")
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.OneOf(rapid.String(),
			rapid.StringMatching(`(HEAD|main|v1|@|[0-9a-f]{4})?([~^.@{}:/0-9-]){0,9}`)).Draw(t, "name")
		if found, err := repository.Resolve(name); err == nil {
			assert.Len(t, found.Commit, 40)
		}
	})
}

func TestResolve_ShallowClone(t *testing.T) {
	t.Parallel()
	c, _ := history(t)
	shallow := filepath.Join(t.TempDir(), "shallow")
	_, err := git.PlainClone(shallow, false, &git.CloneOptions{URL: c.root, Depth: 1})
	require.NoError(t, err)
	repository, err := revision.Open(shallow)
	require.NoError(t, err)
	_, err = repository.Resolve("HEAD~1")
	require.ErrorContains(t, err, "fetch-depth: 0")
}

func TestOpen_NoRepository(t *testing.T) {
	t.Parallel()
	_, err := revision.Open(t.TempDir())
	require.ErrorContains(t, err, "is in no git repository")
}

func TestOpen_LinkedWorktree(t *testing.T) {
	t.Parallel()
	c, commits := history(t)
	linked := filepath.Join(t.TempDir(), "linked")
	// go-git reads linked worktrees, and makes none.
	command := exec.CommandContext(t.Context(), "git", "-C", c.root, "worktree", "add", "--detach", linked, "main")
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	repository, err := revision.Open(linked)
	require.NoError(t, err)
	found, err := repository.Resolve("HEAD")
	require.NoError(t, err)
	assert.Equal(t, commits["3"].String(), found.Commit)
	changed, err := repository.Changed(found)
	require.NoError(t, err)
	assert.Empty(t, changed)
}
