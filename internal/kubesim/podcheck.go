package kubesim

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// podWarning is what the provider says of a pod that is not ready; empty if it says nothing.
func podWarning(pod *corev1.Pod) string {
	for _, kind := range []corev1.PodConditionType{corev1.PodScheduled, corev1.PodInitialized, corev1.PodReady} {
		for _, condition := range pod.Status.Conditions {
			if condition.Type != kind || condition.Status == corev1.ConditionTrue {
				continue
			}
			if kind == corev1.PodScheduled {
				return "" // the provider shows it as a status only
			}
			return fmt.Sprintf("[Pod %s]: %s%s", qualifiedName(pod), condition.Message, containerProblems(pod))
		}
	}
	return ""
}

// containerProblems are the problems of the pod's containers. The provider does not look at init containers, so their
// exit codes and messages never show (pulumi-kubernetes.md).
func containerProblems(pod *corev1.Pod) string {
	var problems []string
	for _, status := range pod.Status.ContainerStatuses {
		if status.Ready {
			continue
		}
		if w := status.State.Waiting; w != nil && w.Reason != "ContainerCreating" {
			problems = append(problems, strings.TrimSuffix(fmt.Sprintf("[%s] %s", w.Reason, w.Message), " "))
		}
		if t := status.LastTerminationState.Terminated; t != nil {
			problems = append(problems, fmt.Sprintf("container %q terminated at %s (%s: exit code %d)",
				status.Name, t.FinishedAt.UTC().Format("2006-01-02T15:04:05Z"), t.Reason, t.ExitCode))
			if t.Message != "" {
				problems = append(problems, t.Message)
			}
		}
	}
	return strings.Join(problems, "\n")
}

// qualifiedName leaves the namespace out if it is the default one, as the provider does.
func qualifiedName(o metav1.Object) string {
	if o.GetNamespace() == "" || o.GetNamespace() == metav1.NamespaceDefault {
		return o.GetName()
	}
	return o.GetNamespace() + "/" + o.GetName()
}
