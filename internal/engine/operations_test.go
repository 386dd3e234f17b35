package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
	"aks-egress/internal/store"
)

const projectYAML = `name: lab-test
runtime: go
config:
  count:
    type: integer
    default: 1
  flags:
    type: array
    items: {type: string}
    default: []
`

// newProject is a project with one stack, dev.
func newProject(t *testing.T) *engine.Project {
	t.Helper()
	root := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi.yaml"), []byte(projectYAML), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(root, "Pulumi.dev.yaml"), []byte("config: {}\n"), 0o600))
	project, err := engine.FindProject(root)
	require.NoError(t, err)
	return project
}

// repository is this repository: its tools module builds the CLI when no other is at hand.
func repository(t *testing.T) *engine.Project {
	t.Helper()
	root, err := filepath.Abs("../..")
	require.NoError(t, err)
	return &engine.Project{Root: root, Name: "aks-egress"}
}

func findCLI(t *testing.T) string {
	t.Helper()
	cli, err := engine.FindCLI(t.Context(), repository(t), t.TempDir(), engine.NewProgress(os.Stderr, false))
	require.NoError(t, err)
	return cli
}

func testOptions(t *testing.T, run pulumi.RunFunc) engine.Options {
	t.Helper()
	project := newProject(t)
	return engine.Options{
		Project: project, Dir: filepath.Join(project.Root, ".lab"), Program: run, Cloud: openFake(nil),
		CLI:      func(context.Context) (string, error) { return findCLI(t), nil },
		Progress: engine.NewProgress(os.Stderr, false),
	}
}

func with(t *testing.T, o engine.Options, f func(s *engine.Stack)) {
	t.Helper()
	s, err := engine.Open(t.Context(), "dev", o)
	require.NoError(t, err)
	f(s)
	require.NoError(t, s.Close())
}

func TestStack_Lifecycle(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program(named("a", "b", "c")...))
	var display bytes.Buffer
	o.Display = &display
	with(t, o, func(s *engine.Stack) {
		preview := s.Preview(t.Context())
		require.Empty(t, preview.Errors)
		t.Logf("%+v", preview)

		up := s.Up(t.Context())
		require.Empty(t, up.Errors)
		assert.True(t, up.OK)
		assert.Equal(t, 5, up.Changes["create"])
		assert.Equal(t, map[string]any{"name0": "a", "name1": "b", "name2": "c", "kubeconfig": "[secret]"}, up.Outputs)
	})
	with(t, o, func(s *engine.Stack) {
		again := s.Up(t.Context())
		assert.Equal(t, map[string]int{"create": 0, "delete": 0, "replace": 0, "same": 5, "update": 0}, again.Changes)

		refresh := s.Refresh(t.Context())
		assert.True(t, refresh.OK, refresh.Errors)
		destroy := s.Destroy(t.Context())
		assert.True(t, destroy.OK, destroy.Errors)
		assert.Equal(t, 5, destroy.Changes["delete"])
	})
	t.Log(display.String())
}

func TestUp_ErrorsComeFromTheEngine(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program(named("a", "refused")...))
	with(t, o, func(s *engine.Stack) {
		up := s.Up(t.Context())
		assert.False(t, up.OK)
		assert.Equal(t, []string{`fake:index:Thing thing-1: Status=400 Code="Refused" Message="not here"`}, up.Errors)
		assert.Equal(t, 3, up.Changes["create"], "the stack, the provider and the first thing")
	})
}

func TestUp_ProgramErrors(t *testing.T) {
	t.Parallel()
	o := testOptions(t, func(*pulumi.Context) error { return errors.Join(errors.New("one"), errors.New("two")) })
	with(t, o, func(s *engine.Stack) {
		up := s.Up(t.Context())
		assert.False(t, up.OK)
		assert.Equal(t, []string{"one\ntwo"}, up.Errors)
	})
}

func TestUp_ConfigOverrides(t *testing.T) {
	t.Parallel()
	o := testOptions(t, func(ctx *pulumi.Context) error {
		c := config.New(ctx, "")
		var flags []string
		if err := c.TryObject("flags", &flags); err != nil {
			return err
		}
		ctx.Export("count", pulumi.Int(c.RequireInt("count")))
		ctx.Export("flags", pulumi.ToStringArray(flags))
		ctx.Export("version", pulumi.String(config.Get(ctx, "other:version")))
		return nil
	})
	var err error
	o.Config, err = engine.ParseOverrides("lab-test", []string{"count=3", "flags=[x, 'y=z']", "other:version=1.30"})
	require.NoError(t, err)
	with(t, o, func(s *engine.Stack) {
		up := s.Up(t.Context())
		require.Empty(t, up.Errors)
		assert.Equal(t, map[string]any{
			"count": 3.0, "flags": []any{"x", "y=z"}, "version": "1.30",
		}, up.Outputs)
	})
	text, err := os.ReadFile(filepath.Join(o.Project.Root, "Pulumi.dev.yaml"))
	require.NoError(t, err)
	assert.Equal(t, "config: {}\n", string(text), "the user's file is not touched")
	entries, err := os.ReadDir(o.Project.Root)
	require.NoError(t, err)
	assert.Len(t, entries, 3, "only the state folder was added")
}

func TestUp_SettingsThatDoNotFitTheProject(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program())
	o.Config = map[string]string{"lab-test:count": "many"}
	with(t, o, func(s *engine.Stack) {
		up := s.Up(t.Context())
		assert.False(t, up.OK)
		require.Len(t, up.Errors, 1)
		assert.Contains(t, up.Errors[0], "'count' must be of type 'integer'")
	})
}

func TestDestroy_TellsWhatIsLeft(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program(named("a")...))
	with(t, o, func(s *engine.Stack) { require.True(t, s.Up(t.Context()).OK) })
	db, err := store.Open(filepath.Join(o.Dir, "dev", "cloud.db"))
	require.NoError(t, err)
	require.NoError(t, db.Put(things, "things/stray", map[string]any{"name": "stray"}))
	require.NoError(t, db.Close())
	with(t, o, func(s *engine.Stack) {
		destroy := s.Destroy(t.Context())
		assert.False(t, destroy.OK)
		assert.Equal(t, []string{"left in the simulated cloud: fake:index:Thing things/stray"}, destroy.Errors)
	})
}

func TestOpen_OneRunAtATime(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program())
	with(t, o, func(*engine.Stack) {
		_, err := engine.Open(t.Context(), "dev", o)
		var locked *engine.LockedError
		require.ErrorAs(t, err, &locked)
		assert.Equal(t, os.Getpid(), locked.PID)
	})
	with(t, o, func(*engine.Stack) {})
}

func TestOpen_StaleLockOfPulumi(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program())
	with(t, o, func(s *engine.Stack) { require.True(t, s.Up(t.Context()).OK) })
	locks := filepath.Join(o.Dir, "dev", "pulumi", ".pulumi", "locks", "organization", "lab-test", "dev")
	require.NoError(t, os.MkdirAll(locks, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(locks, "x.json"), []byte(`{"pid": 1}`), 0o600))
	with(t, o, func(s *engine.Stack) { assert.Empty(t, s.Up(t.Context()).Errors) })
}

func TestOpen_BadInput(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program())

	_, err := engine.Open(t.Context(), "prod", o)
	var unknown *engine.UnknownStackError
	require.ErrorAs(t, err, &unknown)
	assert.Equal(t, []string{"dev"}, unknown.Known)

	o.Validate = func(string) error { return errors.Join(errors.New("first"), errors.New("second")) }
	_, err = engine.Open(t.Context(), "dev", o)
	assert.Equal(t, []string{"first", "second"}, engine.Failed(err).Errors)

	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	o.Dir = file
	_, err = engine.Open(t.Context(), "dev", o)
	assert.ErrorContains(t, err, "--dir")
}

func TestOutputsAndExport(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program(named("a")...))
	before := engine.Outputs("dev", o)
	require.Len(t, before.Errors, 1)
	assert.Contains(t, before.Errors[0], "stack dev: nothing is deployed")
	require.ErrorIs(t, engine.Export(t.Context(), "dev", o, io.Discard), engine.ErrNotDeployed)

	with(t, o, func(s *engine.Stack) { require.True(t, s.Up(t.Context()).OK) })
	after := engine.Outputs("dev", o)
	assert.Equal(t, map[string]any{"name0": "a", "kubeconfig": "[secret]"}, after.Outputs)
	var state bytes.Buffer
	require.NoError(t, engine.Export(t.Context(), "dev", o, &state))
	assert.Contains(t, state.String(), `"pulumi:pulumi:Stack"`)
	assert.NotContains(t, state.String(), "very secret")
}

func TestServe_ForPrograms(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	serving, err := engine.Serve(t.Context(), directory, openFake(nil), nil)
	require.NoError(t, err)
	assert.Regexp(t, `^fake:\d+$`, serving.Environment["PULUMI_DEBUG_PROVIDERS"])

	_, err = engine.Serve(t.Context(), directory, openFake(nil), nil)
	require.ErrorContains(t, err, "--dir")

	// A program of somebody else, which knows nothing but the environment.
	stack, err := auto.UpsertStackInlineSource(t.Context(), "other", "somebody", program(named("a")...),
		auto.EnvVars(serving.Environment), auto.Pulumi(engine.NewCommand(findCLI(t))), auto.WorkDir(t.TempDir()),
		auto.PulumiHome(t.TempDir()))
	require.NoError(t, err)
	up, err := stack.Up(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "a", up.Outputs["name0"].Value)
	require.NoError(t, serving.Close())

	// What it deployed is there again with the next serve.
	db, err := store.Open(filepath.Join(directory, "serve", "cloud.db"))
	require.NoError(t, err)
	count := 0
	require.NoError(t, db.Each(things, func(string, json.RawMessage) error { count++; return nil }))
	assert.Equal(t, 1, count)
	require.NoError(t, db.Close())
}

// A deployed stack whose program fails after it has registered something new stays as it is.
func TestStack_PreviewedUp(t *testing.T) {
	t.Parallel()
	fails := false
	o := testOptions(t, func(ctx *pulumi.Context) error {
		if !fails {
			return program(named("a")...)(ctx)
		}
		return errors.Join(program(named("a", "b")...)(ctx), errors.New("not like this"))
	})
	with(t, o, func(s *engine.Stack) { require.True(t, s.PreviewedUp(t.Context()).OK) })
	fails = true
	with(t, o, func(s *engine.Stack) {
		up := s.PreviewedUp(t.Context())
		assert.Equal(t, []string{"not like this"}, up.Errors)
		assert.False(t, up.OK)
		assert.Equal(t, "a", up.Outputs["name0"])
		assert.Zero(t, up.Changes["create"])
		assert.Len(t, s.Destroy(t.Context()).Steps, 3, "stack, provider and a, but no b")
	})
}
