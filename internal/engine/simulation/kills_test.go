package simulation_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
)

// number is an environment variable as a number.
func number(t *testing.T, variable string, otherwise int) int {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	value, err := strconv.Atoi(text)
	require.NoError(t, err, variable)
	return value
}

func stacks(t *testing.T) []string {
	t.Helper()
	project, err := engine.FindProject(".")
	require.NoError(t, err)
	files, err := filepath.Glob(filepath.Join(project.Root, "Pulumi.*.yaml"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var names []string
	for _, file := range files {
		names = append(names, strings.TrimSuffix(strings.TrimPrefix(filepath.Base(file), "Pulumi."), ".yaml"))
	}
	return names
}

// An `up` that is killed two to four times at any moment, which is also in the middle of the recovery from the kill
// before, ends as one that was never killed, and nothing is left after destroy. AKS_EGRESS_KILLS is the number of
// trials, AKS_EGRESS_SEED chooses other moments.
func TestKilledAgain_TheLastUpConverges(t *testing.T) {
	t.Parallel()
	trials, seed := number(t, "AKS_EGRESS_KILLS", 3), number(t, "AKS_EGRESS_SEED", 1)
	all := stacks(t)
	var kills, survived atomic.Int64
	t.Run("trials", func(t *testing.T) {
		for trial := range trials {
			stack := all[(trial*3+2)%len(all)]
			t.Run(fmt.Sprintf("%d-%s", trial, stack), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(uint64(seed), uint64(trial)))
				directory := t.TempDir()
				for range 2 + random.IntN(3) {
					run := child(t, directory, stack, "")
					require.NoError(t, run.Start())
					time.Sleep(100*time.Millisecond + time.Duration(random.Int64N(int64(3500*time.Millisecond))))
					if run.Process.Kill() == nil {
						kills.Add(1)
					}
					_ = run.Wait() // it was killed, or had ended
				}
				assertConverges(t, directory, stack)
				if !t.Failed() {
					survived.Add(1)
				}
			})
		}
	})
	t.Logf("%d trials, %d kills: %d survived, %d lost", trials, kills.Load(), survived.Load(),
		int64(trials)-survived.Load())
}

func assertConverges(t *testing.T, directory, stack string) {
	t.Helper()
	o, err := options(directory)
	require.NoError(t, err)
	s, err := engine.Open(t.Context(), stack, o)
	require.NoError(t, err)
	up := s.Up(t.Context())
	assert.Empty(t, up.Errors)
	assert.Equal(t, true, up.Outputs["egressVerified"])
	// What was created and did not become ready before the kill is updated; nothing is made anew.
	assert.Zero(t, up.Changes["replace"]+up.Changes["delete"], "%v %v", up.Changes, up.Steps)
	assert.Empty(t, s.Destroy(t.Context()).Errors, "nothing was orphaned")
	require.NoError(t, s.Close())
}
