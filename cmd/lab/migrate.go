package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"aks-egress/egress/migration"
	"aks-egress/internal/azuresim"
	"aks-egress/internal/config"
	"aks-egress/internal/engine"
	"aks-egress/internal/migrate"
)

// migrateFlags are what migrate is asked besides.
type migrateFlags struct {
	dryRun bool
	to     []string // what workloads reach, as entries of allow
}

func (l *lab) migrateCommand() *cobra.Command {
	var f migrateFlags
	c := &cobra.Command{
		Use:   "migrate STACK OUTBOUNDTYPE",
		Short: "Change the outbound type of a deployed stack, in place",
		Long: "Change the outbound type of a deployed stack as Azure does it in place: what the new type needs is built,\n" +
			"az changes the cluster, Pulumi takes that over, and what is left of the old way goes. " +
			"Every step is shown as the\n" +
			"command to run on Azure, and run on the simulated one. What Azure does not change is refused beforehand.\n\n" +
			"Run again after a failure or a kill, it goes on where it stopped. The stack file stays as it is: the summary\n" +
			"says which lines of it to change. It ends with 0 when traffic leaves by the new way, else with 1.",
		Example: "  lab migrate lb userAssignedNATGateway --dry-run\n" +
			"  lab migrate lb userDefinedRouting --to docker-hub --to key-vault:shop-prod\n" +
			"  lab migrate udr loadBalancer -c outboundIpCount=2",
		Args: func(_ *cobra.Command, arguments []string) error {
			if len(arguments) != 2 {
				return errors.New("which stack, and to which outbound type? lab migrate STACK OUTBOUNDTYPE")
			}
			return nil
		},
		ValidArgsFunction: stackThen(completeOutboundTypes),
		RunE: func(c *cobra.Command, arguments []string) error {
			return l.migrate(c.Context(), arguments[0], migration.OutboundType(arguments[1]), f)
		},
	}
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "show the steps, and change nothing")
	c.Flags().StringArrayVar(&f.to, "to", nil,
		"what workloads reach, as an entry of `allow`: followed before and after, and told (repeatable)")
	l.configFlag(c)
	l.faultFlags(c)
	return c
}

func (l *lab) migrate(ctx context.Context, stack string, to migration.OutboundType, f migrateFlags) error {
	options, err := l.options()
	if err != nil {
		return err
	}
	if _, err := chooseStacks(options.Project, []string{stack}, false); err != nil {
		return err
	}
	m := &migrating{
		lab: l, stack: stack, options: options, record: record(filepath.Join(options.Dir, stack, "migration.json")), flags: f,
		report: migrateReport{Stack: stack, To: to, DryRun: f.dryRun, Steps: []migrateStep{}, Errors: []string{}},
	}
	if err := m.prepare(ctx); err != nil {
		return m.refused(err)
	}
	m.showPlan()
	if !f.dryRun {
		m.run(ctx)
		l.tellIdle(options.Progress)
	}
	return m.end()
}

// migrating is a migration that is being done.
type migrating struct {
	lab     *lab
	stack   string
	options engine.Options
	flags   migrateFlags
	record  record

	file    []byte // the stack file
	plan    *migrate.Plan
	subject migrate.Subject
	before  migrate.Snapshot
	begun   bool // in an earlier run
	report  migrateReport
}

// prepare reads what there is, and plans.
func (m *migrating) prepare(ctx context.Context) error {
	path, err := m.options.Project.StackFile(m.stack)
	if err != nil {
		return err
	}
	if m.file, err = os.ReadFile(path); err != nil {
		return failure{err}
	}
	values, err := config.ReadStackFile(path)
	if err != nil {
		return failure{err}
	}
	if m.before, err = m.snapshot(ctx); err != nil {
		return err
	}
	from := migrate.Stack{Name: m.stack, File: values, Given: m.options.Config, Network: m.before.Network}
	if from.Failed, err = m.failed(ctx); err != nil {
		return err
	}
	if earlier, ok := m.record.read(); ok && earlier.UnderWay(m.before) {
		m.begun, m.before = true, earlier
		from.Begun = migration.OutboundType(earlier.Network.Clusters[0].OutboundType)
	}
	if m.plan, err = migrate.New(from, m.report.To); err != nil {
		return err
	}
	m.subject.Wanted = m.plan.Wanted
	if was, err := config.Load(values); err == nil {
		m.subject.Was = was
	}
	for _, entry := range m.flags.to {
		list, err := migrate.Named(entry, m.plan.Wanted.Location)
		if err != nil {
			return fmt.Errorf("--to %q: %w", entry, err)
		}
		m.subject.Named = append(m.subject.Named, list...)
	}
	return nil
}

// snapshot is the stack as it is now.
func (m *migrating) snapshot(ctx context.Context) (migrate.Snapshot, error) {
	network, _, err := m.lab.readNetwork(ctx, m.stack, nil)
	if err != nil {
		return migrate.Snapshot{}, err
	}
	outputs := engine.Outputs(m.stack, m.options)
	if !outputs.OK {
		return migrate.Snapshot{}, failure{errors.New(outputs.Errors[0])}
	}
	return migrate.Snapshot{Outputs: outputs.Outputs, Network: network}, nil
}

// failed tells whether the last change of the cluster failed.
func (m *migrating) failed(ctx context.Context) (failed bool, err error) {
	err = m.lab.inAzure(ctx, m.stack, func(cloud *azuresim.Cloud) error {
		for _, cluster := range cloud.List("azure-native:containerservice:ManagedCluster") {
			failed = failed || cluster.Outputs["provisioningState"] == "Failed"
		}
		return nil
	})
	return failed, err
}
