package azuresim

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

// bootstrap boots the cluster's new nodes: each must reach every required endpoint and its own API server, over the
// path that the network has now (azure-facts 0, 6.2, 6.6). Where one cannot, the cluster stays with provisioning state
// Failed, and the next PUT tries again.
func (c *clusterRequest) bootstrap() error {
	if !c.bootsNodes() {
		return nil
	}
	network, err := c.op.buildNetwork()
	if err != nil {
		return fmt.Errorf("%s %s nodes: %w", managedClusterToken, nameOf(c.desired.ID), err)
	}
	region := location(c.spec.Location)
	for _, e := range endpoints.RequiredFQDNs(region) {
		host := e.Host
		switch {
		case !strings.HasPrefix(host, "*.hcp."):
			host = strings.Replace(host, "*", region, 1) // some host that the wildcard stands for
		case c.spec.APIServerAccessProfile.EnablePrivateCluster:
			continue // a private endpoint in the node's network
		default:
			host = text(c.desired.Outputs, "fqdn")
		}
		trace := network.Trace(egress.Flow{
			From: c.desired.ID, Host: host, Port: e.Port, Protocol: egress.Protocol(e.Protocol),
		})
		if trace.Disposition != egress.ExitsInternet && trace.Disposition != egress.DeliveredLocal {
			c.fail()
			return &partialError{outboundRefused(host, e.Port, trace)}
		}
		if strings.HasPrefix(e.Host, "*.hcp.") && !c.authorized(trace.Sources) {
			c.fail()
			return &partialError{apiServerRefused(host, trace)}
		}
	}
	return nil
}

// bootsNodes tells whether the request makes new nodes: at create, after a failure, for more nodes and for another
// version.
func (c *clusterRequest) bootsNodes() bool {
	if c.old == nil || text(c.old.Outputs, "provisioningState") == "Failed" {
		return true
	}
	for _, is := range c.spec.AgentPoolProfiles {
		grown := true
		for _, was := range c.was.AgentPoolProfiles {
			grown = grown && (was.Name != is.Name || *was.Count < *is.Count)
		}
		if grown {
			return true
		}
	}
	return text(c.old.Outputs, "currentKubernetesVersion") != c.currentVersion()
}

// authorized tells whether the API server lets nodes in: at least one of their source addresses must be in an
// authorized range. AKS adds the load balancer's outbound addresses by itself (azure-facts 7.2).
func (c *clusterRequest) authorized(sources []netip.Prefix) bool {
	var ranges []netip.Prefix
	for _, s := range c.spec.APIServerAccessProfile.AuthorizedIPRanges {
		if p, ok := parseAuthorized(s); ok {
			ranges = append(ranges, p)
		}
	}
	if len(ranges) == 0 {
		return true
	}
	for _, ref := range objects(c.desired.Outputs, "networkProfile", "loadBalancerProfile", "effectiveOutboundIPs") {
		r, ok := c.op.get(text(ref, "id"))
		if !ok {
			continue
		}
		for _, s := range []string{text(r.Outputs, "ipAddress"), text(r.Outputs, "ipPrefix")} {
			if p, ok := parseAuthorized(s); ok {
				ranges = append(ranges, p)
			}
		}
	}
	return slices.ContainsFunc(sources, func(source netip.Prefix) bool {
		return slices.ContainsFunc(ranges, func(r netip.Prefix) bool { return r.Overlaps(source) })
	})
}

// outboundRefused is what AKS answers when nodes cannot reach a required endpoint (azure-facts 6.6).
func outboundRefused(host string, port uint16, trace egress.Trace) error {
	client := fmt.Sprintf("nc: connect to %s port %d (tcp) failed: Connection timed out", host, port)
	if trace.Refusal == egress.RefusedTLSReset {
		client = fmt.Sprintf("curl: (35) OpenSSL SSL_connect: Connection reset by peer in connection to %s:%d", host, port)
	}
	r := refuseAKSNodesWithoutEgress
	return r.because(r.Subcode, 50, client, trace.Reason)
}

// apiServerRefused is what AKS answers when nodes reach the internet but not their API server.
func apiServerRefused(host string, trace egress.Trace) error {
	r := refuseAKSNodesWithoutServer
	return r.because(r.Subcode, 51, fmt.Sprintf("nc: connect to %s port 443 (tcp) failed: Connection timed out", host),
		fmt.Sprintf("no source address of the nodes (%v) is in apiServerAccessProfile.authorizedIPRanges", trace.Sources))
}
