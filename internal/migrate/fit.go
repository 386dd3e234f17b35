package migrate

import (
	"errors"
	"maps"
	"slices"

	"aks-egress/egress/migration"
	"aks-egress/internal/config"
)

const ingressKey = config.Namespace + ":ingress"

// Fit is what a stack's settings come to with another outbound type.
type Fit struct {
	Settings map[string]string // besides the stack file, by full key, as typed behind -c
	Dropped  []string          // the stack's settings that mean nothing there, as key=value; never nil
	Config   *config.Config    // nil: Problems
	Problems []string          // why there is no such stack
}

// Fit puts an outbound type into the stack's settings and takes out what means nothing then: such keys are set to their
// defaults. Ingress is the mode to publish by; empty: the stack's own, or none where the type cannot have that one.
func (s Stack) Fit(to migration.OutboundType, ingress config.Ingress) Fit {
	f := Fit{Settings: maps.Clone(s.Given), Dropped: []string{}}
	if f.Settings == nil {
		f.Settings = map[string]string{}
	}
	f.Settings[TypeKey] = string(to)
	if _, there := s.values(nil)[FromKey]; there {
		f.Settings[FromKey] = ""
	}
	if ingress != "" {
		f.Settings[ingressKey] = string(ingress)
	}
	s.drop(&f, config.WithoutMeaning)
	var err error
	f.Config, err = config.Load(s.values(f.Settings))
	if err != nil && ingress == "" && onlyIngress(err) {
		s.drop(&f, func(map[string]string) []string { return []string{nameOf(ingressKey)} })
		s.drop(&f, config.WithoutMeaning)
		f.Config, err = config.Load(s.values(f.Settings))
	}
	if err != nil {
		f.Problems = lines(err)
	}
	slices.Sort(f.Dropped)
	return f
}

// drop sets keys to their defaults, and remembers what the stack has.
func (s Stack) drop(f *Fit, names func(values map[string]string) []string) {
	defaults, values := config.Defaults(), s.values(f.Settings)
	for _, name := range names(values) {
		key := config.Namespace + ":" + name
		byDefault, ok := defaults[key]
		if !ok {
			continue // config tells that it means nothing
		}
		if was, there := s.values(s.Given)[key]; there {
			f.Dropped = append(f.Dropped, name+"="+was)
		}
		f.Settings[key] = byDefault
	}
}

// onlyIngress tells whether nothing but the ingress mode is wrong.
func onlyIngress(err error) bool {
	var problems config.Problems
	return errors.As(err, &problems) && !slices.ContainsFunc(problems, func(p config.Problem) bool {
		return p.Key != nameOf(ingressKey)
	})
}
