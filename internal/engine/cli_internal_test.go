package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestVersion_IsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	assert.Equal(t, Version, "v"+sdk.Version.String(), "the version of the SDK that is linked")
	for file, module := range map[string]string{
		"../../go.mod": "github.com/pulumi/pulumi/sdk/v3", "../../tools/go.mod": "github.com/pulumi/pulumi/pkg/v3",
	} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		found := regexp.MustCompile(regexp.QuoteMeta(module) + ` (\S+)`).FindStringSubmatch(string(text))
		require.NotNil(t, found, file)
		assert.Equal(t, Version, found[1], file)
	}
}

func TestBuildError(t *testing.T) {
	t.Parallel()
	exit := errors.New("exit status 1")
	for output, want := range map[string]string{
		"net\nwrite /tmp/x: no space left on device":                            "no space left",
		"go: go.mod requires go >= 1.26 (running go 1.20.1; GOTOOLCHAIN=local)": "too old",
		"go: a@v1: Get \"https://proxy\": dial tcp: lookup proxy: no such host": "check the network",
		"go: downloading a v1\nmain.go:1:1: syntax error":                       "syntax error",
		"": "nothing",
		"go: module lookup disabled by GOPROXY=off":                                  "check the network",
		"compile: writing output: There is not enough space on the disk.":            "no space left",
		"go: download go1.26 for linux/amd64: toolchain not available":               "too old",
		"x.go:1:1: a\nx.go:2:1: b\nx.go:3:1: c\nx.go:4:1: d\ngithub.com/some/module": "x.go:2:1: b; x.go:3:1: c; x.go:4:1: d",
	} {
		err := buildError(exit, output)
		require.ErrorContains(t, err, want, output)
		assert.NotContains(t, err.Error(), "\n", "one line")
	}
}

func TestFindCLI_Cached(t *testing.T) {
	cache := t.TempDir()
	t.Setenv(CacheVariable, cache)
	t.Setenv("PATH", "")
	cached := filepath.Join(cache, cliFileName())
	require.NoError(t, os.WriteFile(cached, nil, 0o600))
	path, err := FindCLI(t.Context(), &Project{}, "", nil)
	require.NoError(t, err)
	assert.Equal(t, cached, path)
}

func TestFindCLI_NoGoToolchain(t *testing.T) {
	t.Setenv(CacheVariable, t.TempDir())
	t.Setenv("PATH", "")
	var told strings.Builder
	_, err := FindCLI(t.Context(), &Project{Root: "../.."}, "", NewProgress(&told, false))
	require.ErrorContains(t, err, "install Go")
	assert.Contains(t, told.String(), "building the Pulumi CLI "+Version)
}

func TestFindCLI_CacheCannotBeWritten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	t.Setenv(CacheVariable, file)
	t.Setenv("PATH", "")
	_, err := FindCLI(t.Context(), &Project{}, "", nil)
	assert.ErrorContains(t, err, CacheVariable)
}

func TestBuild_IsDoneOnce(t *testing.T) {
	t.Parallel()
	b := builder{folder: t.TempDir(), tools: "../../tools"}
	target := filepath.Join(b.folder, cliFileName())
	require.NoError(t, os.WriteFile(target, nil, 0o600)) // another run built it while this one waited
	path, err := b.build(t.Context())
	require.NoError(t, err)
	assert.Equal(t, target, path)
}

func TestBuild_Interrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := builder{folder: t.TempDir(), tools: "../../tools"}
	_, err := b.build(ctx)
	require.ErrorContains(t, err, "interrupted")
	left, err := filepath.Glob(filepath.Join(b.folder, "build-*"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestProgress_Lines(t *testing.T) {
	t.Parallel()
	var silent *Progress
	silent.Line("nothing")
	silent.Step(nil)()

	var told strings.Builder
	p := NewProgress(&told, true)
	stop := p.Step(func(elapsed time.Duration) string { return elapsed.String() })
	time.Sleep(1200 * time.Millisecond)
	stop()
	p.Line("%d done", 1)
	assert.Equal(t, "1s\r  \r1 done\n", told.String())
}

func TestFindProject(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	_, err := FindProject(root)
	require.ErrorContains(t, err, "no Pulumi.yaml")
	below := filepath.Join(root, "a", "b")
	require.NoError(t, os.MkdirAll(below, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi.yaml"), []byte("runtime: go\n"), 0o600))
	_, err = FindProject(below)
	require.ErrorContains(t, err, "name is missing")
	require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi.yaml"), []byte("name: x\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi.b.yaml"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi.a.yaml"), nil, 0o600))
	project, err := FindProject(below)
	require.NoError(t, err)
	assert.Equal(t, "x", project.Name)
	stacks, err := project.Stacks()
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, stacks)
	_, err = project.StackFile("c")
	assert.EqualError(t, err, "stack c: there is no Pulumi.c.yaml (stacks here: a, b)")
}
