package egress

import (
	"slices"
	"strings"
)

// smallSizes are the VM sizes with one vCPU or less memory than a system pool needs. Azure knows all sizes; this list
// names those that people try.
var smallSizes = []string{
	"Standard_A0", "Standard_A1", "Standard_A1_v2", "Standard_B1ls", "Standard_B1ms", "Standard_B1s", "Standard_D1",
	"Standard_D1_v2", "Standard_DS1", "Standard_DS1_v2", "Standard_F1", "Standard_F1s",
}

// TooSmallForSystemPool reports whether AKS is known to refuse a VM size for a system pool, which needs 2 vCPUs and
// 4 GB (azure-facts 11.3). Sizes that it does not know pass.
func TooSmallForSystemPool(vmSize string) bool {
	return slices.ContainsFunc(smallSizes, func(small string) bool { return strings.EqualFold(small, vmSize) })
}
