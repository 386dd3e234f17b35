package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"unicode/utf8"
)

// folder is where one stack lives: <dir>/<stack>.
type folder string

func (f folder) path(name string) string { return filepath.Join(string(f), name) }

func (f folder) lock() string      { return f.path("lock") }
func (f folder) cloud() string     { return f.path("cloud.db") }   // the simulated cloud
func (f folder) journal() string   { return f.path("journal.db") } // what the providers answered
func (f folder) stateCopy() string { return f.path("state.json") } // Pulumi's state before the last run
func (f folder) home() string      { return f.path("home") }       // PULUMI_HOME
func (f folder) work() string      { return f.path("work") }       // Pulumi.yaml and the stack's settings
func (f folder) backend() string   { return f.path("pulumi") }     // the file:// backend

// backendURL leaves out the attribute files that the file backend would write beside each file: they are not replaced
// whole, and an empty one, left by a killed run, makes the state unreadable. The path is escaped as in every URL: the
// CLI reads %, ? and # in it.
func (f folder) backendURL() string {
	path := url.URL{Path: filepath.ToSlash(f.backend())}
	return "file://" + path.EscapedPath() + "?metadata=skip"
}

// stateFile is where Pulumi's file backend keeps the stack's state.
func (f folder) stateFile(project, stack string) string {
	return filepath.Join(f.backend(), ".pulumi", "stacks", project, stack+".json")
}

// pulumiLocks is where Pulumi's file backend keeps its own locks.
func (f folder) pulumiLocks() string { return filepath.Join(f.backend(), ".pulumi", "locks") }

// stateFolder is the absolute path of a state folder. Any name does that the file system takes, but for bytes that are
// no text: they do not get through the engine's protocol.
func stateFolder(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", folderError(err)
	}
	if !utf8.ValidString(absolute) {
		return "", fmt.Errorf("state folder %q: its path is not UTF-8, which Pulumi cannot use; use --dir with another",
			absolute)
	}
	return absolute, nil
}

func (f folder) create() error {
	for _, path := range []string{f.home(), f.work(), f.backend()} {
		if err := os.MkdirAll(path, 0o755); err != nil {
			return folderError(err)
		}
	}
	return nil
}

// folderError turns a file system's refusal into one line that says what to do.
func folderError(err error) error {
	where := ""
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		where = " " + pathError.Path
	}
	switch {
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return fmt.Errorf("state folder%s: it cannot be written; use --dir with a folder that can: %w", where, err)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("state folder%s: no space left on the disk; free some, or use --dir on another disk: %w",
			where, err)
	case errors.Is(err, syscall.ENAMETOOLONG):
		return fmt.Errorf("state folder: its path of %d characters is too long; use --dir with a shorter one",
			len(strings.TrimSpace(where)))
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("state folder%s: a file is in the way of the folder; use --dir with another folder: %w", where, err)
	}
	return fmt.Errorf("state folder%s: %w", where, err)
}

// writeFile replaces a file whole: a killed run leaves the old one or the new one.
func writeFile(path string, text []byte) error {
	temporary := path + ".new"
	if err := writeThrough(temporary, text); err != nil {
		return folderError(errors.Join(err, removeFile(temporary)))
	}
	if err := os.Rename(temporary, path); err != nil {
		return folderError(err)
	}
	return nil
}

// writeThrough writes a file to the disk itself, where a full disk or a dying machine shows.
func writeThrough(path string, text []byte) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = file.Write(text)
	return errors.Join(err, file.Sync(), file.Close())
}

func readIfExists(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}
