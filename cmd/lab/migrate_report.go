package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/fatih/color"

	"aks-egress/egress/migration"
	"aks-egress/internal/migrate"
)

// migrateReport is the JSON contract of migrate.
type migrateReport struct {
	Stack     string                 `json:"stack"`
	OK        bool                   `json:"ok"`
	DryRun    bool                   `json:"dryRun"`
	From      migration.OutboundType `json:"from"` // before the migration began
	To        migration.OutboundType `json:"to"`
	Network   string                 `json:"network"`  // own or managed; empty: not known
	Switches  migration.Step         `json:"switches"` // the step in which traffic takes the new way; empty: none
	Effects   []string               `json:"effects"`
	Steps     []migrateStep          `json:"steps"`
	Preview   map[string]int         `json:"preview,omitempty"` // with the new settings, after the last step
	Result    *migrate.Report        `json:"result,omitempty"`  // after the last step
	Stands    *migrate.View          `json:"stands,omitempty"`  // after a step that failed
	Failed    bool                   `json:"clusterFailed"`     // Azure's last change of the cluster failed
	StackFile *stackFile             `json:"stackFile,omitempty"`
	Next      []string               `json:"next,omitempty"` // commands: to go on, and to go back
	Errors    []string               `json:"errors"`
	WayOut    string                 `json:"wayOut,omitempty"` // of what is refused
}

// migrateStep is a step and what became of it.
type migrateStep struct {
	Step     migration.Step `json:"step"`
	Title    string         `json:"title"`
	Commands []string       `json:"commands"` // as a person types them for Azure
	Status   stepStatus     `json:"status"`
	Changes  map[string]int `json:"changes,omitempty"`
}

type stepStatus string

const (
	stepPending stepStatus = "pending"
	stepEarlier stepStatus = "earlier" // done by an earlier run
	stepDone    stepStatus = "done"
	stepFailed  stepStatus = "failed"
)

// stackFile is what to change in a stack's file, so that later runs agree.
type stackFile struct {
	File    string         `json:"file"`
	Changes []migrate.Edit `json:"changes"`
	Problem string         `json:"problem,omitempty"` // why no lines can be named
}

// stepTitle says what a step is for.
func stepTitle(kind migration.Step, move migration.Move) string {
	from, to := move.From.OutboundType, move.To.OutboundType
	switch {
	case kind == migration.Build:
		return fmt.Sprintf("build the way out of %s; what %s needs stays", to, from)
	case kind == migration.Change:
		return "Azure changes the outbound type of the living cluster"
	case kind == migration.Follow:
		return "Pulumi takes over what Azure has"
	case from == to:
		return "what is not of " + string(to) + " goes"
	}
	return fmt.Sprintf("what is left of the way out of %s goes", from)
}

// display is where steps and Pulumi's own words go.
func (m *migrating) display() io.Writer {
	if m.lab.json {
		return m.lab.stderr
	}
	return m.lab.stdout
}

// showPlan fills the report's steps and shows the plan.
func (m *migrating) showPlan() {
	r, move := &m.report, m.plan.Move
	r.From, r.Switches, r.Effects = move.From.OutboundType, move.Switches(), move.Effects
	if r.Network = "managed"; move.From.Network == migration.OwnNetwork {
		r.Network = "own"
	}
	if r.Effects == nil {
		r.Effects = []string{}
	}
	for _, s := range m.plan.Steps {
		step := migrateStep{Step: s.Kind, Title: stepTitle(s.Kind, move), Commands: s.Commands, Status: stepPending}
		if s.Done {
			step.Status = stepEarlier
		}
		r.Steps = append(r.Steps, step)
	}
	w := m.summary()
	w.title(m.stack, fmt.Sprintf("%s → %s in %s", r.From, r.To, move.From.Network))
	if m.begun {
		w.line("", "goes on with what an earlier run began")
	}
	if !m.flags.dryRun {
		return
	}
	for i := range r.Steps {
		m.showStep(i)
	}
	w.effects(r)
}

// showStep shows a step with the commands that a person types for it.
func (m *migrating) showStep(i int) {
	s, w := m.report.Steps[i], m.summary()
	note := ""
	if s.Step == m.report.Switches {
		note = "   ← traffic takes the new way, open connections drop"
	}
	if s.Status == stepEarlier {
		note = "   done by an earlier run"
	}
	title := fmt.Sprintf("step %d of %d: %s", i+1, len(m.report.Steps), s.Title)
	fmt.Fprintf(w.out, "\n%s%s\n", w.paint(title, color.Bold), note)
	for _, command := range s.Commands {
		fmt.Fprintf(w.out, "  $ %s\n", command)
	}
}

func (m *migrating) summary() *summary {
	return &summary{out: m.display(), color: wantsColor(m.display()), lab: m.lab}
}

// effects say what to expect of a migration.
func (w *summary) effects(r *migrateReport) {
	fmt.Fprintln(w.out)
	for i, effect := range r.Effects {
		label := ""
		if i == 0 {
			label = "mind"
		}
		w.line(label, effect)
	}
}

// refused ends a migration before anything was changed. What the caller used wrongly stays an error of usage.
func (m *migrating) refused(err error) error {
	var refusal *migrate.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	m.fail(refusal.Problems...)
	m.report.WayOut = refusal.WayOut
	return m.end()
}

// end shows what a migration came to.
func (m *migrating) end() error {
	r := &m.report
	r.OK = len(r.Errors) == 0
	if r.Effects == nil {
		r.Effects = []string{}
	}
	if m.lab.json {
		if err := m.lab.printJSON(r); err != nil {
			return err
		}
	} else {
		m.show()
	}
	if !r.OK {
		return errFailed
	}
	return nil
}

// show is the end of a migration for people.
func (m *migrating) show() {
	r, w := &m.report, m.summary()
	if r.Result != nil {
		fmt.Fprintln(w.out)
		w.title(m.stack, fmt.Sprintf("%s → %s", r.From, r.Result.After.OutboundType))
		w.moved(r.Result)
		w.effectsOf(r)
		w.flows(r.Result.Flows)
		w.allowLists(&r.Result.AllowLists)
		w.stackFile(r.StackFile)
	}
	problems := &summary{out: m.lab.stderr, color: wantsColor(m.lab.stderr), lab: m.lab}
	for _, text := range r.Errors {
		problems.problem(m.stack, text)
	}
	if r.WayOut != "" {
		fmt.Fprintln(problems.out, r.WayOut)
	}
	if r.Stands != nil {
		problems.stands(r)
	}
}
