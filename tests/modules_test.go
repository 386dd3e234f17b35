package tests

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/mod/modfile"
)

// Modules that the lab and the pinned Pulumi CLI share have one version, so that what the first run compiles for one is
// compiled for the other too: without it the first run takes more than a minute longer.
func TestSharedModulesHaveOneVersion(t *testing.T) {
	t.Parallel()
	ours, clis := requirements(t, "../go.mod"), requirements(t, "../tools/go.mod")
	shared := 0
	for path, version := range ours {
		if other, ok := clis[path]; ok {
			shared++
			assert.Equal(t, other, version, "go mod edit -require=%s@%s && go mod tidy", path, other)
		}
	}
	assert.Greater(t, shared, 50)
}

func requirements(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	file, err := modfile.Parse(path, text, nil)
	require.NoError(t, err)
	versions := map[string]string{}
	for _, r := range file.Require {
		versions[r.Mod.Path] = r.Mod.Version
	}
	return versions
}
