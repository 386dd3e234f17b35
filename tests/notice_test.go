package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Apache License 2.0, 4(d): who distributes a work distributes the NOTICE files of what it contains. Our own NOTICE
// names the modules that have one, so a new requirement with a NOTICE has to be added there.
func TestNoticeNamesLinkedModulesThatHaveOne(t *testing.T) {
	t.Parallel()
	const format = "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Dir}}{{end}}{{end}}"
	list := exec.Command("go", "list", "-deps", "-f", format, "./...")
	list.Dir, list.Stderr = "..", os.Stderr
	linked, err := list.Output()
	require.NoError(t, err)
	var withNotice []string
	for line := range strings.Lines(string(linked)) {
		path, dir, found := strings.Cut(strings.TrimSpace(line), "\t")
		if !found || slices.Contains(withNotice, path) {
			continue
		}
		if files, _ := filepath.Glob(filepath.Join(dir, "NOTICE*")); len(files) > 0 {
			withNotice = append(withNotice, path)
		}
	}
	slices.Sort(withNotice)
	require.NotEmpty(t, withNotice)
	text, err := os.ReadFile("../NOTICE")
	require.NoError(t, err)
	var named []string
	required := requirements(t, "../go.mod")
	for line := range strings.Lines(string(text)) {
		if path := strings.TrimSpace(line); required[path] != "" {
			named = append(named, path)
		}
	}
	assert.Equal(t, withNotice, named, "NOTICE: the modules of go.mod with a NOTICE file, sorted")
}
