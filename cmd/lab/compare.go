package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"aks-egress/egress"
	"aks-egress/internal/compare"
	"aks-egress/internal/config"
	"aks-egress/internal/engine"
	"aks-egress/internal/migrate"
)

func (l *lab) compareCommand() *cobra.Command {
	var noIngress bool
	c := &cobra.Command{
		Use:   "compare STACK",
		Short: "Set the outbound types side by side, for a stack's settings",
		Long: "Set the outbound types side by side, for a stack's settings: egress IPs and who owns them, SNAT ports now\n" +
			"and at most, what is filtered, how clients can come in, zones, cost, time to deploy, and what a\n" +
			"migration does.\n\n" +
			"Each is really deployed on the simulated Azure, in a folder that goes away in the end: neither the stack nor\n" +
			"its file is touched, and it need not be deployed. Settings that mean nothing with a type are left out and told.\n" +
			"It ends with 0; with 1 if a type could not be deployed for another reason than the configuration.",
		Example: "  lab compare udr\n" +
			"  lab compare lb --no-ingress -c nodeCount=50\n" +
			"  lab compare natgw --json",
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 1 {
				return errors.New("whose settings? lab compare STACK")
			}
			return nil
		},
		ValidArgsFunction: stackThen(nil),
		RunE: func(c *cobra.Command, arguments []string) error {
			return l.compare(c.Context(), arguments[0], !noIngress)
		},
	}
	c.Flags().BoolVar(&noIngress, "no-ingress", false, "do not try the ways in: it takes a third of the time")
	l.configFlag(c)
	l.operatorFlag(c)
	return c
}

func (l *lab) compare(ctx context.Context, stack string, ingress bool) error {
	options, err := l.scratchOptions()
	if err != nil {
		return err
	}
	settings, err := stackSettings(options, stack)
	if err != nil {
		return err
	}
	return l.compareAttempts(ctx, options, settings, compare.Attempts(settings, ingress))
}

// compareAttempts deploys, and shows what came of it.
func (l *lab) compareAttempts(
	ctx context.Context, o engine.Options, settings migrate.Stack, attempts []*compare.Attempt,
) error {
	if err := l.deployAttempts(ctx, o, settings.Name, attempts); err != nil {
		return failure{err}
	}
	table := compare.TableOf(settings, attempts)
	if l.json {
		if err := l.printJSON(table); err != nil {
			return err
		}
	} else {
		w := &summary{out: l.stdout, color: wantsColor(l.stdout), lab: l}
		w.comparison(&table, min(terminalWidth(l.stdout, compareWidth), compareWidth))
	}
	if len(table.Failed) > 0 {
		return errFailed
	}
	return nil
}

// stackSettings are what a comparison starts from. Keys that it sets itself are an error of usage.
func stackSettings(o engine.Options, stack string) (migrate.Stack, error) {
	var settings migrate.Stack
	if _, err := chooseStacks(o.Project, []string{stack}, false); err != nil {
		return settings, err
	}
	for _, key := range []string{migrate.TypeKey, migrate.FromKey} {
		if _, given := o.Config[key]; given {
			return settings, fmt.Errorf("-c %s: compare sets it itself; leave it out",
				strings.TrimPrefix(key, config.Namespace+":"))
		}
	}
	path, err := o.Project.StackFile(stack)
	if err != nil {
		return settings, err
	}
	values, err := config.ReadStackFile(path)
	if err != nil {
		return settings, failure{err}
	}
	return migrate.Stack{Name: stack, File: values, Given: o.Config}, nil
}

// deployAttempts deploys side by side, each in a folder of its own below one that is removed in the end. It fails where
// that folder is in the way, or when it was interrupted; what goes wrong with an attempt is told there.
func (l *lab) deployAttempts(
	ctx context.Context, o engine.Options, stack string, attempts []*compare.Attempt,
) (err error) {
	folder, err := os.MkdirTemp("", "aks-egress-compare-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	var group errgroup.Group
	group.SetLimit(parallelStacks)
	progress := counted{of: deployable(attempts), to: o.Progress}
	for i, a := range attempts {
		if a.Fit.Config == nil {
			continue
		}
		group.Go(func() error {
			dir := filepath.Join(folder, strconv.Itoa(i))
			a.Deployed = deployedOf(l.deployScratch(ctx, o, stack, a.Fit.Settings, dir))
			progress.done(a.String(), len(a.Deployed.Errors) == 0)
			return nil
		})
	}
	_ = group.Wait() // the functions above return no errors
	if ctx.Err() != nil {
		return fmt.Errorf("stack %s: interrupted: nothing is compared, and nothing is left", stack)
	}
	return nil
}

func deployable(attempts []*compare.Attempt) int {
	count := 0
	for _, a := range attempts {
		if a.Fit.Config != nil {
			count++
		}
	}
	return count
}

// deployedOf is what a comparison asks of a deployment.
func deployedOf(s scratch) compare.Deployed {
	d := compare.Deployed{Network: s.Network, Outputs: s.Outputs, Export: s.Export, Errors: s.Errors}
	if flow, err := entranceOf(ingressText(s.Outputs)); err == nil {
		d.Entrance = &flow
	}
	return d
}

// entranceOf is the flow of a client on the internet to a stack's URL or address.
func entranceOf(url string) (egress.Flow, error) {
	flow, err := parseDestination(url)
	flow.From = egress.FromInternet
	return flow, err
}

// counted tells how many of several deployments are done. It is safe for concurrent use.
type counted struct {
	of    int
	to    *engine.Progress
	mutex sync.Mutex
	count int
}

func (c *counted) done(what string, ok bool) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.count++
	if !ok {
		what += " FAILED"
	}
	c.to.Line("%*d/%d  %s", len(strconv.Itoa(c.of)), c.count, c.of, what)
}
