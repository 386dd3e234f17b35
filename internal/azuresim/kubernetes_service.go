package azuresim

import (
	"fmt"
	"net/netip"
	"slices"

	"aks-egress/egress"
)

// service is a Service of type LoadBalancer while the cloud controller manager looks after it.
type service struct {
	op           *operation
	cluster      *Record
	name         string // namespace/name
	balancerName string // of its frontends and rules
}

// balancerName is the cloud controller manager's name for a service: "a" and the UID without dashes, 32 characters at
// most (azure-facts 1.7).
func balancerName(uid string) string {
	name := "a" + undashed(uid)
	return name[:min(len(name), 32)]
}

// serviceKey is the allocation key of a service's public address.
func serviceKey(clusterID, service string) string { return clusterID + "/service/" + service }

// balancer opens the load balancer of public or internal services.
func (s *service) balancer(internal bool) *balancer {
	name := publicBalancer
	if internal {
		name = internalBalancer
	}
	return openBalancer(s.op, s.cluster.ID, text(s.cluster.Outputs, "nodeResourceGroup"), name,
		text(s.cluster.Outputs, "location"))
}

// address answers the service's address, and makes it if there is none. The rules follow the service's ports.
func (s *service) address(internal bool, ports []egress.ServicePort) (netip.Addr, error) {
	b := s.balancer(internal)
	i := slices.IndexFunc(objects(b.outputs, "frontendIPConfigurations"), func(f map[string]any) bool {
		return text(f, "name") == s.balancerName
	})
	if i >= 0 {
		frontend := objects(b.outputs, "frontendIPConfigurations")[i]
		if s.listen(b, frontend, ports) {
			b.save()
		}
		return s.existing(frontend)
	}
	if b.services() >= maxServices {
		return netip.Addr{}, refuseAKSServiceCount.because(s.name, maxServices)
	}
	frontend := map[string]any{"name": s.balancerName, "id": b.frontendID(s.balancerName)}
	var addr netip.Addr
	var err error
	if internal {
		addr, err = s.makeInternal(frontend)
	} else {
		addr, err = s.makePublic(frontend)
	}
	if err != nil {
		return netip.Addr{}, err
	}
	b.add("frontendIPConfigurations", frontend)
	s.listen(b, frontend, ports)
	b.save()
	return addr, nil
}

// services counts the frontends that have rules.
func (b *balancer) services() int {
	frontends := map[string]bool{}
	for _, rule := range objects(b.outputs, "loadBalancingRules") {
		frontends[text(rule, "frontendIPConfiguration", "id")] = true
	}
	return len(frontends)
}

// listen writes a load balancing rule for each port of the service, named as the cloud controller manager does, and
// tells whether that changed anything.
func (s *service) listen(b *balancer, frontend map[string]any, ports []egress.ServicePort) bool {
	var names []string
	for _, port := range ports {
		names = append(names, s.ruleName(port))
	}
	var is []string
	for _, rule := range objects(b.outputs, "loadBalancingRules") {
		if sameID(text(rule, "frontendIPConfiguration", "id"), text(frontend, "id")) {
			is = append(is, text(rule, "name"))
		}
	}
	if slices.Equal(is, names) {
		return false
	}
	b.drop("loadBalancingRules", is...)
	references := []any{}
	for _, port := range ports {
		rule := s.rule(b, frontend, port)
		b.add("loadBalancingRules", rule)
		references = append(references, reference(text(rule, "id")))
	}
	frontend["loadBalancingRules"] = references
	return true
}

// ruleName is the cloud controller manager's name for a service's port (cloud-provider-azure,
// getLoadBalancerRuleName).
func (s *service) ruleName(port egress.ServicePort) string {
	return fmt.Sprintf("%s-%s-%d", s.balancerName, portProtocol(port), port.Port)
}

func portProtocol(port egress.ServicePort) string {
	if port.Protocol == "" {
		return "TCP"
	}
	return port.Protocol
}

func (s *service) rule(b *balancer, frontend map[string]any, port egress.ServicePort) map[string]any {
	name := s.ruleName(port)
	protocol := "Tcp"
	if portProtocol(port) == "UDP" {
		protocol = "Udp"
	}
	return map[string]any{
		"name": name, "id": b.record.ID + "/loadBalancingRules/" + name, "protocol": protocol,
		"frontendPort": float64(port.Port), "backendPort": float64(port.Port),
		"frontendIPConfiguration": reference(text(frontend, "id")),
		"backendAddressPool":      reference(b.record.ID + "/backendAddressPools/" + servicePool),
		"enableFloatingIP":        true, "enableTcpReset": protocol == "Tcp", "idleTimeoutInMinutes": 4.0,
		"disableOutboundSnat": true, // AKS's setting; outbound rules are the only egress of its load balancer
	}
}

// existing is the address of a frontend.
func (s *service) existing(frontend map[string]any) (netip.Addr, error) {
	if private := text(frontend, "privateIPAddress"); private != "" {
		return netip.ParseAddr(private)
	}
	id := text(frontend, "publicIPAddress", "id")
	ip, ok := s.op.get(id)
	if !ok {
		return netip.Addr{}, resourceNotFound(id)
	}
	return netip.ParseAddr(text(ip.Outputs, "ipAddress"))
}

// publicAddress is the service's public IP.
func (s *service) publicAddress() address {
	return address{
		id: networkID(text(s.cluster.Outputs, "nodeResourceGroup"), "publicIPAddresses",
			"kubernetes-"+s.balancerName),
		key:  serviceKey(s.cluster.ID, s.name),
		tags: map[string]any{serviceTag: s.name, clusterNameTag: "kubernetes"},
	}
}

func (s *service) makePublic(frontend map[string]any) (netip.Addr, error) {
	a := s.publicAddress()
	if err := makeAddress(s.op, s.cluster.ID, text(s.cluster.Outputs, "location"), a); err != nil {
		return netip.Addr{}, err
	}
	frontend["privateIPAllocationMethod"] = "Dynamic"
	frontend["publicIPAddress"] = reference(a.id)
	return s.existing(frontend)
}

// makeInternal takes an address of the node subnet, from its end: nodes have theirs from its beginning. The control
// plane's identity must be allowed to join the subnet.
func (s *service) makeInternal(frontend map[string]any) (netip.Addr, error) {
	subnets := nodeSubnets(s.op, s.cluster)
	if len(subnets) == 0 {
		return netip.Addr{}, fmt.Errorf("service %s: the cluster has no node subnet", s.name)
	}
	id := subnets[0]
	subnet, ok := s.op.get(id)
	if !ok {
		return netip.Addr{}, resourceNotFound(id)
	}
	principal := controlPlanePrincipal(s.cluster)
	if subnet.Owner == "" && !mayWrite(s.op, principal, id) {
		return netip.Addr{}, refuseAKSServiceJoin.because(principal, s.cluster.ID, id)
	}
	taken := map[string]bool{}
	for _, b := range s.op.list(loadBalancerToken) {
		for _, f := range objects(b.Outputs, "frontendIPConfigurations") {
			if sameID(text(f, "subnet", "id"), id) {
				taken[text(f, "privateIPAddress")] = true
			}
		}
	}
	prefix := subnetRange(subnet)
	first := prefix.Addr().Next().Next().Next() // Azure keeps the first four addresses and the last
	for addr := lastAddr(prefix).Prev(); first.Less(addr); addr = addr.Prev() {
		if !taken[addr.String()] {
			frontend["privateIPAddress"], frontend["privateIPAllocationMethod"] = addr.String(), "Dynamic"
			frontend["subnet"] = reference(id)
			return addr, nil
		}
	}
	return netip.Addr{}, refuseAKSServiceSubnetFull.because(nameOf(id), prefix, 1)
}

// remove removes the service's frontend and rule from one of the load balancers, and the public IP.
func (s *service) remove(internal bool) {
	b := s.balancer(internal)
	before := len(objects(b.outputs, "frontendIPConfigurations"))
	for _, frontend := range objects(b.outputs, "frontendIPConfigurations") {
		if text(frontend, "name") != s.balancerName {
			continue
		}
		if addr, err := s.existing(frontend); err == nil && !internal {
			s.closeRules(addr, nil)
		}
		s.listen(b, frontend, nil)
	}
	b.drop("frontendIPConfigurations", s.balancerName)
	if len(objects(b.outputs, "frontendIPConfigurations")) == before {
		return
	}
	b.save()
	if !internal {
		a := s.publicAddress()
		s.op.remove(a.id)
		s.op.release(a.key)
	}
}
