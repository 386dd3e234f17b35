package migrate

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/migration"
	"aks-egress/internal/config"
)

// The keys that a plan sets itself, as Pulumi writes them.
const (
	TypeKey = config.Namespace + ":outboundType"
	FromKey = config.Namespace + ":migrateFromOutboundType"
)

// Stack is what a plan starts from.
type Stack struct {
	Name    string
	File    map[string]string      // values of the stack file by full key, as config.ReadStackFile gives them
	Given   map[string]string      // what the user sets besides, by full key, as typed behind -c
	Network *egress.Network        // as it is deployed
	Failed  bool                   // Azure's last change of the cluster failed: it wants another
	Begun   migration.OutboundType // of the cluster when a migration that is under way began; empty: none is
}

// OutboundType is the stack's own: what the file and the user say, without a migration.
func (s Stack) OutboundType() string { return s.values(s.Given)[TypeKey] }

// Plan is how a stack's cluster comes to another outbound type.
type Plan struct {
	Stack  string
	Move   migration.Move // from what the cluster had when the migration began
	Steps  []Step
	Wanted *config.Config // of the stack in the end
}

// Step is one step of a plan.
type Step struct {
	Kind     migration.Step
	Done     bool              // in an earlier run
	Settings map[string]string // what is set besides the stack file, by full key
	Az       []string          // Change only: the command that Azure is given, without the word az
	Commands []string          // what a person types for this step
}

// Settings are what the stack is to have in the end besides its file.
func (p *Plan) Settings() map[string]string { return p.Steps[len(p.Steps)-1].Settings }

// Refusal says why there is no plan. Nothing has been changed.
type Refusal struct {
	Problems []string
	WayOut   string // empty: the problems name theirs
}

func (r *Refusal) Error() string {
	return strings.Join(slices.DeleteFunc(append(slices.Clone(r.Problems), r.WayOut), func(s string) bool {
		return s == ""
	}), "\n")
}

// New plans the change to an outbound type. It fails with *Refusal where Azure does not make the change, where the
// configuration cannot have it, or where the stack has no cluster to change; other errors are of usage.
func New(s Stack, to migration.OutboundType) (*Plan, error) {
	if err := s.usage(to); err != nil {
		return nil, err
	}
	cluster, err := s.cluster()
	if err != nil {
		return nil, err
	}
	now := placeOf(cluster)
	if err := s.possible(now, to); err != nil {
		return nil, err
	}
	begun := now
	if s.Begun != "" && now.OutboundType == to {
		begun.OutboundType = s.Begun
	}
	p := &Plan{Stack: s.Name, Move: migration.Between(begun, migration.Place{Network: now.Network, OutboundType: to})}
	settings := s.settings(p.Move)
	if p.Wanted, err = s.load(settings, p.Move); err != nil {
		return nil, err
	}
	if now.OutboundType != to {
		if err := s.reused(p.Wanted, cluster); err != nil {
			return nil, err
		}
	}
	s.fill(p, settings, now, cluster)
	return p, nil
}

// fill makes the plan's steps.
func (s Stack) fill(
	p *Plan, settings map[migration.Step]map[string]string, now migration.Place, cluster *egress.Cluster,
) {
	to := p.Move.To.OutboundType
	typist := typist{stack: s.Name, original: s.File, file: maps.Clone(s.File)}
	kinds, changed := p.Move.Steps(), now.OutboundType == to && !s.Failed
	if !changed && !slices.Contains(kinds, migration.Change) {
		kinds = append([]migration.Step{migration.Change}, kinds...) // what brings a failed cluster back, too
	}
	for _, kind := range kinds {
		step := Step{Kind: kind, Settings: settings[kind]}
		step.Done = kind == migration.Build && now.OutboundType == to || kind == migration.Change && changed
		if kind == migration.Change {
			step.Az = slices.Concat([]string{
				"aks", "update", "--resource-group", groupOf(cluster.ID), "--name", cluster.Name,
			}, p.Wanted.Profile().Flags(to))
		}
		step.Commands = typist.commands(step)
		p.Steps = append(p.Steps, step)
	}
}

// usage refuses what no stack and no network could have.
func (s Stack) usage(to migration.OutboundType) error {
	known := migration.Types()
	if !slices.Contains(known, to) {
		return fmt.Errorf("outbound type %q is not one of %s", to, join(known))
	}
	for _, key := range []string{TypeKey, FromKey} {
		if _, given := s.Given[key]; given {
			return fmt.Errorf("-c %s: migrate sets it itself; leave it out", strings.TrimPrefix(key, config.Namespace+":"))
		}
	}
	return nil
}

func (s Stack) cluster() (*egress.Cluster, error) {
	if n := len(s.Network.Clusters); n != 1 {
		return nil, &Refusal{Problems: []string{fmt.Sprintf("stack %s has %d clusters: there is none to change", s.Name, n)}}
	}
	return &s.Network.Clusters[0], nil
}

// placeOf is where a cluster stands. A network that AKS made for it is in its node resource group (azure-facts 1.7).
func placeOf(c *egress.Cluster) migration.Place {
	own := slices.ContainsFunc(c.NodeSubnetIDs, func(id string) bool {
		return !strings.EqualFold(groupOf(id), c.NodeResourceGroup)
	})
	return migration.Place{Network: migration.Network(own), OutboundType: migration.OutboundType(c.OutboundType)}
}

// possible asks Azure's matrix, within the cluster's network, and then whether this project has the type there: with
// every type but managedNATGateway it builds a VNet of its own.
func (s Stack) possible(now migration.Place, to migration.OutboundType) error {
	move := migration.Between(now, migration.Place{Network: now.Network, OutboundType: to})
	here := config.Place(config.OutboundType(to))
	ours := slices.Contains([]migration.OutboundType{
		migration.LoadBalancer, migration.ManagedNATGateway, migration.UserAssignedNATGateway, migration.UserDefinedRouting,
	}, to)
	if move.Supported && ours && here.Network != now.Network {
		move = migration.Between(now, here)
	}
	if move.Supported {
		return nil
	}
	problem := fmt.Sprintf("Azure does not change the cluster of stack %s from %s to %s: %s",
		s.Name, now.OutboundType, to, move.Reason)
	for _, note := range move.Notes {
		problem += "; " + note
	}
	if !ours { // nor does a new cluster of this project have it, and config says why
		_, err := config.Load(s.values(map[string]string{TypeKey: string(to)}))
		return &Refusal{Problems: append([]string{problem}, lines(err)...)}
	}
	return &Refusal{Problems: []string{problem}, WayOut: fmt.Sprintf("A new cluster takes it: deploy one in a stack of "+
		"its own and move over; or run up with -c outboundType=%s -c allowClusterReplacement=true, which gives this cluster "+
		"up with everything in it.", to)}
}

// settings are what each step of a move sets besides the stack file.
func (s Stack) settings(move migration.Move) map[migration.Step]map[string]string {
	to := string(move.To.OutboundType)
	last := maps.Clone(s.Given)
	if last == nil {
		last = map[string]string{}
	}
	last[TypeKey] = to
	if _, there := s.File[FromKey]; there {
		last[FromKey] = ""
	}
	build := maps.Clone(last)
	build[FromKey] = string(move.From.OutboundType)
	for _, key := range s.takenAway(last) {
		kept := maps.Clone(build)
		delete(kept, key)
		if !slices.Contains(config.WithoutMeaning(s.values(kept)), nameOf(key)) {
			build = kept
		}
	}
	during := last
	if len(move.Prepare) > 0 {
		during = build
		s.leave(last, build)
	}
	return map[migration.Step]map[string]string{
		migration.Build: build, migration.Change: during, migration.Follow: during, migration.Clear: last,
	}
}

// takenAway are the keys of the stack file that the new type cannot have, and that the user therefore sets back to
// their defaults. While the old way stands they still count: a firewall must keep its rules until traffic has left it.
func (s Stack) takenAway(last map[string]string) []string {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(s.Given)) {
		without := maps.Clone(last)
		delete(without, key)
		if slices.Contains(config.WithoutMeaning(s.values(without)), nameOf(key)) {
			keys = append(keys, key)
		}
	}
	return keys
}

// leave takes from the last step what the user sets and only the present way out can have: it counts while that stands.
func (s Stack) leave(last, build map[string]string) {
	unused := config.WithoutMeaning(s.values(build))
	for _, name := range config.WithoutMeaning(s.values(last)) {
		key := config.Namespace + ":" + name
		if _, given := s.Given[key]; given && !slices.Contains(unused, name) {
			delete(last, key)
		}
	}
}

// values are the stack file's with settings in their place.
func (s Stack) values(settings map[string]string) map[string]string {
	values := maps.Clone(s.File)
	if values == nil {
		values = map[string]string{}
	}
	for key, text := range settings {
		values[key] = valueOf(text)
	}
	return values
}

// nameOf is a key without this project's namespace.
func nameOf(key string) string { return strings.TrimPrefix(key, config.Namespace+":") }

// groupOf is the resource group in an ARM id.
func groupOf(id string) string {
	parts := strings.Split(id, "/")
	for i, part := range parts {
		if strings.EqualFold(part, "resourceGroups") && i+1 < len(parts) {
			return parts[i+1]
		}
	}
	return ""
}

func join[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, word := range words {
		texts[i] = string(word)
	}
	return strings.Join(texts, ", ")
}
