package engine

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
)

const (
	cliPackage  = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
	versionFlag = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version"
)

// unoptimized are parts of the CLI that a lab hardly runs (an OpenAPI reader, clients of other clouds, the commands
// around the engine) and that take long to optimize.
var unoptimized = []string{
	"github.com/pb33f/libopenapi/...", "github.com/aws/...", "github.com/envoyproxy/...", "github.com/alecthomas/...",
	"cloud.google.com/...", "google.golang.org/api/...", "github.com/pulumi/pulumi/pkg/v3/cmd/...",
}

// builder builds the pinned CLI from its source, once per folder even when several runs ask at the same time.
type builder struct {
	folder   string // where the CLI is kept
	tools    string // the module that pins it
	progress *Progress
}

func (b builder) build(ctx context.Context) (string, error) {
	target := filepath.Join(b.folder, cliFileName())
	lock := flock.New(target + ".lock")
	if held, err := lock.TryLock(); err != nil || !held {
		b.progress.Line("waiting: another run is building the Pulumi CLI %s", Version)
		if _, err := lock.TryLockContext(ctx, 300*time.Millisecond); err != nil {
			return "", fmt.Errorf("pulumi %s: waiting for the run that builds it: %w", Version, err)
		}
	}
	defer func() { _ = lock.Unlock() }()
	if _, err := os.Stat(target); err == nil {
		return target, nil
	}
	return target, b.buildLocked(ctx, target)
}

// buildLocked builds beside the target and renames, so that a killed build leaves no half CLI.
func (b builder) buildLocked(ctx context.Context, target string) error {
	stale, _ := filepath.Glob(filepath.Join(b.folder, "build-*")) // the pattern is well formed
	for _, folder := range stale {
		_ = os.RemoveAll(folder) // left by a killed build; what cannot be removed only costs space
	}
	scratch, err := os.MkdirTemp(b.folder, "build-")
	if err != nil {
		return fmt.Errorf("pulumi %s: %w", Version, err)
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	built := filepath.Join(scratch, cliFileName())

	start := time.Now()
	b.progress.Line("building the Pulumi CLI %s from source: no pulumi of this version is on PATH or in %s.\n"+
		"This happens once and takes about 4 minutes with 2 cores.", Version, b.folder)
	if err := b.compile(ctx, built); err != nil {
		return err
	}
	if got := cliVersion(ctx, built); got != Version {
		return fmt.Errorf("pulumi %s: the CLI built from %s says it is %q", Version, b.tools, got)
	}
	if err := os.Rename(built, target); err != nil {
		return fmt.Errorf("pulumi %s: %w", Version, err)
	}
	b.progress.Line("built %s in %s", target, time.Since(start).Round(time.Second))
	return nil
}

func (b builder) compile(ctx context.Context, output string) error {
	goTool, err := exec.LookPath("go")
	if err != nil {
		return fmt.Errorf("pulumi %s: it is not on PATH, and building it needs the Go toolchain, which is not on PATH: "+
			"install Go (https://go.dev/dl), or put pulumi %s on PATH", Version, Version)
	}
	// Read-only module mode: the versions are those of tools/go.mod whatever GOFLAGS says. Symbols are left out (-s -w).
	arguments := []string{
		"build", "-mod=readonly", "-buildvcs=false", "-v",
		"-ldflags", "-s -w -X " + versionFlag + "=" + Version, "-o", output,
	}
	for _, pattern := range unoptimized {
		arguments = append(arguments, "-gcflags="+pattern+"=-N -l")
	}
	command := exec.CommandContext(ctx, goTool, append(arguments, cliPackage)...)
	command.Dir = b.tools
	command.Env = append(os.Environ(), "GOWORK=off", "PWD="+b.tools)
	var log packageLog
	command.Stdout, command.Stderr = &log, &log
	command.Cancel = func() error { return interrupt(command.Process) }
	command.WaitDelay = 5 * time.Second

	stop := b.progress.Step(func(elapsed time.Duration) string {
		return fmt.Sprintf("building the Pulumi CLI: %d packages compiled, %s", log.packages.Load(), elapsed)
	})
	err = command.Run()
	stop()
	if ctx.Err() != nil {
		return fmt.Errorf("pulumi %s: the build was interrupted; the next run continues it", Version)
	}
	if err != nil {
		return buildError(err, log.text.String())
	}
	return nil
}

// packageLog keeps what `go build -v` writes and counts the packages: one line each. The buffer is not embedded, or
// io.Copy would fill it past Write.
type packageLog struct {
	text     bytes.Buffer
	packages atomic.Int64
}

// Write counts lines; os/exec calls it from one goroutine because stdout and stderr are the same writer.
func (l *packageLog) Write(text []byte) (int, error) {
	l.packages.Add(int64(bytes.Count(text, []byte("\n"))))
	return l.text.Write(text)
}

// buildError turns the go command's output into one line that says what to do.
func buildError(err error, output string) error {
	advice := ""
	switch {
	case strings.Contains(output, "no space left on device") || strings.Contains(output, "not enough space"):
		advice = "no space left: it needs about 3 GB in the Go caches (`go env GOCACHE GOMODCACHE`); free some, " +
			"or point GOCACHE, GOMODCACHE and " + CacheVariable + " to another disk"
	case strings.Contains(output, "requires go >="), strings.Contains(output, "toolchain not available"):
		advice = fmt.Sprintf("the Go toolchain on PATH is too old: install the one that tools/go.mod asks for "+
			"(https://go.dev/dl), or unset GOTOOLCHAIN=local (got %s)", toolVersion())
	case strings.Contains(output, "dial tcp"), strings.Contains(output, "i/o timeout"),
		strings.Contains(output, "module lookup disabled"):
		advice = "its modules cannot be downloaded: check the network and `go env GOPROXY`, or put pulumi " +
			Version + " on PATH"
	}
	last := lastLines(output, 3)
	if advice == "" {
		return fmt.Errorf("pulumi %s: the build ended with %w: %s", Version, err, last)
	}
	return fmt.Errorf("pulumi %s: %s (go said: %s)", Version, advice, last)
}

func toolVersion() string {
	output, err := exec.Command("go", "env", "GOVERSION").Output()
	if err != nil {
		return runtime.Version()
	}
	return strings.TrimSpace(string(output))
}

// lastLines joins the last lines that are not mere package names.
func lastLines(output string, count int) string {
	var lines []string
	for line := range strings.Lines(output) {
		if line = strings.TrimSpace(line); strings.Contains(line, " ") && !strings.HasPrefix(line, "go: downloading") {
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return "nothing"
	}
	return strings.Join(lines[max(0, len(lines)-count):], "; ")
}
