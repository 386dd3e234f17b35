package kubesim

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
)

// rollout is one pass of the StatefulSet controller.
type rollout struct {
	*session
	set     *appsv1.StatefulSet
	update  string        // revision of the template
	pods    []*corev1.Pod // by ordinal; nil where there is none
	elapsed time.Duration
}

// reconcileStatefulSet makes and updates a StatefulSet's pods and tells whether all are ready.
//
// With OrderedReady one pod after the other is made, and nothing happens while a pod is not ready, not even its
// replacement by a corrected template: that is why a corrected update fails again. With Parallel all pods are made at
// once, and a pod that is not ready is replaced (pulumi-kubernetes.md).
func reconcileStatefulSet(s *session, set *appsv1.StatefulSet) readiness {
	r := &rollout{session: s, set: set, update: set.Name + "-" + hash(10, set.Spec.Template)}
	if set.Status.CurrentRevision == "" {
		set.Status.CurrentRevision = r.update
	}
	r.find()
	parallel := set.Spec.PodManagementPolicy == appsv1.ParallelPodManagement
	if healthy := r.retry(); healthy || parallel {
		if r.scale(parallel) || parallel {
			r.roll()
		}
	}
	r.status()
	s.put(statefulSets, set)
	return r.readiness()
}

// find reads the set's pods, and removes those beyond the wanted number.
func (r *rollout) find() {
	r.pods = make([]*corev1.Pod, *r.set.Spec.Replicas)
	for _, pod := range list[corev1.Pod](r.session, pods, r.set.Namespace) {
		if !owned(pod, r.set, statefulSets) {
			continue
		}
		ordinal := -1
		if _, err := fmt.Sscanf(pod.Name, r.set.Name+"-%d", &ordinal); err != nil || ordinal < 0 || ordinal >= len(r.pods) {
			r.remove(pods, pod.Namespace, pod.Name)
			continue
		}
		r.pods[ordinal] = pod
	}
}

// retry lets the kubelets of pods that are not ready try again, and tells whether all pods are ready then.
func (r *rollout) retry() bool {
	healthy := true
	for _, pod := range r.pods {
		if pod == nil || podReady(pod) {
			continue
		}
		ready, after := r.runPod(pod)
		r.elapsed = max(r.elapsed, after)
		healthy = healthy && ready
	}
	return healthy
}

// scale makes the pods that are missing, and tells whether all pods are ready.
func (r *rollout) scale(parallel bool) bool {
	complete := true
	began := r.elapsed
	for i := range r.pods {
		if r.pods[i] != nil {
			complete = complete && podReady(r.pods[i])
			continue
		}
		ready, after := r.create(i)
		if parallel {
			r.elapsed = max(r.elapsed, began+after)
		} else {
			r.elapsed += after
		}
		complete = complete && ready
		if !complete && !parallel {
			return false
		}
	}
	return complete
}

// roll replaces pods of another revision, from the last one down, until one does not become ready.
func (r *rollout) roll() {
	strategy := r.set.Spec.UpdateStrategy
	if strategy.Type != appsv1.RollingUpdateStatefulSetStrategyType {
		return
	}
	for i := len(r.pods) - 1; i >= int(*strategy.RollingUpdate.Partition); i-- {
		pod := r.pods[i]
		if pod == nil {
			return
		}
		if pod.Labels[appsv1.StatefulSetRevisionLabel] != r.update {
			r.remove(pods, pod.Namespace, pod.Name)
			r.pods[i] = nil
			ready, after := r.create(i)
			r.elapsed += after
			if !ready {
				return
			}
		}
	}
}

// create makes pod i, if Pod Security admits it, and runs it.
func (r *rollout) create(i int) (ready bool, after time.Duration) {
	pod := newPod(fmt.Sprintf("%s-%d", r.set.Name, i), r.set, statefulSets, &r.set.Spec.Template)
	pod.Labels[appsv1.StatefulSetRevisionLabel] = r.update
	pod.Labels[appsv1.StatefulSetPodNameLabel] = pod.Name
	pod.Labels[appsv1.PodIndexLabel] = strconv.Itoa(i)
	pod.Spec.Hostname, pod.Spec.Subdomain = pod.Name, r.set.Spec.ServiceName
	if err := r.refusePod(pod); err != nil {
		r.event(statefulSets, r.set, "FailedCreate", "create Pod %s in StatefulSet %s failed error: %v",
			pod.Name, r.set.Name, err)
		return false, 0
	}
	r.identify(pods, pod, r.update)
	r.pods[i] = pod
	return r.runPod(pod)
}

// newPod is a pod of a workload's template.
func newPod(name string, owner object, k *kind, template *corev1.PodTemplateSpec) *corev1.Pod {
	pod := &corev1.Pod{ObjectMeta: *template.ObjectMeta.DeepCopy(), Spec: *template.Spec.DeepCopy()}
	pod.Name, pod.Namespace = name, owner.GetNamespace()
	pod.OwnerReferences = ownerReference(owner, k)
	if pod.Labels == nil {
		pod.Labels = map[string]string{}
	}
	orDefault(&pod.Spec.ServiceAccountName, "default")
	pod.Spec.DeprecatedServiceAccount = pod.Spec.ServiceAccountName
	return pod
}

func (r *rollout) status() {
	status := &r.set.Status
	count := func(match func(*corev1.Pod) bool) int32 {
		var n int32
		for _, pod := range r.pods {
			if pod != nil && match(pod) {
				n++
			}
		}
		return n
	}
	revision := func(name string) func(*corev1.Pod) bool {
		return func(pod *corev1.Pod) bool { return pod.Labels[appsv1.StatefulSetRevisionLabel] == name }
	}
	status.ObservedGeneration = r.set.Generation
	status.Replicas = count(func(*corev1.Pod) bool { return true })
	status.ReadyReplicas = count(podReady)
	status.AvailableReplicas = status.ReadyReplicas
	status.UpdateRevision = r.update
	status.UpdatedReplicas = count(revision(r.update))
	wanted := *r.set.Spec.Replicas
	if status.UpdatedReplicas == wanted && status.ReadyReplicas == wanted {
		status.CurrentRevision = r.update
	}
	status.CurrentReplicas = count(revision(status.CurrentRevision))
	none := int32(0)
	status.CollisionCount = &none
}

func (r *rollout) readiness() readiness {
	status, wanted := r.set.Status, *r.set.Spec.Replicas
	replicasReady := status.Replicas == wanted && status.ReadyReplicas == wanted && status.CurrentReplicas == wanted
	revisionReady := status.CurrentRevision == status.UpdateRevision
	if r.set.Spec.UpdateStrategy.Type == appsv1.OnDeleteStatefulSetStrategyType && r.set.Generation > 1 {
		revisionReady = true
		replicasReady = status.Replicas == wanted && status.ReadyReplicas == wanted
	}
	result := readiness{ready: replicasReady && revisionReady, after: r.elapsed, slow: []string{
		fmt.Sprintf("0 out of %d replicas succeeded readiness checks", wanted),
	}}
	if !replicasReady {
		live := status.ReadyReplicas
		if !revisionReady {
			live = min(live, status.UpdatedReplicas)
		}
		result.reasons = append(result.reasons,
			fmt.Sprintf("%d out of %d replicas succeeded readiness checks", live, wanted))
	}
	if !revisionReady {
		result.reasons = append(result.reasons, fmt.Sprintf(
			"StatefulSet controller failed to advance from revision %q to revision %q",
			status.CurrentRevision, status.UpdateRevision))
	}
	for _, pod := range r.pods {
		if pod != nil {
			result.reasons = append(result.reasons, podWarning(pod))
		}
	}
	result.reasons = slices.DeleteFunc(result.reasons, func(reason string) bool { return reason == "" })
	return result
}

func removeStatefulSet(s *session, set *appsv1.StatefulSet) error {
	for _, pod := range list[corev1.Pod](s, pods, set.Namespace) {
		if owned(pod, set, statefulSets) {
			s.remove(pods, pod.Namespace, pod.Name)
		}
	}
	return nil
}
