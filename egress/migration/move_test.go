package migration_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress/migration"
)

// The tables of azure-facts 1.6, copied from there with the bold and the footnotes' text left out.
const managedTable = `
| from \ to           | loadBalancer | managedNATGatewayV2 | managedNATGateway | none | block |
| loadBalancer        | -            | yes                 | yes               | yes  | yes   |
| managedNATGatewayV2 | no           | -                   | no                | no*  | no*   |
| managedNATGateway   | no**         | yes                 | -                 | yes  | yes   |
| none                | yes          | yes                 | yes               | -    | yes   |
| block               | yes          | yes                 | yes               | yes  | -     |`

// "loadBalancer <-> userAssignedNATGateway <-> userDefinedRouting <-> none: every pair supported. block: never."
const ownTable = `
| from \ to              | loadBalancer | userAssignedNATGateway | userDefinedRouting | none | block |
| loadBalancer           | -            | yes                    | yes                | yes  | no    |
| userAssignedNATGateway | yes          | -                      | yes                | yes  | no    |
| userDefinedRouting     | yes          | yes                    | -                  | yes  | no    |
| none                   | yes          | yes                    | yes                | -    | no    |
| block                  | no           | no                     | no                 | no   | -     |`

func cells(table string) (header []string, rows [][]string) {
	for line := range strings.SplitSeq(strings.TrimSpace(table), "\n") {
		var row []string
		for cell := range strings.SplitSeq(strings.Trim(line, "| "), "|") {
			row = append(row, strings.TrimSpace(cell))
		}
		rows = append(rows, row)
	}
	return rows[0], rows[1:]
}

func TestMatrices(t *testing.T) {
	t.Parallel()
	seen := 0
	for network, table := range map[migration.Network]string{
		migration.ManagedNetwork: managedTable, migration.OwnNetwork: ownTable,
	} {
		header, rows := cells(table)
		for _, row := range rows {
			require.Len(t, row, len(header))
			from := migration.Place{Network: network, OutboundType: migration.OutboundType(row[0])}
			for i, cell := range row[1:] {
				to := migration.Place{Network: network, OutboundType: migration.OutboundType(header[i+1])}
				name := fmt.Sprintf("%s → %s", from, to)
				move := migration.Between(from, to)
				supported := cell == "yes" || cell == "-"
				assert.Equal(t, supported, move.Supported, name)
				assert.Equal(t, supported, move.Reason == "", name)
				assert.Equal(t, cell == "yes", slices.Contains(migration.Targets(from), to.OutboundType), name)
				assert.Equal(t, strings.HasSuffix(cell, "*"), len(move.Notes) > 0, "%s: a note where the sources differ", name)
				assert.Equal(t, cell == "yes", len(move.Effects) > 0, name)
				assert.Equal(t, cell == "yes", len(move.Outside) > 0, name)
				seen++
			}
		}
	}
	assert.Equal(t, 50, seen)
}

// No path leads from AKS's network to one's own or back, whatever the types (azure-facts 1.6).
func TestNoMoveBetweenNetworks(t *testing.T) {
	t.Parallel()
	for _, there := range []bool{true, false} {
		from, to := migration.Network(there), migration.Network(!there)
		for _, a := range from.Types() {
			for _, b := range to.Types() {
				move := migration.Between(migration.Place{Network: from, OutboundType: a},
					migration.Place{Network: to, OutboundType: b})
				assert.False(t, move.Supported, "%s → %s", move.From, move.To)
				assert.Contains(t, move.Reason, "its subnet cannot be changed")
			}
		}
	}
}

// Types that a network cannot have (azure-facts 1.2) are not reached in it either.
func TestTypesThatANetworkCannotHave(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		network migration.Network
		to      migration.OutboundType
		note    bool
	}{
		{migration.ManagedNetwork, "userDefinedRouting", true}, // azure-facts 1.6, footnote **
		{migration.ManagedNetwork, "userAssignedNATGateway", false},
		{migration.OwnNetwork, "managedNATGateway", false},
		{migration.OwnNetwork, "managedNATGatewayV2", false},
	} {
		from := migration.Place{Network: test.network, OutboundType: "managedNATGateway"}
		if test.network == migration.OwnNetwork {
			from.OutboundType = "loadBalancer"
		}
		move := migration.Between(from, migration.Place{Network: test.network, OutboundType: test.to})
		assert.False(t, move.Supported, test.to)
		assert.Contains(t, move.Reason, fmt.Sprintf("%s does not exist in %s", test.to, test.network))
		assert.Equal(t, test.note, len(move.Notes) > 0, test.to)
	}
}

// "-> UDR: put the 0/0 route in the associated RT first; -> uaNAT: attach the NAT GW first; -> loadBalancer: pick one
// IP option and do not reuse an IP used by the old egress config" (azure-facts 1.6).
func TestWhatMustBePrepared(t *testing.T) {
	t.Parallel()
	own := func(name migration.OutboundType) migration.Place {
		return migration.Place{Network: migration.OwnNetwork, OutboundType: name}
	}
	for _, from := range []migration.OutboundType{"loadBalancer", "userDefinedRouting", "none"} {
		move := migration.Between(own(from), own("userAssignedNATGateway"))
		require.Len(t, move.Prepare, 1)
		assert.Contains(t, move.Prepare[0], "NAT gateway")
	}
	for _, from := range []migration.OutboundType{"loadBalancer", "userAssignedNATGateway", "none"} {
		move := migration.Between(own(from), own("userDefinedRouting"))
		require.Len(t, move.Prepare, 1)
		assert.Contains(t, move.Prepare[0], "0.0.0.0/0")
	}
	for _, from := range []migration.OutboundType{"userAssignedNATGateway", "userDefinedRouting", "none"} {
		move := migration.Between(own(from), own("loadBalancer"))
		assert.Empty(t, move.Prepare)
		assert.Contains(t, strings.Join(move.Mind, "; "), "no IP of the old egress")
	}
}

// CHG lines 2726 and 2727 (azure-facts 1.6).
func TestEffectsOfLeaving(t *testing.T) {
	t.Parallel()
	effects := func(network migration.Network, from, to migration.OutboundType) string {
		return strings.Join(migration.Between(migration.Place{Network: network, OutboundType: from},
			migration.Place{Network: network, OutboundType: to}).Effects, "; ")
	}
	const released, reset = "are released", "count goes back to 1"
	assert.Contains(t, effects(migration.OwnNetwork, "loadBalancer", "userDefinedRouting"), released)
	assert.Contains(t, effects(migration.ManagedNetwork, "loadBalancer", "managedNATGateway"), released)
	assert.NotContains(t, effects(migration.OwnNetwork, "userDefinedRouting", "loadBalancer"), released)
	assert.Contains(t, effects(migration.ManagedNetwork, "managedNATGateway", "none"), reset)
	assert.NotContains(t, effects(migration.ManagedNetwork, "loadBalancer", "none"), reset)
}

func TestNetworkOf(t *testing.T) {
	t.Parallel()
	assert.Equal(t, migration.ManagedNetwork, migration.NetworkOf(""))
	assert.Equal(t, migration.OwnNetwork, migration.NetworkOf("/subscriptions/s/x"))
}
