package azuresim

import (
	"strconv"
)

const (
	natGatewayToken = "azure-native:network:NatGateway"

	// maxManagedIPs is the most outbound addresses that AKS makes for a cluster (azure-facts 2.1).
	maxManagedIPs = 100
)

// reconcileEgress makes what the outbound type needs in the node resource group, and releases what no longer serves. It
// answers the ids of the outbound addresses that AKS owns or was given, which effectiveOutboundIPs shows.
func (c *clusterRequest) reconcileEgress() ([]string, error) {
	var balancer, nat int
	switch c.spec.NetworkProfile.OutboundType {
	case outboundLoadBalancer:
		balancer = c.spec.managedIPs()
	case outboundManagedNATGateway:
		nat = c.spec.natIPs()
	}
	managed, err := c.reconcileAddresses(balancer, c.outboundAddress)
	if err != nil {
		return nil, err
	}
	behindNAT, err := c.reconcileAddresses(nat, c.natAddress)
	if err != nil {
		return nil, err
	}
	c.reconcileNATGateway(behindNAT)
	frontends := managed
	n := c.spec.NetworkProfile
	if p := n.LoadBalancerProfile; p != nil && n.OutboundType == outboundLoadBalancer {
		for _, r := range append(p.ownIPs(), p.ownPrefixes()...) {
			frontends = append(frontends, r.ID)
		}
	}
	c.reconcileOutboundRule(frontends)
	return append(frontends, behindNAT...), nil
}

// address says how an address of the cluster is named, allocated and tagged.
type address struct {
	id, key string
	tags    map[string]any
}

// outboundAddress is the i-th address that AKS makes for the load balancer: its name is a GUID (azure-facts 1.7).
func (c *clusterRequest) outboundAddress(i int) address {
	return address{
		id:   c.networkID("publicIPAddresses", guid("outbound", c.desired.ID, strconv.Itoa(i))),
		key:  outboundKey(c.desired.ID, i),
		tags: map[string]any{managedIPTag: managedIPValue},
	}
}

// natAddress is the i-th address of the managed NAT gateway. Its name is ours: no source has it (azure-facts 1.7).
func (c *clusterRequest) natAddress(i int) address {
	return address{
		id:  c.networkID("publicIPAddresses", guid("nat", c.desired.ID, strconv.Itoa(i))),
		key: natKey(c.desired.ID, i),
	}
}

func outboundKey(clusterID string, i int) string { return clusterID + "/outbound/" + strconv.Itoa(i) }
func natKey(clusterID string, i int) string      { return clusterID + "/nat/" + strconv.Itoa(i) }

// reconcileAddresses keeps the first count addresses of a series, makes what lacks and removes the rest.
func (c *clusterRequest) reconcileAddresses(count int, series func(int) address) ([]string, error) {
	for i := count; i < maxManagedIPs; i++ {
		if a := series(i); c.op.exists(a.id) {
			c.op.remove(a.id)
			c.op.release(a.key)
		}
	}
	var ids []string
	for i := range count {
		a := series(i)
		if err := makeAddress(c.op, c.desired.ID, c.spec.Location, a); err != nil {
			return nil, err
		}
		ids = append(ids, a.id)
	}
	return ids, nil
}

// makeAddress makes a Standard static public IP address that the cluster owns, if it does not exist.
func makeAddress(op *operation, clusterID, region string, a address) error {
	if _, ok := op.get(a.id); ok {
		return nil
	}
	ip, err := op.allocateIP(a.key)
	if err != nil {
		return err
	}
	outputs := map[string]any{
		"name": nameOf(a.id), "type": "Microsoft.Network/publicIPAddresses", "location": location(region),
		"sku":       map[string]any{"name": "Standard", "tier": "Regional"},
		"ipAddress": ip.String(), "publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4",
		"zones": []any{"1", "2", "3"}, "provisioningState": "Succeeded",
	}
	if a.tags != nil {
		outputs["tags"] = a.tags
	}
	op.put(&Record{Token: publicIPToken, ID: a.id, Outputs: outputs, Owner: clusterID})
	return nil
}

// natGateway is the id of the managed NAT gateway. Its name is ours: no source has it (azure-facts 1.7).
func (c *clusterRequest) natGateway() string {
	return c.networkID("natGateways", "aks-natgateway-"+c.suffix())
}

func (c *clusterRequest) reconcileNATGateway(addresses []string) {
	if len(addresses) == 0 {
		if c.op.exists(c.natGateway()) {
			c.op.remove(c.natGateway())
		}
		return
	}
	idle := 4
	if p := c.spec.NetworkProfile.NATGatewayProfile; p != nil {
		idle = value(p.IdleTimeoutInMinutes, 4)
	}
	c.own(c.natGateway(), natGatewayToken, map[string]any{
		"type": "Microsoft.Network/natGateways", "sku": map[string]any{"name": "Standard"},
		"idleTimeoutInMinutes": float64(idle), "publicIpAddresses": references(addresses),
		"provisioningState": "Succeeded",
	})
}

// references are SubResources.
func references(ids []string) []any {
	list := []any{}
	for _, id := range ids {
		list = append(list, reference(id))
	}
	return list
}
