package components

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"
	network "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240501"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type tokens of the components, package:module:Type. They are part of every child's URN: changing one replaces the
// children of every deployed stack unless it is aliased.
const (
	SpokeNetworkType = "aks-egress:network:SpokeNetwork"
	HubFirewallType  = "aks-egress:network:HubFirewall"
	RouteTableType   = "aks-egress:network:RouteTable"
	NatEgressType    = "aks-egress:network:NatEgress"
	AksClusterType   = "aks-egress:aks:AksCluster"
	EgressProbeType  = "aks-egress:probe:EgressProbe"

	FirewallIngressType                 = "aks-egress:ingress:FirewallIngress"
	ApplicationGatewayIngressType       = "aks-egress:ingress:ApplicationGatewayIngress"
	ApplicationGatewayForContainersType = "aks-egress:ingress:ApplicationGatewayForContainers"
)

var errNilArgs = errors.New("args are nil")

// problems joins what is wrong with a component's arguments, or is nil.
func problems(component, name string, errs ...error) error {
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("%s %q: %w", component, name, err)
	}
	return nil
}

func ensure(ok bool, format string, args ...any) error {
	if ok {
		return nil
	}
	return fmt.Errorf(format, args...)
}

// after returns value, held back until every one of others is known: consumers of the result wait for the resources
// behind others.
func after(value pulumi.StringOutput, others ...pulumi.Output) pulumi.StringOutput {
	all := make([]any, 0, len(others)+1)
	all = append(all, value)
	for _, o := range others {
		all = append(all, o)
	}
	return pulumi.All(all...).ApplyT(func(values []any) string { return values[0].(string) }).(pulumi.StringOutput)
}

// unknownString is an output that a preview cannot know. azure-native's previews echo nested inputs and leave out what
// Azure would add to them, and the Go SDK reads what is left out as a zero value: who needs it must say "unknown".
func unknownString() pulumi.StringOutput {
	return pulumi.UnsafeUnknownOutput(nil).ApplyT(func(any) string { return "" }).(pulumi.StringOutput)
}

// resourceID parses an ARM id, whose kind the caller names for the error.
func resourceID(id, what string) (*arm.ResourceID, error) {
	parsed, err := arm.ParseResourceID(id)
	if err != nil {
		return nil, fmt.Errorf("%s id %q is no ARM resource id", what, id)
	}
	return parsed, nil
}

func subResource(id pulumi.StringInput) network.SubResourcePtrInput {
	if id == nil {
		return nil
	}
	return network.SubResourceArgs{Id: id.ToStringOutput().ToStringPtrOutput()}
}

func subResources(ids []pulumi.StringInput) network.SubResourceArray {
	refs := make(network.SubResourceArray, 0, len(ids))
	for _, id := range ids {
		refs = append(refs, network.SubResourceArgs{Id: id.ToStringOutput().ToStringPtrOutput()})
	}
	return refs
}

func prefixStrings(prefixes ...netip.Prefix) pulumi.StringArray {
	texts := make(pulumi.StringArray, 0, len(prefixes))
	for _, p := range prefixes {
		texts = append(texts, pulumi.String(p.String()))
	}
	return texts
}

func optionalString(s string) pulumi.StringPtrInput {
	if s == "" {
		return nil
	}
	return pulumi.String(s)
}

func optionalInt(n int) pulumi.IntPtrInput {
	if n == 0 {
		return nil
	}
	return pulumi.Int(n)
}
