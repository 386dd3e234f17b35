package main

import (
	"bytes"
	"context"
	"fmt"

	"aks-egress/egress"
	"aks-egress/internal/azuresim"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/topology"
)

// scratch is what a stack's settings come to in a folder of their own, away from the user's lab.
type scratch struct {
	engine.Result                     // of the deployment: not OK, and what follows may be missing
	Network       *egress.Network     // with its operator; nil: it was not deployed
	Unknown       []topology.Resource // what is not known of the network (topology.Build)
	Export        []byte              // what `pulumi stack export` writes; nil: it was not deployed
}

// scratchOptions are those of options for deployments in scratch folders: without the faults of this run, and silent.
// Ask once for all: the options share what finds or builds the CLI.
func (l *lab) scratchOptions() (engine.Options, error) {
	o, err := l.options()
	if err != nil {
		return o, err
	}
	operator, _ := l.operator() // options has told what is wrong with it
	o.Cloud = simulation.OpenWith(simulation.Options{Operator: operator})
	return o, nil
}

// deployScratch deploys a stack of o.Project into an empty folder with the real engine, and reads what came of it.
// Overrides are settings by full key, and all that count besides the stack file: o.Config does not. It is safe to run
// side by side, with a folder for each. What goes wrong is in Errors.
func (l *lab) deployScratch(
	ctx context.Context, o engine.Options, stack string, overrides map[string]string, dir string,
) scratch {
	o.Dir, o.Config = dir, overrides
	s := scratch{Result: withStack(ctx, stack, o, func(s *engine.Stack) engine.Result { return s.Up(ctx) })}
	if !s.OK {
		return s
	}
	if err := l.readScratch(ctx, o, stack, &s); err != nil {
		s.OK = false
		s.Errors = append(s.Errors, err.Error())
	}
	return s
}

func (l *lab) readScratch(ctx context.Context, o engine.Options, stack string, s *scratch) error {
	resources, export, err := deployedResources(ctx, o, stack)
	if err != nil {
		return err
	}
	if s.Network, s.Unknown, err = topology.Build(resources); err != nil {
		return fmt.Errorf("stack %s: %w", stack, err)
	}
	s.Export = export
	return l.operatedBy(s.Network, stack)
}

// deployedResources are those of a deployed stack: of Azure from its simulation, which Pulumi's state may not know yet,
// and of Kubernetes from that state, which is the second answer.
func deployedResources(ctx context.Context, o engine.Options, stack string) ([]topology.Resource, []byte, error) {
	var all []topology.Resource
	err := engine.Change(ctx, stack, o, func(c engine.Cloud) error {
		cloud, err := simulation.Azure(c)
		if err != nil {
			return err
		}
		all = azureResources(cloud, stack)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	var export bytes.Buffer
	if err := engine.Export(ctx, stack, o, &export); err != nil {
		return nil, nil, err
	}
	state, err := topology.FromDeployment(bytes.NewReader(export.Bytes()), stack)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range state {
		if r.Kubernetes() {
			all = append(all, r)
		}
	}
	return all, export.Bytes(), nil
}

// azureResources are those of a simulated Azure. They have the source that the objects of Kubernetes have too: so their
// cluster is found.
func azureResources(cloud *azuresim.Cloud, source string) []topology.Resource {
	resources := cloud.Resources()
	for i := range resources {
		resources[i].Source = source
	}
	return resources
}
