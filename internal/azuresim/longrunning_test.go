package azuresim

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil/rpcerror"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"aks-egress/internal/faults"
)

// partial is what the engine sees of a create or update that did not end well.
func partial(t *testing.T, err error) *pulumirpc.ErrorResourceInitFailed {
	t.Helper()
	for _, detail := range rpcerror.Convert(err).Details() {
		if failed, ok := detail.(*pulumirpc.ErrorResourceInitFailed); ok {
			return failed
		}
	}
	t.Fatalf("no initialization error: %v", err)
	return nil
}

// Rule collection groups that a program writes at the same time meet each other's operations, and all come through.
func TestParallelWritesInOneScope(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	b.policy(nil)
	var group errgroup.Group
	for i := range 3 {
		name := fmt.Sprintf("rules-%d", i)
		group.Go(func() error {
			_, err := b.try("network:FirewallPolicyRuleCollectionGroup", name, inGroup(input{
				"firewallPolicyName": "policy", "priority": float64(200 + i), "ruleCollections": []any{},
			}))
			return err
		})
	}
	require.NoError(t, group.Wait())
	assert.Len(t, b.cloud.List(ruleGroupToken), 3)
}

// A write holds the whole tree that it is in, and nothing else, until it ends.
func TestScopes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	hub, spoke := b.hub(), b.vnet("spoke", "10.1.0.0/16")
	policy := b.policy(nil)
	firewall := firewallInput(hub, b.address("pip"), input{"firewallPolicy": input{"id": policy.id}})
	subnet := func(network, prefix string) error {
		_, err := b.try("network:Subnet", "more", inGroup(input{
			"virtualNetworkName": network, "addressPrefix": prefix,
		}))
		return err
	}
	b.busy(hub.id, "Updating", time.Hour)
	require.ErrorContains(t, subnet("hub", "10.0.9.0/24"), "AnotherOperationInProgress")
	require.NoError(t, subnet("spoke", "10.1.9.0/24"))
	require.ErrorContains(t, b.remove(hub), "AnotherOperationInProgress")
	require.NoError(t, b.remove(spoke))
	b.busy(policy.id, "Updating", time.Hour)
	_, err := b.try("network:AzureFirewall", "fw", firewall)
	require.ErrorContains(t, err, "AnotherOperationInProgress")
	b.busy(policy.id, "Updating", 0)
	_, err = b.try("network:AzureFirewall", "fw", firewall)
	require.NoError(t, err, "the operation has ended")
}

// An operation that fails leaves the resource, which Pulumi keeps with its state and writes again the next time.
func TestFailedOperation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	b.inject("VirtualNetwork create failed", "VirtualNetwork update failed", "VirtualNetwork delete failed")
	vnet, err := b.try("network:VirtualNetwork", "vnet", inGroup(addressSpace("10.0.0.0/16")))
	failed := partial(t, err)
	assert.Equal(t, []string{`Status=200 Code="InternalServerError" Message="An error occurred."`}, failed.Reasons)
	assert.Equal(t, "Failed", failed.Properties.Fields["provisioningState"].GetStringValue())
	vnet.id = failed.Id
	vnet.inputs, _ = b.check("network:VirtualNetwork", "vnet", inGroup(addressSpace("10.0.0.0/16")))

	_, err = b.update(vnet, inGroup(addressSpace("10.0.0.0/16")))
	assert.Equal(t, vnet.id, partial(t, err).Id)
	again, err := b.update(vnet, inGroup(addressSpace("10.0.0.0/16")))
	require.NoError(t, err)
	assert.Equal(t, "Succeeded", again.out("provisioningState"))

	require.ErrorContains(t, b.remove(vnet), "InternalServerError")
	assert.Equal(t, "Failed", text(b.cloud.look(vnet.id).Outputs, "provisioningState"))
	require.NoError(t, b.remove(vnet))
	assert.Nil(t, b.cloud.look(vnet.id))
}

// A resource in state Failed cannot be referred to (azure-facts 13).
func TestFailedResourceIsNotReferredTo(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	b.inject("NatGateway create failed")
	_, err := b.try("network:NatGateway", "nat", inGroup(with(standardSku, input{"natGatewayName": "nat"})))
	gateway := partial(t, err).Id
	network := inGroup(addressSpace("10.0.0.0/16", input{
		"name": "nodes", "addressPrefix": "10.0.0.0/24", "natGateway": input{"id": gateway},
	}))
	_, err = b.try("network:VirtualNetwork", "vnet", network)
	require.ErrorContains(t, err, "RetryableError")
	assert.ErrorContains(t, err, "Resource is in Failed state.")
}

// The provider's patience ends, Azure goes on: of a long-running operation the id is kept without a state, of any other
// request nothing, and what Azure did is there.
func TestTimeout(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	b.inject("VirtualNetwork create timeout", "UserAssignedIdentity create timeout", "VirtualNetwork delete timeout")
	vnet, err := b.try("network:VirtualNetwork", "vnet", inGroup(addressSpace("10.0.0.0/16")))
	failed := partial(t, err)
	assert.Equal(t, []string{"operation timed out"}, failed.Reasons)
	assert.Empty(t, failed.Properties.GetFields())
	assert.Equal(t, "Succeeded", text(b.cloud.look(failed.Id).Outputs, "provisioningState"))

	identity, err := b.try("managedidentity:UserAssignedIdentity", "control", inGroup(nil))
	require.EqualError(t, err, "operation timed out")
	require.ErrorIs(t, err, context.DeadlineExceeded, "the engine's journal has to know that the answer is missing")
	assert.Empty(t, identity.id)
	require.Len(t, b.cloud.List(userAssignedIdentityToken), 1)

	vnet.id = failed.Id
	require.EqualError(t, b.remove(vnet), "operation timed out")
	assert.Nil(t, b.cloud.look(vnet.id))
	require.NoError(t, b.remove(vnet), "what is not there is deleted")
}

// customTimeouts end the patience, too: a firewall takes more than five minutes.
func TestCustomTimeout(t *testing.T) {
	t.Parallel()
	for seconds, fails := range map[float64]bool{300: true, 320: true, 330: false, 0: false} {
		t.Run(fmt.Sprint(seconds), func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.group()
			checked, _ := b.check("network:AzureFirewall", "fw", firewallInput(b.hub(), b.address("pip"), nil))
			_, err := b.provider.Create(t.Context(), plugin.CreateRequest{
				URN: urn(token("network:AzureFirewall"), "fw"), Name: "fw", Type: token("network:AzureFirewall"),
				Properties: checked, Timeout: seconds,
			})
			if fails {
				assert.Equal(t, []string{"operation timed out"}, partial(t, err).Reasons)
			} else {
				assert.NoError(t, err)
			}
		})
	}
}

// A lost answer is a provider that died; the resource is there, and a second create is refused.
func TestLostAnswer(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	b.inject("VirtualNetwork create lost")
	create := func() error {
		_, err := b.try("network:VirtualNetwork", "vnet", inGroup(addressSpace("10.0.0.0/16")))
		return err
	}
	require.ErrorIs(t, create(), faults.ErrLost)
	require.Len(t, b.cloud.List(virtualNetworkToken), 1)
	require.ErrorContains(t, create(), "cannot create already existing resource")
}

// A crash before the request leaves nothing, one after it leaves the resource on disk.
func TestCrash(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]int{"crash-before": 0, "crash": 1} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.group()
			plan := faults.NewPlan(FaultSubjects())
			require.NoError(t, plan.Add("VirtualNetwork create "+fault))
			checked, _ := b.check("network:VirtualNetwork", "vnet", inGroup(addressSpace("10.0.0.0/16")))
			ctx, cancel := context.WithCancel(t.Context())
			b.cloud.Inject(plan.Injector(func(string) {}, cancel)) // the engine goes away with the lab
			_, err := b.provider.Create(ctx, plugin.CreateRequest{
				URN: urn(token("network:VirtualNetwork"), "vnet"), Name: "vnet", Type: token("network:VirtualNetwork"),
				Properties: checked,
			})
			require.ErrorIs(t, err, faults.ErrLost)
			assert.Len(t, b.reopened().List(virtualNetworkToken), want)
		})
	}
}

// Cancel aborts what waits, and only for the engine that cancels; Azure goes on.
func TestCancel(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	require.NoError(t, b.provider.SignalCancellation(t.Context()))
	_, err := b.try("network:VirtualNetwork", "vnet", inGroup(addressSpace("10.0.0.0/16")))
	failed := partial(t, err)
	assert.Equal(t, []string{"resource created but read failed context canceled: context canceled"}, failed.Reasons)
	assert.NotNil(t, b.cloud.look(failed.Id))
	_, err = b.try("managedidentity:UserAssignedIdentity", "control", inGroup(nil))
	assert.ErrorIs(t, err, context.Canceled)

	b.provider = NewProvider(b.cloud)
	b.address("pip")
}

// The first requests of reads and functions can fail, too.
func TestFaultyReadsAndFunctions(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	group := b.group()
	b.inject("ResourceGroup read throttled", "ResourceGroup read error times=4 after=1",
		"getResourceGroup invoke error times=4")
	assert.Equal(t, resource.ID(group.id), b.read(group).ID)
	_, err := b.provider.Read(t.Context(), plugin.ReadRequest{
		URN: urn(token(group.short), "rg"), Type: token(group.short), ID: resource.ID(group.id), Inputs: group.inputs,
	})
	var refusal *armError
	require.True(t, errors.As(err, &refusal))
	assert.Equal(t, refuseInternalError, refusal.row)
	_, err = b.provider.Invoke(t.Context(), plugin.InvokeRequest{
		Tok: "azure-native:resources/v20220901:getResourceGroup", Args: from(input{"resourceGroupName": "rg"}),
	})
	require.ErrorContains(t, err, "InternalServerError")
}
