package program

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The table of docs/reference/outputs.md is that of the program; the prose around it is written by hand.
// UPDATE_GOLDEN=1 rewrites the table.
func TestReferenceOfOutputs(t *testing.T) {
	t.Parallel()
	const begin, end = "<!-- outputs -->\n", "<!-- end -->\n"
	path := filepath.Join("..", "..", "docs", "reference", "outputs.md")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	page := strings.ReplaceAll(string(text), "\r\n", "\n")
	before, rest, found := strings.Cut(page, begin)
	require.True(t, found, "the page has no line %q", begin)
	_, after, found := strings.Cut(rest, end)
	require.True(t, found, "the page has no line %q", end)

	want := before + begin + outputsTable() + end + after
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.WriteFile(path, []byte(want), 0o644))
		page = want
	}
	assert.Equal(t, want, page, "UPDATE_GOLDEN=1 go test ./internal/program")
}

func outputsTable() string {
	var table strings.Builder
	table.WriteString("| output | what |\n|---|---|\n")
	for _, o := range outputs {
		fmt.Fprintf(&table, "| `%s` | %s |\n", o.name, o.description)
	}
	return table.String()
}

func TestOutputsAreTold(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, o := range outputs {
		assert.NotEmpty(t, o.description, o.name)
		assert.False(t, seen[o.name], "%s is there twice", o.name)
		seen[o.name] = true
	}
}
