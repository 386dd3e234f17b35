package azuresim

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
)

// What an operation gives away is a copy, and a failed attempt leaves no trace.
func TestOperationIsIsolated(t *testing.T) {
	t.Parallel()
	c := &Cloud{addresses: map[string]allocation{}, records: map[string]*Record{
		"/a": {ID: "/A", Token: "azure-native:x/v1:Y", Outputs: map[string]any{"list": []any{map[string]any{"n": 1.0}}}},
	}}
	op := c.operation("/a", "")
	change := func(r *Record) { r.Outputs["list"].([]any)[0].(map[string]any)["n"] = 2.0 }
	n := func() any { return items(c.records["/a"].Outputs, "list")[0].(map[string]any)["n"] }
	r, ok := op.get("/A")
	require.True(t, ok)
	change(r)
	change(op.list("azure-native:x:Y")[0])
	change(op.show(c.records["/a"]))
	assert.Equal(t, 1.0, n())

	failed := errors.New("no")
	require.ErrorIs(t, op.attempt(func() error {
		op.put(&Record{ID: "/B"})
		op.remove("/a")
		_, err := op.allocateIP("/b")
		require.NoError(t, err)
		return failed
	}), failed)
	assert.True(t, op.exists("/a"))
	assert.False(t, op.exists("/b"))
	assert.Empty(t, op.addresses)
	op.put(r)
	assert.Equal(t, 1.0, n(), "what is not committed is not visible")
}

// Requests at the same time are served one after another.
func TestConcurrentRequests(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	var group errgroup.Group
	for i := range 20 {
		group.Go(func() error {
			_, err := b.try("network:PublicIPAddress", fmt.Sprint("pip", i), inGroup(standardAddress))
			b.cloud.Records()
			return err
		})
	}
	require.NoError(t, group.Wait())
	seen := map[string]bool{}
	for _, r := range b.cloud.Records() {
		if ip := text(r.Outputs, "ipAddress"); ip != "" {
			assert.False(t, seen[ip], ip)
			seen[ip] = true
		}
	}
	assert.Len(t, seen, 20)
}
