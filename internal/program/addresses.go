package program

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/egress"
)

// primary is the observed address to write into an allow list that takes one: of the first expected resource by which
// traffic was seen to leave, the lowest. So another address at the end of the expected ones does not change it. Where
// nothing observed is expected it is the lowest observed one, and empty before there is any.
func primary(observed, expected []string) string {
	sorted := inOrder(observed)
	for _, text := range expected {
		prefix, err := egress.ParsePrefix(text)
		if err != nil {
			continue
		}
		for _, seen := range sorted {
			if address, err := egress.ParsePrefix(seen); err == nil && prefix.Contains(address.Addr()) {
				return seen
			}
		}
	}
	if len(sorted) == 0 {
		return ""
	}
	return sorted[0]
}

// inOrder are addresses and prefixes in the order of addresses; the argument is not changed.
func inOrder(addresses []string) []string {
	return slices.SortedFunc(slices.Values(addresses), egress.CompareAddresses)
}

func primaryOutput(observed, expected pulumi.StringArrayOutput) pulumi.StringOutput {
	return pulumi.All(observed, expected).ApplyT(func(values []any) string {
		return primary(values[0].([]string), values[1].([]string))
	}).(pulumi.StringOutput)
}

func inOrderOutput(addresses pulumi.StringArrayOutput) pulumi.StringArrayOutput {
	return addresses.ApplyT(inOrder).(pulumi.StringArrayOutput)
}
