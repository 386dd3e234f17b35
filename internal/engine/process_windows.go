package engine

import (
	"context"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/iwdgo/sigintwindows"
)

// interrupt asks a process to end, as Ctrl-Break does: Windows has no signals.
func interrupt(process *os.Process) error { return sigintwindows.SendCtrlBreak(process.Pid) }

// separate keeps a console's Ctrl-C away from the child: it is ours to pass on, once.
func separate(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// inheritableLock: file locks are not inherited on Windows; nothing is locked.
func inheritableLock(context.Context, string, time.Duration, func()) (*os.File, error) {
	return nil, nil
}

// inherit does nothing: there is no lock to hand over.
func inherit(*exec.Cmd, *os.File) {}
