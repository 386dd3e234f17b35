package config

import (
	"slices"

	"aks-egress/egress/migration"
)

const migrateKey = "migrateFromOutboundType"

// migrationSources are the outbound types from which a cluster on a network of its own can come.
func migrationSources() []string {
	var sources []string
	for _, t := range migration.OwnNetwork.Types() {
		sources = append(sources, string(t))
	}
	return append(sources, string(ManagedNATGateway))
}

// loadMigration refuses what Azure does not do, and what needs no preparation: azure-facts 1.6.
func (in *input) loadMigration(config *Config) {
	const key = migrateKey
	if !in.isSet(key) || !in.good(key, "outboundType") {
		return
	}
	from, to := in.migrateFrom(), in.outboundType()
	move := migration.Between(Place(from), Place(to))
	switch {
	case in.flag("allowClusterReplacement"):
		in.refuse(key, "is set beside allowClusterReplacement: the one keeps the cluster, the other gives it up; remove one "+
			"of them")
	case from == to:
		in.refuse(key, "is outboundType itself: remove it, there is nothing to change")
	case !move.Supported:
		in.refuse(key, "does not lead to outboundType %s: %s; deploy a new cluster, or set allowClusterReplacement to true, "+
			"which gives up the old one", to, move.Reason)
	case len(move.Prepare) == 0:
		in.refuse(key, "has no meaning with outboundType %s, for which nothing is to be built first: remove it; a preview "+
			"tells the az command that comes first, then run pulumi refresh and pulumi up", to)
	default:
		config.MigrateFrom = from
	}
}

// Place is where a stack has its cluster: with every outbound type but managedNATGateway in a network of its own.
func Place(t OutboundType) migration.Place {
	return migration.Place{
		Network: migration.Network(t != ManagedNATGateway), OutboundType: migration.OutboundType(t),
	}
}

func (in *input) migrateFrom() OutboundType { return OutboundType(in.text(migrateKey)) }

// builds reports whether the stack builds the way out of an outbound type: of its own, and while a cluster changes to
// it from a NAT gateway or firewall, of that one too. AKS asks for what the present type needs with every request
// (azure-facts 1.4), so both stand until the change is done. What AKS made for itself needs nothing of us.
func (in *input) builds(t OutboundType) bool {
	ours := []OutboundType{UserAssignedNATGateway, UserDefinedRouting}
	if t == in.migrateFrom() && slices.Contains(ours, t) && slices.Contains(ours, in.outboundType()) {
		return true
	}
	return t == in.outboundType()
}

// EgressType is the outbound type whose way out the traffic takes. While both a route to a firewall and a NAT gateway
// stand, that is the firewall's (azure-facts 4).
func (c *Config) EgressType() OutboundType {
	if c.MigrateFrom == UserDefinedRouting {
		return UserDefinedRouting
	}
	return c.OutboundType
}

// Profile is what AKS has to know when it changes a cluster to this outbound type.
func (c *Config) Profile() migration.Profile {
	p := migration.Profile{
		ManagedIPs: c.OutboundIPCount, PublicIPIDs: c.OutboundPublicIPIDs, PrefixIDs: c.OutboundIPPrefixIDs,
		PortsPerNode: c.OutboundPortsPerNode, IdleMinutes: c.IdleTimeoutMinutes,
	}
	byDefault := natGatewayIdleTimeout
	if c.OutboundType == LoadBalancer {
		byDefault = loadBalancerIdleTimeout
	}
	if p.IdleMinutes == byDefault {
		p.IdleMinutes = 0
	}
	return p
}

// Builds reports whether the stack has the NAT gateway or firewall of an outbound type: its own, or for the time of a
// migration that of before.
func (c *Config) Builds(t OutboundType) bool { return t == c.OutboundType || t == c.MigrateFrom }
