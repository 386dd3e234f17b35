package drift

import (
	"strings"

	"aks-egress/internal/azuresim"
)

// estate is a cluster and what its traffic passes on the way out. Records that do not exist have no ID.
type estate struct {
	cloud   *azuresim.Cloud
	cluster azuresim.Record
	pool    string          // name of the first agent pool
	subnet  azuresim.Record // of the first agent pool; none where AKS manages the network
}

// survey finds the first cluster and its subnet.
func survey(cloud *azuresim.Cloud) estate {
	e := estate{cloud: cloud}
	clusters := cloud.List("azure-native:containerservice:ManagedCluster")
	if len(clusters) == 0 {
		return e
	}
	e.cluster = clusters[0]
	if pools := objects(e.cluster.Outputs["agentPoolProfiles"]); len(pools) > 0 {
		e.pool = text(pools[0], "name")
		e.subnet = e.get(text(pools[0], "vnetSubnetID"))
	}
	return e
}

// get is the resource with this id, or none.
func (e estate) get(id string) azuresim.Record {
	if id == "" {
		return azuresim.Record{}
	}
	r, err := e.cloud.Get(id)
	if err != nil {
		return azuresim.Record{}
	}
	return r
}

// attached is what the subnet refers to, such as its routeTable.
func (e estate) attached(property string) azuresim.Record {
	return e.get(text(e.subnet.Outputs, property, "id"))
}

// outboundType is the cluster's.
func (e estate) outboundType() string {
	return text(e.cluster.Outputs, "networkProfile", "outboundType")
}

// firewall is the first Azure Firewall.
func (e estate) firewall() azuresim.Record {
	for _, r := range e.cloud.List("azure-native:network:AzureFirewall") {
		return r
	}
	return azuresim.Record{}
}

// ruleGroup is the rule collection group of the firewall's policy that is evaluated last.
func (e estate) ruleGroup() azuresim.Record {
	policy := text(e.firewall().Outputs, "firewallPolicy", "id")
	var last azuresim.Record
	for _, r := range e.cloud.List("azure-native:network:FirewallPolicyRuleCollectionGroup") {
		below := strings.HasPrefix(strings.ToLower(r.ID), strings.ToLower(policy)+"/")
		if policy != "" && below && (last.ID == "" || number(r.Outputs, "priority") > number(last.Outputs, "priority")) {
			last = r
		}
	}
	return last
}

// text is the string at keys, or "".
func text(o map[string]any, keys ...string) string {
	for _, key := range keys[:len(keys)-1] {
		o, _ = o[key].(map[string]any)
	}
	s, _ := o[keys[len(keys)-1]].(string)
	return s
}

func number(o map[string]any, key string) float64 {
	n, _ := o[key].(float64)
	return n
}

// objects are the objects of a list.
func objects(list any) []map[string]any {
	var found []map[string]any
	items, _ := list.([]any)
	for _, v := range items {
		if o, ok := v.(map[string]any); ok {
			found = append(found, o)
		}
	}
	return found
}

// names are the names in an id: of the resource group, and of the resource and those above it, outermost first.
func names(id string) (group string, path []string) {
	parts := strings.Split(id, "/")
	for i := 1; i+1 < len(parts); i += 2 {
		switch parts[i] = strings.ToLower(parts[i]); parts[i] {
		case "subscriptions":
		case "resourcegroups":
			group = parts[i+1]
		case "providers":
			for j := i + 3; j < len(parts); j += 2 {
				path = append(path, parts[j])
			}
			return group, path
		}
	}
	return group, path
}
