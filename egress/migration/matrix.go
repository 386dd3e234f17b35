package migration

import "slices"

// targets are the outbound types that a cluster of a given type changes to in place (azure-facts 1.6, both tables).
type targets map[OutboundType][]OutboundType

var managedTargets = targets{
	LoadBalancer:        {ManagedNATGatewayV2, ManagedNATGateway, None, Block},
	ManagedNATGatewayV2: {},
	ManagedNATGateway:   {ManagedNATGatewayV2, None, Block},
	None:                {LoadBalancer, ManagedNATGatewayV2, ManagedNATGateway, Block},
	Block:               {LoadBalancer, ManagedNATGatewayV2, ManagedNATGateway, None},
}

var ownTargets = targets{
	LoadBalancer:           {UserAssignedNATGateway, UserDefinedRouting, None},
	UserAssignedNATGateway: {LoadBalancer, UserDefinedRouting, None},
	UserDefinedRouting:     {LoadBalancer, UserAssignedNATGateway, None},
	None:                   {LoadBalancer, UserAssignedNATGateway, UserDefinedRouting},
}

// Targets are the outbound types to which Azure changes a cluster in place, in the order of Azure's tables; a copy.
func Targets(from Place) []OutboundType {
	if from.Network == OwnNetwork {
		return slices.Clone(ownTargets[from.OutboundType])
	}
	return slices.Clone(managedTargets[from.OutboundType])
}

// pair is a change of outbound type within one network.
type pair struct{ from, to OutboundType }

// conflicts are the moves within AKS's network on which the sources differ (azure-facts 1.6 and 14).
var conflicts = map[pair]string{
	{ManagedNATGateway, LoadBalancer}: "Microsoft's article says no in its table and has a CLI section for this " +
		"move; the table counts here (egress-outboundtype.md 2026-08-05)",
	{ManagedNATGateway, UserDefinedRouting}: "Microsoft's article says no in its table and has a CLI section for this " +
		"move; the table counts here (egress-outboundtype.md 2026-08-05)",
	{ManagedNATGatewayV2, None}: "AKS's changelog of 2026-05-29 allows this move, the article of 2026-08-05 does not; " +
		"the article counts here",
	{ManagedNATGatewayV2, Block}: "AKS's changelog of 2026-05-29 allows this move, the article of 2026-08-05 does not; " +
		"the article counts here",
}
