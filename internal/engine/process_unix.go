//go:build !windows

package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// interrupt asks a process to end, as Ctrl-C does.
func interrupt(process *os.Process) error { return process.Signal(os.Interrupt) }

// separate keeps a terminal's Ctrl-C away from the child: it is ours to pass on, once.
func separate(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// inheritableLock takes a lock that lasts as long as any process has the file open: ours, and children that inherit it.
// It calls waiting once when it has to wait.
func inheritableLock(ctx context.Context, path string, patience time.Duration, waiting func()) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, folderError(err)
	}
	deadline := time.Now().Add(patience)
	for told := false; ; told = true {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return file, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			return nil, errors.Join(errors.New("the Pulumi engine of a killed run is still running: end it, then run again"),
				file.Close())
		}
		if !told {
			waiting()
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// inherit hands the lock to a child.
func inherit(command *exec.Cmd, lock *os.File) { command.ExtraFiles = []*os.File{lock} }
