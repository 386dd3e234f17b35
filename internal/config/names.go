package config

import "fmt"

const (
	maxNodeGroupName = 80 // azure-facts 11.1: of MC_<group>_<cluster>_<region>
	randomSuffix     = 8  // azure-native ends the names of groups and clusters with 8 hex digits (azure-native.md 1.2)
	clusterName      = "aks-cluster"
)

// GroupName is the name of a stack's resource group, without the random digits that azure-native adds.
func GroupName(stack string) string { return "aks-egress-" + stack }

// CheckStackName refuses a stack whose name makes that of the node resource group too long, the longest name that
// Azure derives from it. The error is a Problem.
func (c *Config) CheckStackName(stack string) error {
	length := len("MC_") + len(GroupName(stack)) + randomSuffix + len("_") + len(clusterName) + randomSuffix +
		len("_") + len(c.Location)
	if length <= maxNodeGroupName {
		return nil
	}
	return Problem{Key: "stack", Value: show(stack), Rule: fmt.Sprintf(
		"has too long a name: the node resource group MC_<group>_<cluster>_%s has %d characters with it, and Azure takes "+
			"%d; use %d or fewer for the stack", c.Location, length, maxNodeGroupName, len(stack)-(length-maxNodeGroupName))}
}
