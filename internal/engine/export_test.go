package engine

import "github.com/pulumi/pulumi/sdk/v3/go/auto"

// NewCommand is the engine's way to run the CLI, for tests that stand for a program of somebody else.
func NewCommand(path string) auto.PulumiCommand { return &command{path: path} }
