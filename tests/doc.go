// Package tests runs whole stacks: program.Deploy on the real Pulumi engine and the simulated Azure and Kubernetes, as
// `go run ./cmd/lab` does. UPDATE_GOLDEN=1 rewrites the files in testdata.
package tests
