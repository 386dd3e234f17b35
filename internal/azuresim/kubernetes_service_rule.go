package azuresim

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"aks-egress/egress"
)

// serviceRulesPriority is the first priority that the cloud controller manager gives to its security rules
// (cloud-provider-azure, pkg/consts, LoadBalancerMinimumPriority).
const serviceRulesPriority = 500

// nodeSecurityGroup is the id of the security group that AKS keeps for a cluster's nodes.
func nodeSecurityGroup(cluster *Record) string {
	return networkID(text(cluster.Outputs, "nodeResourceGroup"), "networkSecurityGroups",
		"aks-agentpool-"+digits8("cluster", cluster.ID)+"-nsg")
}

// allow lets the internet reach a public address of the service on its ports, in AKS's security group. Services with
// the same ports share a rule, as they do for the cloud controller manager (cloud-provider-azure,
// pkg/provider/securitygroup); the hash in its name is the lab's own.
func (s *service) allow(addr netip.Addr, ports []egress.ServicePort) error {
	wanted := map[string][]any{} // port ranges by protocol
	for _, port := range ports {
		protocol := "Tcp"
		if portProtocol(port) == "UDP" {
			protocol = "Udp"
		}
		wanted[protocol] = append(wanted[protocol], strconv.FormatUint(uint64(port.Port), 10))
	}
	group := nodeSecurityGroup(s.cluster)
	names := map[string]bool{}
	for _, protocol := range []string{"Tcp", "Udp"} {
		if len(wanted[protocol]) == 0 {
			continue
		}
		name := "k8s-azure-lb_allow_IPv4_" +
			undashed(guid("security rule", protocol, fmt.Sprint(wanted[protocol]...)))
		names[name] = true
		if err := s.openRule(group, name, protocol, wanted[protocol], addr); err != nil {
			return err
		}
	}
	s.closeRules(addr, names)
	return nil
}

// openRule adds an address to a rule, and makes the rule if there is none.
func (s *service) openRule(group, name, protocol string, ports []any, addr netip.Addr) error {
	id := group + "/securityRules/" + name
	rule, ok := s.op.get(id)
	if !ok {
		rule = &Record{Token: securityRuleToken, ID: id, Owner: s.cluster.ID, Outputs: map[string]any{
			"id": id, "name": name, "type": "Microsoft.Network/networkSecurityGroups/securityRules",
			"provisioningState": "Succeeded", "access": "Allow", "direction": "Inbound", "protocol": protocol,
			"priority": s.freePriority(group), "sourceAddressPrefix": "Internet", "sourcePortRange": "*",
			"destinationPortRanges": ports,
		}}
	}
	to := items(rule.Outputs, "destinationAddressPrefixes")
	if slices.Contains(to, any(addr.String())) {
		return nil
	}
	rule.Outputs["destinationAddressPrefixes"] = append(to, addr.String())
	s.op.put(rule)
	return s.op.checkSecurityRules(group)
}

// closeRules takes an address out of the service rules of the group but those named.
func (s *service) closeRules(addr netip.Addr, except map[string]bool) {
	group := &Record{ID: nodeSecurityGroup(s.cluster)}
	for _, rule := range s.op.children(group, securityRuleToken) {
		to := items(rule.Outputs, "destinationAddressPrefixes")
		i := slices.Index(to, any(addr.String()))
		if i < 0 || except[nameOf(rule.ID)] || !strings.HasPrefix(nameOf(rule.ID), "k8s-azure-lb_") {
			continue
		}
		if to = slices.Delete(slices.Clone(to), i, i+1); len(to) == 0 {
			s.op.remove(rule.ID)
			continue
		}
		rule.Outputs["destinationAddressPrefixes"] = to
		s.op.put(rule)
	}
}

func (s *service) freePriority(group string) float64 {
	taken := map[float64]bool{}
	for _, rule := range s.op.children(&Record{ID: group}, securityRuleToken) {
		n, _ := number(rule.Outputs, "priority")
		taken[float64(n)] = true
	}
	free := float64(serviceRulesPriority)
	for taken[free] {
		free++
	}
	return free
}
