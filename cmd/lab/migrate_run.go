package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"aks-egress/egress/migration"
	"aks-egress/internal/azcli"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/migrate"
)

// record is the file in which a migration that is under way keeps the stack as it was before: whoever goes on after a
// failure or a kill can still say which addresses others have on their lists.
type record string

// read is false where no migration is known to be under way.
func (r record) read() (s migrate.Snapshot, ok bool) {
	text, err := os.ReadFile(string(r))
	if err != nil || json.Unmarshal(text, &s) != nil || s.Network == nil {
		return migrate.Snapshot{}, false
	}
	return s, true
}

// write replaces the file whole: a kill leaves the old one or the new one.
func (r record) write(s migrate.Snapshot) error {
	text, err := json.Marshal(s)
	if err != nil {
		return err
	}
	temporary := string(r) + ".new"
	if err := os.WriteFile(temporary, text, 0o644); err != nil {
		return err
	}
	return os.Rename(temporary, string(r))
}

func (r record) remove() error { return os.Remove(string(r)) }

// run does the steps until one fails, and then says what they came to.
func (m *migrating) run(ctx context.Context) {
	if !m.begun {
		if err := m.record.write(m.before); err != nil {
			m.fail(err.Error())
			return
		}
	}
	m.options.Cloud = m.lab.openCloud(m.stack, m.options.Progress) // the faults of the plan are for all steps together
	for i := range m.report.Steps {
		s := &m.report.Steps[i]
		if s.Status == stepEarlier {
			continue
		}
		m.showStep(i)
		result := m.do(ctx, m.plan.Steps[i])
		s.Changes, s.Status = result.Changes, stepDone
		if !result.OK {
			s.Status = stepFailed
			m.fail(result.Errors...)
			m.stands(ctx)
			return
		}
	}
	m.finish(ctx)
}

// do does one step.
func (m *migrating) do(ctx context.Context, s migrate.Step) engine.Result {
	o := m.options
	o.Config, o.Display, o.Color = s.Settings, m.display(), wantsColor(m.display())
	switch s.Kind {
	case migration.Change:
		return m.az(ctx, o, s.Az)
	case migration.Follow:
		return withStack(ctx, m.stack, o, func(s *engine.Stack) engine.Result { return s.Refresh(ctx) })
	default:
		return withStack(ctx, m.stack, o, func(s *engine.Stack) engine.Result { return s.PreviewedUp(ctx) })
	}
}

// az runs a command of az on the simulated Azure.
func (m *migrating) az(ctx context.Context, o engine.Options, command []string) engine.Result {
	err := engine.Change(ctx, m.stack, o, func(c engine.Cloud) error {
		cloud, err := simulation.Azure(c)
		if err == nil {
			_, err = azcli.Run(cloud, command)
		}
		return err
	})
	if err != nil {
		return engine.Failed(err)
	}
	return engine.Result{OK: true, Changes: map[string]int{}}
}

// finish checks that nothing is left to do, and compares.
func (m *migrating) finish(ctx context.Context) {
	o := m.options
	o.Config, o.Display = m.plan.Settings(), io.Discard
	preview := withStack(ctx, m.stack, o, func(s *engine.Stack) engine.Result { return s.Preview(ctx) })
	m.report.Preview = preview.Changes
	if !preview.OK {
		m.fail(preview.Errors...)
		return
	}
	if text := changesText(onlyChanges(preview.Changes), toDo); len(onlyChanges(preview.Changes)) > 0 {
		m.fail("a preview with the new settings still finds something to do: " + text)
	}
	after, err := m.snapshot(ctx)
	if err != nil {
		m.fail(err.Error())
		return
	}
	compared := migrate.Compare(m.before, after, m.subject)
	m.report.Result = &compared
	edits, err := migrate.Edits(m.file, m.plan.Settings())
	m.report.StackFile = &stackFile{File: fmt.Sprintf("Pulumi.%s.yaml", m.stack), Changes: edits}
	if err != nil {
		m.report.StackFile.Problem = err.Error()
	}
	if len(m.report.Errors) == 0 {
		if err := m.record.remove(); err != nil {
			m.fail(err.Error())
		}
	}
}

// onlyChanges leaves out what stays and what is only read.
func onlyChanges(changes map[string]int) map[string]int {
	left := map[string]int{}
	for word, count := range changes {
		if count > 0 && word != "same" && word != "read" {
			left[word] = count
		}
	}
	return left
}

// stands says where a migration that stopped has left the stack.
func (m *migrating) stands(ctx context.Context) {
	now, err := m.snapshot(context.WithoutCancel(ctx))
	if err != nil {
		return // why it stopped is told; this may be the reason
	}
	view := now.View(m.plan.Wanted)
	m.report.Stands = &view
	m.report.Failed, _ = m.failed(context.WithoutCancel(ctx)) // it was read a moment ago
	m.report.Next = append(m.report.Next, m.again(m.report.To, m.lab.settings))
	from := m.plan.Move.From.OutboundType
	at := migration.Place{Network: m.plan.Move.From.Network, OutboundType: migration.OutboundType(view.OutboundType)}
	if from != m.report.To && migration.Between(at, m.plan.Move.From).Supported {
		m.report.Next = append(m.report.Next, m.again(from, nil))
	}
}

// again is the command that goes on, or back.
func (m *migrating) again(to migration.OutboundType, settings []string) string {
	words := []string{m.lab.next("migrate", m.stack+" "+string(to))}
	for _, setting := range settings {
		words = append(words, "-c", migrate.Quoted(setting))
	}
	if to == m.report.To {
		for _, entry := range m.flags.to {
			words = append(words, "--to", migrate.Quoted(entry))
		}
	}
	return strings.Join(words, " ")
}

func (m *migrating) fail(problems ...string) { m.report.Errors = append(m.report.Errors, problems...) }
