package doctor

import (
	"slices"

	"aks-egress/egress"
)

// sourcesMeet says whether two rules may apply to one sender. A word that is no address may be any, and so may a rule
// without addresses: it has IP groups.
func sourcesMeet(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return true
	}
	return slices.ContainsFunc(a, func(one string) bool {
		return slices.ContainsFunc(b, func(other string) bool { return wordsMeet(one, other) })
	})
}

func wordsMeet(a, b string) bool {
	lowA, highA, okA := egress.ParseRange(a)
	lowB, highB, okB := egress.ParseRange(b)
	return !okA || !okB || lowA.Compare(highB) <= 0 && lowB.Compare(highA) <= 0
}
