package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aks-egress/internal/engine"
	"aks-egress/internal/report"
	"aks-egress/internal/revision"
	"aks-egress/internal/topology"
)

// basis is the revision that --base names, and what stacks are compared with it.
type basis struct {
	lab     *lab
	options engine.Options // of this revision
	folder  string         // scratch, for all that follows
	told    *report.Base

	project *engine.Project // the base's; nil: it cannot be had, told says why
	found   revision.Revision
	changed []string      // files that differ, by their path in the repository
	code    []string      // those of them that are of the lab or of the program
	own     *revision.Lab // the base's lab, built; nil: this one runs it
	ran     map[string]revision.Deployed
}

// fail says in the report why there is no base.
func (b *basis) fail(err error) {
	if err != nil {
		b.project = nil
		b.told.Problems = append(b.told.Problems, err.Error())
	}
}

// checkOut gets the base's files.
func (b *basis) checkOut() error {
	repository, err := revision.Open(b.options.Project.Root)
	if err != nil {
		return err
	}
	found, err := repository.Resolve(b.told.Revision)
	if err != nil {
		return err
	}
	b.found, b.told.Commit = found, found.Commit
	if b.changed, err = repository.Changed(found); err != nil {
		return err
	}
	b.code = repository.Code(b.changed)
	files := filepath.Join(b.folder, "base")
	if err := os.Mkdir(files, 0o755); err != nil {
		return err
	}
	root, err := repository.Write(found, files)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, "Pulumi.yaml")); err != nil {
		return fmt.Errorf("revision %s (%s): there is no Pulumi.yaml in it", found.Name, found.Short())
	}
	b.project, err = engine.FindProject(root)
	return err
}

// build builds the base's lab where its code is another than this one's.
func (b *basis) build(ctx context.Context) error {
	if b.project == nil || len(b.code) == 0 {
		return nil
	}
	found, what := b.found, b.code[0]
	if len(b.code) > 1 {
		what += fmt.Sprintf(" and %d more files", len(b.code)-1)
	}
	progress := b.options.Progress
	progress.Line("base %s (%s): its code differs in %s; building its lab, which may take minutes the first time",
		found.Name, found.Short(), what)
	start := time.Now()
	stop := progress.Step(func(elapsed time.Duration) string {
		return fmt.Sprintf("base %s: building its lab, %s", found.Name, elapsed)
	})
	built, err := revision.Build(ctx, b.project.Root, b.folder)
	stop()
	if err != nil {
		return fmt.Errorf("revision %s (%s): %w", found.Name, found.Short(), err)
	}
	progress.Line("base %s: built in %s", found.Name, time.Since(start).Round(time.Second))
	b.own = &built
	return nil
}

// deployments is where the base is deployed, and then updated; fresh where stacks are deployed from nothing.
func (b *basis) deployments() string { return filepath.Join(b.folder, "deployed") }
func (b *basis) fresh() string       { return filepath.Join(b.folder, "fresh") }

// stacks reports stacks with what changes of them: those named, or all of both revisions.
func (b *basis) stacks(ctx context.Context, named []string, all bool) ([]report.Stack, error) {
	here, err := b.options.Project.Stacks()
	if err != nil {
		return nil, failure{err}
	}
	var there []string
	if b.project != nil {
		if there, err = b.project.Stacks(); err != nil {
			return nil, failure{err}
		}
	}
	chosen, err := chooseOf(here, there, named, all)
	if err != nil {
		return nil, err
	}
	b.fail(b.build(ctx))
	if b.own != nil {
		b.fail(b.runOwn(ctx, chosenOf(chosen, there)))
	}
	return sideBySide(chosen, func(stack string) report.Stack {
		return b.stack(ctx, stack, slices.Contains(here, stack), slices.Contains(there, stack))
	}), nil
}

// chosenOf are the chosen stacks that a revision has.
func chosenOf(chosen, has []string) []string {
	return slices.DeleteFunc(slices.Clone(chosen), func(stack string) bool { return !slices.Contains(has, stack) })
}

// chooseOf is chooseStacks for two revisions.
func chooseOf(here, there, named []string, all bool) ([]string, error) {
	known := slices.Concat(here, there)
	slices.Sort(known)
	return choose(slices.Compact(known), named, all)
}

// runOwn deploys the base's stacks by its own lab, all at once: each run of it starts for itself.
func (b *basis) runOwn(ctx context.Context, stacks []string) (err error) {
	b.ran = map[string]revision.Deployed{}
	if len(stacks) == 0 {
		return nil
	}
	b.options.Progress.Line("base %s: deploying %s by its own lab", b.told.Revision, strings.Join(stacks, ", "))
	b.ran, err = b.own.Up(ctx, stacks, b.deployments())
	return err
}

// stack reports one stack, of this revision or, where it has none, of the base.
func (b *basis) stack(ctx context.Context, stack string, here, there bool) report.Stack {
	if b.project == nil && here {
		return report.Build(b.deployFresh(ctx, stack))
	}
	var before, after *report.Side
	var how report.Update
	switch {
	case here && there && b.same(stack):
		after = report.NewSide(b.deployFresh(ctx, stack))
		before = after
	case here && there:
		before, after, how = b.update(ctx, stack)
	case here:
		after = report.NewSide(b.deployFresh(ctx, stack))
	case b.project == nil:
		before = report.NewSide(report.Input{Name: stack, From: fromLab, Problems: b.told.Problems})
	default:
		in, _ := b.deployBase(ctx, stack) // why it is only its export does not matter: nothing is updated
		before = report.NewSide(in)
	}
	change := report.Compare(before, after, how)
	if after == nil {
		return report.Gone(&before.Stack, &change)
	}
	told := after.Stack
	told.Change = &change
	return told
}

// same says whether neither the code nor the stack's settings differ.
func (b *basis) same(stack string) bool {
	return len(b.code) == 0 && len(b.options.Config) == 0 && !slices.ContainsFunc(b.changed, func(path string) bool {
		return strings.HasSuffix(path, "Pulumi."+stack+".yaml")
	})
}

// deployFresh deploys this revision's stack from nothing.
func (b *basis) deployFresh(ctx context.Context, stack string) report.Input {
	b.options.Progress.Line("%s: deploying its settings in a scratch folder", stack)
	return b.lab.scratchInput(ctx, b.options, stack, b.options.Config, b.fresh())
}

// update deploys the base's stack and updates it to this revision, as merging does. Where the update is refused, or
// this lab cannot read what the base's has deployed, this revision is deployed from nothing.
func (b *basis) update(ctx context.Context, stack string) (before, after *report.Side, how report.Update) {
	in, unreadable := b.deployBase(ctx, stack)
	before = report.NewSide(in)
	switch {
	case unreadable != nil:
		how.Apart = fmt.Sprintf("Both were deployed from nothing, because this lab cannot update what the base's has "+
			"deployed (%v): what the update does with resources is not known.", unreadable)
		return before, report.NewSide(b.deployFresh(ctx, stack)), how
	case in.Network == nil:
		return before, report.NewSide(b.deployFresh(ctx, stack)), how
	}
	b.options.Progress.Line("%s: updating what the base has deployed", stack)
	o := b.options
	o.Dir = b.deployments()
	updated := scratch{Result: withStack(ctx, stack, o, func(s *engine.Stack) engine.Result { return s.PreviewedUp(ctx) })}
	if !updated.OK {
		how.Refused = updated.Errors
		how.Apart = "This revision was deployed from nothing to compare the rest."
		return before, report.NewSide(b.deployFresh(ctx, stack)), how
	}
	if err := b.lab.readScratch(ctx, o, stack, &updated); err != nil {
		updated.Errors = append(updated.Errors, err.Error())
	}
	for urn, op := range updated.Steps {
		if step, isOne := report.StepOf(urn, op); isOne {
			how.Steps = append(how.Steps, step)
		}
	}
	return before, report.NewSide(inputOf(&updated, o, stack)), how
}

// deployBase deploys the base's stack, by its own lab where that is another, and reads what came of it. The error is
// why only its export could be read.
func (b *basis) deployBase(ctx context.Context, stack string) (in report.Input, unreadable error) {
	o := b.options
	o.Project, o.Config, o.Dir = b.project, nil, b.deployments()
	if b.own == nil {
		b.options.Progress.Line("%s: deploying the base", stack)
		return b.lab.scratchInput(ctx, o, stack, nil, o.Dir), nil
	}
	ran := b.ran[stack]
	s := scratch{Result: engine.Result{OK: ran.OK, Errors: ran.Errors, Outputs: ran.Outputs}}
	if !s.OK {
		return inputOf(&s, o, stack), nil
	}
	if b.project.Name != b.options.Project.Name {
		unreadable = fmt.Errorf("the project was called %s", b.project.Name)
	} else {
		unreadable = b.lab.readScratch(ctx, o, stack, &s)
	}
	if unreadable != nil {
		if err := b.readExport(ctx, stack, &s); err != nil {
			s.Errors = append(s.Errors, err.Error())
		}
	}
	return inputOf(&s, o, stack), unreadable
}

// readExport reads what the base's own lab exports, which lacks what AKS has made.
func (b *basis) readExport(ctx context.Context, stack string, s *scratch) (err error) {
	if s.Export, err = b.own.Export(ctx, stack, b.deployments()); err != nil {
		return err
	}
	resources, err := topology.FromDeployment(bytes.NewReader(s.Export), stack)
	if err != nil {
		return err
	}
	if s.Network, s.Unknown, err = topology.Build(resources); err != nil {
		return err
	}
	return b.lab.operatedBy(s.Network, stack)
}
