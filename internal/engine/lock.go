package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// orphanPatience is how long a run waits for the Pulumi CLI of a killed run: without its providers it ends by itself.
const orphanPatience = time.Minute

// LockedError says that another run has the stack.
type LockedError struct {
	Stack string
	PID   int // 0: unknown
}

// Error says who has the stack and what to do.
func (e *LockedError) Error() string {
	holder := "another lab run"
	if e.PID > 0 {
		holder = fmt.Sprintf("another lab run (pid %d)", e.PID)
	}
	return fmt.Sprintf("stack %s: %s is using it; wait for it, or use --dir with another folder", e.Stack, holder)
}

// stackLock is the right to use a stack's folder. The file lock ends with this process; the CLI inherits a second one,
// so that the next run also waits for a CLI that outlived its lab.
type stackLock struct {
	own     *flock.Flock
	forCLI  *os.File // nil on Windows, where locks are not inherited
	pidFile string
}

func lockStack(ctx context.Context, stack string, f folder, progress *Progress) (*stackLock, error) {
	l := &stackLock{own: flock.New(f.lock()), pidFile: f.path("lock.pid")}
	held, err := l.own.TryLock()
	if err != nil {
		return nil, folderError(err)
	}
	if !held {
		return nil, &LockedError{Stack: stack, PID: readPID(l.pidFile)}
	}
	// The number is only for the other run's message, and Windows cannot read a locked file: so a file beside it.
	if err := os.WriteFile(l.pidFile, []byte(strconv.Itoa(os.Getpid())), 0o644); err != nil {
		return nil, errors.Join(folderError(err), l.release())
	}
	waiting := func() {
		progress.Line("stack %s: a run was killed; waiting for its Pulumi engine to end", stack)
	}
	l.forCLI, err = inheritableLock(ctx, f.path("lock.cli"), orphanPatience, waiting)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("stack %s: %w", stack, err), l.release())
	}
	return l, nil
}

func (l *stackLock) release() error {
	err := removeFile(l.pidFile)
	if l.forCLI != nil {
		err = errors.Join(err, l.forCLI.Close())
	}
	return errors.Join(err, l.own.Unlock())
}

func readPID(path string) int {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return pid
}
