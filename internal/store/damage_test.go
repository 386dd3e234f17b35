package store_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/internal/store"
)

// whole is a store of some pages.
func whole(t *testing.T) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), "whole.db")
	db, err := store.Open(path)
	require.NoError(t, err)
	for i := range 40 {
		require.NoError(t, db.Put(fmt.Sprintf("c%d", i%3), fmt.Sprint(i), bytes.Repeat([]byte{'x'}, 300*(i%7))))
	}
	require.NoError(t, db.Close())
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return text
}

// Whatever happened to the file, using it works or fails with an error that names it: no panic, no SIGBUS.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	text, folder := whole(t), t.TempDir()
	opened, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		damaged := bytes.Clone(text)
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			damaged = damaged[:rapid.IntRange(1, len(damaged)-1).Draw(t, "cut")]
		case 1: // a page of zeros
			page := rapid.IntRange(0, len(damaged)/4096-1).Draw(t, "page")
			copy(damaged[page*4096:], make([]byte, 4096))
		case 2:
			at := rapid.IntRange(0, len(damaged)-1).Draw(t, "at")
			copy(damaged[at:], rapid.SliceOfN(rapid.Byte(), 1, 2000).Draw(t, "garbage"))
		}
		// A file of its own each time: one that could not be opened stays locked until the process ends.
		path := filepath.Join(folder, fmt.Sprint(opened+refused, ".db"))
		require.NoError(t, os.WriteFile(path, damaged, 0o600))
		db, err := store.Open(path)
		if err == nil {
			err = errors.Join(db.Put("c1", "new", "value"), db.Close())
		}
		var problem *store.DamagedError
		if err == nil {
			opened++
			return
		}
		refused++
		require.ErrorAs(t, err, &problem)
		require.ErrorContains(t, err, path)
	})
	t.Logf("%d opened, %d refused", opened, refused)
	require.NotZero(t, refused)
}
