// Command lab deploys the program's stacks with the real Pulumi engine on a simulated Azure and Kubernetes: no account,
// no installed Pulumi. It is a thin shell: one file per verb, everything else is in internal/engine.
package main

import (
	"os"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
