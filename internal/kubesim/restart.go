package kubesim

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"aks-egress/internal/kubesim/shell"
)

// backOffReset is how long a container has to run for the kubelet to forget its earlier restarts. One that ran for
// longer is started again at once, whatever its exit code (client-go, util/flowcontrol, Backoff: twice the maximum).
const backOffReset = 10 * time.Minute

// restarts is how often the kubelet starts a failing container in the ten minutes that the provider waits: after 10,
// 20, 40, 80, 160 and 300 seconds.
const restarts = 6

// crashLoop is the status of a container that ended early. It was started again, with growing pauses, until the
// provider gave up; it ran the same way every time, so it runs here once.
func (r *podRun) crashLoop(c *corev1.Container, status *corev1.ContainerStatus, end *corev1.ContainerStateTerminated) {
	status.Ready = false
	status.LastTerminationState = corev1.ContainerState{Terminated: end}
	status.RestartCount += restarts
	r.hold(status, "CrashLoopBackOff", fmt.Sprintf("back-off 5m0s restarting failed container=%s pod=%s_%s(%s)",
		c.Name, r.pod.Name, r.pod.Namespace, r.pod.UID))
}

// runOn lets the pods of all clusters run from the last opening until now, through the network as it was left then: no
// command of the lab changed it in between. What a pod said is therefore of the time before this command, and an
// update that changes the network does not change it. Pods of clusters that cannot be reached now run on later.
func (k *Kubernetes) runOn(ctx context.Context) error {
	servers := map[string]bool{}
	for _, o := range k.objects {
		servers[o.Server] = true
	}
	for _, server := range sortedKeys(servers) {
		cluster, err := k.connect(server)
		if err != nil {
			continue
		}
		s := k.begin(ctx, cluster, server)
		for _, pod := range list[corev1.Pod](s, pods, "") {
			s.runPodOn(pod)
		}
		err = s.commit()
		s.end()
		if err != nil && !errors.Is(err, ErrNoSuchCluster) {
			return err
		}
	}
	return nil
}

// runPodOn lets the containers of a pod that run go on.
func (s *session) runPodOn(pod *corev1.Pod) {
	r := s.newPodRun(pod)
	for i := range pod.Status.InitContainerStatuses {
		r.runContainerOn(&pod.Spec.InitContainers[i], &pod.Status.InitContainerStatuses[i])
	}
	for i := range pod.Status.ContainerStatuses {
		r.runContainerOn(&pod.Spec.Containers[i], &pod.Status.ContainerStatuses[i])
	}
	r.save()
}

// longRun is how much of a process that goes on is run again at most: of one that runs for longer, the last day.
const longRun = 24 * time.Hour

// runContainerOn runs a container's process until now. It is run from its start, as if the network had always been as
// it is. One that would have ended when it was seen to run met a change of the network since: it ends as long after
// that as it would have after its start. A process that ended is started again: at once if it ran for long.
func (r *podRun) runContainerOn(c *corev1.Container, status *corev1.ContainerStatus) {
	for status.State.Running != nil && status.State.Running.StartedAt.Time.Before(r.k.now) {
		began := status.State.Running.StartedAt
		from := began.Time
		if r.k.now.Sub(from) > longRun {
			from = r.k.now.Add(-longRun)
		}
		result, files, problem := r.execute(c, from, r.k.now.Sub(from))
		if problem != "" || result.Ending != shell.Exited {
			return
		}
		if from.Add(result.Elapsed).Before(r.until) {
			from = r.until
			result.Elapsed = min(result.Elapsed, r.k.now.Sub(from))
		}
		result.Elapsed += from.Sub(began.Time)
		r.keepVolumes(c, files)
		end := r.terminated(c, result, files, began)
		end.ContainerID = status.ContainerID
		if result.Elapsed <= backOffReset {
			r.crashLoop(c, status, end)
			return
		}
		r.restart(c, status, end)
	}
}

// restart starts a container again whose process ended.
func (r *podRun) restart(c *corev1.Container, status *corev1.ContainerStatus, end *corev1.ContainerStateTerminated) {
	status.LastTerminationState = corev1.ContainerState{Terminated: end}
	status.RestartCount++
	status.State = corev1.ContainerState{}
	if !r.prepare(c, status) {
		status.Ready = false
		return
	}
	status.ContainerID = r.containerID(c, status.RestartCount)
	status.State.Running = &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(end.FinishedAt.Add(startTime))}
}
