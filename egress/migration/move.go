package migration

import (
	"fmt"
	"slices"
	"strings"
)

// Move is a change of a living cluster's outbound type. The texts are plain sentences without a full stop.
type Move struct {
	From, To  Place
	Supported bool     // Azure does it in place; true too where nothing changes
	Reason    string   // why it is not supported; empty when it is
	Prepare   []string // what must stand in the network before; empty: nothing
	Mind      []string // what the command that changes the type must observe
	Effects   []string // what it changes
	Outside   []string // what others must be told, or must change
	Notes     []string // where the sources differ
}

// Between looks up the change from one place to another (azure-facts 1.6).
func Between(from, to Place) Move {
	m := Move{From: from, To: to}
	if from == to {
		m.Supported = true
		return m
	}
	if from.Network == ManagedNetwork && to.Network == ManagedNetwork {
		if note := conflicts[pair{from.OutboundType, to.OutboundType}]; note != "" {
			m.Notes = []string{note}
		}
	}
	if m.Reason = unsupported(from, to); m.Reason != "" {
		return m
	}
	m.Supported = true
	m.Prepare = prepare(to.OutboundType)
	m.Mind = mind(to.OutboundType)
	m.Effects = effects(from.OutboundType, to.OutboundType)
	m.Outside = []string{
		"allow-lists of others name the old egress IPs: tell them the new ones",
		"apiServerAccessProfile.authorizedIPRanges must hold the new egress IPs, or the nodes lose the API server",
	}
	return m
}

// unsupported is why Azure does not make a move in place, or "".
func unsupported(from, to Place) string {
	for _, p := range []Place{to, from} {
		if !slices.Contains(p.Network.Types(), p.OutboundType) {
			return fmt.Sprintf("outbound type %s does not exist in %s", p.OutboundType, p.Network)
		}
	}
	if from.Network != to.Network {
		return fmt.Sprintf("a cluster in %s cannot move to %s: its subnet cannot be changed (azure-facts 1.6, an inference)",
			from.Network, to.Network)
	}
	allowed := Targets(from)
	if slices.Contains(allowed, to.OutboundType) {
		return ""
	}
	words := make([]string, len(allowed))
	for i, t := range allowed {
		words[i] = string(t)
	}
	into := "nothing else"
	if len(words) > 0 {
		into = strings.Join(words, ", ")
	}
	return fmt.Sprintf("in %s Azure changes %s into %s", from.Network, from.OutboundType, into)
}

// prepare is what AKS looks for before it takes an outbound type (azure-facts 1.2, 1.6).
func prepare(to OutboundType) []string {
	switch to {
	case UserAssignedNATGateway:
		return []string{"a NAT gateway with at least one public IP or prefix, on every node subnet"}
	case UserDefinedRouting:
		return []string{"a route table on every node subnet, with 0.0.0.0/0 to a VirtualAppliance or VirtualNetworkGateway"}
	default:
		return nil
	}
}

// mind: azure-facts 1.2, 1.5, 1.6.
func mind(to OutboundType) []string {
	switch to {
	case LoadBalancer:
		return []string{"take one IP option only (a count, public IPs or prefixes), and no IP of the old egress"}
	case ManagedNATGatewayV2:
		return []string{"preview: needs the feature ManagedNATGatewayV2Preview and the CLI extension aks-preview 20.0.0b1"}
	case Block:
		return []string{"preview: needs Azure CLI 2.71.0 and its extension aks-preview 9.0.0b2"}
	default:
		return nil
	}
}

// effects: azure-facts 1.2, 1.6.
func effects(from, to OutboundType) []string {
	list := []string{"the egress IPs change", "open connections drop"}
	switch to {
	case None:
		list[0] = "AKS provides no way out any more: there are no egress IPs of its own"
	case Block:
		list[0] = "NSG rules deny what goes to the internet: there are no egress IPs"
	case UserAssignedNATGateway, UserDefinedRouting:
		if from == LoadBalancer {
			list = append(list, "traffic takes the new way as soon as that way is on the subnet, before the outbound type "+
				"changes; egress may fail for seconds to minutes then")
		}
	default:
	}
	switch from {
	case LoadBalancer:
		list = append(list, "public IPs of the load balancer that no longer serve egress are released")
	case ManagedNATGateway:
		list = append(list, "natGatewayProfile.managedOutboundIPProfile.count goes back to 1")
	default:
	}
	return list
}
