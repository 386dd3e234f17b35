package revision

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/format/gitignore"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Changed lists the files that differ between a revision and the working tree as it is, committed or not: paths below
// the repository's root, with slashes, sorted. Files that git ignores are none, unless it tracks them.
func (r *Repository) Changed(revision Revision) ([]string, error) {
	tree, err := revision.commit.Tree()
	if err != nil {
		return nil, r.notFound(revision.Name, err)
	}
	was, err := blobs(tree)
	if err != nil {
		return nil, fmt.Errorf("revision %s: %w", revision.Name, err)
	}
	is, err := r.working(was)
	if err != nil {
		return nil, fmt.Errorf("working tree: %w", err)
	}
	var changed []string
	for name, hash := range was {
		same, err := r.holds(name, hash)
		if err != nil {
			return nil, fmt.Errorf("working tree: %w", err)
		}
		if !same {
			changed = append(changed, name)
		}
	}
	for name := range is {
		if _, known := was[name]; !known {
			changed = append(changed, name)
		}
	}
	slices.Sort(changed)
	return changed, nil
}

// blobs are the files of a tree by path.
func blobs(tree *object.Tree) (map[string]plumbing.Hash, error) {
	files := map[string]plumbing.Hash{}
	walker := object.NewTreeWalker(tree, true, nil)
	defer walker.Close()
	for {
		name, entry, err := walker.Next()
		switch {
		case errors.Is(err, io.EOF):
			return files, nil
		case err != nil:
			return nil, err
		case entry.Mode != filemode.Dir && entry.Mode != filemode.Submodule:
			files[name] = entry.Hash
		}
	}
}

// working are the files of the working tree: those that git tracks, now or in the other revision, and those that it
// would take.
func (r *Repository) working(was map[string]plumbing.Hash) (map[string]bool, error) {
	index, err := r.git.Storer.Index()
	if err != nil {
		return nil, err
	}
	tracked, folders := map[string]bool{}, map[string]bool{}
	track := func(name string) {
		tracked[name] = true
		for folder := path.Dir(name); !folders[folder]; folder = path.Dir(folder) {
			folders[folder] = true
		}
	}
	for _, entry := range index.Entries {
		track(entry.Name)
	}
	for name := range was {
		track(name)
	}
	tree, err := r.git.Worktree()
	if err != nil {
		return nil, err
	}
	patterns, err := gitignore.ReadPatterns(tree.Filesystem, nil)
	if err != nil {
		return nil, err
	}
	ignored := gitignore.NewMatcher(append(patterns, tree.Excludes...))
	files := map[string]bool{}
	return files, filepath.WalkDir(r.root, func(at string, entry fs.DirEntry, err error) error {
		if err != nil || at == r.root {
			return err
		}
		below, err := filepath.Rel(r.root, at)
		if err != nil {
			return err
		}
		name := filepath.ToSlash(below)
		skip := entry.Name() == ".git" || ignored.Match(strings.Split(name, "/"), entry.IsDir())
		switch {
		case entry.IsDir() && (skip && !folders[name] || isRepository(at)):
			return filepath.SkipDir
		case !entry.IsDir() && (!skip || tracked[name]):
			files[name] = true
		}
		return nil
	})
}

// isRepository: a submodule, or a worktree inside of this one, has files of its own.
func isRepository(folder string) bool {
	_, err := os.Lstat(filepath.Join(folder, ".git"))
	return err == nil
}

// holds says whether a file of the working tree is what git stores under a hash, be it with the line ends that git
// writes on Windows.
func (r *Repository) holds(name string, hash plumbing.Hash) (bool, error) {
	at := filepath.Join(r.root, filepath.FromSlash(name))
	info, err := os.Lstat(at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, err
	case info.Mode()&fs.ModeSymlink != 0:
		target, err := os.Readlink(at)
		return plumbing.ComputeHash(plumbing.BlobObject, []byte(filepath.ToSlash(target))) == hash, err
	case !info.Mode().IsRegular():
		return false, nil
	}
	content, err := os.ReadFile(at)
	if err != nil {
		return false, err
	}
	if plumbing.ComputeHash(plumbing.BlobObject, content) == hash {
		return true, nil
	}
	unix := bytes.ReplaceAll(content, []byte("\r\n"), []byte("\n"))
	return len(unix) < len(content) && plumbing.ComputeHash(plumbing.BlobObject, unix) == hash, nil
}

// Code are those of some paths that a lab may be built from. All count but those that are known to be harmless: each
// revision's stack files are read as they are, whichever lab reads them.
func (r *Repository) Code(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(name string) bool {
		return Harmless(strings.TrimPrefix(name, r.project+"/"))
	})
}

// What no lab is built from: folders at the top of the project. Of the files at the top, beside Go's own, only those of
// topFiles are read; a report that a run has left there is not. Of Go, only tests are harmless. A test of this package
// keeps embedded files out.
var (
	harmlessFolders = []string{"docs", "tests", ".ci", ".github", ".azuredevops", ".devcontainer", ".vscode"}
	topFiles        = []string{"go.mod", "go.sum", "go.work", "go.work.sum", "Pulumi.yaml"}
)

// Harmless says whether a file of the project, by its path with slashes, is one that no lab is built from: stack files,
// documents, tests and what CI needs.
func Harmless(name string) bool {
	base, folders := path.Base(name), strings.Split(path.Dir(name), "/")
	switch {
	case path.Ext(base) == ".go":
		return strings.HasSuffix(base, "_test.go")
	case path.Ext(base) == ".md", slices.Contains(folders, "testdata"):
		return true
	case folders[0] == ".":
		return !slices.Contains(topFiles, base)
	}
	return slices.Contains(harmlessFolders, folders[0])
}
