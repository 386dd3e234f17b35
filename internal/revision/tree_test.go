package revision_test

import (
	"go/build"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/revision"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("links and exec bits are not what they are elsewhere")
	}
	c := newClone(t)
	c.write("project/Pulumi.yaml", "name: x")
	c.write("project/run.sh", "#!/bin/sh")
	require.NoError(t, os.Chmod(filepath.Join(c.root, "project/run.sh"), 0o700)) //nolint:gosec // it is a program
	require.NoError(t, os.Symlink("Pulumi.yaml", filepath.Join(c.root, "project/inside")))
	require.NoError(t, os.Symlink("../../outside", filepath.Join(c.root, "project/above")))
	require.NoError(t, os.Symlink("/etc/passwd", filepath.Join(c.root, "absolute")))
	c.commit("all")

	folder := t.TempDir()
	project, err := c.open("project").Write(c.resolve("HEAD"), folder)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(folder, "project"), project)
	content, err := os.ReadFile(filepath.Join(project, "inside"))
	require.NoError(t, err)
	assert.Equal(t, "name: x", string(content))
	info, err := os.Stat(filepath.Join(project, "run.sh"))
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&0o100, "it stays executable")
	for _, out := range []string{"project/above", "absolute", ".git"} {
		_, err := os.Lstat(filepath.Join(folder, out))
		assert.ErrorIs(t, err, fs.ErrNotExist, out)
	}
}

func TestChanged(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	for _, name := range []string{"same", "edited", "removed", "lines", "sub/kept.log"} {
		c.write(name, "one\ntwo\n")
	}
	c.commit("all")
	c.write(".gitignore", "*.log\n/out/\n")
	c.write("edited", "three\n")
	c.write("added", "")
	c.write("lines", "one\r\ntwo\r\n")
	c.write("noise.log", "ignored")
	c.write("out/built", "ignored")
	c.write("other/.git", "gitdir: elsewhere")
	c.write("other/file", "of another worktree")
	require.NoError(t, os.Remove(filepath.Join(c.root, "removed")))
	changed, err := c.open(".").Changed(c.resolve("HEAD"))
	require.NoError(t, err)
	assert.Equal(t, []string{".gitignore", "added", "edited", "removed"}, changed)

	c.write("sub/kept.log", "tracked though ignored")
	changed, err = c.open(".").Changed(c.resolve("HEAD"))
	require.NoError(t, err)
	assert.Contains(t, changed, "sub/kept.log")
}

func TestCode(t *testing.T) {
	t.Parallel()
	c := newClone(t)
	c.write("infra/Pulumi.yaml", "name: x")
	paths := []string{
		"infra/Pulumi.udr.yaml", "infra/README.md", "infra/docs/a/b.png", "infra/LICENSE", "infra/report.html",
		"infra/x/y_test.go", "infra/x/testdata/z.json", "infra/.github/workflows/x.yml",
		"infra/Pulumi.yaml", "infra/go.mod", "infra/go.sum", "infra/x/y.go", "infra/docs/x.go", "infra/x/Pulumi.udr.yaml",
		"infra/components/probe_script.sh", "other/file.txt", "Pulumi.udr.yaml.go", "infra/testdata/x.go",
	}
	assert.Equal(t, paths[8:], c.open("infra").Code(paths))
}

// TestHarmless_NothingEmbedded holds for this project: what is built into the lab is never harmless.
func TestHarmless_NothingEmbedded(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	embedded := 0
	require.NoError(t, filepath.WalkDir(root, func(folder string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		if name := entry.Name(); folder != root && (strings.HasPrefix(name, ".") || name == "tools") {
			return filepath.SkipDir
		}
		pkg, err := build.ImportDir(folder, 0)
		if err != nil {
			return nil //nolint:nilerr // a folder without Go files
		}
		below, err := filepath.Rel(root, folder)
		for _, pattern := range pkg.EmbedPatterns {
			embedded++
			name := path.Join(filepath.ToSlash(below), pattern)
			assert.False(t, revision.Harmless(name), name)
		}
		return err
	}))
	assert.NotZero(t, embedded, "the test finds what is embedded")
}
