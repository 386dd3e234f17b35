package shell

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"
)

// maxFileBytes is what all files of a container hold together before writes say that no space is left.
const maxFileBytes = 16 << 20

// Files is a container's file system, in memory. Paths are absolute and use slashes.
type Files struct {
	mu       sync.Mutex
	files    map[string]*bytes.Buffer
	dirs     map[string]bool
	readOnly bool     // the root file system; mounts stay writable
	mounts   []string // writable whatever the root is
	bytes    int
}

// NewFiles makes an empty file system with /tmp and /dev. With readOnly only the mounts can be written, as with
// securityContext.readOnlyRootFilesystem.
func NewFiles(readOnly bool, mounts ...string) *Files {
	f := &Files{
		files:    map[string]*bytes.Buffer{},
		dirs:     map[string]bool{"/": true, "/tmp": true, "/dev": true},
		readOnly: readOnly,
	}
	for _, mount := range mounts {
		mount = clean(mount)
		f.mounts = append(f.mounts, mount)
		for dir := mount; dir != "/"; dir = path.Dir(dir) {
			f.dirs[dir] = true
		}
	}
	return f
}

// MountFile makes one file writable whatever the root file system is, as the kubelet does with the termination log.
func (f *Files) MountFile(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name = clean(name)
	f.mounts = append(f.mounts, name)
	for dir := path.Dir(name); dir != "/"; dir = path.Dir(dir) {
		f.dirs[dir] = true
	}
	f.files[name] = &bytes.Buffer{}
}

// Tail is the end of a file, at most limit bytes; empty if there is no such file.
func (f *Files) Tail(name string, limit int) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	file := f.files[clean(name)]
	if file == nil {
		return ""
	}
	text := file.Bytes()
	return string(text[max(0, len(text)-limit):])
}

// clean turns what the interpreter makes of a path, which on Windows has backslashes and a volume, into ours.
func clean(name string) string {
	name = strings.TrimPrefix(name, filepath.VolumeName(name))
	return path.Clean("/" + filepath.ToSlash(name))
}

func (f *Files) writable(name string) bool {
	for _, mount := range f.mounts {
		if name == mount || strings.HasPrefix(name, mount+"/") {
			return true
		}
	}
	return !f.readOnly && strings.HasPrefix(name, "/tmp/")
}

// open follows os.OpenFile's flags. Errors are *os.PathError, which the interpreter prints, with the shell's words.
func (f *Files) open(name string, flag int) (io.ReadWriteCloser, error) {
	name = clean(name)
	if name == "/dev/null" {
		return nothing{}, nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	writes := flag&(os.O_WRONLY|os.O_RDWR) != 0
	file := f.files[name]
	if !writes {
		if file == nil {
			return nil, &os.PathError{Op: "sh: can't open", Path: name, Err: syscall.ENOENT}
		}
		return &handle{files: f, reader: bytes.NewReader(bytes.Clone(file.Bytes()))}, nil
	}
	if err := f.refuseWrite(name); err != nil {
		return nil, &os.PathError{Op: "sh: can't create", Path: name, Err: err}
	}
	if file == nil {
		file = &bytes.Buffer{}
		f.files[name] = file
	}
	if flag&os.O_TRUNC != 0 {
		f.bytes -= file.Len()
		file.Reset()
	}
	return &handle{files: f, file: file}, nil
}

func (f *Files) refuseWrite(name string) error {
	switch {
	case f.dirs[name]:
		return syscall.EISDIR
	case !f.dirs[path.Dir(name)]:
		return syscall.ENOENT
	case !f.writable(name) && f.readOnly:
		return syscall.EROFS
	case !f.writable(name):
		return syscall.EACCES
	}
	return nil
}

func (f *Files) remove(name string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	name = clean(name)
	file := f.files[name]
	if file == nil {
		return syscall.ENOENT
	}
	if !f.writable(name) {
		return syscall.EACCES
	}
	f.bytes -= file.Len()
	delete(f.files, name)
	return nil
}

func (f *Files) read(name string) (string, error) {
	handle, err := f.open(name, os.O_RDONLY)
	if err != nil {
		return "", syscall.ENOENT
	}
	text, err := io.ReadAll(handle)
	return string(text), err
}

func (f *Files) stat(name string) (fs.FileInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name = clean(name)
	if name == "/dev/null" {
		return info{name: "null", mode: fs.ModeDevice | fs.ModeCharDevice | 0o666}, nil
	}
	if file := f.files[name]; file != nil {
		return info{name: path.Base(name), size: int64(file.Len()), mode: 0o644}, nil
	}
	if f.dirs[name] {
		return info{name: path.Base(name), mode: fs.ModeDir | 0o755}, nil
	}
	return nil, &os.PathError{Op: "stat", Path: name, Err: syscall.ENOENT}
}

func (f *Files) list(dir string) []fs.DirEntry {
	f.mu.Lock()
	defer f.mu.Unlock()
	dir = clean(dir)
	var entries []fs.DirEntry
	for name := range f.dirs {
		if name != "/" && path.Dir(name) == dir {
			entries = append(entries, fs.FileInfoToDirEntry(info{name: path.Base(name), mode: fs.ModeDir | 0o755}))
		}
	}
	for name, file := range f.files {
		if path.Dir(name) == dir {
			entries = append(entries, fs.FileInfoToDirEntry(
				info{name: path.Base(name), size: int64(file.Len()), mode: 0o644}))
		}
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name() < entries[j].Name() })
	return entries
}

// handle is an open file: reader for reading, file for writing at its end.
type handle struct {
	files  *Files
	file   *bytes.Buffer
	reader *bytes.Reader
}

func (h *handle) Read(p []byte) (int, error) {
	if h.reader == nil {
		return 0, syscall.EBADF
	}
	return h.reader.Read(p)
}

func (h *handle) Write(p []byte) (int, error) {
	if h.file == nil {
		return 0, syscall.EBADF
	}
	h.files.mu.Lock()
	defer h.files.mu.Unlock()
	if h.files.bytes+len(p) > maxFileBytes {
		return 0, syscall.ENOSPC
	}
	h.files.bytes += len(p)
	return h.file.Write(p)
}

func (*handle) Close() error { return nil }

// nothing is /dev/null.
type nothing struct{}

func (nothing) Read([]byte) (int, error)    { return 0, io.EOF }
func (nothing) Write(p []byte) (int, error) { return len(p), nil }
func (nothing) Close() error                { return nil }

type info struct {
	name string
	size int64
	mode fs.FileMode
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return i.mode }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return i.mode.IsDir() }
func (i info) Sys() any           { return nil }

// Place puts a read-only file there, as the kubelet does with a config map's.
func (f *Files) Place(name, content string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name = clean(name)
	for dir := path.Dir(name); dir != "/"; dir = path.Dir(dir) {
		f.dirs[dir] = true
	}
	f.files[name] = bytes.NewBufferString(content)
}

// Below are the files below a directory, by their paths relative to it.
func (f *Files) Below(dir string) map[string]string {
	f.mu.Lock()
	defer f.mu.Unlock()
	prefix := strings.TrimSuffix(clean(dir), "/") + "/"
	found := map[string]string{}
	for name, file := range f.files {
		if rest, inside := strings.CutPrefix(name, prefix); inside {
			found[rest] = file.String()
		}
	}
	return found
}
