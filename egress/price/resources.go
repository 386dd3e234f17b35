package price

import (
	"fmt"
	"strings"

	"aks-egress/egress"
)

// rulesTogether are as many rules of a load balancer as have one price together.
const rulesTogether = 5

// unitsPerInstance are the capacity units that an instance of an application gateway reserves, and that are paid, busy
// or not (learn.microsoft.com/azure/application-gateway/application-gateway-autoscaling-zone-redundant).
const unitsPerInstance = 10

// addresses prices public IPs and prefixes. The addresses of a prefix are paid with it, used or not.
func (e *Estimate) addresses(n *egress.Network) {
	for i := range n.PublicIPs {
		if ip := &n.PublicIPs[i]; !inPrefix(n, ip) {
			e.add(publicIP, ip.ID, 1)
		}
	}
	for i := range n.PublicIPPrefixes {
		p := &n.PublicIPPrefixes[i]
		if !p.Prefix.IsValid() || p.Prefix.Addr().BitLen()-p.Prefix.Bits() > 16 { // Azure's largest is far smaller
			e.notPriced("public IP prefix %s: its size is not known", egress.ShortName(p.ID))
			continue
		}
		e.add(ipPrefix, p.ID, 1<<(p.Prefix.Addr().BitLen()-p.Prefix.Bits()))
	}
}

func inPrefix(n *egress.Network, ip *egress.PublicIP) bool {
	for i := range n.PublicIPPrefixes {
		if n.PublicIPPrefixes[i].Prefix.IsValid() && n.PublicIPPrefixes[i].Prefix.Contains(ip.Address) {
			return true
		}
	}
	return false
}

// loadBalancer counts load balancing and outbound rules; without any it is free (azure-facts 8).
func (e *Estimate) loadBalancer(lb *egress.LoadBalancer) {
	rules := len(lb.LoadBalancingRules) + len(lb.OutboundRules)
	e.add(firstRules, lb.ID, min(rules, 1))
	e.add(furtherRule, lb.ID, rules-rulesTogether)
}

var firewallTiers = map[string]Price{
	"basic": firewallBasic, "standard": firewallStandard, "premium": firewallPremium,
}

func (e *Estimate) firewall(fw *egress.Firewall) {
	p, ok := firewallTiers[strings.ToLower(fw.Tier)]
	if !ok {
		e.notPriced("firewall %s: no price is known for its tier %q", egress.ShortName(fw.ID), fw.Tier)
		return
	}
	e.add(p, fw.ID, 1)
}

// applicationGateway has a fixed part, and the capacity units that its instances reserve.
func (e *Estimate) applicationGateway(g *egress.ApplicationGateway) {
	fixed, unit := gatewayStandard, gatewayStandardUnit
	switch strings.ToLower(g.SKU) {
	case "standard_v2":
	case "waf_v2":
		fixed, unit = gatewayWAF, gatewayWAFUnit
	default:
		e.notPriced("application gateway %s: no price is known for its SKU %q", egress.ShortName(g.ID), g.SKU)
		return
	}
	e.add(fixed, g.ID, 1)
	e.add(unit, g.ID, g.Instances*unitsPerInstance)
	e.notPriced("capacity units of application gateway %s beyond %d, by traffic: %g USD an hour each",
		egress.ShortName(g.ID), g.Instances*unitsPerInstance, unit.HourlyUSD)
}

func (e *Estimate) trafficController(c *egress.TrafficController) {
	e.add(containers, c.ID, 1)
	e.add(containersFrontend, c.ID, len(c.Frontends))
	e.add(containersAssociation, c.ID, len(c.Associations))
	e.notPriced("capacity units of Application Gateway for Containers %s, by traffic: %g USD an hour each",
		egress.ShortName(c.ID), containersUnit.HourlyUSD)
}

var clusterTiers = map[string]Price{"free": tierFree, "standard": tierStandard, "premium": tierPremium}

// cluster prices the control plane. A private cluster's API server has a private endpoint (azure-facts 9).
func (e *Estimate) cluster(c *egress.Cluster) {
	if tier, ok := clusterTiers[strings.ToLower(c.Tier)]; ok {
		e.add(tier, c.ID, 1)
	} else {
		e.notPriced("cluster %s: no price is known for its tier %q", c.Name, c.Tier)
	}
	if c.PrivateCluster {
		e.add(privateEndpoint, c.ID, 1)
	}
	for _, p := range c.Pools {
		size := p.VMSize
		if size == "" {
			size = "of unknown size"
		}
		e.notPriced("%s %s with disks, pool %s of cluster %s", nodes(p.Count), size, p.Name, c.Name)
	}
	if len(c.Pools) == 0 {
		e.notPriced("the nodes of cluster %s", c.Name)
	}
	if c.NodePublicIPs {
		e.notPriced("the public IPs of the nodes of cluster %s", c.Name)
	}
}

func nodes(count int) string {
	if count == 1 {
		return "1 node"
	}
	return fmt.Sprintf("%d nodes", count)
}

func (e *Estimate) notPriced(format string, arguments ...any) {
	e.NotPriced = append(e.NotPriced, fmt.Sprintf(format, arguments...))
}
