package kubesim

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"aks-egress/internal/kubesim/shell"
)

// How long the steps of a pod take in simulated time.
const (
	pullTime  = 2 * time.Second
	startTime = time.Second
)

// patience is the simulated time after which a process that still runs counts as one that stays.
const patience = time.Hour

// nodeLabels are the labels that every AKS Linux node has and kubesim knows.
var nodeLabels = map[string]string{
	corev1.LabelOSStable: "linux", corev1.LabelArchStable: "amd64", "kubernetes.azure.com/os-sku": "Ubuntu",
	"kubernetes.azure.com/role": "agent",
}

// podRun is the kubelet at work on one pod.
type podRun struct {
	*session
	pod     *corev1.Pod
	node    netip.Addr
	elapsed time.Duration
	network *podNetwork
}

// runPod schedules a pod, pulls its images, runs its init containers and starts its containers, and writes its status.
// It answers after how much simulated time the pod was ready. A pod that is not ready is run again from its start when
// the API server is next asked: that is when its kubelet tried again.
func (s *session) runPod(pod *corev1.Pod) (ready bool, after time.Duration) {
	r := &podRun{session: s, pod: pod}
	pod.Status = corev1.PodStatus{Phase: corev1.PodPending, QOSClass: qualityOfService(&pod.Spec)}
	r.waiting()
	if r.schedule() && r.initialize() {
		r.start()
	}
	r.conditions()
	s.put(pods, pod)
	return podReady(pod), r.elapsed
}

func podReady(pod *corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

// waiting is the status of all containers before anything has happened.
func (r *podRun) waiting() {
	fill := func(containers []corev1.Container) []corev1.ContainerStatus {
		var list []corev1.ContainerStatus
		for _, c := range containers {
			no := false
			list = append(list, corev1.ContainerStatus{
				Name: c.Name, Image: c.Image, Started: &no,
				State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "PodInitializing"}},
			})
		}
		return list
	}
	r.pod.Status.InitContainerStatuses = fill(r.pod.Spec.InitContainers)
	r.pod.Status.ContainerStatuses = fill(r.pod.Spec.Containers)
}

// schedule chooses the node and gives the pod its addresses. Resources, affinity and taints are not simulated.
func (r *podRun) schedule() bool {
	pod, count := r.pod, r.cluster.NodeCount
	unschedulable := func(format string, args ...any) bool {
		message := fmt.Sprintf(format, args...)
		pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses = nil, nil
		pod.Status.Conditions = []corev1.PodCondition{{
			Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable, Message: message,
		}}
		r.event(pods, pod, "FailedScheduling", "%s", message)
		return false
	}
	if count <= 0 {
		return unschedulable("no nodes available to schedule pods")
	}
	for name, value := range pod.Spec.NodeSelector {
		if nodeLabels[name] != value {
			return unschedulable("0/%d nodes are available: %d node(s) didn't match Pod's node affinity/selector.", count, count)
		}
	}
	i := int(number(uint32(count), pod.Namespace, pod.Name))
	node, err := r.nodeAddress(i)
	address := node
	if err == nil && !pod.Spec.HostNetwork {
		address, err = r.podAddress(pod, i)
	}
	if err != nil {
		return unschedulable("0/%d nodes are available: %v", count, err)
	}
	r.node = node
	r.network = &podNetwork{session: r.session, hostNetwork: pod.Spec.HostNetwork}
	pod.Spec.NodeName = nodeName(i)
	pod.Status.HostIP, pod.Status.HostIPs = node.String(), []corev1.HostIP{{IP: node.String()}}
	pod.Status.PodIP, pod.Status.PodIPs = address.String(), []corev1.PodIP{{IP: address.String()}}
	start := created
	pod.Status.StartTime = &start
	return true
}

// initialize runs the init containers one after the other, until one fails.
func (r *podRun) initialize() bool {
	for i := range r.pod.Spec.InitContainers {
		c := &r.pod.Spec.InitContainers[i]
		sidecar := c.RestartPolicy != nil && *c.RestartPolicy == corev1.ContainerRestartPolicyAlways
		status := &r.pod.Status.InitContainerStatuses[i]
		if !r.prepare(c, status) {
			return false
		}
		result := r.run(c, status, sidecar)
		if sidecar && !status.Ready || !sidecar && (result.Ending != shell.Exited || result.ExitCode != 0) {
			return false
		}
	}
	return true
}

// start starts the containers; each on its own, so one that fails does not stop the others.
func (r *podRun) start() {
	for i := range r.pod.Spec.Containers {
		r.pod.Status.ContainerStatuses[i].State.Waiting.Reason = "ContainerCreating"
	}
	r.pod.Status.Phase = corev1.PodRunning
	began, longest := r.elapsed, r.elapsed
	for i := range r.pod.Spec.Containers {
		r.elapsed = began
		status := &r.pod.Status.ContainerStatuses[i]
		if r.prepare(&r.pod.Spec.Containers[i], status) {
			r.run(&r.pod.Spec.Containers[i], status, true)
		}
		longest = max(longest, r.elapsed)
		if status.State.Running == nil {
			r.pod.Status.Phase = corev1.PodPending
		}
	}
	r.elapsed = longest
}

// prepare does what comes before a container's first process: its image, its user, its configuration.
func (r *podRun) prepare(c *corev1.Container, status *corev1.ContainerStatus) bool {
	r.elapsed += pullTime
	if c.ImagePullPolicy == corev1.PullNever {
		r.hold(status, "ErrImageNeverPull",
			fmt.Sprintf("Container image %q is not present with pull policy of Never", c.Image))
		return false
	}
	if failure := r.pull(c.Image, r.node); failure != "" {
		r.event(pods, r.pod, "Failed", "Failed to pull image %q: %s", c.Image, failure)
		r.event(pods, r.pod, "Failed", "Error: ErrImagePull")
		r.hold(status, "ImagePullBackOff", fmt.Sprintf("Back-off pulling image %q: ErrImagePull: %s", c.Image, failure))
		return false
	}
	if r.rootOnly(c) {
		r.refuse(status, "container has runAsNonRoot and image will run as root (pod: %q, container: %s)",
			fmt.Sprintf("%s_%s(%s)", r.pod.Name, r.pod.Namespace, r.pod.UID), c.Name)
		return false
	}
	return true
}

// hold keeps a container waiting, and reports the reason.
func (r *podRun) hold(status *corev1.ContainerStatus, reason, message string) {
	status.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
	event := "BackOff"
	if reason != "ImagePullBackOff" && reason != "CrashLoopBackOff" {
		event = "Failed"
	}
	r.event(pods, r.pod, event, "%s", message)
}

func (r *podRun) refuse(status *corev1.ContainerStatus, format string, args ...any) {
	r.hold(status, "CreateContainerConfigError", fmt.Sprintf(format, args...))
}

// conditions sums the containers up, in the API server's words.
func (r *podRun) conditions() {
	status := &r.pod.Status
	if len(status.Conditions) > 0 {
		return // not scheduled
	}
	var incomplete, unready []string
	for i, c := range status.InitContainerStatuses {
		if !c.Ready {
			incomplete = append(incomplete, r.pod.Spec.InitContainers[i].Name)
		}
	}
	for _, c := range status.ContainerStatuses {
		if !c.Ready {
			unready = append(unready, c.Name)
		}
	}
	condition := func(kind corev1.PodConditionType, names []string, reason, message string) corev1.PodCondition {
		if len(names) == 0 {
			return corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: created}
		}
		return corev1.PodCondition{
			Type: kind, Status: corev1.ConditionFalse, Reason: reason, LastTransitionTime: created,
			Message: fmt.Sprintf("%s: [%s]", message, strings.Join(names, " ")),
		}
	}
	const notReady, unreadyWords = "ContainersNotReady", "containers with unready status"
	status.Conditions = []corev1.PodCondition{
		condition(corev1.PodReadyToStartContainers, nil, "", ""),
		condition(corev1.PodInitialized, incomplete, "ContainersNotInitialized", "containers with incomplete status"),
		condition(corev1.PodReady, unready, notReady, unreadyWords),
		condition(corev1.ContainersReady, unready, notReady, unreadyWords),
		condition(corev1.PodScheduled, nil, "", ""),
	}
}

func at(elapsed time.Duration) metav1.Time {
	return metav1.NewTime(created.Add(elapsed).Truncate(time.Second))
}

// qualityOfService is the class that the requests and limits of all containers make.
func qualityOfService(spec *corev1.PodSpec) corev1.PodQOSClass {
	guaranteed, bestEffort := true, true
	for _, c := range append(append([]corev1.Container{}, spec.InitContainers...), spec.Containers...) {
		for _, name := range []corev1.ResourceName{corev1.ResourceCPU, corev1.ResourceMemory} {
			request, hasRequest := c.Resources.Requests[name]
			limit, hasLimit := c.Resources.Limits[name]
			bestEffort = bestEffort && !hasRequest && !hasLimit
			guaranteed = guaranteed && hasLimit && hasRequest && request.Cmp(limit) == 0
		}
	}
	switch {
	case bestEffort:
		return corev1.PodQOSBestEffort
	case guaranteed:
		return corev1.PodQOSGuaranteed
	}
	return corev1.PodQOSBurstable
}
