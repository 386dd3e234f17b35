package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"aks-egress/egress"
	"aks-egress/internal/engine"
	"aks-egress/internal/topology"
)

// standardInput is the --state that means it.
const standardInput = "-"

// stateFlag is for verbs that ask about a network.
func stateFlag(c *cobra.Command, files *[]string) {
	c.Flags().StringArrayVar(files, "state", nil,
		"`FILE` that pulumi stack export writes, or - for stdin, instead of a stack of the lab; several are one network "+
			"(repeatable)")
}

// namedStack is the stack of a verb that takes one or none; empty: none.
func namedStack(arguments []string) string {
	if len(arguments) == 0 {
		return ""
	}
	return arguments[0]
}

// readNetwork is the network of state files together, or of a stack of the lab as its simulated Azure is now, and what
// is unknown of it (topology.Build). What is wrong with files is an error of usage.
func (l *lab) readNetwork(
	ctx context.Context, stack string, files []string,
) (*egress.Network, []topology.Resource, error) {
	network, unknown, err := l.buildNetwork(ctx, stack, files)
	if err == nil {
		err = l.operatedBy(network, stack)
	}
	return network, unknown, err
}

func (l *lab) buildNetwork(
	ctx context.Context, stack string, files []string,
) (*egress.Network, []topology.Resource, error) {
	switch {
	case stack != "" && len(files) > 0:
		return nil, nil, errors.New("give a stack of the lab or --state, not both")
	case len(files) > 0:
		resources, err := readStates(files, os.Stdin)
		if err != nil {
			return nil, nil, err
		}
		return topology.Build(resources)
	case stack == "":
		return nil, nil, errors.New("which network? name a stack of the lab, or give --state FILE with an export")
	}
	resources, err := l.readStack(ctx, stack)
	if err != nil {
		return nil, nil, err
	}
	network, unknown, err := topology.Build(resources)
	if err != nil {
		return nil, nil, failure{fmt.Errorf("stack %s: %w", stack, err)}
	}
	return network, unknown, nil
}

// readStates reads the resources of state files.
func readStates(files []string, stdin io.Reader) ([]topology.Resource, error) {
	var all []topology.Resource
	names := make([]string, len(files))
	for i, file := range files {
		names[i] = file
		if file == standardInput {
			names[i] = "stdin"
		}
		resources, err := readState(file, names[i], stdin)
		if err != nil {
			return nil, err
		}
		if file == standardInput {
			stdin = spent{}
		}
		all = append(all, resources...)
	}
	if err := topology.NoAzure(all); err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(names, ", "), err)
	}
	return all, nil
}

func readState(file, name string, stdin io.Reader) ([]topology.Resource, error) {
	if file == standardInput {
		return topology.FromDeployment(stdin, name)
	}
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }() // only read
	return topology.FromDeployment(in, name)
}

// spent stands for stdin after it was read.
type spent struct{}

func (spent) Read([]byte) (int, error) { return 0, errors.New("--state - can be given once only") }

// readStack reads the resources of a deployed stack (deployedResources).
func (l *lab) readStack(ctx context.Context, stack string) ([]topology.Resource, error) {
	options, err := l.options()
	if err != nil {
		return nil, err
	}
	if _, err := chooseStacks(options.Project, []string{stack}, false); err != nil {
		return nil, err
	}
	resources, _, err := deployedResources(ctx, options, stack)
	switch {
	case errors.Is(err, engine.ErrNotDeployed):
		return nil, failure{fmt.Errorf("stack %s is not deployed in the lab: run %s", stack, l.next("up", stack))}
	case err != nil:
		return nil, failure{err}
	}
	return resources, nil
}
