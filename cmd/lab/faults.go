package main

import (
	"os"

	"github.com/spf13/cobra"

	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/faults"
)

// faultFlags is for verbs that ask the simulated cloud.
func (l *lab) faultFlags(c *cobra.Command) {
	c.Flags().StringArrayVar(&l.faults, "fault", nil,
		"make one request fail: 'TYPE OPERATION FAULT [name=GLOB] [after=N] [times=N|always]' (repeatable)")
	c.Flags().StringVar(&l.faultFile, "faults", "", "YAML file with a fault plan")
	_ = c.RegisterFlagCompletionFunc("fault", completeFault) // the flags are there
	_ = c.MarkFlagFilename("faults", "yaml", "yml")
}

// faultPlan reads the flags. Every stack of a run has the whole plan for itself.
func (l *lab) faultPlan() (*faults.Plan, error) {
	if len(l.faults) == 0 && l.faultFile == "" {
		return nil, nil
	}
	plan := faults.NewPlan(simulation.FaultSubjects())
	if l.faultFile != "" {
		if err := plan.AddFile(l.faultFile); err != nil {
			return nil, err
		}
	}
	if err := plan.Add(l.faults...); err != nil {
		return nil, err
	}
	return plan, nil
}

// openCloud opens the simulated cloud of a stack, or of serve. Each fault that happens is one line of progress.
func (l *lab) openCloud(owner string, progress *engine.Progress) engine.OpenCloud {
	tell := func(line string) { progress.Line("%s: %s", owner, line) }
	operator, _ := l.operator() // options() has told what is wrong with it
	return simulation.OpenWith(simulation.Options{Faults: l.plan.Injector(tell, killSelf), Operator: operator})
}

// tellIdle says which rules of the fault plan no request has met.
func (l *lab) tellIdle(progress *engine.Progress) {
	for _, rule := range l.plan.Idle() {
		progress.Line("fault never happened: %s", rule)
	}
}

// killSelf ends this process as SIGKILL does, without a chance to put anything in order.
func killSelf() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err) // the process ends all the same
	}
	select {}
}
