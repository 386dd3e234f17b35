package engine_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
)

func TestUp_InterruptedFinishesWhatIsRunning(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program(slowly(chain...)...))
	ctx, cancel := context.WithCancel(t.Context())
	o.Cloud = openFake(func(_, name string) {
		if name == "b" {
			cancel()
		}
	})
	with(t, o, func(s *engine.Stack) {
		up := s.Up(ctx)
		assert.False(t, up.OK)
		assert.Equal(t, []string{"stack dev: interrupted; the state is good, the next up continues"}, up.Errors)
	})
	o.Cloud = openFake(nil)
	assertConverges(t, o)
}

func TestUp_KilledEngine(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program(slowly(chain...)...))
	ctx, cancel := context.WithCancel(t.Context())
	kill := make(chan struct{})
	o.Kill = kill
	o.Cloud = openFake(func(_, name string) {
		if name == "b" {
			cancel()
			close(kill)
			time.Sleep(time.Second) // the answer comes when nobody listens any more
		}
	})
	with(t, o, func(s *engine.Stack) { assert.False(t, s.Up(ctx).OK) })
	o.Cloud, o.Kill = openFake(nil), nil
	assertConverges(t, o)
}

func TestOpen_InterruptedBeforeAnythingRan(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := engine.Open(ctx, "dev", o)
	require.EqualError(t, err, "stack dev: interrupted before anything was changed")
	with(t, o, func(s *engine.Stack) { assert.True(t, s.Up(t.Context()).OK) })
}
