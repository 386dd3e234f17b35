package engine_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
)

// childVariable makes the test binary a lab run that kills itself: root|cli|verb|operation|name.
const childVariable = "ENGINE_TEST_CHILD"

func TestMain(m *testing.M) {
	if arguments := os.Getenv(childVariable); arguments != "" {
		runChild(strings.Split(arguments, "|"))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

var chain = []string{"a", "b", "c", "d", "e"}

func slowly(names ...string) []pulumi.Map {
	all := named(names...)
	for _, p := range all {
		p["delay"] = pulumi.Int(150)
	}
	return all
}

func runChild(arguments []string) {
	root, cli, verb, operation, name := arguments[0], arguments[1], arguments[2], arguments[3], arguments[4]
	project, err := engine.FindProject(root)
	if err != nil {
		panic(err)
	}
	answer := func(o, n string) {
		if o == operation && n == name {
			self, err := os.FindProcess(os.Getpid())
			if err == nil {
				err = self.Kill()
			}
			fmt.Fprintln(os.Stderr, "killed", err)
			select {}
		}
	}
	s, err := engine.Open(context.Background(), "dev", engine.Options{
		Project: project, Dir: filepath.Join(root, ".lab"), Cloud: openFake(answer),
		CLI:     func(context.Context) (string, error) { return cli, nil },
		Program: program(slowly(chain...)...),
	})
	if err != nil {
		panic(err)
	}
	if verb == "up" {
		fmt.Println(s.Up(context.Background()))
	} else {
		fmt.Println(s.Destroy(context.Background()))
	}
}

// killedRun runs the verb in a child that is killed after the operation on the named thing, or after a time.
func killedRun(t *testing.T, o engine.Options, verb, operation, name string, after time.Duration) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(),
		childVariable+"="+strings.Join([]string{o.Project.Root, findCLI(t), verb, operation, name}, "|"))
	require.NoError(t, child.Start())
	if after > 0 {
		time.Sleep(after)
		require.NoError(t, child.Process.Kill())
	}
	_ = child.Wait() // it was killed
}

func assertConverges(t *testing.T, o engine.Options) {
	t.Helper()
	var before int
	with(t, o, func(s *engine.Stack) {
		up := s.Up(t.Context())
		require.Empty(t, up.Errors)
		before = up.Changes["create"]
	})
	t.Logf("created after the kill: %d", before)
	with(t, o, func(s *engine.Stack) {
		again := s.Up(t.Context())
		require.Empty(t, again.Errors)
		assert.Equal(t, len(chain)+2, again.Changes["same"], again)
		refresh := s.Refresh(t.Context())
		assert.Equal(t, len(chain)+2, refresh.Changes["same"], "everything in the state exists: %v", refresh)
		destroy := s.Destroy(t.Context())
		assert.Empty(t, destroy.Errors, "the cloud is empty after destroy: nothing was orphaned")
		assert.Equal(t, len(chain)+2, destroy.Changes["delete"], destroy)
	})
}

func TestKilledRun_CreateWithoutAnswer(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program(slowly(chain...)...))
	killedRun(t, o, "up", "create", "c", 0)
	assertConverges(t, o)
}

func TestKilledRun_DeleteWithoutAnswer(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program(slowly(chain...)...))
	with(t, o, func(s *engine.Stack) { require.True(t, s.Up(t.Context()).OK) })
	killedRun(t, o, "destroy", "delete", "d", 0)
	assertConverges(t, o)
}

func TestKilledRun_AnyMoment(t *testing.T) {
	t.Parallel()
	for _, milliseconds := range []int{300, 900, 1200, 1500, 1800} {
		after := time.Duration(milliseconds) * time.Millisecond
		t.Run(after.String(), func(t *testing.T) {
			t.Parallel()
			o := testOptions(t, program(slowly(chain...)...))
			killedRun(t, o, "up", "", "", after)
			assertConverges(t, o)
		})
	}
}
