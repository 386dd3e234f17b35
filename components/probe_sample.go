package components

import (
	"fmt"
	"time"

	corev1 "github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes/core/v1"
)

// sample is what one run of a sampling container left behind.
type sample struct {
	message string    // the termination message: a probeReport as JSON
	at      time.Time // when the run ended, by the node's clock; zero: no run has ended
}

// newestSample is what was reported last: by the init container, or by the sampler beside nginx, which ends when egress
// is no longer as reported. A run that was killed without a report counts as well, since it hides the report of before.
func newestSample(status *corev1.PodStatus) sample {
	var newest sample
	if status == nil {
		return newest
	}
	for _, ended := range append(
		endings(status.InitContainerStatuses, sampleContainer), endings(status.ContainerStatuses, samplerContainer)...,
	) {
		if !ended.at.Before(newest.at) {
			newest = ended
		}
	}
	return newest
}

// endings are the runs of a container that Kubernetes still knows: the one before, and this one if it has ended.
func endings(statuses []corev1.ContainerStatus, container string) []sample {
	var ended []sample
	for _, status := range statuses {
		if status.Name != container {
			continue
		}
		for _, state := range []*corev1.ContainerState{status.LastState, status.State} {
			if state == nil || state.Terminated == nil {
				continue
			}
			var s sample
			if message := state.Terminated.Message; message != nil {
				s.message = *message
			}
			if finished := state.Terminated.FinishedAt; finished != nil {
				s.at, _ = time.Parse(time.RFC3339, *finished) // zero if it is no time
			}
			ended = append(ended, s)
		}
	}
	return ended
}

// age says when the sample was taken, when a change is seen and how to sample now; empty if there is none.
func (s sample) age(workload string, intervalMinutes int) string {
	if s.at.IsZero() {
		return ""
	}
	return fmt.Sprintf(" (sampled at %s; a change since then shows within %d minutes, or now after "+
		"`kubectl delete pod --namespace %s %s-0`)", s.at.UTC().Format(time.RFC3339), intervalMinutes, workload, workload)
}
