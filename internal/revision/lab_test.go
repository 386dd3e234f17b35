package revision_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/revision"
)

// project is a folder with a cmd/lab of its own.
func project(t *testing.T, program string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range map[string]string{"go.mod": "module x\n\ngo 1.26\n", "cmd/lab/main.go": program} {
		at := filepath.Join(root, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
		require.NoError(t, os.WriteFile(at, []byte(content), 0o600))
	}
	return root
}

// pretender is a lab as far as this package knows labs: one stack deploys, another does not, and it ends with 1.
const pretender = `package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	folder, _ := os.Getwd()
	switch typed := strings.Join(os.Args[1:], " "); typed {
	case "up a b --json --dir DIR":
		fmt.Println("{\"stacks\": {\"a\": {\"ok\": true, \"later\": 1}, \"b\": {\"ok\": false, \"errors\": [\"no\"]}}}")
		os.Exit(1)
	case "export a --dir DIR":
		fmt.Print("in " + folder)
	default:
		fmt.Fprintln(os.Stderr, "error: "+typed+"\nusage: none")
		os.Exit(2)
	}
}
`

func TestLab(t *testing.T) {
	t.Parallel()
	root := project(t, pretender)
	lab, err := revision.Build(t.Context(), root, t.TempDir())
	require.NoError(t, err)
	stacks, err := lab.Up(t.Context(), []string{"a", "b"}, "DIR")
	require.NoError(t, err)
	assert.Equal(t, map[string]revision.Deployed{"a": {OK: true}, "b": {Errors: []string{"no"}}}, stacks)

	export, err := lab.Export(t.Context(), "a", "DIR")
	require.NoError(t, err)
	assert.Equal(t, "in "+root, string(export))

	_, err = lab.Up(t.Context(), []string{"c"}, "DIR")
	require.ErrorContains(t, err, "its `lab up` failed: exit status 2: up c --json --dir DIR")
	_, err = lab.Export(t.Context(), "b", "DIR")
	require.ErrorContains(t, err, "its `lab export` failed")
}

func TestBuild_Fails(t *testing.T) {
	t.Parallel()
	_, err := revision.Build(t.Context(), t.TempDir(), t.TempDir())
	require.ErrorContains(t, err, "it is older than the lab")

	_, err = revision.Build(t.Context(), project(t, "package main\n\nfunc main() { nosuch() }\n"), t.TempDir())
	require.ErrorContains(t, err, "its lab does not build:\ncmd/lab/main.go:3:15: undefined: nosuch")

	broken := "package main\n\nfunc main() {}\n" + strings.Repeat("func main() {}\n", 20)
	_, err = revision.Build(t.Context(), project(t, broken), t.TempDir())
	require.Error(t, err)
	assert.LessOrEqual(t, strings.Count(err.Error(), "\n"), 10)
	assert.Contains(t, err.Error(), "more lines")
}
