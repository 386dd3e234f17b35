package kubesim

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

const (
	revisionAnnotation = "deployment.kubernetes.io/revision"
	templateHashLabel  = appsv1.DefaultDeploymentUniqueLabelKey
)

func carryDeployment(live, desired *appsv1.Deployment) field.ErrorList {
	if revision := live.Annotations[revisionAnnotation]; revision != "" {
		annotate(desired, revision)
	}
	return nil
}

func annotate(o object, revision string) {
	annotations := o.GetAnnotations()
	if annotations == nil {
		annotations = map[string]string{}
	}
	annotations[revisionAnnotation] = revision
	o.SetAnnotations(annotations)
}

// replicaRollout is one pass of the Deployment and ReplicaSet controllers.
type replicaRollout struct {
	*session
	deployment *appsv1.Deployment
	set        *appsv1.ReplicaSet // of the current template
	others     []*appsv1.ReplicaSet
	current    []*corev1.Pod // of set
	old        []*corev1.Pod // of others; ready ones only, the others are removed first
	elapsed    time.Duration
}

// reconcileDeployment rolls a Deployment to its template and tells whether that is done. A rollout that fails leaves as
// many old pods as maxUnavailable wants.
func reconcileDeployment(s *session, d *appsv1.Deployment) readiness {
	r := &replicaRollout{session: s, deployment: d}
	r.find()
	for _, pod := range r.current {
		if !podReady(pod) {
			_, after := r.runPod(pod)
			r.elapsed = max(r.elapsed, after)
		}
	}
	r.roll()
	r.status()
	s.put(deployments, d)
	return r.readiness()
}

func (r *replicaRollout) find() {
	d := r.deployment
	templateHash := hash(10, d.Spec.Template)
	latest := 0
	for _, set := range list[appsv1.ReplicaSet](r.session, replicaSets, d.Namespace) {
		if !owned(set, d, deployments) {
			continue
		}
		revision, _ := strconv.Atoi(set.Annotations[revisionAnnotation])
		latest = max(latest, revision)
		if set.Labels[templateHashLabel] == templateHash {
			r.set = set
			r.current = r.podsOf(set)
			continue
		}
		r.others = append(r.others, set)
		for _, pod := range r.podsOf(set) {
			if podReady(pod) {
				r.old = append(r.old, pod)
			} else {
				r.remove(pods, pod.Namespace, pod.Name)
			}
		}
	}
	if r.set == nil {
		r.set = r.newReplicaSet(templateHash)
	}
	if revision, _ := strconv.Atoi(r.set.Annotations[revisionAnnotation]); revision < latest || revision == 0 {
		annotate(r.set, strconv.Itoa(latest+1))
	}
	annotate(d, r.set.Annotations[revisionAnnotation])
}

func (r *replicaRollout) newReplicaSet(templateHash string) *appsv1.ReplicaSet {
	d := r.deployment
	template := *d.Spec.Template.DeepCopy()
	if template.Labels == nil {
		template.Labels = map[string]string{}
	}
	template.Labels[templateHashLabel] = templateHash
	set := &appsv1.ReplicaSet{Spec: appsv1.ReplicaSetSpec{Selector: d.Spec.Selector.DeepCopy(), Template: template}}
	set.Name, set.Namespace = d.Name+"-"+templateHash, d.Namespace
	set.Labels = template.Labels
	set.OwnerReferences = ownerReference(d, deployments)
	set.Generation = 1
	r.identify(replicaSets, set)
	return set
}

func (r *replicaRollout) podsOf(set *appsv1.ReplicaSet) []*corev1.Pod {
	return slices.DeleteFunc(list[corev1.Pod](r.session, pods, set.Namespace), func(pod *corev1.Pod) bool {
		return !owned(pod, set, replicaSets)
	})
}

// roll makes pods of the current template, as many at once as the strategy allows, and removes old ones as they become
// ready.
func (r *replicaRollout) roll() {
	wanted := int(*r.deployment.Spec.Replicas)
	surge, unavailable := r.limits()
	if len(r.old) > 0 && r.deployment.Spec.Strategy.Type == appsv1.RecreateDeploymentStrategyType {
		r.drop(&r.old, 0)
	}
	r.drop(&r.current, wanted)
	for len(r.current) < wanted {
		r.drop(&r.old, max(0, wanted-unavailable-ready(r.current)))
		room := wanted - len(r.current)
		if len(r.old) > 0 {
			room = min(room, wanted+surge-len(r.current)-len(r.old))
		}
		if room <= 0 || !r.grow(room) {
			break
		}
	}
	r.drop(&r.old, max(0, wanted-unavailable-ready(r.current)))
	if ready(r.current) == wanted {
		r.drop(&r.old, 0)
	}
}

// grow makes pods at the same time, and tells whether all became ready.
func (r *replicaRollout) grow(count int) bool {
	began, complete := r.elapsed, true
	for range count {
		after, ok := r.create()
		r.elapsed = max(r.elapsed, began+after)
		complete = complete && ok
	}
	return complete
}

func (r *replicaRollout) create() (after time.Duration, ok bool) {
	taken := func(name string) bool {
		return slices.ContainsFunc(r.current, func(pod *corev1.Pod) bool { return pod.Name == name })
	}
	name := ""
	for i := 0; name == "" || taken(name); i++ {
		name = r.set.Name + "-" + hash(5, r.set.UID, i)
	}
	pod := newPod(name, r.set, replicaSets, &r.set.Spec.Template)
	pod.GenerateName = r.set.Name + "-"
	if err := r.refusePod(pod); err != nil {
		r.event(replicaSets, r.set, "FailedCreate", "Error creating: %v", err)
		return 0, false
	}
	r.identify(pods, pod)
	r.current = append(r.current, pod)
	ok, after = r.runPod(pod)
	return after, ok
}

// drop removes pods from the end, and those that are not ready first, until keep are left.
func (r *replicaRollout) drop(list *[]*corev1.Pod, keep int) {
	slices.SortStableFunc(*list, func(a, b *corev1.Pod) int {
		if podReady(a) == podReady(b) {
			return 0
		}
		if podReady(a) {
			return -1
		}
		return 1
	})
	for len(*list) > keep {
		last := (*list)[len(*list)-1]
		r.remove(pods, last.Namespace, last.Name)
		*list = (*list)[:len(*list)-1]
	}
}

func ready(list []*corev1.Pod) int {
	n := 0
	for _, pod := range list {
		if podReady(pod) {
			n++
		}
	}
	return n
}

// limits are how many pods more, and how many ready ones fewer, than wanted there may be.
func (r *replicaRollout) limits() (surge, unavailable int) {
	update := r.deployment.Spec.Strategy.RollingUpdate
	if update == nil {
		return 0, int(*r.deployment.Spec.Replicas)
	}
	wanted := int(*r.deployment.Spec.Replicas)
	surge, _ = intstr.GetScaledValueFromIntOrPercent(update.MaxSurge, wanted, true)
	unavailable, _ = intstr.GetScaledValueFromIntOrPercent(update.MaxUnavailable, wanted, false)
	if surge == 0 && unavailable == 0 {
		unavailable = 1
	}
	return surge, unavailable
}

func (r *replicaRollout) status() {
	wanted := *r.deployment.Spec.Replicas
	r.setStatus(r.set, r.current, wanted)
	for _, other := range r.others {
		left := slices.DeleteFunc(slices.Clone(r.old), func(pod *corev1.Pod) bool {
			return !owned(pod, other, replicaSets)
		})
		r.setStatus(other, left, int32(len(left)))
	}
	live := int32(ready(r.current) + len(r.old))
	status := &r.deployment.Status
	status.ObservedGeneration = r.deployment.Generation
	status.Replicas = int32(len(r.current) + len(r.old))
	status.UpdatedReplicas = int32(len(r.current))
	status.ReadyReplicas, status.AvailableReplicas = live, live
	status.UnavailableReplicas = max(0, status.Replicas-live, wanted-live)
	r.conditions()
}

func (r *replicaRollout) setStatus(set *appsv1.ReplicaSet, list []*corev1.Pod, replicas int32) {
	set.Spec.Replicas = &replicas
	n := int32(len(list))
	live := int32(ready(list))
	set.Status = appsv1.ReplicaSetStatus{
		Replicas: n, FullyLabeledReplicas: n, ReadyReplicas: live, AvailableReplicas: live,
		ObservedGeneration: set.Generation,
	}
	r.put(replicaSets, set)
}

const noMinimum = "Deployment does not have minimum availability."

func (r *replicaRollout) conditions() {
	_, unavailable := r.limits()
	wanted := int(*r.deployment.Spec.Replicas)
	available := appsv1.DeploymentCondition{
		Type: appsv1.DeploymentAvailable, Status: corev1.ConditionTrue, Reason: "MinimumReplicasAvailable",
		Message: "Deployment has minimum availability.", LastUpdateTime: created, LastTransitionTime: created,
	}
	if int(r.deployment.Status.AvailableReplicas) < wanted-unavailable {
		available.Status, available.Reason, available.Message = corev1.ConditionFalse, "MinimumReplicasUnavailable", noMinimum
	}
	progressing := appsv1.DeploymentCondition{
		Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, Reason: "NewReplicaSetAvailable",
		Message:        fmt.Sprintf("ReplicaSet %q has successfully progressed.", r.set.Name),
		LastUpdateTime: created, LastTransitionTime: created,
	}
	if !r.complete() {
		progressing.Reason = "ReplicaSetUpdated"
		progressing.Message = fmt.Sprintf("ReplicaSet %q is progressing.", r.set.Name)
	}
	r.deployment.Status.Conditions = []appsv1.DeploymentCondition{available, progressing}
}

func (r *replicaRollout) complete() bool {
	return ready(r.current) == int(*r.deployment.Spec.Replicas) && len(r.old) == 0
}

func (r *replicaRollout) readiness() readiness {
	available := r.deployment.Status.Conditions[0].Status == corev1.ConditionTrue
	tooFew := []string{"[MinimumReplicasUnavailable] " + noMinimum, "Minimum number of live Pods was not attained"}
	result := readiness{ready: available && r.complete(), after: r.elapsed, slow: tooFew}
	if result.ready {
		return result
	}
	first := r.deployment.Annotations[revisionAnnotation] == "1"
	switch {
	case !available:
		result.reasons = append(result.reasons, tooFew...)
	case first:
		result.reasons = append(result.reasons, "Minimum number of Pods to consider the application live was not attained")
	default:
		result.reasons = append(result.reasons,
			"Attempted to roll forward to new ReplicaSet, but minimum number of Pods did not become live")
	}
	for _, pod := range r.current {
		if warning := podWarning(pod); warning != "" {
			result.reasons = append(result.reasons, warning)
		}
	}
	return result
}

func removeDeployment(s *session, d *appsv1.Deployment) error {
	for _, set := range list[appsv1.ReplicaSet](s, replicaSets, d.Namespace) {
		if !owned(set, d, deployments) {
			continue
		}
		for _, pod := range list[corev1.Pod](s, pods, d.Namespace) {
			if owned(pod, set, replicaSets) {
				s.remove(pods, pod.Namespace, pod.Name)
			}
		}
		s.remove(replicaSets, set.Namespace, set.Name)
	}
	return nil
}
