package kubesim

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"aks-egress/internal/kubesim/shell"
)

// Exec runs a command in a container of a running pod, as `kubectl exec` does; container "" is the pod's first one. The
// pod is looked for in every cluster that the operator reaches. An error is in kubectl's words.
func (k *Kubernetes) Exec(
	ctx context.Context, namespace, pod, container string, command []string,
) (shell.Result, error) {
	err := fmt.Errorf("pods %q not found in namespace %q", pod, namespace)
	for s := range k.sessions(ctx) {
		if _, unreachable := k.Reach(s.server, httpsPort); unreachable != nil {
			err = fmt.Errorf("%s%w", unableToConnect, unreachable)
			s.end()
			continue
		}
		if found := get[corev1.Pod](s, pods, namespace, pod); found != nil {
			result, err := s.exec(found, container, command)
			s.end()
			return result, err
		}
		s.end()
	}
	return shell.Result{}, err
}

func (s *session) exec(pod *corev1.Pod, container string, command []string) (shell.Result, error) {
	if container == "" && len(pod.Spec.Containers) > 0 {
		container = pod.Spec.Containers[0].Name
	}
	i := slices.IndexFunc(pod.Spec.Containers, func(c corev1.Container) bool { return c.Name == container })
	switch {
	case i < 0:
		return shell.Result{}, fmt.Errorf("container %s is not valid for pod %s", container, pod.Name)
	case pod.Status.HostIP == "":
		return shell.Result{}, fmt.Errorf("pod %s does not have a host assigned", pod.Name)
	case i >= len(pod.Status.ContainerStatuses) || pod.Status.ContainerStatuses[i].State.Running == nil:
		return shell.Result{}, fmt.Errorf("container not found (%q)%s", container, waitingReason(pod))
	}
	r := &podRun{session: s, pod: pod}
	r.node, _ = netip.ParseAddr(pod.Status.HostIP)
	c := pod.Spec.Containers[i]
	c.Command, c.Args = command, nil
	result, _, problem := r.execute(&c, s.k.now, initPatience)
	if problem != "" {
		return result, fmt.Errorf("container %s: %s", container, problem)
	}
	return result, nil
}

// waitingReason says why a pod's containers do not run, as `kubectl get pods` would.
func waitingReason(pod *corev1.Pod) string {
	for _, status := range append(slices.Clone(pod.Status.InitContainerStatuses), pod.Status.ContainerStatuses...) {
		if w := status.State.Waiting; w != nil && w.Reason != "PodInitializing" {
			return fmt.Sprintf(": container %q is waiting: %s: %s", status.Name, w.Reason, w.Message)
		}
	}
	return ""
}
