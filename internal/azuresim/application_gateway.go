package azuresim

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

const applicationGatewayToken = "azure-native:network:ApplicationGateway"

// The ports by which Azure manages a gateway of SKU v2 (azure-facts 7.7).
const firstManagementPort, lastManagementPort = 65200, 65535

// checkApplicationGateways refuses what no subnet of an application gateway can have.
func (op *operation) checkApplicationGateways() error {
	for _, gateway := range op.list(applicationGatewayToken) {
		if err := op.checkApplicationGateway(gateway); err != nil {
			return err
		}
	}
	return nil
}

// checkApplicationGateway refuses a subnet that cuts a gateway off from Azure, or is too small (azure-facts 7.7).
func (op *operation) checkApplicationGateway(gateway *Record) error {
	subnet, ok := op.get(gatewaySubnetOf(gateway))
	if !ok {
		return nil
	}
	if table := text(subnet.Outputs, "routeTable", "id"); table != "" {
		for _, route := range op.children(&Record{ID: table}, routeToken) {
			if text(route.Outputs, "addressPrefix") == "0.0.0.0/0" && text(route.Outputs, "nextHopType") != "Internet" {
				return refuseGatewayRoute.because(table, subnet.ID, gateway.ID)
			}
		}
	}
	if group := text(subnet.Outputs, "networkSecurityGroup", "id"); group != "" {
		if !op.letsManage(group, "GatewayManager") || !op.letsManage(group, "AzureLoadBalancer") {
			return refuseGatewayInbound.because(group, subnet.ID, gateway.ID)
		}
		if op.deniesOut(group) {
			return refuseGatewayOutbound.because(group, subnet.ID, gateway.ID)
		}
	}
	return op.checkGatewayCapacity(subnet)
}

// gatewaySubnetOf is the id of a gateway's subnet.
func gatewaySubnetOf(gateway *Record) string {
	for _, configuration := range objects(gateway.Outputs, "gatewayIPConfigurations") {
		return text(configuration, "subnet", "id")
	}
	return ""
}

// checkGatewayCapacity counts an address for each instance of the gateways in a subnet.
func (op *operation) checkGatewayCapacity(subnet *Record) error {
	needed := 0
	for _, h := range op.holders(subnet.ID, applicationGatewayToken) {
		capacity, _ := number(h.Outputs, "sku", "capacity")
		needed += int(capacity)
	}
	prefix := subnetRange(subnet)
	if room := 1<<(32-prefix.Bits()) - 5; needed > room { // Azure keeps five addresses
		return refuseGatewayCapacity.because(subnet.ID, prefix, room, needed)
	}
	return nil
}

// securityRules are the rules of a group in one direction, in the order in which Azure asks them.
func (op *operation) securityRules(group, direction string) []*Record {
	rules := slices.DeleteFunc(op.children(&Record{ID: group}, securityRuleToken), func(r *Record) bool {
		return !strings.EqualFold(text(r.Outputs, "direction"), direction)
	})
	slices.SortStableFunc(rules, func(a, b *Record) int {
		first, _ := number(a.Outputs, "priority")
		second, _ := number(b.Outputs, "priority")
		return cmp.Compare(first, second)
	})
	return rules
}

// letsManage tells whether a group lets a source in on all of Azure's management ports, whatever their address. Azure's
// default rules let its load balancer in, and nothing else that is not of the network.
func (op *operation) letsManage(group, source string) bool {
	for _, r := range op.securityRules(group, "Inbound") {
		allow := strings.EqualFold(text(r.Outputs, "access"), "Allow")
		anywhere := slices.ContainsFunc(oneOrMore(r, "destinationAddressPrefix"), isAnywhere)
		from := slices.ContainsFunc(oneOrMore(r, "sourceAddressPrefix"), func(s string) bool {
			tag, _, _ := strings.Cut(s, ".")
			return isAnywhere(s) || strings.EqualFold(tag, source) || source == "GatewayManager" &&
				strings.EqualFold(s, "Internet")
		})
		switch {
		case !from || !takesTCP(r):
		case allow && anywhere && slices.ContainsFunc(oneOrMore(r, "destinationPortRange"), coversManagement):
			return true
		case !allow && slices.ContainsFunc(oneOrMore(r, "destinationPortRange"), touchesManagement):
			return false
		}
	}
	return source == "AzureLoadBalancer"
}

// deniesOut tells whether a group has a rule that keeps TCP in, wherever it goes to.
func (op *operation) deniesOut(group string) bool {
	return slices.ContainsFunc(op.securityRules(group, "Outbound"), func(r *Record) bool {
		return strings.EqualFold(text(r.Outputs, "access"), "Deny") && takesTCP(r)
	})
}

func takesTCP(rule *Record) bool {
	protocol := text(rule.Outputs, "protocol")
	return protocol == "*" || strings.EqualFold(protocol, "Tcp")
}

// oneOrMore are the values of a rule's property that has a form for one and a form for several.
func oneOrMore(rule *Record, name string) []string {
	values := texts(rule.Outputs, plural(name))
	if one := text(rule.Outputs, name); one != "" {
		values = append(values, one)
	}
	return values
}

func isAnywhere(prefix string) bool {
	p, err := netip.ParsePrefix(prefix)
	return prefix == "*" || err == nil && p.Bits() == 0
}

func coversManagement(ports string) bool {
	first, last := portRange(ports)
	return first <= firstManagementPort && last >= lastManagementPort
}

func touchesManagement(ports string) bool {
	first, last := portRange(ports)
	return first <= lastManagementPort && last >= firstManagementPort
}

// portRange reads what checkSecurityRule let through: "*", "443" or "8000-8080".
func portRange(ports string) (first, last int) {
	if ports == "*" {
		return 0, 65535
	}
	from, to, isRange := strings.Cut(ports, "-")
	first, _ = strconv.Atoi(from)
	if !isRange {
		return first, first
	}
	last, _ = strconv.Atoi(to)
	return first, last
}
