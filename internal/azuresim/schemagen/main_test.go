package main

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The embedded files are what the generator makes of the SDK that go.mod names.
func TestFilesAreCurrent(t *testing.T) {
	t.Parallel()
	for _, p := range packages {
		t.Run(p.fileName(), func(t *testing.T) {
			t.Parallel()
			want, err := p.generate()
			if errors.Is(err, errNoModule) {
				t.Skip(err)
			}
			require.NoError(t, err)
			have, err := os.ReadFile(filepath.Join("..", "schema", p.fileName()))
			require.NoError(t, err)
			assert.Equal(t, string(want), string(have), "run: go run ./internal/azuresim/schemagen")
		})
	}
}
