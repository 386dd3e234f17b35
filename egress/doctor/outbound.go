package doctor

import "fmt"

func outboundChecks() []Check {
	const subject = "Outbound type and network"
	return []Check{
		{
			ID: "udr-without-route-table", Severity: Error, Subject: subject, breaks: true,
			Title:  "userDefinedRouting on a subnet without route table",
			Rule:   "Every subnet of a cluster with outbound type userDefinedRouting has a route table.",
			Why:    "AKS makes no way out of its own for this type, so nodes that join from the subnet reach nothing.",
			Source: "azure-facts 1.2, 1.4 (ExistingRouteTableNotAssociatedWithSubnet), 7.4", find: udrWithoutTable,
		},
		{
			ID: "udr-with-node-public-ips", Severity: Error, Subject: subject,
			Title:  "userDefinedRouting with public IPs on the nodes",
			Rule:   "A cluster with outbound type userDefinedRouting gives its nodes no public IPs.",
			Why:    "Azure refuses it; replies by the route table would leave by another way than the requests came.",
			Source: "azure-facts 1.2, 1.4 (UDRWithNodePublicIPNotAllowed)", find: udrWithNodeIPs,
		},
		{
			ID: "nat-type-without-nat-gateway", Severity: Error, Subject: subject, breaks: true,
			Title:  "userAssignedNATGateway on a subnet without NAT gateway",
			Rule:   "Every subnet of a cluster with outbound type userAssignedNATGateway has a NAT gateway.",
			Why:    "AKS makes no way out of its own for this type, so the nodes of the subnet have none.",
			Source: "azure-facts 1.2, 1.4 (SubnetNotAssociatedWithNATGateway), 7.4", find: natTypeWithoutGateway,
		},
		{
			ID: "nat-gateway-without-ip", Severity: Error, Subject: subject, breaks: true,
			Title:  "NAT gateway without public IP",
			Rule:   "A NAT gateway that subnets use has at least one public IP or prefix.",
			Why:    "Without an address it provides no egress.",
			Source: "azure-facts 1.4 (NATGatewayNotAssociatedWithPublicIPOrIPPrefix), 3", find: natWithoutIP,
		},
		{
			ID: "own-subnet-missing", Severity: Error, Subject: subject, breaks: true,
			Title:  "Outbound type that needs a subnet of yours, in AKS's network",
			Rule:   "Outbound types userAssignedNATGateway and userDefinedRouting need node subnets of your own.",
			Why:    "In the network that AKS manages nothing can be associated, so Azure refuses the combination.",
			Source: "azure-facts 1.2, 1.4 (UserAssignedNATGatewayWithManagedVNetNotAllowed)", find: ownSubnetMissing,
		},
		{
			ID: "own-subnet-not-allowed", Severity: Error, Subject: subject, breaks: true,
			Title:  "managedNATGateway, managedNATGatewayV2 or block on a subnet of yours",
			Rule:   "Outbound types managedNATGateway, managedNATGatewayV2 and block work in the network that AKS manages only.",
			Why:    "Azure refuses it: AKS would have to change a subnet that is not its own.",
			Source: "azure-facts 1.2, 1.4 (ManagedNATGatewayWithCustomVNetNotAllowed)", find: ownSubnetNotAllowed,
		},
	}
}

func udrWithoutTable(x *examination) []Finding {
	return x.each(func(c *cluster, p *place) []Finding {
		if !c.is(userDefinedRouting) || p.subnet.RouteTableID != "" {
			return nil
		}
		return []Finding{{
			Resource: p.subnet.ID,
			Message: fmt.Sprintf("Cluster %s has outbound type userDefinedRouting, and its subnet %s has no route table.",
				c.Name, short(p.subnet.ID)),
			Fix: "Associate a table with a route 0.0.0.0/0 to your firewall: " +
				updateSubnet(p, "--route-table "+sibling(x.spareTable(), p.vnet.ID)) + ".",
		}}
	})
}

// spareTable names a table that leads to a firewall or gateway, if there is one.
func (x *examination) spareTable() string {
	for i := range x.n.RouteTables {
		if leads(defaultRoute(&x.n.RouteTables[i])) {
			return x.n.RouteTables[i].ID
		}
	}
	return "<route table>"
}

func udrWithNodeIPs(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		if c.is(userDefinedRouting) && c.NodePublicIPs {
			found = append(found, Finding{
				Resource: c.ID,
				Message:  fmt.Sprintf("Cluster %s has outbound type userDefinedRouting and nodes with public IPs.", c.Name),
				Fix:      "Set enableNodePublicIP to false on every agent pool (this replaces the pool).",
			})
		}
	}
	return found
}

func natTypeWithoutGateway(x *examination) []Finding {
	return x.each(func(c *cluster, p *place) []Finding {
		if !c.is(userAssignedNATGateway) || p.subnet.NATGatewayID != "" || c.managed {
			return nil
		}
		gateway := "<NAT gateway>"
		if len(x.n.NATGateways) > 0 {
			gateway = x.n.NATGateways[0].ID
		}
		fix := "Associate one: " + updateSubnet(p, "--nat-gateway "+sibling(gateway, p.vnet.ID)) + "."
		if route := defaultRoute(p.table); leads(route) {
			fix = fmt.Sprintf("Traffic leaves by route %s to %s: if that is meant, `az aks update --resource-group %s "+
				"--name %s "+
				"--outbound-type userDefinedRouting`; else associate a NAT gateway and remove the route.",
				route.Name, hopText(route), group(c.ID), c.Name)
		}
		return []Finding{{
			Resource: p.subnet.ID,
			Message: fmt.Sprintf("Cluster %s has outbound type userAssignedNATGateway, and its subnet %s has no NAT gateway.",
				c.Name, short(p.subnet.ID)),
			Fix: fix,
		}}
	})
}

func natWithoutIP(x *examination) []Finding {
	var found []Finding
	for i := range x.n.NATGateways {
		g := &x.n.NATGateways[i]
		if len(g.PublicIPIDs)+len(g.PublicIPPrefixIDs) > 0 || !x.inUse(g.ID) && !x.managedNAT(g.ID) {
			continue
		}
		found = append(found, Finding{
			Resource: g.ID, Message: fmt.Sprintf("NAT gateway %s has neither a public IP nor a prefix.", short(g.ID)),
			Fix: fmt.Sprintf("Give it one: `az network nat gateway update --resource-group %s --name %s --public-ip-addresses "+
				"<public IP>`.", group(g.ID), last(g.ID)),
		})
	}
	return found
}

// managedNAT says whether a cluster reports the NAT gateway as its own.
func (x *examination) managedNAT(id string) bool {
	for _, c := range x.clusters {
		if id != "" && same(c.OutboundNATGatewayID, id) {
			return true
		}
	}
	return false
}

func ownSubnetMissing(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		if c.is(userAssignedNATGateway, userDefinedRouting) && c.managed && c.hasPools() {
			found = append(found, Finding{
				Resource: c.ID,
				Message: fmt.Sprintf("Cluster %s has outbound type %s and no node subnet of your own.",
					c.Name, c.OutboundType),
				Fix: "Create the cluster with vnetSubnetID on every agent pool, on a subnet with the route table or NAT gateway; " +
					"a cluster cannot move between networks.",
			})
		}
	}
	return found
}

func ownSubnetNotAllowed(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		if !c.is(managedNATGateway, managedNATGatewayV2, blockOutbound) || c.managed {
			continue
		}
		fix := "Use outbound type userAssignedNATGateway with a NAT gateway on the subnet, or leave vnetSubnetID out."
		if c.is(blockOutbound) {
			fix = "Use outbound type none with security rules of your own on the subnet, or leave vnetSubnetID out."
		}
		found = append(found, Finding{
			Resource: c.ID,
			Message: fmt.Sprintf("Cluster %s has outbound type %s and node subnet %s of your own.",
				c.Name, c.OutboundType, short(c.NodeSubnetIDs[0])),
			Fix: fix,
		})
	}
	return found
}
