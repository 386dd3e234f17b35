package doctor

import (
	"fmt"
	"strings"

	"aks-egress/egress"
)

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
		if nsg == nil || nsg.LetsManage(egress.TagGatewayManager) {
			return
		}
		found = append(found, Finding{
			Resource: nsg.ID,
			Message: fmt.Sprintf("Security group %s of subnet %s, where %s is, does not let GatewayManager reach TCP %d-%d.",
				short(nsg.ID), short(subnetID), gateway, egress.FirstManagementPort, egress.LastManagementPort),
			Fix: fmt.Sprintf("Let it in: `az network nsg rule create --resource-group %s --nsg-name %s --name "+
				"allow-gateway-manager --priority 300 --source-address-prefixes GatewayManager --destination-port-ranges %d-%d "+
				"--protocol Tcp`.", group(nsg.ID), last(nsg.ID), egress.FirstManagementPort, egress.LastManagementPort),
		})
	})
	return found
}
