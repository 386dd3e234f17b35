package engine_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
)

// damages are what happens to files.
var damages = map[string]func(path string, text []byte) error{
	"empty":   func(path string, _ []byte) error { return os.WriteFile(path, nil, 0o600) },
	"cut off": func(path string, text []byte) error { return os.WriteFile(path, text[:len(text)/3], 0o600) },
	"garbage": func(path string, text []byte) error {
		return os.WriteFile(path, []byte(strings.Repeat("\x00x", len(text))), 0o600)
	},
	"gone": func(path string, _ []byte) error { return os.Remove(path) },
}

func damage(t *testing.T, o engine.Options, kind, name string) {
	t.Helper()
	path := filepath.Join(o.Dir, "dev", filepath.FromSlash(name))
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, damages[kind](path, text))
}

const stateName = "pulumi/.pulumi/stacks/lab-test/dev.json"

// A state that is damaged or gone is put together from its copy and the journal: nothing is created twice, and destroy
// leaves nothing behind.
func TestOpen_DamagedState(t *testing.T) {
	t.Parallel()
	for kind := range damages {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			o := testOptions(t, program(named("a", "b")...))
			var told strings.Builder
			o.Progress = engine.NewProgress(&told, false)
			with(t, o, func(s *engine.Stack) { require.True(t, s.Up(t.Context()).OK) })
			damage(t, o, kind, stateName)
			with(t, o, func(s *engine.Stack) {
				assert.Equal(t, 4, s.Up(t.Context()).Changes["same"], "after a single run as well")
			})
			o.Program = program(named(chain...)...)
			with(t, o, func(s *engine.Stack) { require.True(t, s.Up(t.Context()).OK) })
			damage(t, o, kind, stateName)
			with(t, o, func(s *engine.Stack) {
				assert.Equal(t, len(chain)+2, s.Up(t.Context()).Changes["same"], "nothing is created again")
			})
			assert.Contains(t, told.String(), "restored from its copy")
			damage(t, o, kind, stateName)
			with(t, o, func(s *engine.Stack) { assert.Empty(t, s.Destroy(t.Context()).Errors) })
		})
	}
}

// Without a copy, as after a first run that could not write, the simulated cloud starts anew.
func TestOpen_DamagedStateWithoutCopy(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program(named("a")...))
	with(t, o, func(s *engine.Stack) { require.True(t, s.Up(t.Context()).OK) })
	damage(t, o, "cut off", stateName)
	require.NoError(t, os.Remove(filepath.Join(o.Dir, "dev", "state.json")))
	with(t, o, func(s *engine.Stack) {
		assert.Equal(t, 3, s.Up(t.Context()).Changes["create"])
		assert.Empty(t, s.Destroy(t.Context()).Errors)
	})
}

// A damaged or missing store is one line that names the file and what to do, and doing it works.
func TestOpen_DamagedStores(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"cloud.db", "journal.db"} {
		for kind := range damages {
			if kind == "gone" && name == "journal.db" || kind == "empty" && name == "journal.db" {
				continue // a new one is as good: after a run that ended it adds nothing
			}
			t.Run(kind+" "+name, func(t *testing.T) {
				t.Parallel()
				o := testOptions(t, program(named("a")...))
				with(t, o, func(s *engine.Stack) { require.True(t, s.Up(t.Context()).OK) })
				damage(t, o, kind, name)
				_, err := engine.Open(t.Context(), "dev", o)
				require.ErrorContains(t, err, name)
				require.ErrorContains(t, err, "delete the folder")
				assert.NotContains(t, err.Error(), "\n")
				require.NoError(t, os.RemoveAll(filepath.Join(o.Dir, "dev")))
				with(t, o, func(s *engine.Stack) { assert.True(t, s.Up(t.Context()).OK) })
			})
		}
	}
}

// disk mounts a small file system; it needs root on Linux.
func disk(t *testing.T, size string) string {
	t.Helper()
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("only root on Linux can mount a small disk")
	}
	folder := t.TempDir()
	mount := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size="+size, "tmpfs", folder)
	output, err := mount.CombinedOutput()
	if err != nil && os.Getenv("CI") == "" {
		t.Skipf("mount: %s", output)
	}
	require.NoError(t, err, string(output))
	t.Cleanup(func() { _ = exec.Command("umount", "-l", folder).Run() }) // the folder goes with the test
	return folder
}

// Without room for a run nothing is started.
func TestUp_NoSpace(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program(named("a")...))
	o.Dir = disk(t, "2m")
	with(t, o, func(s *engine.Stack) {
		up := s.Up(t.Context())
		require.Len(t, up.Errors, 1)
		assert.Contains(t, up.Errors[0], "nothing was started")
		assert.Contains(t, up.Errors[0], "--dir")
	})
}

// A disk that fills in the middle of a run cuts Pulumi's state and its backup off. With room again, the next up goes on
// and destroy leaves nothing behind.
func TestUp_DiskFullInTheMiddle(t *testing.T) {
	t.Parallel()
	for _, deployed := range []bool{false, true} {
		o := testOptions(t, program(named("a")...))
		o.Dir = disk(t, "16m")
		ballast := filepath.Join(o.Dir, "ballast")
		full := openFake(func(operation, name string) {
			if operation == "create" && name == "c" {
				_ = os.WriteFile(ballast, make([]byte, 32<<20), 0o600) // as much as there is room for
			}
		})
		if deployed {
			with(t, o, func(s *engine.Stack) { require.True(t, s.Up(t.Context()).OK) })
		}
		o.Program, o.Cloud = program(named(chain...)...), full
		with(t, o, func(s *engine.Stack) { assert.False(t, s.Up(t.Context()).OK) })
		require.NoError(t, os.Remove(ballast))
		o.Cloud = openFake(nil)
		with(t, o, func(s *engine.Stack) {
			assert.Empty(t, s.Up(t.Context()).Errors, "deployed before: %v", deployed)
			assert.Equal(t, len(chain)+2, s.Up(t.Context()).Changes["same"])
			assert.Empty(t, s.Destroy(t.Context()).Errors)
		})
	}
}
