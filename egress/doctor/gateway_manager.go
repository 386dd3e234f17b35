package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"aks-egress/egress"
)

// The ports by which Azure manages an application gateway v2 (azure-facts 7.7).
const firstManagementPort, lastManagementPort = 65200, 65535

// gatewayUnmanaged finds application gateways whose subnet's security group keeps Azure's management out. No flow of
// the model comes from there: GatewayManager is a tag whose addresses nobody publishes.
func gatewayUnmanaged(x *examination) []Finding {
	groups := byID(x.n.NetworkSecurityGroups, func(g *egress.NetworkSecurityGroup) string { return g.ID })
	var found []Finding
	x.eachGatewaySubnet(func(gateway, subnetID string) {
		home := x.subnet(subnetID)
		if home == nil {
			return
		}
		nsg := groups[strings.ToLower(home.subnet.NSGID)]
		if nsg == nil || letsManage(nsg) {
			return
		}
		found = append(found, Finding{
			Resource: nsg.ID,
			Message: fmt.Sprintf("Security group %s of subnet %s, where %s is, does not let GatewayManager reach TCP %d-%d.",
				short(nsg.ID), short(subnetID), gateway, firstManagementPort, lastManagementPort),
			Fix: fmt.Sprintf("Let it in: `az network nsg rule create --resource-group %s --nsg-name %s --name "+
				"allow-gateway-manager --priority 300 --source-address-prefixes GatewayManager --destination-port-ranges %d-%d "+
				"--protocol Tcp`.", group(nsg.ID), last(nsg.ID), firstManagementPort, lastManagementPort),
		})
	})
	return found
}

// letsManage reads the rules by priority until one decides about all management ports, whatever their address. Azure's
// default rules let nobody in from there.
func letsManage(nsg *egress.NetworkSecurityGroup) bool {
	rules := slices.DeleteFunc(slices.Clone(nsg.Rules), func(r egress.SecurityRule) bool {
		return !strings.EqualFold(r.Direction, egress.Inbound)
	})
	slices.SortStableFunc(rules, func(a, b egress.SecurityRule) int { return cmp.Compare(a.Priority, b.Priority) })
	for i := range rules {
		r := &rules[i]
		allow := strings.EqualFold(r.Access, egress.AccessAllow)
		switch {
		case r.Protocol != "*" && !strings.EqualFold(r.Protocol, "Tcp"), !slices.ContainsFunc(r.Sources, holdsManager):
		case allow && slices.ContainsFunc(r.Destinations, everyAddress) &&
			slices.ContainsFunc(r.DestinationPorts, allManaged):
			return true
		case !allow && slices.ContainsFunc(r.DestinationPorts, someManaged):
			return false
		}
	}
	return false
}

func everyAddress(word string) bool { return word == "*" || word == "0.0.0.0/0" }

func holdsManager(source string) bool {
	tag, _, _ := strings.Cut(source, ".")
	return everyAddress(source) || strings.EqualFold(tag, "GatewayManager") || strings.EqualFold(source, "Internet")
}

func allManaged(word string) bool {
	low, high, ok := egress.ParsePorts(word)
	return ok && low <= firstManagementPort && high >= lastManagementPort
}

func someManaged(word string) bool {
	_, high, ok := egress.ParsePorts(word)
	return ok && high >= firstManagementPort
}
