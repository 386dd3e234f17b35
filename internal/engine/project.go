package engine

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"gopkg.in/yaml.v3"
)

const projectFile = "Pulumi.yaml"

// Project is a folder with a Pulumi.yaml and one Pulumi.<stack>.yaml per stack.
type Project struct {
	Root string // absolute
	Name string
}

// UnknownStackError says that a project has no such stack, and which it has.
type UnknownStackError struct {
	Stack string
	Known []string
}

// Error names the stacks that exist.
func (e *UnknownStackError) Error() string {
	return fmt.Sprintf("stack %s: there is no %s (stacks here: %s)",
		e.Stack, stackFileName(e.Stack), strings.Join(e.Known, ", "))
}

// FindProject walks up from a folder to the first one with a Pulumi.yaml.
func FindProject(from string) (*Project, error) {
	folder, err := filepath.Abs(from)
	if err != nil {
		return nil, fmt.Errorf("project: %w", err)
	}
	for {
		text, err := os.ReadFile(filepath.Join(folder, projectFile))
		if err == nil {
			return parseProject(folder, text)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("project: %w", err)
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return nil, fmt.Errorf("project: no %s in %s or above it: run inside the clone", projectFile, from)
		}
		folder = parent
	}
}

func parseProject(root string, text []byte) (*Project, error) {
	var head struct {
		Name string `yaml:"name"`
	}
	path := filepath.Join(root, projectFile)
	if err := yaml.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if head.Name == "" {
		return nil, fmt.Errorf("%s: name is missing", path)
	}
	return &Project{Root: root, Name: head.Name}, nil
}

// Stacks lists the project's stacks by their files, sorted.
func (p *Project) Stacks() ([]string, error) {
	entries, err := os.ReadDir(p.Root)
	if err != nil {
		return nil, fmt.Errorf("project: %w", err)
	}
	var stacks []string
	for _, entry := range entries {
		name, hasPrefix := strings.CutPrefix(entry.Name(), "Pulumi.")
		stack, hasSuffix := strings.CutSuffix(name, ".yaml")
		if hasPrefix && hasSuffix && stack != "" && !entry.IsDir() {
			stacks = append(stacks, stack)
		}
	}
	sort.Strings(stacks)
	return stacks, nil
}

// StackFile is the path of a stack's settings. It fails with *UnknownStackError when there is no such file.
func (p *Project) StackFile(stack string) (string, error) {
	known, err := p.Stacks()
	if err != nil {
		return "", err
	}
	for _, name := range known {
		if name == stack {
			return filepath.Join(p.Root, stackFileName(stack)), nil
		}
	}
	return "", &UnknownStackError{Stack: stack, Known: known}
}

func stackFileName(stack string) string { return "Pulumi." + stack + ".yaml" }
