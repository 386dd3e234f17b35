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

// How long a process may run before it counts as one that stays: longer than anything waits for it. The end of a
// container that stays comes later, if it comes (see runOn).
const (
	initPatience = time.Hour
	patience     = backOffReset
)

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
	elapsed time.Duration // since the session's time
	until   time.Time     // when the kubelet last worked on the pod; zero: never
	volumes contents
}

func (s *session) newPodRun(pod *corev1.Pod) *podRun {
	r := &podRun{session: s, pod: pod}
	r.node, _ = netip.ParseAddr(pod.Status.HostIP)
	before := s.object(s.key(pods, pod.Namespace, pod.Name))
	if before != nil && text(before.Manifest, "metadata", "uid") == string(pod.UID) {
		r.until, r.volumes = before.RunUntil, before.Volumes
	}
	return r
}

// save writes the pod's status, and what is in its volumes.
func (r *podRun) save() {
	r.conditions()
	r.put(pods, r.pod)
	at := r.key(pods, r.pod.Namespace, r.pod.Name)
	if o := r.object(at); o != nil {
		kept := *o
		kept.RunUntil, kept.Volumes = r.k.now, r.volumes
		r.changed[at] = &kept
	}
}

// runPod schedules a pod, pulls its images, runs its init containers and starts its containers, and writes its status.
// It answers after how much simulated time the pod was ready. A pod that is not ready is run again when the API server
// is next asked: that is when its kubelet tried again. What is done stays done: a pod that is initialized only has the
// containers started that do not run.
func (s *session) runPod(pod *corev1.Pod) (ready bool, after time.Duration) {
	r := s.newPodRun(pod)
	if conditionTrue(pod, corev1.PodInitialized) {
		r.start()
	} else {
		pod.Status = corev1.PodStatus{Phase: corev1.PodPending, QOSClass: qualityOfService(&pod.Spec)}
		r.waiting()
		if r.schedule() && r.initialize() {
			r.start()
		}
	}
	r.save()
	return podReady(pod), r.elapsed
}

func podReady(pod *corev1.Pod) bool { return conditionTrue(pod, corev1.PodReady) }

func conditionTrue(pod *corev1.Pod, kind corev1.PodConditionType) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == kind {
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
	pod.Spec.NodeName = nodeName(i)
	pod.Status.HostIP, pod.Status.HostIPs = node.String(), []corev1.HostIP{{IP: node.String()}}
	pod.Status.PodIP, pod.Status.PodIPs = address.String(), []corev1.PodIP{{IP: address.String()}}
	start := r.at(0)
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

// start starts the containers that do not run; each on its own, so one that fails does not stop the others.
func (r *podRun) start() {
	r.pod.Status.Phase = corev1.PodRunning
	began, longest := r.elapsed, r.elapsed
	for i := range r.pod.Spec.Containers {
		status := &r.pod.Status.ContainerStatuses[i]
		if status.State.Running != nil {
			continue
		}
		r.elapsed = began
		status.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ContainerCreating"}}
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
	if failure := r.fetch(c, status); failure != "" {
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

// fetch pulls a container's image, unless the container was there before and its policy is content with that. What else
// a node keeps of images is not simulated.
func (r *podRun) fetch(c *corev1.Container, status *corev1.ContainerStatus) (failure string) {
	if status.ContainerID != "" && c.ImagePullPolicy == corev1.PullIfNotPresent {
		return ""
	}
	return r.pull(c.Image, r.node)
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
	if len(status.ContainerStatuses) == 0 {
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

// at is the simulated time, to the second, as Kubernetes shows it.
func (r *podRun) at(elapsed time.Duration) metav1.Time {
	return metav1.NewTime(r.k.now.Add(elapsed).Truncate(time.Second))
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
