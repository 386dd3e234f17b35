package azuresim

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"aks-egress/internal/faults"
)

// busy lets Azure work on a resource for a real time.
func (b *bench) busy(id, state string, lasts time.Duration) {
	b.cloud.mutex.Lock()
	defer b.cloud.mutex.Unlock()
	b.cloud.operations[strings.ToLower(id)] = busy{b.cloud.clock.now() + lasts, state}
}

// inject makes faults happen from the next request on.
func (b *bench) inject(rules ...string) {
	b.Helper()
	plan := faults.NewPlan(FaultSubjects())
	require.NoError(b, plan.Add(rules...))
	b.cloud.Inject(plan.Injector(func(string) {}, func() {}))
}

// transientCase is a request that Azure refuses while something is so, and accepts otherwise.
func transientCase(
	row *Refusal, says string, base func(b *bench) (request func() error), disturb func(b *bench),
) refusalCase {
	return refusalCase{row: row, says: says, base: func(t *testing.T) (*Cloud, func() error, func() error) {
		t.Helper()
		b := newBench(t)
		request := base(b)
		return b.cloud, func() error { disturb(b); return request() }, request
	}}
}

// rulesWritten writes a rule collection group of a policy.
func rulesWritten(b *bench) func() error {
	b.group()
	b.policy(nil)
	return func() error {
		_, err := b.try("network:FirewallPolicyRuleCollectionGroup", "rules", inGroup(input{
			"firewallPolicyName": "policy", "priority": 200.0, "ruleCollections": []any{},
		}))
		return err
	}
}

// scaledCluster is a cluster that a program scales.
func scaledCluster(b *bench) (created, func() error) {
	vnet, identity, _, cluster := b.clusterParts()
	in := b.clusterInput(vnet, identity)
	in["agentPoolProfiles"].([]any)[0].(input)["count"] = 3.0
	return cluster, func() error {
		_, err := b.update(cluster, in)
		return err
	}
}

func networkWritten(b *bench) func() error {
	b.group()
	return func() error {
		_, err := b.try("network:VirtualNetwork", "vnet", inGroup(input{
			"addressSpace": input{"addressPrefixes": []any{"10.0.0.0/16"}},
		}))
		return err
	}
}

const networkIDs = "/subscriptions/" + SubscriptionID + "/resourceGroups/rg/providers/Microsoft.Network/"

func init() { refusalCases = append(refusalCases, transientCases) }

var transientCases = []refusalCase{
	transientCase(refuseAnotherOperation, "Another operation on this or dependent resource is in progress. To retrieve "+
		"status of the operation use uri: https://management.azure.com/subscriptions/"+SubscriptionID+
		"/providers/Microsoft.Network/locations/",
		rulesWritten, func(b *bench) { b.busy(networkIDs+"firewallPolicies/policy", "Updating", time.Hour) }),
	transientCase(refuseClusterOperation, "Operation is not allowed: Another operation (Updating) is in progress, please "+
		"wait for it to finish before starting a new operation. See https://aka.ms/aks-pending-operation for more details",
		func(b *bench) func() error { _, scale := scaledCluster(b); return scale },
		func(b *bench) { b.busy(b.cloud.List(managedClusterToken)[0].ID, "Updating", time.Hour) }),
	transientCase(refuseReferenceNotProvisioned, "Cannot proceed with operation because resource "+networkIDs+
		"natGateways/nat used by resource "+networkIDs+"virtualNetworks/vnet/subnets/more is not in Succeeded state.",
		func(b *bench) func() error {
			gateway := gatewayOnSubnet(b)[1]
			return func() error {
				_, err := b.try("network:Subnet", "more", inGroup(input{
					"virtualNetworkName": "vnet", "addressPrefix": "10.0.1.0/24", "natGateway": input{"id": gateway.id},
				}))
				return err
			}
		}, func(b *bench) { b.busy(networkIDs+"natGateways/nat", "Updating", time.Hour) }),
	transientCase(refuseClusterNetworkNotProvisioned, "/subnets/nodes of cluster ",
		func(b *bench) func() error { _, scale := scaledCluster(b); return scale },
		func(b *bench) { b.busy(networkIDs+"virtualNetworks/spoke/subnets/nodes", "Updating", time.Hour) }),
	transientCase(refuseGroupBeingDeleted, "The resource group 'rg' is being deleted", networkWritten,
		func(b *bench) { b.busy(groupID("rg"), "Deleting", time.Hour) }),
	transientCase(refuseTooManyRequests, "Please try again after '30' seconds.", networkWritten,
		func(b *bench) { b.inject("VirtualNetwork create throttled times=4") }),
	transientCase(refuseThrottled, "Please try again after '30' seconds.",
		func(b *bench) func() error { _, scale := scaledCluster(b); return scale },
		func(b *bench) { b.inject("ManagedCluster update throttled times=4") }),
	transientCase(refuseInternalError, "An error occurred.", networkWritten,
		func(b *bench) { b.inject("VirtualNetwork create error times=4") }),
	transientCase(refuseOperationFailed, "An error occurred.",
		func(b *bench) func() error {
			b.group()
			vnet := b.vnet("vnet", "10.0.0.0/16")
			return func() error { return b.remove(vnet) }
		}, func(b *bench) { b.inject("VirtualNetwork delete failed") }),
}
