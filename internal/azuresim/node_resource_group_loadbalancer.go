package azuresim

import (
	"slices"
)

const (
	loadBalancerToken = "azure-native:network:LoadBalancer"

	publicBalancer   = "kubernetes"          // outbound rule and public services
	internalBalancer = "kubernetes-internal" // internal services
	outboundRuleName = "aksOutboundRule"
	outboundPool     = "aksOutboundBackendPool"
	servicePool      = "kubernetes"
)

// balancer is a load balancer in the node resource group while it is changed. It exists while it has frontends.
type balancer struct {
	op      *operation
	record  *Record
	outputs map[string]any
}

// openBalancer reads a load balancer of a cluster, or begins a new one with its backend pools.
func openBalancer(op *operation, clusterID, group, name, region string) *balancer {
	id := networkID(group, "loadBalancers", name)
	if r, ok := op.get(id); ok {
		return &balancer{op, r, r.Outputs}
	}
	pools := []any{}
	names := []string{servicePool}
	if name == publicBalancer {
		names = []string{servicePool, outboundPool}
	}
	for _, pool := range names {
		pools = append(pools, map[string]any{
			"name": pool, "id": id + "/backendAddressPools/" + pool, "provisioningState": "Succeeded",
		})
	}
	outputs := map[string]any{
		"name": name, "type": "Microsoft.Network/loadBalancers", "location": location(region),
		"sku": map[string]any{"name": "Standard", "tier": "Regional"}, "backendAddressPools": pools,
		"frontendIPConfigurations": []any{}, "loadBalancingRules": []any{}, "outboundRules": []any{},
		"provisioningState": "Succeeded",
	}
	return &balancer{op, &Record{Token: loadBalancerToken, ID: id, Outputs: outputs, Owner: clusterID}, outputs}
}

// save writes the load balancer, or removes it when it has no frontend left.
func (b *balancer) save() {
	if len(items(b.outputs, "frontendIPConfigurations")) == 0 {
		if b.op.exists(b.record.ID) {
			b.op.remove(b.record.ID)
		}
		return
	}
	b.op.put(b.record)
}

// frontendID is the id of a frontend of this name.
func (b *balancer) frontendID(name string) string {
	return b.record.ID + "/frontendIPConfigurations/" + name
}

// add appends an object to one of the load balancer's lists.
func (b *balancer) add(list string, o map[string]any) {
	o["provisioningState"] = "Succeeded"
	b.outputs[list] = append(items(b.outputs, list), o)
}

// drop removes the named objects from one of the load balancer's lists.
func (b *balancer) drop(list string, names ...string) {
	kept := []any{}
	for _, o := range objects(b.outputs, list) {
		if !slices.Contains(names, text(o, "name")) {
			kept = append(kept, o)
		}
	}
	b.outputs[list] = kept
}

// reconcileOutboundRule gives the load balancer one frontend for each outbound address or prefix and the rule that uses
// them, and leaves the services' frontends alone. Without outbound addresses it has neither.
func (c *clusterRequest) reconcileOutboundRule(addresses []string) {
	b := openBalancer(c.op, c.desired.ID, c.spec.NodeResourceGroup, publicBalancer, c.spec.Location)
	for _, rule := range objects(b.outputs, "outboundRules") {
		for _, frontend := range objects(rule, "frontendIPConfigurations") {
			b.drop("frontendIPConfigurations", nameOf(text(frontend, "id")))
		}
	}
	b.drop("outboundRules", outboundRuleName)
	if len(addresses) > 0 {
		ruleID := b.record.ID + "/outboundRules/" + outboundRuleName
		var frontends []string
		for _, id := range addresses {
			property, name := c.frontend(id)
			frontends = append(frontends, b.frontendID(name))
			b.add("frontendIPConfigurations", map[string]any{
				"name": name, "id": b.frontendID(name), "privateIPAllocationMethod": "Dynamic",
				property: reference(id), "outboundRules": []any{reference(ruleID)},
			})
		}
		ports, idle := 0, 30
		if p := c.spec.NetworkProfile.LoadBalancerProfile; p != nil {
			ports, idle = value(p.AllocatedOutboundPorts, 0), value(p.IdleTimeoutInMinutes, 30)
		}
		b.add("outboundRules", map[string]any{
			"name": outboundRuleName, "id": ruleID, "protocol": "All", "enableTcpReset": true,
			"allocatedOutboundPorts": float64(ports), "idleTimeoutInMinutes": float64(idle),
			"backendAddressPool":       reference(b.record.ID + "/backendAddressPools/" + outboundPool),
			"frontendIPConfigurations": references(frontends),
		})
	}
	b.save()
}

// frontend is the property by which a frontend refers to an address or a prefix, and the frontend's name: the name of
// an address that AKS made, or one that depends on the id, since names of the program's may be equal in two groups.
func (c *clusterRequest) frontend(id string) (property, name string) {
	r, ok := c.op.get(id)
	switch {
	case ok && sameID(r.Owner, c.desired.ID):
		return "publicIPAddress", nameOf(id)
	case ok && unversioned(r.Token) == publicPrefixToken:
		return "publicIPPrefix", guid("frontend", id)
	default:
		return "publicIPAddress", guid("frontend", id)
	}
}
