package engine

import (
	"os"
	"slices"
	"strings"
	"sync"
)

// Passphrase encrypts the secrets of lab stacks. It protects nothing: the simulated cloud holds no real credential, and
// a fixed one is what lets `pulumi` itself open a lab stack.
const Passphrase = "aks-egress-lab"

// kept are the switches that the kubernetes provider's own messages tell people to set. They lead to no account.
var kept = []string{"PULUMI_K8S_DELETE_UNREACHABLE", "PULUMI_K8S_SKIP_UPDATE_UNREACHABLE"}

// foreign reports whether a variable could lead a program, a provider or the CLI to a real account: credentials and
// endpoints of Azure, Kubernetes and Pulumi. PULUMI_* also switches engine behaviour, which has to be ours alone.
func foreign(name string) bool {
	name = strings.ToUpper(name)
	if slices.Contains(kept, name) {
		return false
	}
	for _, prefix := range []string{"ARM_", "AZURE_", "PULUMI_", "KUBERNETES_"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return name == "KUBECONFIG"
}

// withoutForeign is an environment without the variables that could lead to a real account.
func withoutForeign(environment []string) []string {
	var ours []string
	for _, variable := range environment {
		name, _, _ := strings.Cut(variable, "=")
		if !foreign(name) {
			ours = append(ours, variable)
		}
	}
	return ours
}

// isolateProcess removes the same variables from this process, where the program runs inline.
var isolateProcess = sync.OnceFunc(func() {
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if foreign(name) {
			_ = os.Unsetenv(name) // only a malformed name can fail, and such a name was not read by anybody
		}
	}
})
