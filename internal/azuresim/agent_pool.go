package azuresim

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

const agentPoolToken = "azure-native:containerservice:AgentPool"

// agentPoolKind is Microsoft.ContainerService/managedClusters/agentPools (azure-native.md, appendix): a pool beside
// those that the cluster's agentPoolProfiles has made. The cluster shows it in agentPoolProfiles, too.
func agentPoolKind() kind {
	return kind{
		token:    agentPoolToken,
		path:     managedClusterKind().path + "/agentPools/{agentPoolName}",
		autoname: "agentPoolName",
		naming:   copiedName,
		replace:  []string{"gpuInstanceProfile", "vmSize"},
		absent:   poolAbsent,
		put:      putAgentPool,
		remove:   removeAgentPool,
	}
}

// putAgentPool is a PUT of the cluster with this pool and no other change: the same rules hold. Where the new nodes
// cannot boot, the pool stays with provisioning state Failed, and the cluster's other nodes run on.
func putAgentPool(op *operation, old, desired *Record) error {
	c, err := poolRequest(op, desired, true)
	if err != nil {
		return err
	}
	if old == nil && c.inline(nameOf(desired.ID)) {
		return notSimulated(desired.ID, "a pool of the cluster's agentPoolProfiles as a resource of its own")
	}
	desired.Outputs = answer(desired, "Microsoft.ContainerService/managedClusters/agentPools")
	op.put(desired) // what the cluster's PUT counts
	failed := c.reconcile()
	if failed != nil && !isPartial(failed) {
		return failed
	}
	for _, pool := range objects(c.desired.Outputs, "agentPoolProfiles") {
		if text(pool, "name") == nameOf(desired.ID) {
			desired.Outputs = cloneObject(pool) // type is that of the pool, not of the resource (azure-native.md 1.1)
		}
	}
	return failed
}

// removeAgentPool takes the pool's nodes away from the cluster.
func removeAgentPool(op *operation, r *Record) error {
	c, err := poolRequest(op, r, false)
	if err != nil {
		return err
	}
	return c.reconcileNodeResourceGroup()
}

// poolRequest is the PUT of a cluster that stays as it is but for one pool.
func poolRequest(op *operation, pool *Record, with bool) (*clusterRequest, error) {
	cluster, ok := op.get(parentOf(pool.ID))
	if !ok {
		return nil, resourceNotFound(parentOf(pool.ID))
	}
	before := op.standalonePools(cluster)
	after := map[string]map[string]any{}
	for name, inputs := range before {
		if name != nameOf(pool.ID) {
			after[name] = inputs
		}
	}
	if with {
		after[nameOf(pool.ID)] = profileOf(pool)
	}
	c := &clusterRequest{op: op, old: cluster, desired: cluster.clone(), only: nameOf(pool.ID)}
	var err error
	if c.was, err = parseCluster(withPools(cluster, before)); err != nil {
		return nil, err
	}
	c.whole = withPools(cluster, after)
	if c.spec, err = parseCluster(c.whole); err != nil {
		return nil, err
	}
	c.keepUnset()
	return c, nil
}

// standalonePools are the pools of a cluster that are resources of their own, by name, as its agentPoolProfiles would
// ask for them.
func (op *operation) standalonePools(cluster *Record) map[string]map[string]any {
	pools := map[string]map[string]any{}
	for _, r := range op.children(cluster, agentPoolToken) {
		pools[nameOf(r.ID)] = profileOf(r)
	}
	return pools
}

// profileOf is a pool as an item of agentPoolProfiles.
func profileOf(pool *Record) map[string]any {
	profile := cloneObject(pool.Inputs)
	for _, name := range kinds[agentPoolToken].parameters() {
		delete(profile, name)
	}
	profile["name"] = nameOf(pool.ID)
	return profile
}

// withPools is a cluster whose agentPoolProfiles names these pools, too.
func withPools(cluster *Record, pools map[string]map[string]any) *Record {
	whole := cluster.clone()
	list := append([]any{}, items(whole.Inputs, "agentPoolProfiles")...)
	for _, name := range slices.Sorted(maps.Keys(pools)) {
		list = append(list, pools[name])
	}
	if whole.Inputs == nil {
		whole.Inputs = map[string]any{}
	}
	if len(list) > 0 {
		whole.Inputs["agentPoolProfiles"] = list
	}
	return whole
}

// separatePools takes pools out of a request's agentPoolProfiles that are resources of their own: az sends back all
// that it has read. Azure changes them by a PUT of the cluster as well, which is not simulated.
func (c *clusterRequest) separatePools(standalone map[string]map[string]any) error {
	var inline []any
	for _, o := range objects(c.desired.Inputs, "agentPoolProfiles") {
		own, ok := standalone[text(o, "name")]
		if !ok {
			inline = append(inline, o)
			continue
		}
		for _, property := range []string{"count", "vmSize", "mode", "vnetSubnetID", "maxPods"} {
			if v, asked := own[property]; asked && o[property] != nil && fmt.Sprint(v) != fmt.Sprint(o[property]) {
				return notSimulated(c.desired.ID, fmt.Sprintf("agentPoolProfiles %s.%s, a change of a pool that is a resource "+
					"of its own", text(o, "name"), property))
			}
		}
	}
	if len(inline) > 0 {
		c.desired.Inputs["agentPoolProfiles"] = inline
	}
	return nil
}

// inline tells whether a pool is one of the cluster's agentPoolProfiles and no resource of its own.
func (c *clusterRequest) inline(name string) bool {
	for _, o := range objects(c.desired.Inputs, "agentPoolProfiles") {
		if strings.EqualFold(text(o, "name"), name) {
			return true
		}
	}
	return false
}
