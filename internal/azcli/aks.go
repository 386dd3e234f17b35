package azcli

import (
	"slices"
	"strings"

	"aks-egress/internal/azuresim"
)

const clusterToken = "azure-native:containerservice:ManagedCluster"

func aksCommands() []command {
	nodeCount := flag{name: "node-count", short: "c", kind: number, required: true, usage: "nodes of the pool"}
	return []command{
		{
			name: "aks update", summary: "Changes a cluster in place.",
			token: clusterToken, names: clusterNames("name"), noIDs: true,
			flags: append([]flag{resourceGroup, name, confirmed}, updateFlags...), run: updateCluster,
		},
		{
			name: "aks scale", summary: "Changes the number of nodes of a pool.",
			token: clusterToken, names: clusterNames("name"), noIDs: true,
			flags: []flag{resourceGroup, name, nodeCount, {name: "nodepool-name", usage: "needed with several pools"}},
			run:   scale(func(c *call) string { return c.text("nodepool-name") }),
		},
		{
			name: "aks nodepool scale", summary: "Changes the number of nodes of a pool.",
			token: clusterToken, names: clusterNames("cluster-name"), noIDs: true,
			flags: []flag{
				resourceGroup,
				{name: "cluster-name", required: true, usage: "name of the cluster"},
				{name: "nodepool-name", short: "n", aliases: []string{"name"}, required: true, usage: "name of the pool"},
				nodeCount,
			},
			run: scale(func(c *call) string { return c.text("nodepool-name") }),
		},
		{
			name: "aks delete", summary: "Deletes a cluster with its node resource group.",
			token: clusterToken, names: clusterNames("name"), noIDs: true,
			flags: []flag{resourceGroup, name, confirmed}, run: confirmedDeletion,
		},
	}
}

func clusterNames(flag string) map[string]string {
	return map[string]string{"resourceGroupName": "resource-group", "resourceName": flag}
}

// updateFlags are the flags of az aks update that change something in the simulation.
var updateFlags = []flag{
	{name: "outbound-type", usage: "outbound type"},
	{name: "load-balancer-managed-outbound-ip-count", kind: number, usage: "outbound IPs that AKS makes"},
	{name: "load-balancer-outbound-ips", usage: "ids of your own outbound IPs, separated by commas"},
	{name: "load-balancer-outbound-ip-prefixes", usage: "ids of your own outbound IP prefixes, separated by commas"},
	{name: "load-balancer-outbound-ports", kind: number, usage: "SNAT ports for each node"},
	{name: "load-balancer-idle-timeout", kind: number, usage: "minutes"},
	{name: "nat-gateway-managed-outbound-ip-count", kind: number, usage: "outbound IPs that AKS makes"},
	{name: "nat-gateway-idle-timeout", kind: number, usage: "minutes"},
	{name: "api-server-authorized-ip-ranges", usage: `CIDRs separated by commas; "" opens the API server to all`},
}

// updateCluster is AKSManagedClusterUpdateDecorator of azure-cli, as far as the flags go.
func updateCluster(c *call, id string) (azuresim.Record, error) {
	if !slices.ContainsFunc(updateFlags, func(f flag) bool { return c.given(f.name) }) {
		return azuresim.Record{}, c.command.usage("Please specify one or more of %s.",
			strings.Join(spelled(updateFlags), " or "))
	}
	return c.cloud.Change(id, func(cluster map[string]any) error {
		profile := object(cluster, "networkProfile")
		outboundType := c.text("outbound-type")
		if outboundType != "" {
			profile["outboundType"] = outboundType
		}
		if outboundType != "" && outboundType != "loadBalancer" {
			delete(profile, "loadBalancerProfile")
		} else {
			c.updateLoadBalancer(profile)
		}
		if outboundType != "" && outboundType != "managedNATGateway" {
			delete(profile, "natGatewayProfile")
		} else {
			c.updateNATGateway(profile)
		}
		if ranges := "api-server-authorized-ip-ranges"; c.given(ranges) {
			object(cluster, "apiServerAccessProfile")["authorizedIPRanges"] = commaList(c.text(ranges))
		}
		return nil
	})
}

// updateLoadBalancer is update_load_balancer_profile of azure-cli: of the three sources of outbound IPs, those that are
// not named go when one is.
func (c *call) updateLoadBalancer(profile map[string]any) {
	given := func(flag string) bool { return c.given("load-balancer-" + flag) }
	if !slices.ContainsFunc([]string{
		"managed-outbound-ip-count", "outbound-ips", "outbound-ip-prefixes", "outbound-ports", "idle-timeout",
	}, given) {
		return
	}
	balancer := object(profile, "loadBalancerProfile")
	ips, prefixes := c.text("load-balancer-outbound-ips"), c.text("load-balancer-outbound-ip-prefixes")
	if given("managed-outbound-ip-count") || ips != "" || prefixes != "" {
		managed, _ := balancer["managedOutboundIPs"].(map[string]any)
		for _, source := range []string{"managedOutboundIPs", "outboundIPs", "outboundIPPrefixes"} {
			delete(balancer, source)
		}
		if given("managed-outbound-ip-count") {
			if managed == nil {
				managed = map[string]any{}
			}
			managed["count"] = c.number("load-balancer-managed-outbound-ip-count")
			balancer["managedOutboundIPs"] = managed
		}
		if ips != "" {
			balancer["outboundIPs"] = map[string]any{"publicIPs": idList(ips)}
		}
		if prefixes != "" {
			balancer["outboundIPPrefixes"] = map[string]any{"publicIPPrefixes": idList(prefixes)}
		}
	}
	if given("outbound-ports") {
		balancer["allocatedOutboundPorts"] = c.number("load-balancer-outbound-ports")
	}
	if given("idle-timeout") {
		balancer["idleTimeoutInMinutes"] = c.number("load-balancer-idle-timeout")
	}
}

// updateNATGateway is update_nat_gateway_profile of azure-cli.
func (c *call) updateNATGateway(profile map[string]any) {
	if c.given("nat-gateway-managed-outbound-ip-count") {
		managed := object(object(profile, "natGatewayProfile"), "managedOutboundIPProfile")
		managed["count"] = c.number("nat-gateway-managed-outbound-ip-count")
	}
	if c.given("nat-gateway-idle-timeout") {
		object(profile, "natGatewayProfile")["idleTimeoutInMinutes"] = c.number("nat-gateway-idle-timeout")
	}
}

// scale is the run of a command that sets the node count of a pool; pool names it, and may be "" for the only one.
func scale(pool func(c *call) string) func(c *call, id string) (azuresim.Record, error) {
	return func(c *call, id string) (azuresim.Record, error) {
		return c.cloud.Change(id, func(cluster map[string]any) error {
			var known []string
			pools, _ := cluster["agentPoolProfiles"].([]any)
			for _, p := range pools {
				profile, _ := p.(map[string]any)
				own, _ := profile["name"].(string)
				known = append(known, own)
				if own == pool(c) || pool(c) == "" && len(pools) == 1 {
					profile["count"] = c.number("node-count")
					return nil
				}
			}
			return c.command.usage("--nodepool-name %q: the cluster has the pools %s", pool(c), strings.Join(known, ", "))
		})
	}
}

// spelled are the flags with dashes.
func spelled(flags []flag) []string {
	var all []string
	for _, f := range flags {
		all = append(all, "--"+f.name)
	}
	return all
}

// commaList is a list as az aks takes it.
func commaList(value string) []any {
	found := []any{}
	for part := range strings.SplitSeq(value, ",") {
		if part = strings.TrimSpace(part); part != "" {
			found = append(found, part)
		}
	}
	return found
}

func idList(value string) []any {
	ids := commaList(value)
	for i, id := range ids {
		ids[i] = map[string]any{"id": id}
	}
	return ids
}
