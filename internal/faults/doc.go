// Package faults is the plan of what goes wrong in a simulated cloud: rules that say which request of which type fails,
// and how.
//
// The one idea: a fault happens to one request, below whatever the provider does about it. So one throttled request is
// absorbed by a retry, as it is in Azure, and only a run of them is seen by Pulumi. The simulators ask an [Injector]
// before each request, and bring about what it answers in their own words; this package knows no words of Azure or
// Kubernetes. Which operation of which type can meet which fault is said by the simulators, too, as [Subject]s: a rule
// that could never fire is refused when it is read.
package faults
