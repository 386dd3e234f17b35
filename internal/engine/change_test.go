package engine_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
)

// A change behind Pulumi's back needs a deployed stack and no CLI, and keeps others out while it runs.
func TestChange(t *testing.T) {
	t.Parallel()
	o := testOptions(t, program(named("a")...))
	called := false
	touch := func(c engine.Cloud) error {
		called = true
		resources, err := c.Resources()
		require.NoError(t, err)
		assert.Len(t, resources, 1)
		return nil
	}
	require.ErrorIs(t, engine.Change(t.Context(), "dev", o, touch), engine.ErrNotDeployed)
	var unknown *engine.UnknownStackError
	require.ErrorAs(t, engine.Change(t.Context(), "prod", o, touch), &unknown)
	assert.False(t, called)

	with(t, o, func(s *engine.Stack) {
		require.Empty(t, s.Up(t.Context()).Errors)
		var locked *engine.LockedError
		require.ErrorAs(t, engine.Change(t.Context(), "dev", o, touch), &locked)
		assert.False(t, called)
	})
	o.CLI = func(context.Context) (string, error) { return "", errors.New("a change needs no Pulumi CLI") }
	require.NoError(t, engine.Change(t.Context(), "dev", o, touch))
	assert.True(t, called)
	failed := errors.New("refused")
	require.ErrorIs(t, engine.Change(t.Context(), "dev", o, func(engine.Cloud) error { return failed }), failed)
	require.NoError(t, engine.Change(t.Context(), "dev", o, touch), "the lock is given back")
}
