package kubesim

import (
	"strings"

	"github.com/distribution/reference"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
)

// setDefault gives a pointer field its default.
func setDefault[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}

// orDefault gives a field that is empty its default.
func orDefault[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func defaultStatefulSet(o *appsv1.StatefulSet) {
	setDefault(&o.Spec.Replicas, 1)
	setDefault(&o.Spec.RevisionHistoryLimit, 10)
	orDefault(&o.Spec.PodManagementPolicy, appsv1.OrderedReadyPodManagement)
	orDefault(&o.Spec.UpdateStrategy.Type, appsv1.RollingUpdateStatefulSetStrategyType)
	if o.Spec.UpdateStrategy.Type == appsv1.RollingUpdateStatefulSetStrategyType {
		setDefault(&o.Spec.UpdateStrategy.RollingUpdate, appsv1.RollingUpdateStatefulSetStrategy{})
		setDefault(&o.Spec.UpdateStrategy.RollingUpdate.Partition, 0)
	}
	setDefault(&o.Spec.PersistentVolumeClaimRetentionPolicy, appsv1.StatefulSetPersistentVolumeClaimRetentionPolicy{})
	const retain = appsv1.RetainPersistentVolumeClaimRetentionPolicyType
	orDefault(&o.Spec.PersistentVolumeClaimRetentionPolicy.WhenDeleted, retain)
	orDefault(&o.Spec.PersistentVolumeClaimRetentionPolicy.WhenScaled, retain)
	defaultPod(&o.Spec.Template.Spec)
}

func defaultDeployment(o *appsv1.Deployment) {
	setDefault(&o.Spec.Replicas, 1)
	setDefault(&o.Spec.RevisionHistoryLimit, 10)
	setDefault(&o.Spec.ProgressDeadlineSeconds, 600)
	orDefault(&o.Spec.Strategy.Type, appsv1.RollingUpdateDeploymentStrategyType)
	if o.Spec.Strategy.Type == appsv1.RollingUpdateDeploymentStrategyType {
		setDefault(&o.Spec.Strategy.RollingUpdate, appsv1.RollingUpdateDeployment{})
		setDefault(&o.Spec.Strategy.RollingUpdate.MaxSurge, intstr.FromString("25%"))
		setDefault(&o.Spec.Strategy.RollingUpdate.MaxUnavailable, intstr.FromString("25%"))
	}
	defaultPod(&o.Spec.Template.Spec)
}

func defaultPod(p *corev1.PodSpec) {
	orDefault(&p.RestartPolicy, corev1.RestartPolicyAlways)
	orDefault(&p.DNSPolicy, corev1.DNSClusterFirst)
	orDefault(&p.SchedulerName, corev1.DefaultSchedulerName)
	setDefault(&p.TerminationGracePeriodSeconds, corev1.DefaultTerminationGracePeriodSeconds)
	setDefault(&p.SecurityContext, corev1.PodSecurityContext{})
	if p.ServiceAccountName != "" {
		p.DeprecatedServiceAccount = p.ServiceAccountName
	}
	for i := range p.Volumes {
		defaultVolume(&p.Volumes[i].VolumeSource)
	}
	for i := range p.InitContainers {
		defaultContainer(&p.InitContainers[i])
	}
	for i := range p.Containers {
		defaultContainer(&p.Containers[i])
	}
}

func defaultVolume(v *corev1.VolumeSource) {
	switch {
	case v.ConfigMap != nil:
		setDefault(&v.ConfigMap.DefaultMode, corev1.ConfigMapVolumeSourceDefaultMode)
	case v.Secret != nil:
		setDefault(&v.Secret.DefaultMode, corev1.SecretVolumeSourceDefaultMode)
	}
}

func defaultContainer(c *corev1.Container) {
	orDefault(&c.TerminationMessagePath, corev1.TerminationMessagePathDefault)
	orDefault(&c.TerminationMessagePolicy, corev1.TerminationMessageReadFile)
	orDefault(&c.ImagePullPolicy, pullPolicy(c.Image))
	for i := range c.Ports {
		orDefault(&c.Ports[i].Protocol, corev1.ProtocolTCP)
	}
	for i := range c.Env {
		if from := c.Env[i].ValueFrom; from != nil && from.FieldRef != nil {
			orDefault(&from.FieldRef.APIVersion, "v1")
		}
	}
	for name, limit := range c.Resources.Limits {
		if c.Resources.Requests == nil {
			c.Resources.Requests = corev1.ResourceList{}
		}
		if _, ok := c.Resources.Requests[name]; !ok {
			c.Resources.Requests[name] = limit
		}
	}
	for _, probe := range []*corev1.Probe{c.ReadinessProbe, c.LivenessProbe, c.StartupProbe} {
		if probe != nil {
			defaultProbe(probe)
		}
	}
}

func defaultProbe(p *corev1.Probe) {
	orDefault(&p.TimeoutSeconds, 1)
	orDefault(&p.PeriodSeconds, 10)
	orDefault(&p.SuccessThreshold, 1)
	orDefault(&p.FailureThreshold, 3)
	if p.HTTPGet != nil {
		orDefault(&p.HTTPGet.Path, "/")
		orDefault(&p.HTTPGet.Scheme, corev1.URISchemeHTTP)
	}
}

// pullPolicy is Always for the tag latest, given or implied, and IfNotPresent otherwise.
func pullPolicy(image string) corev1.PullPolicy {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return corev1.PullIfNotPresent
	}
	if _, ok := named.(reference.Digested); ok {
		return corev1.PullIfNotPresent
	}
	if strings.HasSuffix(reference.TagNameOnly(named).String(), ":latest") {
		return corev1.PullAlways
	}
	return corev1.PullIfNotPresent
}
