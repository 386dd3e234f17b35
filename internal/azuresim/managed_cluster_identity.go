package azuresim

import (
	"fmt"
	"net/netip"
	"strings"
)

// maxAuthorizedRanges is how many address ranges may be allowed at the API server (azure-facts 11.3).
const maxAuthorizedRanges = 200

// checkIdentity checks the control plane's identity and what it may do (azure-facts 1.3, 1.4, 7.3).
//
// A system-assigned identity gets its roles only after the cluster exists, so AKS creates a cluster of network plugin
// azure in a subnet without them (azure-facts 1.3; Azure/AKS issue 1557); what fails later is an internal service.
func (c *clusterRequest) checkIdentity() error {
	identity := c.spec.Identity
	if identity == nil || identity.Type == "" || identity.Type == "None" {
		return refuseAKS("InvalidParameter", "servicePrincipalProfile",
			"Required parameter servicePrincipalProfile is missing (null).")
	}
	switch identity.Type {
	case "SystemAssigned":
		return c.forEach(c.spec.subnets(), c.checkSystemAssigned)
	case "UserAssigned":
	default:
		return invalidParameter("identity.type", "the type is SystemAssigned or UserAssigned (got %q)", identity.Type)
	}
	if len(identity.UserAssignedIdentities) != 1 {
		return invalidParameter("identity.userAssignedIdentities", "exactly one identity is needed (got %d)",
			len(identity.UserAssignedIdentities))
	}
	id := identity.UserAssignedIdentities[0]
	r, ok := c.op.get(id)
	if !ok || unversioned(r.Token) != userAssignedIdentityToken {
		return refuseAKS("FailedIdentityOperation", "", "Identity operation for resource '%s' failed with error 'Failed to "+
			"perform resource identity operation. Status: 'BadRequest'. Response: '{\"error\":{\"code\":\"BadRequest\","+
			"\"message\":\"Resource '%s' was not found.\"}}'.'.", c.desired.ID, id)
	}
	principal := text(r.Outputs, "principalId")
	return c.forEach(c.spec.subnets(), func(subnet string) error { return c.checkRoles(principal, subnet) })
}

// checkSystemAssigned refuses kubenet with a route table of one's own, which AKS must write.
func (c *clusterRequest) checkSystemAssigned(subnetID string) error {
	subnet, _ := c.op.get(subnetID)
	if c.spec.NetworkProfile.NetworkPlugin != "kubenet" {
		return nil
	}
	if text(subnet.Outputs, "routeTable", "id") != "" {
		return refuseAKS("CustomRouteTableWithUnsupportedMSIType", "identity.type", "Clusters using managed identity type "+
			"SystemAssigned do not support bringing your own route table. Please see https://aka.ms/aks/customrt for more "+
			"information")
	}
	return invalidParameter("identity.type", // azure-facts 1.3; the text is ours
		"network plugin kubenet with a custom VNet needs a user-assigned identity (subnet '%s')", subnetID)
}

// checkRoles refuses an identity that may not join the subnet or, for kubenet, write its route table.
func (c *clusterRequest) checkRoles(principal, subnetID string) error {
	if !mayWrite(c.op, principal, subnetID) {
		return &armError{
			Status: 403, Code: "LinkedAuthorizationFailed",
			Message: fmt.Sprintf("Reconcile VNet failed. Details: VNetReconciler retry failed: Category: ClientError; SubCode: "+
				"LinkedAuthorizationFailed; Dependency: Microsoft.Network/virtualNetworks; OrginalError: %s",
				joinRefused(principal, c.desired.ID, subnetID)),
			Target: "properties.vnetSubnetID",
		}
	}
	if c.spec.NetworkProfile.NetworkPlugin != "kubenet" {
		return nil
	}
	subnet, _ := c.op.get(subnetID)
	table, ok := c.op.get(text(subnet.Outputs, "routeTable", "id"))
	if ok && table.Owner == "" && !mayWrite(c.op, principal, table.ID) {
		return refuseAKS("CustomRouteTableMissingPermission", "", // the text is ours
			"The cluster identity '%s' does not have permission to write route table '%s'. Please see "+
				"https://aka.ms/aks/customrt for more information", principal, table.ID)
	}
	return nil
}

// joinRefused is ARM's text for an identity that may not join a subnet (Azure/AKS issue 2673).
func joinRefused(principal, clusterID, subnetID string) string {
	return fmt.Sprintf("The client '%s' with object id '%s' has permission to perform action "+
		"'Microsoft.ContainerService/managedClusters/write' on scope '%s'; however, it does not have permission to perform "+
		"action 'Microsoft.Network/virtualNetworks/subnets/join/action' on the linked scope(s) '%s' or the linked scope(s) "+
		"are invalid.", principal, principal, clusterID, subnetID)
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

// checkAPIServerAccess checks the authorized ranges (azure-facts 7.2). The texts are ours.
func (c *clusterRequest) checkAPIServerAccess() error {
	const target = "apiServerAccessProfile.authorizedIPRanges"
	access := c.spec.APIServerAccessProfile
	if len(access.AuthorizedIPRanges) == 0 {
		return nil
	}
	if access.EnablePrivateCluster {
		return invalidParameter(target, "authorized IP ranges are not for private clusters")
	}
	if n := len(access.AuthorizedIPRanges); n > maxAuthorizedRanges {
		return invalidParameter(target, "at most %d ranges are allowed (got %d)", maxAuthorizedRanges, n)
	}
	for _, s := range access.AuthorizedIPRanges {
		if _, ok := parseAuthorized(s); !ok {
			return invalidParameter(target, "%q is not an IPv4 address or CIDR", s)
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
