package tests

import (
	"os"
	"slices"
	"strings"

	"aks-egress/internal/faults"
)

// faultsVariable says which cases of the matrix run:
//
//	""    a sample that does not change from run to run, of each verb of each stack
//	"ci"  each kind of case once, and a sample of the others
//	"all" every case
const faultsVariable = "AKS_EGRESS_FAULTS"

// oneIn is the sample's rate: a prime, so that the kinds of faults take turns.
const oneIn = 47

// faultKind is what makes a case the same as another one to provider and engine: what a fault does to a request depends
// on the verb, the type and the operation, by which the providers retry, wait, read back and adopt. It does not depend
// on which of two subnets it is, nor on the stack around it: what comes after a failed request is skipped either way.
// The managed cluster is the exception: what a failed one leaves behind in Azure differs by outbound type and ingress.
type faultKind struct {
	verb, token string
	operation   faults.Operation
	fault       string
	stack       string // of a managed cluster
}

func kindOf(stack string, v *verb, c faultCase) faultKind {
	kind := faultKind{v.name, c.request.token, c.request.operation, c.kind, ""}
	if strings.HasSuffix(kind.token, ":ManagedCluster") {
		kind.stack = stack
	}
	return kind
}

// choose sets which cases of the stacks' verbs run. The stacks with an ingress do all that the one without does; that
// happens there only.
func choose(grounds []*ground) {
	which := os.Getenv(faultsVariable)
	base := grounds[slices.IndexFunc(grounds, func(g *ground) bool { return g.name == "udr" })]
	met := map[faultKind]bool{}
	for _, g := range grounds {
		if strings.HasPrefix(g.name, base.name+"-") {
			g.leaveOut(base)
		}
		for _, v := range g.verbs() {
			all := v.cases()
			if which == "all" {
				v.chosen = all
				continue
			}
			var others []faultCase
			for _, c := range all {
				kind := kindOf(g.name, v, c)
				if which != "ci" || met[kind] {
					others = append(others, c)
					continue
				}
				met[kind] = true
				v.chosen = append(v.chosen, c)
			}
			v.chosen = append(v.chosen, oneInMany(others)...)
		}
	}
}

func oneInMany(all []faultCase) (some []faultCase) {
	for i := 0; i < len(all); i += oneIn {
		some = append(some, all[i])
	}
	return some
}

// leaveOut takes the requests out that another ground has too.
func (g *ground) leaveOut(other *ground) {
	for i, v := range g.verbs() {
		v.requests = slices.DeleteFunc(v.requests, func(r request) bool {
			return slices.Contains(other.verbs()[i].requests, r)
		})
	}
}
