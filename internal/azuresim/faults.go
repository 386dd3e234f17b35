package azuresim

import (
	"maps"
	"slices"

	"aks-egress/internal/faults"
)

// FaultSubjects are the types and functions of the simulated Azure, without API version, with what can go wrong with
// each request. A request that is answered when it is done cannot fail later; only Microsoft.Network and AKS are known
// to refuse a write while another one runs; azure-native reads without a time limit.
func FaultSubjects() []faults.Subject {
	always := []faults.Fault{faults.Throttled, faults.Error, faults.Lost, faults.CrashBefore, faults.Crash}
	var all []faults.Subject
	for _, token := range slices.Sorted(maps.Keys(kinds)) {
		s := paces[token]
		write := append(slices.Clone(always), faults.Timeout)
		if s.name != "" {
			write = append(write, faults.Conflict)
		}
		put, deletion := slices.Clone(write), slices.Clone(write)
		if s.longPut {
			put = append(put, faults.Failed)
		}
		if s.longDelete {
			deletion = append(deletion, faults.Failed)
		}
		all = append(all, faults.Subject{Type: token, Faults: map[faults.Operation][]faults.Fault{
			faults.Create: put, faults.Update: put, faults.Delete: deletion, faults.Read: always,
		}})
	}
	for _, token := range slices.Sorted(maps.Keys(invokes)) {
		all = append(all, faults.Subject{
			Type: token, Faults: map[faults.Operation][]faults.Fault{faults.Invoke: always},
		})
	}
	return all
}
