package migrate

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"aks-egress/egress"
	"aks-egress/egress/migration"
	"aks-egress/internal/config"
)

// load judges the settings of every step that reads them, before anything changes, and answers what is wanted in the
// end. Keys that the new type cannot have are told with the way to go on without them.
func (s Stack) load(settings map[migration.Step]map[string]string, move migration.Move) (*config.Config, error) {
	last := s.values(settings[migration.Clear])
	wanted, err := config.Load(last)
	if err == nil && wanted.AllowClusterReplacement {
		err = config.Problem{Key: "allowClusterReplacement", Value: "true", Rule: "gives the cluster up, and a migration " +
			"keeps it: remove it, or set it to false for this run with -c allowClusterReplacement=false"}
	}
	if err == nil && len(move.Prepare) > 0 {
		_, err = config.Load(s.values(settings[migration.Build]))
	}
	if err != nil {
		return nil, &Refusal{Problems: lines(err), WayOut: s.withoutThem(config.WithoutMeaning(last))}
	}
	return wanted, nil
}

// lines are the texts of the errors that one stands for.
func lines(err error) []string {
	var problems config.Problems
	if !errors.As(err, &problems) {
		return []string{err.Error()}
	}
	texts := make([]string, len(problems))
	for i, p := range problems {
		texts[i] = p.Error()
	}
	return texts
}

// withoutThem says how to go on without keys of the stack file. Removing them from the file beforehand would take them
// from the present way out too, while traffic still goes by it.
func (s Stack) withoutThem(names []string) string {
	var flags []string
	for _, key := range config.Keys() {
		_, inFile := s.File[key.QualifiedName()]
		if text, ok := key.DefaultText(); ok && inFile && slices.Contains(names, key.Name) {
			flags = append(flags, "-c "+Quoted(key.Name+"="+text))
		}
	}
	if len(flags) == 0 {
		return ""
	}
	return fmt.Sprintf("Leave the lines in Pulumi.%s.yaml until the migration is done, since the present way out needs "+
		"them, and run migrate with %s", s.Name, strings.Join(flags, " "))
}

// reused refuses addresses that serve the present way out: Azure takes no IP of the old egress (azure-facts 1.6).
func (s Stack) reused(wanted *config.Config, cluster *egress.Cluster) error {
	inUse := map[string]string{}
	if lb := cluster.LoadBalancer; lb != nil && cluster.OutboundType == string(migration.LoadBalancer) {
		for _, id := range slices.Concat(lb.OutboundIPIDs, lb.OutboundIPPrefixIDs) {
			inUse[strings.ToLower(id)] = "the load balancer"
		}
	}
	if cluster.OutboundType == string(migration.UserAssignedNATGateway) {
		for _, g := range s.Network.NATGateways {
			for _, id := range slices.Concat(g.PublicIPIDs, g.PublicIPPrefixIDs) {
				inUse[strings.ToLower(id)] = "NAT gateway " + g.Name
			}
		}
	}
	var problems []string
	for key, ids := range map[string][]string{
		"outboundPublicIpIds": wanted.OutboundPublicIPIDs, "outboundIpPrefixIds": wanted.OutboundIPPrefixIDs,
	} {
		for _, id := range ids {
			if by := inUse[strings.ToLower(id)]; by != "" {
				problems = append(problems, fmt.Sprintf("config: %s %s serves %s, and Azure takes no address of the old way out "+
					"(azure-facts 1.6): give others, with -c %s=…", key, id, by, key))
			}
		}
	}
	if len(problems) == 0 {
		return nil
	}
	slices.Sort(problems)
	return &Refusal{Problems: problems}
}

// valueOf is a value as Pulumi gives it to a program: lists and objects, which are typed as YAML, become JSON.
func valueOf(text string) string {
	if !structured(text) {
		return text
	}
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		return text // no list after all: what it is judged as says so
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return text
	}
	return string(encoded)
}

func structured(text string) bool {
	trimmed := strings.TrimSpace(text)
	return strings.HasPrefix(trimmed, "[") || strings.HasPrefix(trimmed, "{")
}
