// Package engine runs a Pulumi program with the real Pulumi engine on a simulated cloud in this process.
//
// It finds or builds the pinned Pulumi CLI, keeps one folder per stack (state, settings, simulated cloud), serves the
// simulated providers over gRPC on loopback, attaches them to the CLI with PULUMI_DEBUG_PROVIDERS and runs up, preview,
// refresh and destroy through the Automation API with the program inline.
//
// It is not a simulation of Pulumi: plans, state, diffs and ordering are the engine's own. It knows nothing about AKS
// or egress either; the program and the cloud are given to it.
//
// The one idea: the stack's folder is owned by one run at a time, and whatever a killed run left there (a lock, pending
// operations, resources whose answer was lost) is put right at the start of the next run.
package engine
