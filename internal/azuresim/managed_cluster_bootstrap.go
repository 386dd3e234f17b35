package azuresim

import (
	"fmt"
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
	model, region := egress.Compile(network), location(c.spec.Location)
	for _, e := range endpoints.RequiredFQDNs(region) {
		host := e.Host
		switch {
		case !strings.HasPrefix(host, "*.hcp."):
			host = strings.Replace(host, "*", region, 1) // some host that the wildcard stands for
		case c.spec.APIServerAccessProfile.EnablePrivateCluster:
			host = text(c.desired.Outputs, "privateFQDN")
		default:
			host = text(c.desired.Outputs, "fqdn")
		}
		trace := model.Trace(egress.Flow{
			From: c.desired.ID, Host: host, Port: e.Port, Protocol: egress.Protocol(e.Protocol),
		})
		switch {
		case trace.Disposition.Arrives():
			continue
		case host == text(c.desired.Outputs, "privateFQDN"):
			c.fail()
			return &partialError{serverNameRefused(host, trace)}
		case trace.Disposition == egress.DeniedIn: // of what the nodes need, only the API server is part of the network
			c.fail()
			return &partialError{apiServerRefused(host, trace)}
		default:
			c.fail()
			return &partialError{outboundRefused(host, e.Port, trace)}
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
	for _, pool := range objects(c.old.Outputs, "agentPoolProfiles") {
		if text(pool, "provisioningState") == "Failed" {
			return true
		}
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
		trace.Reason)
}

// serverNameRefused is what AKS answers when nodes find no address for the name of their private API server.
func serverNameRefused(host string, trace egress.Trace) error {
	r := refuseAKSNodesWithoutServerName
	return r.because(r.Subcode, 52, fmt.Sprintf("** server can't find %s: NXDOMAIN", host), trace.Reason)
}
