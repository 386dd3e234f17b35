package migration_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"aks-egress/egress/migration"
)

// What must stand before comes before the change, and what nobody makes has no steps: both matrices, every pair.
func TestSteps(t *testing.T) {
	t.Parallel()
	built := []migration.OutboundType{"userAssignedNATGateway", "userDefinedRouting"}
	for network, table := range map[migration.Network]string{
		migration.ManagedNetwork: managedTable, migration.OwnNetwork: ownTable,
	} {
		header, rows := cells(table)
		for _, row := range rows {
			for i, cell := range row[1:] {
				from, to := migration.OutboundType(row[0]), migration.OutboundType(header[i+1])
				move := migration.Between(migration.Place{Network: network, OutboundType: from},
					migration.Place{Network: network, OutboundType: to})
				want := []migration.Step{migration.Change, migration.Follow, migration.Clear}
				switch {
				case cell == "-":
					want = []migration.Step{migration.Follow, migration.Clear}
				case cell != "yes":
					want = nil
				case slices.Contains(built, to):
					want = append([]migration.Step{migration.Build}, want...)
				}
				assert.Equal(t, want, move.Steps(), "%s → %s", from, to)
				if s := move.Switches(); cell == "yes" {
					assert.Contains(t, want, s, "%s → %s: traffic moves in one of the steps", from, to)
				} else {
					assert.Empty(t, s)
				}
			}
		}
	}
}

// A route wins over a NAT gateway, and that over a load balancer (azure-facts 0, 4).
func TestSwitches(t *testing.T) {
	t.Parallel()
	const lb, nat, udr = migration.LoadBalancer, migration.UserAssignedNATGateway, migration.UserDefinedRouting
	for pair, want := range map[[2]migration.OutboundType]migration.Step{
		{lb, nat}: migration.Build, {lb, udr}: migration.Build, {nat, udr}: migration.Build,
		{udr, nat}: migration.Clear, {udr, lb}: migration.Clear, {nat, lb}: migration.Clear,
		{lb, migration.None}: migration.Change, {migration.None, lb}: migration.Change,
	} {
		own := func(t migration.OutboundType) migration.Place {
			return migration.Place{Network: migration.OwnNetwork, OutboundType: t}
		}
		assert.Equal(t, want, migration.Between(own(pair[0]), own(pair[1])).Switches(), fmt.Sprint(pair))
	}
}

// Azure asks for exactly one source of addresses, and only where it keeps some (azure-facts 1.6, 2.1).
func TestFlags(t *testing.T) {
	t.Parallel()
	for want, test := range map[string]struct {
		to      migration.OutboundType
		profile migration.Profile
	}{
		"--outbound-type loadBalancer --load-balancer-managed-outbound-ip-count 1": {"loadBalancer", migration.Profile{}},
		"--outbound-type loadBalancer --load-balancer-managed-outbound-ip-count 3 --load-balancer-outbound-ports 8000 " +
			"--load-balancer-idle-timeout 10": {
			"loadBalancer", migration.Profile{ManagedIPs: 3, PortsPerNode: 8000, IdleMinutes: 10},
		},
		"--outbound-type loadBalancer --load-balancer-outbound-ips /A,/b": {
			"loadBalancer", migration.Profile{ManagedIPs: 1, PublicIPIDs: []string{"/b", "/A"}},
		},
		"--outbound-type loadBalancer --load-balancer-outbound-ip-prefixes /p": {
			"loadBalancer", migration.Profile{PrefixIDs: []string{"/p"}},
		},
		"--outbound-type managedNATGateway --nat-gateway-managed-outbound-ip-count 2 --nat-gateway-idle-timeout 30": {
			"managedNATGateway", migration.Profile{ManagedIPs: 2, IdleMinutes: 30, PublicIPIDs: []string{"/never"}},
		},
		"--outbound-type userDefinedRouting": {"userDefinedRouting", migration.Profile{ManagedIPs: 3, IdleMinutes: 9}},
	} {
		assert.Equal(t, want, strings.Join(test.profile.Flags(test.to), " "))
	}
}
