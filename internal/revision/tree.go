package revision

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"runtime"

	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Write writes the files of a revision into an empty folder and answers where the project is in it. Submodules stay
// empty. A symbolic link that leads out of the folder is left out, and nothing is written outside of it, whatever the
// commit holds.
func (r *Repository) Write(revision Revision, folder string) (project string, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	tree, err := revision.commit.Tree()
	if err != nil {
		return "", r.notFound(revision.Name, err)
	}
	links := map[string]string{}
	err = tree.Files().ForEach(func(file *object.File) error {
		if file.Mode == filemode.Symlink {
			target, err := file.Contents()
			links[file.Name] = target
			return err
		}
		return writeBlob(root, file)
	})
	if err != nil {
		return "", fmt.Errorf("revision %s: %w", revision.Name, err)
	}
	for name, target := range links { // behind all files: none is written through a link
		if err := writeLink(root, name, target); err != nil {
			return "", fmt.Errorf("revision %s: %w", revision.Name, err)
		}
	}
	return filepath.Join(folder, filepath.FromSlash(r.project)), nil
}

func writeBlob(root *os.Root, file *object.File) error {
	mode := os.FileMode(0o644)
	if file.Mode == filemode.Executable {
		mode = 0o755
	}
	name := filepath.FromSlash(file.Name)
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	in, err := file.Reader()
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	out, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// writeLink makes a link inside the folder. Where links need a privilege, on Windows, it is a file with the target in
// it, as git makes it.
func writeLink(root *os.Root, name, target string) error {
	if path.IsAbs(target) || !filepath.IsLocal(filepath.FromSlash(path.Join(path.Dir(name), target))) {
		return nil
	}
	name = filepath.FromSlash(name)
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	if runtime.GOOS == "windows" {
		return root.WriteFile(name, []byte(target), 0o644)
	}
	return root.Symlink(filepath.FromSlash(target), name)
}
