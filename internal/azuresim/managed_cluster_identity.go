package azuresim

import (
	"net/netip"
	"strings"
)

// maxAuthorizedRanges is how many address ranges may be allowed at the API server (azure-facts 11.3).
const maxAuthorizedRanges = 200

// onlyBalancer is the range that stands for the load balancer's outbound address and nothing else (azure-facts 7.2).
var onlyBalancer = netip.MustParsePrefix("0.0.0.0/32")

// checkIdentity checks that the control plane has an identity (azure-facts 1.3).
//
// A system-assigned identity gets its roles only after the cluster exists, so AKS creates a cluster of network plugin
// azure in a subnet without them (azure-facts 1.3; Azure/AKS issue 1557); what fails later is an internal service.
func (c *clusterRequest) checkIdentity() error {
	identity := c.spec.Identity
	if identity == nil || identity.Type == "" || identity.Type == "None" {
		return refuseAKSIdentityMissing.because()
	}
	switch identity.Type {
	case "SystemAssigned":
		return c.forEach(c.spec.subnets(), c.checkSystemAssigned)
	case "UserAssigned":
	default:
		return refuseAKSIdentityType.because(identity.Type)
	}
	if n := len(identity.UserAssignedIdentities); n != 1 {
		return refuseAKSIdentityCount.because(n)
	}
	if id := identity.UserAssignedIdentities[0]; c.principal() == "" {
		return refuseAKSIdentityNotFound.because(c.desired.ID, id)
	}
	return nil
}

// principal is the object id of the user-assigned identity; empty for a system-assigned one, which has none before the
// cluster exists, and for one that does not exist.
func (c *clusterRequest) principal() string {
	if c.spec.Identity.Type != "UserAssigned" {
		return ""
	}
	r, ok := c.op.get(c.spec.Identity.UserAssignedIdentities[0])
	if !ok || unversioned(r.Token) != userAssignedIdentityToken {
		return ""
	}
	return text(r.Outputs, "principalId")
}

// checkSystemAssigned refuses kubenet in a subnet of one's own, whose route table AKS must write.
func (c *clusterRequest) checkSystemAssigned(subnetID string) error {
	subnet, _ := c.op.get(subnetID)
	switch {
	case c.spec.NetworkProfile.NetworkPlugin != "kubenet":
		return nil
	case text(subnet.Outputs, "routeTable", "id") != "":
		return refuseAKSKubenetSystemIdentityTable.because()
	default:
		return refuseAKSKubenetSystemIdentity.because(subnetID)
	}
}

// checkSubnetRoles refuses a user-assigned identity that may not join the cluster's subnets.
func (c *clusterRequest) checkSubnetRoles() error {
	return c.forEach(c.spec.subnets(), func(id string) error {
		if !c.joins(id) {
			return refuseAKSSubnetJoin.because(c.principal(), c.desired.ID, id)
		}
		return nil
	})
}

// joins tells whether the cluster's identity may join a subnet, as far as AKS asks before the cluster exists.
func (c *clusterRequest) joins(subnetID string) bool {
	principal := c.principal()
	return principal == "" || mayWrite(c.op, principal, subnetID)
}

// checkRouteTables checks the route tables of a kubenet cluster's subnets: one for all, which the identity may write
// and which stays (azure-facts 1.4, 7.4).
func (c *clusterRequest) checkRouteTables() error {
	if c.spec.NetworkProfile.NetworkPlugin != "kubenet" {
		return nil
	}
	first := ""
	return c.forEach(c.spec.subnets(), func(id string) error {
		subnet, _ := c.op.get(id)
		table := text(subnet.Outputs, "routeTable", "id")
		if first != "" && table != "" && !sameID(first, table) {
			return refuseAKSTwoRouteTables.because(first, table)
		}
		if table != "" {
			first = table
		}
		if err := c.checkRouteTableChange(id, table); err != nil {
			return err
		}
		if table == "" || sameID(table, c.routeTable()) || mayWrite(c.op, c.principal(), table) {
			return nil
		}
		return refuseAKSRouteTableRole.because(table)
	})
}

// checkRouteTableChange refuses another kind of route table than at the cluster's creation. AKS's own exists where the
// subnet had none then.
func (c *clusterRequest) checkRouteTableChange(subnetID, table string) error {
	if c.old == nil || text(c.old.Outputs, "provisioningState") == "Failed" {
		return nil
	}
	switch made := c.op.exists(c.routeTable()); {
	case made && table != "" && !sameID(table, c.routeTable()):
		return refuseAKSRouteTableChange.because(subnetID, table, "AKS's own")
	case !made && table == "":
		return refuseAKSRouteTableChange.because(subnetID, "", "one that was there before")
	}
	return nil
}

// mayWrite tells whether a principal may join a subnet or write another network resource.
func mayWrite(op *operation, principal, id string) bool {
	return hasRole(op, principal, id, roleNetworkContributor, roleContributor, roleOwner)
}

// controlPlanePrincipal is the object id of a cluster's control plane identity.
func controlPlanePrincipal(cluster *Record) string {
	for _, identity := range object(cluster.Outputs, "identity", "userAssignedIdentities") {
		if o, ok := identity.(map[string]any); ok {
			return text(o, "principalId")
		}
	}
	return text(cluster.Outputs, "identity", "principalId")
}

// checkWorkloadIdentity refuses workload identity without an issuer of its tokens.
func (c *clusterRequest) checkWorkloadIdentity() error {
	if workloadIdentity(c.desired.Inputs) && !c.spec.hasIssuer() {
		return refuseAKSWorkloadIdentity.because()
	}
	return nil
}

// workloadIdentity tells whether a cluster gives pods tokens for federated identities.
func workloadIdentity(cluster map[string]any) bool {
	return flag(cluster, "securityProfile", "workloadIdentity", "enabled")
}

// checkAPIServerAccess checks the authorized ranges (azure-facts 7.2).
func (c *clusterRequest) checkAPIServerAccess() error {
	ranges := c.spec.APIServerAccessProfile.AuthorizedIPRanges
	if len(ranges) == 0 {
		return nil
	}
	if c.spec.APIServerAccessProfile.EnablePrivateCluster {
		return refuseAKSPrivateRanges.because(ranges)
	}
	if len(ranges) > maxAuthorizedRanges {
		return refuseAKSRangeCount.because(len(ranges), maxAuthorizedRanges)
	}
	for _, s := range ranges {
		p, ok := parseAuthorized(s)
		if !ok {
			return refuseAKSAuthorizedRange.because(s)
		}
		if p == onlyBalancer && len(ranges) > 1 {
			return refuseAKSOnlyBalancerRange.because()
		}
	}
	return nil
}

// parseAuthorized reads an address or range.
func parseAuthorized(s string) (netip.Prefix, bool) {
	if !strings.Contains(s, "/") {
		s += "/32"
	}
	p, err := netip.ParsePrefix(s)
	return p, err == nil && p.Addr().Is4()
}
