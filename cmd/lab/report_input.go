package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"strings"

	"golang.org/x/sync/errgroup"

	"aks-egress/internal/config"
	"aks-egress/internal/engine"
	"aks-egress/internal/report"
	"aks-egress/internal/topology"
)

// fromLab is report.Stack.From of stacks of the lab.
const fromLab = "lab"

// sideBySide does something with each of several stacks at the same time, and answers in their order.
func sideBySide[T any](stacks []string, do func(stack string) T) []T {
	answers := make([]T, len(stacks))
	var group errgroup.Group
	group.SetLimit(parallelStacks)
	for i, stack := range stacks {
		group.Go(func() error {
			answers[i] = do(stack)
			return nil
		})
	}
	_ = group.Wait() // the functions above return no errors
	return answers
}

// scratchInput deploys a stack below an empty folder and reads what came of it.
func (l *lab) scratchInput(
	ctx context.Context, o engine.Options, stack string, overrides map[string]string, folder string,
) report.Input {
	s := l.deployScratch(ctx, o, stack, overrides, folder)
	o.Dir = folder
	return inputOf(&s, o, stack)
}

// deployedInput reads a stack that is deployed in the lab.
func (l *lab) deployedInput(ctx context.Context, o engine.Options, stack string) report.Input {
	s := scratch{Result: engine.Outputs(stack, o)}
	if s.OK {
		if err := l.readScratch(ctx, o, stack, &s); err != nil {
			s.Errors = append(s.Errors, err.Error())
		}
	}
	return inputOf(&s, o, stack)
}

// inputOf is what there is to report of a stack in the folder of the options.
func inputOf(s *scratch, o engine.Options, stack string) report.Input {
	return report.Input{
		Name: stack, From: fromLab, Problems: s.Errors, Network: s.Network, Unknown: unknownIDs(s.Unknown),
		Outputs: s.Outputs, Settings: settingsOf(stack, o), Export: s.Export,
	}
}

// settingsOf are a stack's settings as it was deployed, or else as its file has them; nil if they are wrong, which
// whoever deploys is told.
func settingsOf(stack string, o engine.Options) *config.Config {
	file, err := engine.Settings(stack, o)
	if err != nil {
		if file, err = o.Project.StackFile(stack); err != nil {
			return nil
		}
	}
	values, err := config.ReadStackFile(file)
	if err != nil {
		return nil
	}
	settings, err := config.Load(values)
	if err != nil {
		return nil
	}
	return settings
}

// stateInput reads exports, which are one network together. Its name is that of the last of their stacks.
func (l *lab) stateInput(files []string, stdin io.Reader) (report.Input, error) {
	var texts [][]byte
	in := report.Input{Name: "state", From: strings.Join(files, ", "), Outputs: map[string]any{}}
	var all []topology.Resource
	for _, file := range files {
		text, err := readStateFile(file, stdin)
		if err != nil {
			return in, err
		}
		if file == standardInput {
			stdin = spent{}
		}
		resources, err := readState(standardInput, file, bytes.NewReader(text))
		if err != nil {
			return in, err
		}
		all, texts = append(all, resources...), append(texts, text)
		in.Name = cmp.Or(stackOfState(text, in.Outputs), in.Name)
	}
	if err := topology.NoAzure(all); err != nil {
		return in, fmt.Errorf("%s: %w", in.From, err)
	}
	network, unknown, err := topology.Build(all)
	if err != nil {
		return in, err
	}
	in.Network, in.Unknown = network, unknownIDs(unknown)
	if len(texts) == 1 {
		in.Export = texts[0] // of several, nobody knows which waits for which
	}
	return in, l.operatedBy(network, "")
}

func readStateFile(file string, stdin io.Reader) ([]byte, error) {
	if file == standardInput {
		return io.ReadAll(stdin)
	}
	return os.ReadFile(file)
}

// stackOfState adds the outputs of the stack that a state is of, and answers its name; empty: it does not say.
func stackOfState(text []byte, outputs map[string]any) string {
	type resources struct {
		Resources []struct {
			URN     string         `json:"urn"`
			Type    string         `json:"type"`
			Outputs map[string]any `json:"outputs"`
		} `json:"resources"`
	}
	var state struct {
		Deployment resources `json:"deployment"`
		Checkpoint struct {
			Latest resources `json:"latest"`
		} `json:"checkpoint"`
	}
	if json.Unmarshal(text, &state) != nil {
		return "" // who reads the resources says what is wrong
	}
	for _, r := range append(state.Deployment.Resources, state.Checkpoint.Latest.Resources...) {
		if r.Type == "pulumi:pulumi:Stack" {
			maps.Copy(outputs, r.Outputs)
			name, _, _ := strings.Cut(strings.TrimPrefix(r.URN, "urn:pulumi:"), "::")
			return name
		}
	}
	return ""
}
