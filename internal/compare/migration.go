package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"aks-egress/egress/migration"
	"aks-egress/internal/config"
	"aks-egress/internal/migrate"
)

// migrationOf is what `lab migrate` would do to come from the stack's own outbound type to another, and what the change
// means for traffic.
func migrationOf(s migrate.Stack, from, to *Attempt) Migration {
	m := Migration{Steps: []string{}, Effects: []string{}}
	switch {
	case from == to:
		m.InPlace = true
		return m
	case from == nil || from.Deployed.Network == nil:
		m.Reason = "the stack's own settings do not deploy"
		return m
	}
	move := migration.Between(placeOf(from), placeOf(to))
	m.InPlace, m.Reason = move.Supported, move.Reason
	if m.InPlace {
		m.Effects = append(m.Effects, move.Effects...)
	}
	m.Effects = append(m.Effects, trafficEffects(from, to)...)
	s.Network, s.Given = from.Deployed.Network, maps.Clone(to.Fit.Settings)
	delete(s.Given, migrate.TypeKey)
	delete(s.Given, migrate.FromKey)
	if !m.InPlace {
		return m
	}
	plan, err := migrate.New(s, to.OutboundType)
	if err != nil {
		m.InPlace, m.Reason = false, err.Error()
		return m
	}
	for _, step := range plan.Steps {
		m.Steps = append(m.Steps, string(step.Kind)+": "+strings.Join(step.Commands, "; "))
	}
	return m
}

func placeOf(a *Attempt) migration.Place { return config.Place(config.OutboundType(a.OutboundType)) }

// trafficEffects are what ends otherwise, by class of destinations.
func trafficEffects(from, to *Attempt) []string {
	compared := migrate.Compare(snapshotOf(from), snapshotOf(to),
		migrate.Subject{Was: from.Fit.Config, Wanted: to.Fit.Config})
	var effects []string
	for _, part := range []struct {
		effect migrate.Effect
		words  string
	}{
		{migrate.Blocked, "blocked then"},
		{migrate.Opened, "open then, and blocked before"},
		{migrate.Unsure, "not known to the model"},
	} {
		destinations, classes := 0, map[string]bool{}
		for _, g := range migrate.Groups(compared.Flows, part.effect) {
			destinations += len(g.Destinations)
			classes[g.Class] = true
		}
		if destinations > 0 {
			effects = append(effects, fmt.Sprintf("%s, %d destinations: %s", part.words,
				destinations, strings.Join(slices.Sorted(maps.Keys(classes)), ", ")))
		}
	}
	return effects
}

func snapshotOf(a *Attempt) migrate.Snapshot {
	return migrate.Snapshot{Outputs: a.Deployed.Outputs, Network: a.Deployed.Network}
}
