package drift

import (
	"slices"
	"strconv"

	"aks-egress/internal/azuresim"
)

// changes in the order of the reference: routing, addresses, firewall, cluster.
var changes = []Change{
	{"delete-route", "", "Deletes the default route of the nodes' route table.", deleteRoute},
	{
		"detach-route-table", "", "Takes the route table from the nodes' subnet.", detach("routeTable"),
	},
	{
		"detach-nat-gateway", "", "Takes the NAT gateway from the nodes' subnet.", detach("natGateway"),
	},
	{
		"detach-security-group", "", "Takes the network security group from the nodes' subnet.",
		detach("networkSecurityGroup"),
	},
	{"delete-peering", "", "Deletes the hub's side of the peering with the nodes' network.", deletePeering},
	{"delete-public-ip", "", "Takes a public IP from the NAT gateway or the firewall, and deletes it.", deletePublicIP},
	{"allow-everything", "", "Adds a network rule to the firewall policy that lets everything out.", allowEverything},
	{"outbound-ips", "N", "Changes how many outbound IPs AKS makes.", outboundIPs},
	{"outbound-ports", "N", "Changes the SNAT ports of each node behind the load balancer.", outboundPorts},
	{"idle-timeout", "MINUTES", "Changes the idle timeout of outbound connections.", idleTimeout},
	{"outbound-type", "TYPE", "Changes the outbound type of the cluster in place.", outboundType},
	{"scale-nodes", "N", "Changes the number of nodes.", scaleNodes},
	{"delete-role", "", "Deletes the role assignment by which the cluster joins its subnet.", deleteRole},
}

// line is one command as the list that commands answer.
func line(words ...string) [][]string { return [][]string{words} }

func deleteRoute(e estate, _ string) [][]string {
	table := e.attached("routeTable")
	for _, route := range objects(table.Outputs["routes"]) {
		if text(route, "addressPrefix") == "0.0.0.0/0" {
			group, path := names(table.ID)
			return line("network", "route-table", "route", "delete",
				"--resource-group", group, "--route-table-name", path[0], "--name", text(route, "name"))
		}
	}
	return nil
}

// detach takes what a property of the nodes' subnet refers to.
func detach(property string) func(e estate, _ string) [][]string {
	return func(e estate, _ string) [][]string {
		if e.attached(property).ID == "" {
			return nil
		}
		group, path := names(e.subnet.ID)
		return line("network", "vnet", "subnet", "update",
			"--resource-group", group, "--vnet-name", path[0], "--name", path[1], "--remove", property)
	}
}

func deletePeering(e estate, _ string) [][]string {
	if e.subnet.ID == "" {
		return nil
	}
	_, subnet := names(e.subnet.ID)
	for _, r := range e.cloud.List("azure-native:network:VirtualNetworkPeering") {
		_, remote := names(text(r.Outputs, "remoteVirtualNetwork", "id"))
		if len(remote) > 0 && remote[0] == subnet[0] {
			group, path := names(r.ID)
			return line("network", "vnet", "peering", "delete",
				"--resource-group", group, "--vnet-name", path[0], "--name", path[1])
		}
	}
	return nil
}

// deletePublicIP detaches the address first: Azure does not delete an address in use (azure-facts 13). A firewall keeps
// its first address, which its subnet hangs on (azure-facts 5.1).
func deletePublicIP(e estate, _ string) [][]string {
	gateway := e.attached("natGateway")
	if addresses := objects(gateway.Outputs["publicIpAddresses"]); len(addresses) > 0 {
		group, path := names(gateway.ID)
		last := strconv.Itoa(len(addresses) - 1)
		return [][]string{
			{
				"network", "nat", "gateway", "update", "--resource-group", group, "--name", path[0],
				"--remove", "publicIpAddresses", last,
			},
			publicIPDeletion(text(addresses[len(addresses)-1], "id")),
		}
	}
	firewall := e.firewall()
	if configurations := objects(firewall.Outputs["ipConfigurations"]); len(configurations) > 1 {
		last := configurations[len(configurations)-1]
		group, path := names(firewall.ID)
		return [][]string{
			{
				"network", "firewall", "ip-config", "delete", "--resource-group", group, "--firewall-name", path[0],
				"--name", text(last, "name"), "--yes",
			},
			publicIPDeletion(text(last, "publicIPAddress", "id")),
		}
	}
	return nil
}

func publicIPDeletion(id string) []string {
	group, path := names(id)
	return []string{"network", "public-ip", "delete", "--resource-group", group, "--name", path[0]}
}

func allowEverything(e estate, _ string) [][]string {
	rules := e.ruleGroup()
	if rules.ID == "" {
		return nil
	}
	group, path := names(rules.ID)
	return line("network", "firewall", "policy", "rule-collection-group", "collection", "add-filter-collection",
		"--resource-group", group, "--policy-name", path[0], "--rule-collection-group-name", path[1],
		"--name", "allow-everything", "--collection-priority", "65000", "--action", "Allow",
		"--rule-name", "everything", "--rule-type", "NetworkRule", "--ip-protocols", "Any",
		"--source-addresses", "*", "--destination-addresses", "*", "--destination-ports", "*")
}

// update is az aks update with these flags.
func update(e estate, flags ...string) [][]string {
	group, path := names(e.cluster.ID)
	return line(append([]string{"aks", "update", "--resource-group", group, "--name", path[0]}, flags...)...)
}

func outboundIPs(e estate, value string) [][]string {
	switch e.outboundType() {
	case "loadBalancer":
		return update(e, "--load-balancer-managed-outbound-ip-count", value)
	case "managedNATGateway":
		return update(e, "--nat-gateway-managed-outbound-ip-count", value)
	default:
		return nil
	}
}

func outboundPorts(e estate, value string) [][]string {
	if e.outboundType() != "loadBalancer" {
		return nil
	}
	return update(e, "--load-balancer-outbound-ports", value)
}

func idleTimeout(e estate, value string) [][]string {
	gateway := e.attached("natGateway")
	switch {
	case e.outboundType() == "loadBalancer":
		return update(e, "--load-balancer-idle-timeout", value)
	case e.outboundType() == "managedNATGateway":
		return update(e, "--nat-gateway-idle-timeout", value)
	case gateway.ID != "":
		group, path := names(gateway.ID)
		return line("network", "nat", "gateway", "update",
			"--resource-group", group, "--name", path[0], "--idle-timeout", value)
	default:
		return nil
	}
}

func outboundType(e estate, value string) [][]string { return update(e, "--outbound-type", value) }

func scaleNodes(e estate, value string) [][]string {
	group, path := names(e.cluster.ID)
	return line("aks", "nodepool", "scale",
		"--resource-group", group, "--cluster-name", path[0], "--name", e.pool, "--node-count", value)
}

func deleteRole(e estate, _ string) [][]string {
	if e.subnet.ID == "" {
		return nil
	}
	all := e.cloud.List("azure-native:authorization:RoleAssignment")
	i := slices.IndexFunc(all, func(r azuresim.Record) bool {
		scope := text(r.Outputs, "scope")
		return scope != "" && len(scope) <= len(e.subnet.ID) && e.subnet.ID[:len(scope)] == scope
	})
	if i < 0 {
		return nil
	}
	return line("role", "assignment", "delete", "--ids", all[i].ID)
}
