package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aks-egress/internal/compare"
	"aks-egress/internal/engine"
	"aks-egress/internal/report"
)

// reportFlags are what report is asked.
type reportFlags struct {
	all, deployed  bool
	files          []string // --state
	compare, base  string
	markdown, html string // files to write
	failOn         []string
	kinds          []report.Kind // of failOn
}

func (l *lab) reportCommand() *cobra.Command {
	var f reportFlags
	c := &cobra.Command{
		Use:   "report STACK… | --all | --state FILE",
		Short: "Report the egress of stacks, and what changes of it",
		Long: "Report the egress of stacks: addresses, paths, what is allowed, source ports, findings, cost and time.\n\n" +
			"Each stack is deployed in a scratch folder, as its settings are now; nothing needs to be up, and the lab's\n" +
			"state is not touched. With --base, the base's stack is deployed there and then updated to this revision, the\n" +
			"working tree as it is, because that is what merging does; -c then counts for this revision only.\n\n" +
			"Markdown for a pull request goes to stdout; with --markdown or --html, files are written and stdout has a line\n" +
			"for each stack. It ends with 1 if something cannot be told or a kind of --fail-on is met.",
		Example: "  lab report udr\n" +
			"  lab report --all --html report.html\n" +
			"  lab report --all --base main... --fail-on blocked,ip-change\n" +
			"  lab report udr --base HEAD -c firewallPublicIpCount=2\n" +
			"  pulumi stack export | lab report --state -",
		ValidArgsFunction: completeStacks,
		RunE: func(c *cobra.Command, arguments []string) error {
			if err := f.check(arguments, l.settings); err != nil {
				return err
			}
			return l.report(c.Context(), arguments, f)
		},
	}
	flags := c.Flags()
	flags.BoolVar(&f.all, "all", false, "every stack of the project, side by side")
	flags.BoolVar(&f.deployed, "deployed", false,
		"the stacks as they are deployed in the lab, instead of as their settings are")
	flags.StringVar(&f.compare, "compare", "", "also set the outbound types side by side that this `STACK` can have")
	flags.StringVar(&f.base, "base", "",
		"git `REVISION` to compare with: a branch, tag or commit, HEAD~1, or main... for where this branch left main")
	flags.StringVar(&f.markdown, "markdown", "", "`FILE` to write the report into as Markdown")
	flags.StringVar(&f.html, "html", "", "`FILE` to write the report into as one HTML page that needs nothing else")
	flags.StringSliceVar(&f.failOn, "fail-on", nil, "with --base: end with 1 on these `KINDS` of changes: any, or of "+
		kindWords())
	_ = c.RegisterFlagCompletionFunc("fail-on", completeKinds) // the flag is there
	stateFlag(c, &f.files)
	l.configFlag(c)
	l.operatorFlag(c)
	return c
}

func kindWords() string {
	var words []string
	for _, kind := range report.Kinds() {
		words = append(words, string(kind))
	}
	return strings.Join(words, ", ")
}

// completeKinds offers kinds behind the last comma.
func completeKinds(_ *cobra.Command, _ []string, typed string) ([]string, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	var words []string
	for _, kind := range append(report.Kinds(), report.AnyChange) {
		words = append(words, before+string(kind))
	}
	return words, cobra.ShellCompDirectiveNoSpace | cobra.ShellCompDirectiveNoFileComp
}

// check finds what is wrong with how report was asked.
func (f *reportFlags) check(stacks, settings []string) error {
	problems := f.contradictions(stacks, settings)
	if wrong := f.readKinds(); len(wrong) > 0 {
		problems = append(problems, fmt.Sprintf("--fail-on %s: the kinds are any, %s", strings.Join(wrong, ","), kindWords()))
	}
	for _, file := range []string{f.markdown, f.html} {
		if folder := filepath.Dir(file); file != "" && !isFolder(folder) {
			problems = append(problems, fmt.Sprintf("%s: there is no folder %s to write it into", file, folder))
		}
	}
	if len(problems) > 0 {
		return errors.New(strings.Join(problems, "\n"))
	}
	return nil
}

// contradictions are what does not go together.
func (f *reportFlags) contradictions(stacks, settings []string) []string {
	var problems []string
	for _, pair := range []struct {
		given bool
		text  string
	}{
		{len(f.files) > 0 && (len(stacks) > 0 || f.all), "give stacks or --state, not both"},
		{len(f.files) > 0 && f.deployed, "--state is deployed elsewhere: give no --deployed"},
		{len(f.files) > 0 && f.base != "", "--state has no other revision: give no --base"},
		{len(f.files) > 0 && len(settings) > 0, "--state has its settings: give no -c"},
		{f.deployed && f.base != "", "--base compares what settings deploy: give no --deployed"},
		{f.deployed && len(settings) > 0, "--deployed has its settings: give no -c"},
		{f.base == "" && len(f.failOn) > 0, "--fail-on is about changes: give --base too"},
	} {
		if pair.given {
			problems = append(problems, pair.text)
		}
	}
	return problems
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// readKinds reads --fail-on and answers the words that are no kinds.
func (f *reportFlags) readKinds() (wrong []string) {
	for _, word := range f.failOn {
		if kind := report.Kind(word); kind == report.AnyChange || slices.Contains(report.Kinds(), kind) {
			f.kinds = append(f.kinds, kind)
		} else {
			wrong = append(wrong, word)
		}
	}
	return wrong
}

// report reports, and says by its error how to end.
func (l *lab) report(ctx context.Context, stacks []string, f reportFlags) error {
	r, err := l.gather(ctx, stacks, f)
	if err != nil {
		return err
	}
	r.Gates = report.Gates(r.Stacks, f.kinds)
	if err := l.writeReport(r, f); err != nil {
		return err
	}
	if complain(&summary{out: l.stderr, color: wantsColor(l.stderr), lab: l}, r) {
		return errFailed
	}
	return nil
}

// gather reads, or deploys, what is to be reported.
func (l *lab) gather(ctx context.Context, stacks []string, f reportFlags) (*report.Report, error) {
	options, err := l.scratchOptions()
	if err != nil && len(f.files) == 0 {
		return nil, err
	}
	if f.compare != "" {
		if _, err := stackSettings(options, f.compare); err != nil {
			return nil, err
		}
	}
	folder, err := os.MkdirTemp("", "aks-egress-report-")
	if err != nil {
		return nil, failure{err}
	}
	defer func() { _ = os.RemoveAll(folder) }() // in the system's folder for what may be left
	r := &report.Report{}
	if f.base != "" {
		b := &basis{lab: l, options: options, folder: folder, told: &report.Base{Revision: f.base}}
		b.fail(b.checkOut())
		r.Stacks, err = b.stacks(ctx, stacks, f.all)
		r.Base = b.told
	} else {
		r.Stacks, err = l.reportStacks(ctx, stacks, f, options, folder)
	}
	if err == nil && f.compare != "" {
		r.Comparison, err = l.comparison(ctx, options, f.compare)
	}
	return r, err
}

// reportStacks reports without a base.
func (l *lab) reportStacks(
	ctx context.Context, stacks []string, f reportFlags, options engine.Options, folder string,
) ([]report.Stack, error) {
	if len(f.files) > 0 {
		in, err := l.stateInput(f.files, os.Stdin)
		return []report.Stack{report.Build(in)}, err
	}
	stacks, err := chooseStacks(options.Project, stacks, f.all)
	if err != nil {
		return nil, err
	}
	return sideBySide(stacks, func(stack string) report.Stack {
		if f.deployed {
			return report.Build(l.deployedInput(ctx, options, stack))
		}
		options.Progress.Line("%s: deploying its settings in a scratch folder", stack)
		return report.Build(l.scratchInput(ctx, options, stack, options.Config, folder))
	}), nil
}

// complain tells on stderr what went wrong and which gates are met, and whether there is anything.
func complain(w *summary, r *report.Report) bool {
	bad := false
	tell := func(who string, problems ...string) {
		for _, problem := range problems {
			bad = true
			w.problem(who, problem)
		}
	}
	if r.Base != nil {
		tell("base "+r.Base.Revision, r.Base.Problems...)
	}
	for i := range r.Stacks {
		s := &r.Stacks[i]
		problems := s.Problems
		if s.Change != nil && s.Change.Status == report.Unclear {
			problems = s.Change.Problems
		}
		tell(s.Name, problems...)
	}
	if r.Comparison != nil {
		tell("compare "+r.Comparison.Stack, r.Comparison.Failed...)
	}
	for _, gate := range r.Gates {
		tell("--fail-on "+string(gate.Kind), strings.Join(gate.Stacks, ", "))
	}
	return bad
}

// comparison sets the outbound types side by side that a stack can have, as lab compare does.
func (l *lab) comparison(ctx context.Context, o engine.Options, stack string) (*compare.Table, error) {
	settings, err := stackSettings(o, stack)
	if err != nil {
		return nil, err
	}
	o.Progress.Line("%s: deploying it with each outbound type", stack)
	attempts := compare.Attempts(settings, true)
	if err := l.deployAttempts(ctx, o, stack, attempts); err != nil {
		return nil, failure{err}
	}
	table := compare.TableOf(settings, attempts)
	return &table, nil
}
