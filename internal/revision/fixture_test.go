package revision_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/revision"
)

// clone is a repository of a test.
type clone struct {
	*testing.T
	root string
	git  *git.Repository
	when time.Time
}

func newClone(t *testing.T) *clone {
	t.Helper()
	root := t.TempDir()
	repository, err := git.PlainInitWithOptions(root, &git.PlainInitOptions{
		InitOptions: git.InitOptions{DefaultBranch: plumbing.Main},
	})
	require.NoError(t, err)
	return &clone{t, root, repository, time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
}

func (c *clone) write(name, content string) {
	c.Helper()
	at := filepath.Join(c.root, filepath.FromSlash(name))
	require.NoError(c, os.MkdirAll(filepath.Dir(at), 0o755))
	require.NoError(c, os.WriteFile(at, []byte(content), 0o600))
}

// commit commits the working tree, each time a minute later.
func (c *clone) commit(message string) plumbing.Hash {
	c.Helper()
	tree, err := c.git.Worktree()
	require.NoError(c, err)
	require.NoError(c, tree.AddWithOptions(&git.AddOptions{All: true}))
	c.when = c.when.Add(time.Minute)
	hash, err := tree.Commit(message, &git.CommitOptions{
		AllowEmptyCommits: true, Author: &object.Signature{Name: "test", Email: "test@example.com", When: c.when},
	})
	require.NoError(c, err)
	return hash
}

func (c *clone) checkout(branch string, from plumbing.Hash) {
	c.Helper()
	tree, err := c.git.Worktree()
	require.NoError(c, err)
	require.NoError(c, tree.Checkout(&git.CheckoutOptions{
		Hash: from, Branch: plumbing.NewBranchReferenceName(branch), Create: true,
	}))
}

func (c *clone) open(project string) *revision.Repository {
	c.Helper()
	repository, err := revision.Open(filepath.Join(c.root, project))
	require.NoError(c, err)
	return repository
}

func (c *clone) resolve(name string) revision.Revision {
	c.Helper()
	found, err := c.open(".").Resolve(name)
	require.NoError(c, err)
	return found
}
