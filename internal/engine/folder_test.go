package engine_test

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
)

// inFolder is a project in a folder of this name, whose state is below it.
func inFolder(t *testing.T, name string) engine.Options {
	t.Helper()
	o := testOptions(t, program(named("a")...))
	root := filepath.Join(o.Project.Root, name)
	require.NoError(t, os.Mkdir(root, 0o700))
	for _, file := range []string{"Pulumi.yaml", "Pulumi.dev.yaml"} {
		require.NoError(t, os.Rename(filepath.Join(o.Project.Root, file), filepath.Join(root, file)))
	}
	var err error
	o.Project, err = engine.FindProject(root)
	require.NoError(t, err)
	o.Dir = filepath.Join(root, ".lab")
	return o
}

// A clone and a state folder may have any name: the CLI gets the folder as a URL, in which %, ? and # mean something.
func TestOpen_FoldersOfAnyName(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows does not take such names")
	}
	for _, name := range []string{"a#b %20?c%", "a\nb\t\x1b[2J'\"\\$(id);&*[x]{y}ü→"} {
		o := inFolder(t, name)
		with(t, o, func(s *engine.Stack) { require.Empty(t, s.Up(t.Context()).Errors, "%q", name) })
		with(t, o, func(s *engine.Stack) {
			assert.Equal(t, 3, s.Up(t.Context()).Changes["same"], "%q: its state is found again", name)
			assert.Empty(t, s.Destroy(t.Context()).Errors)
		})
	}
}

func TestOpen_FoldersThatCannotBe(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"a\xffb": "not UTF-8", strings.Repeat("long/", 1000): "too long"} {
		o := testOptions(t, program(named("a")...))
		o.Dir = filepath.Join(o.Dir, name)
		_, err := engine.Open(t.Context(), "dev", o)
		require.ErrorContains(t, err, want)
		assert.Less(t, len(err.Error()), 400)
		assert.NotContains(t, err.Error(), "\n")
		assert.Contains(t, err.Error(), "--dir")
	}
}
