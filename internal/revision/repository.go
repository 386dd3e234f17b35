package revision

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Repository is the git repository that a project is in.
type Repository struct {
	git     *git.Repository
	root    string // of the working tree
	project string // the project's folder below it, with slashes; "." if they are one
}

// Revision is a commit.
type Revision struct {
	Name   string // as it was asked for
	Commit string // 40 hex digits

	commit *object.Commit
}

// Short is how people name the commit.
func (r Revision) Short() string { return r.Commit[:min(len(r.Commit), 7)] }

// Open finds the repository around a project's folder, be it a clone or a linked worktree.
func Open(project string) (*Repository, error) {
	repository, err := git.PlainOpenWithOptions(project, &git.PlainOpenOptions{
		DetectDotGit: true, EnableDotGitCommonDir: true,
	})
	if errors.Is(err, git.ErrRepositoryNotExists) {
		return nil, fmt.Errorf("%s is in no git repository, so it has no other revisions: "+
			"run inside a clone (a downloaded archive has no history)", project)
	}
	if err != nil {
		return nil, fmt.Errorf("git repository of %s: %w", project, err)
	}
	tree, err := repository.Worktree()
	if err != nil {
		return nil, fmt.Errorf("git repository of %s: %w", project, err)
	}
	root, err := filepath.EvalSymlinks(tree.Filesystem.Root())
	if err != nil {
		return nil, err
	}
	if project, err = filepath.EvalSymlinks(project); err != nil {
		return nil, err
	}
	below, err := filepath.Rel(root, project)
	if err != nil {
		return nil, err
	}
	return &Repository{git: repository, root: root, project: filepath.ToSlash(below)}, nil
}

// between is how git writes the merge base of two revisions; the one that is left out is HEAD.
const between = "..."

// Resolve finds a revision: a branch, a tag, a commit, each with ~N and ^N behind it, or A...B for the newest commit
// that both have.
func (r *Repository) Resolve(name string) (Revision, error) {
	one, other, isBetween := strings.Cut(name, between)
	commit, err := r.find(one, isBetween)
	if isBetween && err == nil {
		commit, err = r.mergeBase(commit, other)
	}
	if err != nil {
		return Revision{Name: name}, fmt.Errorf("revision %s: %w", show(name), err)
	}
	return Revision{Name: name, Commit: commit.Hash.String(), commit: commit}, nil
}

func (r *Repository) mergeBase(one *object.Commit, name string) (*object.Commit, error) {
	other, err := r.find(name, true)
	if err != nil {
		return nil, err
	}
	bases, err := one.MergeBase(other)
	switch {
	case errors.Is(err, plumbing.ErrObjectNotFound) || err == nil && len(bases) == 0:
		return nil, errors.New("the two have no commit in common" + r.shallowAdvice())
	case err != nil:
		return nil, err
	}
	return bases[0], nil
}

// form is a name and what follows it. The rest of git's forms, such as HEAD@{1}, is not known: go-git ignores what it
// does not know, and another commit than the one that was asked for would be compared.
var (
	form  = regexp.MustCompile(`^([^\s~^:?*\[\\]+)((?:[~^][0-9]{0,6})*)$`)
	steps = regexp.MustCompile(`[~^][0-9]*`)
)

// find finds one commit. The empty name is HEAD where headIfEmpty.
func (r *Repository) find(name string, headIfEmpty bool) (*object.Commit, error) {
	if name == "" && headIfEmpty || name == "@" {
		name = "HEAD"
	}
	parts := form.FindStringSubmatch(name)
	if parts == nil || strings.Contains(name, "@{") || strings.Contains(name, "..") {
		return nil, errors.New("it is not a branch, tag or commit, with ~N or ^N behind it, or two with ... in between")
	}
	hash, err := r.git.ResolveRevision(plumbing.Revision(parts[1]))
	if err != nil {
		return nil, r.notFound(parts[1], err)
	}
	commit, err := r.git.CommitObject(*hash)
	if err != nil {
		return nil, r.notFound(parts[1], err)
	}
	for _, step := range steps.FindAllString(parts[2], -1) {
		if commit, err = ancestor(commit, step); err != nil {
			return nil, r.notFound(name, err)
		}
	}
	return commit, nil
}

// ancestor follows ~N, the first parent N times, or ^N, the Nth parent once.
func ancestor(commit *object.Commit, step string) (*object.Commit, error) {
	number := 1
	if len(step) > 1 {
		number, _ = strconv.Atoi(step[1:]) // digits, and few
	}
	if step[0] == '^' {
		if number == 0 {
			return commit, nil
		}
		return commit.Parent(number - 1)
	}
	for range number {
		parent, err := commit.Parent(0)
		if err != nil {
			return nil, err
		}
		commit = parent
	}
	return commit, nil
}

// notFound says that there is no such commit, and why that may be.
func (r *Repository) notFound(name string, err error) error {
	for _, missing := range []error{
		plumbing.ErrReferenceNotFound, plumbing.ErrObjectNotFound, object.ErrParentNotFound, io.EOF,
	} {
		if !errors.Is(err, missing) {
			continue
		}
		advice := r.shallowAdvice()
		remote := "origin/" + name
		if _, err := r.git.Reference(plumbing.ReferenceName("refs/remotes/"+remote), true); err == nil {
			advice = ": did you mean " + remote + "?"
		}
		return fmt.Errorf("there is no commit %s in the repository%s", name, advice)
	}
	return err
}

// shallowAdvice is the usual reason for missing commits in CI; empty for a whole clone.
func (r *Repository) shallowAdvice() string {
	if cut, err := r.git.Storer.Shallow(); err != nil || len(cut) == 0 {
		return ""
	}
	return ", which is a shallow clone: fetch its history (actions/checkout: fetch-depth: 0; git fetch --unshallow)"
}

// show quotes a name that is odd.
func show(name string) string {
	if form.MatchString(strings.ReplaceAll(name, between, "")) {
		return name
	}
	return strconv.Quote(name)
}
