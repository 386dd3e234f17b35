package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The files in the repository are those of the module in go.mod.
func TestGenerate(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	require.NoError(t, generate(directory))
	for _, resource := range resources {
		want, err := os.ReadFile(filepath.Join(directory, resource+".json"))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join("..", "crd", resource+".json"))
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), "go run ./internal/kubesim/crdgen")
	}
}
