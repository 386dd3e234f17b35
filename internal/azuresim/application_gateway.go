package azuresim

import (
	"fmt"
	"slices"
	"strings"

	"aks-egress/egress"
)

const applicationGatewayToken = "azure-native:network:ApplicationGateway"

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
		if managed, err := op.letsManage(group); err != nil {
			return err
		} else if !managed {
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

// letsManage tells whether a group lets Azure manage the gateways of its subnet.
func (op *operation) letsManage(group string) (bool, error) {
	n, err := op.buildNetwork()
	if err != nil {
		return false, err
	}
	i := slices.IndexFunc(n.NetworkSecurityGroups, func(g egress.NetworkSecurityGroup) bool {
		return strings.EqualFold(g.ID, group)
	})
	if i < 0 {
		return false, fmt.Errorf("network security group %s is not in the network", group)
	}
	g := &n.NetworkSecurityGroups[i]
	return g.LetsManage(egress.TagGatewayManager) && g.LetsManage(egress.TagLoadBalancer), nil
}

// deniesOut tells whether a group has a rule that keeps TCP in, wherever it goes to.
func (op *operation) deniesOut(group string) bool {
	return slices.ContainsFunc(op.children(&Record{ID: group}, securityRuleToken), func(r *Record) bool {
		protocol := text(r.Outputs, "protocol")
		return strings.EqualFold(text(r.Outputs, "direction"), "Outbound") &&
			strings.EqualFold(text(r.Outputs, "access"), "Deny") && (protocol == "*" || strings.EqualFold(protocol, "Tcp"))
	})
}
