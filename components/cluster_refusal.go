package components

import (
	"errors"
	"fmt"
	"strings"

	"aks-egress/egress/migration"
)

// refusal is what the guard says about a cluster that is not as wanted: every difference, and the way out of it.
type refusal struct {
	name, clusterID string
	wanted, azure   clusterSettings
	found           []difference
}

const newCluster = "A new cluster takes it: deploy one in a stack of its own and move over; or set " +
	"allowClusterReplacement to true (AksClusterArgs.AllowReplacement) for one `pulumi up`. Pulumi then makes a new " +
	"cluster and deletes this one with all that runs in it, its volumes, its API server address and the egress and " +
	"ingress IPs that AKS made."

// err is one message of several lines. A command stands alone on its line.
func (r refusal) err() error {
	lines := []string{fmt.Sprintf("aks cluster %q is not as configured, and Pulumi keeps it, because it would have to "+
		"replace it:", r.name)}
	var flags []string
	var move *migration.Move
	var fixed []string
	for _, d := range r.found {
		lines = append(lines, fmt.Sprintf("  %s: %s in Azure, %s wanted", d.field, shown(d.azure), shown(d.wanted)))
		switch d.flag {
		case "":
			fixed = append(fixed, d.field)
		case "--outbound-type":
			found := migration.Between(r.azure.place, r.wanted.place)
			move = &found
		default:
			flags = append(flags, d.flag, d.value)
		}
	}
	advice, err := r.advice(flags, move, fixed)
	if err != nil {
		return err
	}
	return errors.New(strings.Join(append(lines, advice...), "\n"))
}

func (r refusal) advice(flags []string, move *migration.Move, fixed []string) ([]string, error) {
	var lines []string
	if len(flags) > 0 {
		command, err := azUpdate(r.clusterID, flags)
		if err != nil {
			return nil, err
		}
		lines = append(lines, "Azure changes this in place:", "  "+command,
			"Then run `pulumi refresh` and `pulumi up`.")
	}
	impossible := len(fixed) > 0
	switch {
	case move == nil:
	case move.Supported:
		steps, err := r.steps(*move)
		if err != nil {
			return nil, err
		}
		lines = append(lines, steps...)
	default:
		impossible = true
		lines = append(lines, "Azure does not make this change of the outbound type: "+move.Reason+".")
		lines = append(lines, sentences(move.Notes)...)
	}
	if len(fixed) > 0 {
		lines = append(lines, "No source knows a change in place of "+strings.Join(fixed, ", ")+".")
	}
	if impossible {
		lines = append(lines, newCluster)
	}
	return lines, nil
}

// steps lead through a change of outbound type that Azure makes in place. What must stand before is built by Pulumi, so
// it comes first, and what is left of the old way goes last.
func (r refusal) steps(move migration.Move) ([]string, error) {
	command, err := azUpdate(r.clusterID, r.wanted.profile.Flags(move.To.OutboundType))
	if err != nil {
		return nil, err
	}
	lines := []string{"Azure changes the outbound type in place. In this order:"}
	step := 0
	next := func(format string, args ...any) {
		step++
		lines = append(lines, fmt.Sprintf("  %d. ", step)+fmt.Sprintf(format, args...))
	}
	if len(move.Prepare) > 0 {
		next("Set migrateFromOutboundType to %s (AksClusterArgs.MigrateFrom) and run `pulumi up`. It builds what must "+
			"stand before, where it does not yet: %s.", move.From.OutboundType, strings.Join(move.Prepare, "; "))
	}
	next("Change it, with Azure CLI 2.56 or newer:")
	lines = append(lines, "     "+command)
	lines = append(lines, reminders(move.Mind)...)
	next("Run `pulumi refresh`.")
	if len(move.Prepare) > 0 {
		next("Remove migrateFromOutboundType and run `pulumi up`. It removes what is left of the old way.")
	} else {
		next("Run `pulumi up`. It removes what is left of the old way.")
	}
	lines = append(lines,
		"What it changes: "+strings.Join(move.Effects, "; ")+".",
		"Outside: "+strings.Join(move.Outside, "; ")+".")
	return append(lines, sentences(move.Notes)...), nil
}

// azUpdate is the command line that changes a cluster in place.
func azUpdate(clusterID string, flags []string) (string, error) {
	id, err := resourceID(clusterID, "cluster")
	if err != nil {
		return "", err
	}
	words := append([]string{
		"az", "aks", "update", "--resource-group", quoted(id.ResourceGroupName), "--name", quoted(id.Name),
	}, flags...)
	return strings.Join(words, " "), nil
}

// quoted protects the parentheses that names of resource groups may have (azure-facts 11.1) from shells.
func quoted(word string) string {
	if strings.ContainsAny(word, "()") {
		return `"` + word + `"`
	}
	return word
}

func shown(value string) string {
	if value == "" {
		return `""`
	}
	return value
}

func sentences(texts []string) []string {
	lines := make([]string, 0, len(texts))
	for _, text := range texts {
		lines = append(lines, text+".")
	}
	return lines
}

func reminders(texts []string) []string {
	lines := make([]string, 0, len(texts))
	for _, text := range texts {
		lines = append(lines, "     Mind: "+text+".")
	}
	return lines
}
