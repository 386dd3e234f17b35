package main

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/go-git/go-git/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/documents"
	"aks-egress/internal/engine"
)

const (
	root = "../.."

	// parallelDocuments bounds how many documents run at once: each runs an engine, a program and a compiler at times.
	parallelDocuments = 2
)

// shownOnly are the documents of which nothing can run here, and why.
var shownOnly = map[string]string{
	"docs/how-to/deploy-to-azure.md": "it needs an Azure subscription",
}

// documentFiles are the documents that tell their reader to do something, from the root of the clone.
func documentFiles(t *testing.T) []string {
	t.Helper()
	files := []string{"README.md"}
	for _, folder := range []string{"tutorial", "how-to"} {
		found, err := filepath.Glob(filepath.Join(root, "docs", folder, "*.md"))
		require.NoError(t, err)
		for _, file := range found {
			relative, err := filepath.Rel(root, file)
			require.NoError(t, err)
			files = append(files, filepath.ToSlash(relative))
		}
	}
	return files
}

func readDocument(t *testing.T, file string) *documents.Document {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
	require.NoError(t, err)
	d, err := documents.Parse([]byte(strings.ReplaceAll(string(source), "\r\n", "\n")))
	require.NoError(t, err, file)
	return d
}

// What readers are told to type is typed by a test. Documents without a command that runs are few, and have a reason.
func TestDocuments_Run(t *testing.T) {
	t.Parallel()
	idle := map[string]string{}
	for _, file := range documentFiles(t) {
		d := readDocument(t, file)
		if shownOnly[file] == "" {
			assert.Empty(t, d.Plain, "%s: lines of fenced blocks without a language: say console, or text", file)
		}
		if !slices.ContainsFunc(d.Steps, func(s documents.Step) bool { return s.Command != nil }) {
			idle[file] = shownOnly[file]
		}
	}
	assert.Equal(t, shownOnly, idle, "documents of which nothing runs")
}

// Each document does what it says, in a clone of its own. UPDATE_GOLDEN=1 rewrites the outputs that it shows.
func TestDocuments(t *testing.T) {
	if testing.Short() {
		t.Skip("minutes")
	}
	t.Parallel()
	environment := readersEnvironment(t)
	places := make(chan struct{}, parallelDocuments)
	for _, file := range documentFiles(t) {
		t.Run(strings.ReplaceAll(strings.TrimSuffix(file, ".md"), "/", "-"), func(t *testing.T) {
			t.Parallel()
			d := readDocument(t, file)
			places <- struct{}{}
			defer func() { <-places }()
			clone := cloneFolder(t)
			if slices.ContainsFunc(d.Steps, needsHistory) {
				commitAll(t, clone)
			}
			reader := &documents.Reader{Folder: clone, Environment: environment, Instead: labInstead}
			answers, err := reader.Run(t.Context(), d)
			require.NoError(t, err, file)
			updating := os.Getenv("UPDATE_GOLDEN") != ""
			for _, a := range answers {
				failed := a.Exit != a.Command.Exit
				if failed || !a.Matches && !updating {
					t.Errorf("%s: %s", file, a)
				}
			}
			if updating {
				path := filepath.Join(root, filepath.FromSlash(file))
				require.NoError(t, os.WriteFile(path, d.Rewrite(answers), 0o644))
			}
		})
	}
}

// needsHistory says whether a step compares with another revision.
func needsHistory(s documents.Step) bool {
	return s.Command != nil && strings.Contains(s.Command.Text, "--base ")
}

// commitAll makes a repository with one commit of a clone.
func commitAll(t *testing.T, folder string) {
	t.Helper()
	repository, err := git.PlainInit(folder, false)
	require.NoError(t, err)
	(&reviewed{T: t, folder: folder, git: repository}).commit()
}

// labInstead runs the lab for `go run ./cmd/lab`, which would compile the same once more.
func labInstead(typed []string) (executable string, arguments []string, found bool) {
	if len(typed) < 3 || !slices.Equal(typed[:3], []string{"go", "run", "./cmd/lab"}) {
		return "", nil, false
	}
	executable, err := os.Executable()
	if err != nil {
		return "", nil, false
	}
	// By a folder of this name the lab knows that go run has started it.
	return executable, append([]string{filepath.Join("go-build", "lab")}, typed[3:]...), true
}

// readersEnvironment is that of a reader who has Go, git and Pulumi, and no account.
func readersEnvironment(t *testing.T) []string {
	t.Helper()
	project, err := engine.FindProject(root)
	require.NoError(t, err)
	cache := filepath.Join(project.Root, ".lab", "cache")
	cli, err := engine.FindCLI(context.Background(), project, cache, engine.NewProgress(os.Stderr, false))
	require.NoError(t, err)
	self, err := os.Executable()
	require.NoError(t, err)
	programs, home := t.TempDir(), t.TempDir()
	place(t, cli, filepath.Join(programs, "pulumi"))
	place(t, self, filepath.Join(programs, "pulumi-language-go"))
	environment := []string{
		"PATH=" + programs + string(filepath.ListSeparator) + os.Getenv("PATH"),
		engine.CacheVariable + "=" + filepath.Dir(cli),
		"PULUMI_HOME=" + home, "PULUMI_SKIP_UPDATE_CHECK=true", "NO_COLOR=1",
	}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(strings.ToUpper(variable), "=")
		if !strings.HasPrefix(name, "PULUMI_") && name != "PATH" && name != engine.CacheVariable && name != "UPDATE_GOLDEN" {
			environment = append(environment, variable)
		}
	}
	return environment
}

// place makes a program run under another name. The programs look at their own path, so a symbolic link would not do.
func place(t *testing.T, program, path string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
	if os.Link(program, path) == nil {
		return
	}
	from, err := os.Open(program)
	require.NoError(t, err)
	defer func() { require.NoError(t, from.Close()) }()
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o755)
	require.NoError(t, err)
	_, err = io.Copy(to, from)
	require.NoError(t, err)
	require.NoError(t, to.Close())
}

// source are the clone's files, with those that are not committed yet.
var source = sync.OnceValues(func() ([]string, error) {
	list := exec.Command("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	list.Dir = root
	output, err := list.Output()
	return strings.Split(strings.TrimRight(string(output), "\x00"), "\x00"), err
})

// cloneFolder is a clone of its own, in a folder of its own, named as the reader's.
func cloneFolder(t *testing.T) string {
	t.Helper()
	files, err := source()
	require.NoError(t, err)
	clone := filepath.Join(t.TempDir(), "aks-egress")
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(file)))
		if os.IsNotExist(err) {
			continue // deleted and not committed
		}
		require.NoError(t, err)
		path := filepath.Join(clone, filepath.FromSlash(file))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, text, 0o644))
	}
	return clone
}
