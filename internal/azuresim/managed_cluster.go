package azuresim

import (
	"strings"
)

const managedClusterToken = "azure-native:containerservice:ManagedCluster"

// managedClusterKind is Microsoft.ContainerService/managedClusters (azure-native.md 1.4 and appendix).
func managedClusterKind() kind {
	return kind{
		token: managedClusterToken,
		path: "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers" +
			"/Microsoft.ContainerService/managedClusters/{resourceName}",
		autoname: "resourceName",
		naming:   randomName,
		replace: []string{
			"diskEncryptionSetID", "dnsPrefix", "fqdnSubdomain", "linuxProfile", "location", "networkProfile",
			"nodeResourceGroup", "windowsProfile",
		},
		absent: managedClusterAbsent,
		put:    putManagedCluster,
		remove: removeManagedCluster,
	}
}

// clusterRequest is one PUT of a managed cluster.
type clusterRequest struct {
	op      *operation
	old     *Record      // nil: create
	was     *clusterSpec // old's inputs; nil: create
	desired *Record
	whole   *Record      // desired, whose agentPoolProfiles also name the pools that are resources of their own
	spec    *clusterSpec // whole's inputs with defaults
	only    string       // the pool that is changed by a request about it alone; empty: a request about the cluster
}

// putManagedCluster checks a cluster as the AKS resource provider does, makes what Azure makes in the node resource
// group, and boots the nodes. A cluster whose identity may not join its subnets or whose nodes cannot boot stays, with
// a *partialError.
func putManagedCluster(op *operation, old, desired *Record) (err error) {
	c := &clusterRequest{op: op, old: old, desired: desired}
	standalone := op.standalonePools(desired)
	if err := c.separatePools(standalone); err != nil {
		return err
	}
	c.whole = withPools(desired, standalone)
	if c.spec, err = parseCluster(c.whole); err != nil {
		return err
	}
	if old != nil {
		if c.was, err = parseCluster(withPools(old, standalone)); err != nil {
			return err
		}
		c.keepUnset()
		if err := c.checkIntroducedPools(); err != nil {
			return err
		}
	}
	return c.reconcile()
}

// reconcile decides the request and does what it asks for.
func (c *clusterRequest) reconcile() error {
	for _, check := range []func() error{
		c.checkQuota, c.checkNames, c.checkNotSimulated, c.checkPools, c.checkVersion, c.checkChange,
		c.checkNetworkPlugin, c.checkRanges, c.checkSubnets, c.checkOutboundType, c.checkLoadBalancerProfile,
		c.checkNATGatewayProfile, c.checkIdentity, c.checkRouteTables, c.checkAPIServerAccess, c.checkWorkloadIdentity,
		c.checkGateway,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	if err := c.reconcileNodeResourceGroup(); err != nil {
		return err
	}
	if err := c.giveServerAddress(); err != nil {
		return err
	}
	if err := c.checkSubnetRoles(); err != nil { // AKS looks while it works, not before
		c.fail()
		return &partialError{err}
	}
	if err := c.bootstrap(); err != nil {
		return err
	}
	runIngressController(c.op, c.desired)
	return nil
}

// giveServerAddress gives a public API server its address, which no property of the cluster shows. It goes with the
// cluster.
func (c *clusterRequest) giveServerAddress() error {
	if c.spec.APIServerAccessProfile.EnablePrivateCluster {
		return nil
	}
	_, err := c.op.allocateIP(c.desired.ID)
	return err
}

// checkQuota refuses one cluster more than the region's quota.
func (c *clusterRequest) checkQuota() error {
	if c.old != nil {
		return nil
	}
	n := 0
	for _, r := range c.op.list(managedClusterToken) {
		if sameLocation(text(r.Outputs, "location"), c.spec.Location) {
			n++
		}
	}
	if n >= clusterQuota {
		return refuseAKSClusterQuota.because(location(c.spec.Location), n, clusterQuota)
	}
	return nil
}

// keepUnset copies what a PUT may leave out without changing it.
func (c *clusterRequest) keepUnset() {
	defaultTo(&c.spec.KubernetesVersion, text(c.old.Outputs, "kubernetesVersion"))
	defaultTo(&c.spec.DNSPrefix, c.was.DNSPrefix)
	if c.spec.OidcIssuerProfile == nil {
		c.spec.OidcIssuerProfile = c.was.OidcIssuerProfile
	}
}

// removeManagedCluster removes the node resource group with everything in it, the services' addresses among it.
func removeManagedCluster(op *operation, r *Record) error {
	removeNodeResourceGroup(op, r)
	return nil
}

// clustersUsingSubnet are the clusters with nodes in a subnet.
func clustersUsingSubnet(op *operation, subnetID string) []*Record {
	var users []*Record
	for _, r := range op.list(managedClusterToken) {
		for _, id := range nodeSubnets(op, r) {
			if sameID(id, subnetID) {
				users = append(users, r)
				break
			}
		}
	}
	return users
}

// nodeSubnets are the ids of the subnets that a cluster's nodes are in, the one that AKS manages included.
func nodeSubnets(op *operation, cluster *Record) []string {
	var ids []string
	for _, pool := range objects(cluster.Outputs, "agentPoolProfiles") {
		if id := text(pool, "vnetSubnetID"); id != "" {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		for _, r := range op.list(subnetToken) {
			if sameID(r.Owner, cluster.ID) && strings.EqualFold(nameOf(r.ID), managedSubnetName) {
				ids = append(ids, r.ID)
			}
		}
	}
	return ids
}
