package store_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/internal/store"
)

// all is a collection as the store tells it.
func all(t require.TestingT, db *store.DB, collection string) (map[string]string, []string) {
	found, order := map[string]string{}, []string{}
	require.NoError(t, db.Each(collection, func(key string, text json.RawMessage) error {
		found[key], order = string(text), append(order, key)
		return nil
	}))
	return found, order
}

func TestPutSurvivesReopening(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lab.db")
	db, err := store.Open(path)
	require.NoError(t, err)
	require.NoError(t, db.Put("azure", "b", map[string]any{"n": 1}))
	require.NoError(t, db.PutAll("azure", map[string]any{"a": "x", "b": nil, "c": []int{1}}))
	require.NoError(t, db.Put("kubernetes", "a", "other"))
	require.NoError(t, db.Close())

	db, err = store.Open(path)
	require.NoError(t, err)
	defer db.Close()
	documents, order := all(t, db, "azure")
	assert.Equal(t, map[string]string{"a": `"x"`, "c": `[1]`}, documents)
	assert.Equal(t, []string{"a", "c"}, order)
	none, _ := all(t, db, "never written")
	assert.Empty(t, none)
}

func TestPutAllIsAllOrNothing(t *testing.T) {
	t.Parallel()
	db, err := store.Open(filepath.Join(t.TempDir(), "lab.db"))
	require.NoError(t, err)
	defer db.Close()
	require.NoError(t, db.Put("azure", "a", 1))
	require.Error(t, db.PutAll("azure", map[string]any{"a": 2, "b": make(chan int), "c": nil}))
	documents, _ := all(t, db, "azure")
	assert.Equal(t, map[string]string{"a": "1"}, documents)
}

func TestOneProcessAtATime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "lab.db")
	db, err := store.Open(path)
	require.NoError(t, err)
	defer db.Close()
	_, err = store.Open(path)
	require.ErrorContains(t, err, path)
}

// Whatever is written in whatever order, the store holds what a map would.
func TestPutIsAMap(t *testing.T) {
	t.Parallel()
	db, err := store.Open(filepath.Join(t.TempDir(), "lab.db"))
	require.NoError(t, err)
	defer db.Close()
	collections := 0
	rapid.Check(t, func(r *rapid.T) {
		collections++
		collection, model := fmt.Sprint(collections), map[string]string{}
		key := rapid.SampledFrom([]string{"a", "b", "c", "d"})
		for range rapid.IntRange(1, 4).Draw(r, "writes") {
			values := map[string]any{}
			for k, v := range rapid.MapOf(key, rapid.IntRange(-1, 3)).Draw(r, "values") {
				values[k] = nil
				delete(model, k)
				if v >= 0 {
					values[k] = v
					model[k] = fmt.Sprint(v)
				}
			}
			require.NoError(r, db.PutAll(collection, values))
		}
		documents, order := all(r, db, collection)
		assert.Equal(r, model, documents)
		assert.ElementsMatch(r, slices.Collect(maps.Keys(model)), order)
		assert.True(r, slices.IsSorted(order))
	})
}
