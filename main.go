// Command aks-egress is the Pulumi program: it deploys an AKS cluster whose traffic leaves as the stack's configuration
// says. See Pulumi.yaml for the configuration and internal/program for what it does.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/internal/program"
)

func main() { pulumi.Run(program.Deploy) }
