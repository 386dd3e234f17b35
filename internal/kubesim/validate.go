package kubesim

import (
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// notSimulated refuses a field that the real API server takes and kubesim does not understand.
func notSimulated(path *field.Path) *field.Error { return field.Forbidden(path, "not simulated") }

// validateMeta checks names and labels with the rules of the kind.
func validateMeta(k *kind, o object) field.ErrorList {
	rule := apivalidation.NameIsDNSSubdomain
	switch k {
	case namespaces:
		rule = apivalidation.ValidateNamespaceName
	case services:
		rule = apivalidation.NameIsDNS1035Label
	case statefulSets:
		rule = apivalidation.NameIsDNSLabel // its pods have it as their host name
	}
	path := field.NewPath("metadata")
	failures := apivalidation.ValidateObjectMetaAccessor(o, k.namespaced, rule, path)
	for i := range o.GetFinalizers() {
		failures = append(failures, notSimulated(path.Child("finalizers").Index(i)))
	}
	return failures
}

func validateStatefulSet(o *appsv1.StatefulSet) field.ErrorList {
	spec := field.NewPath("spec")
	failures := validateReplicas(o.Spec.Replicas, spec)
	failures = append(failures, validateSelector(o.Spec.Selector, &o.Spec.Template, spec)...)
	failures = append(failures, validateTemplate(&o.Spec.Template, spec.Child("template"))...)
	switch o.Spec.PodManagementPolicy {
	case appsv1.OrderedReadyPodManagement, appsv1.ParallelPodManagement:
	default:
		failures = append(failures, field.Invalid(spec.Child("podManagementPolicy"), o.Spec.PodManagementPolicy,
			fmt.Sprintf("must be '%s' or '%s'", appsv1.OrderedReadyPodManagement, appsv1.ParallelPodManagement)))
	}
	switch o.Spec.UpdateStrategy.Type {
	case appsv1.RollingUpdateStatefulSetStrategyType, appsv1.OnDeleteStatefulSetStrategyType:
	default:
		failures = append(failures, field.Invalid(spec.Child("updateStrategy"), o.Spec.UpdateStrategy,
			"must be 'RollingUpdate' or 'OnDelete'"))
	}
	if o.Spec.ServiceName != "" {
		for _, message := range validation.IsDNS1123Label(o.Spec.ServiceName) {
			failures = append(failures, field.Invalid(spec.Child("serviceName"), o.Spec.ServiceName, message))
		}
	}
	if len(o.Spec.VolumeClaimTemplates) > 0 {
		failures = append(failures, notSimulated(spec.Child("volumeClaimTemplates")))
	}
	if o.Spec.Ordinals != nil {
		failures = append(failures, notSimulated(spec.Child("ordinals")))
	}
	return failures
}

func validateDeployment(o *appsv1.Deployment) field.ErrorList {
	spec := field.NewPath("spec")
	failures := validateReplicas(o.Spec.Replicas, spec)
	failures = append(failures, validateSelector(o.Spec.Selector, &o.Spec.Template, spec)...)
	failures = append(failures, validateTemplate(&o.Spec.Template, spec.Child("template"))...)
	strategy := spec.Child("strategy")
	switch o.Spec.Strategy.Type {
	case appsv1.RollingUpdateDeploymentStrategyType:
		failures = append(failures, validateRollingUpdate(o.Spec.Strategy.RollingUpdate, strategy.Child("rollingUpdate"))...)
	case appsv1.RecreateDeploymentStrategyType:
		if o.Spec.Strategy.RollingUpdate != nil {
			failures = append(failures, field.Forbidden(strategy.Child("rollingUpdate"),
				"may not be specified when strategy `type` is 'Recreate'"))
		}
	default:
		failures = append(failures, field.NotSupported(strategy.Child("type"), o.Spec.Strategy.Type,
			[]string{"Recreate", "RollingUpdate"}))
	}
	if o.Spec.Paused {
		failures = append(failures, notSimulated(spec.Child("paused")))
	}
	return failures
}

func validateRollingUpdate(r *appsv1.RollingUpdateDeployment, path *field.Path) field.ErrorList {
	surge, surgeErr := intstr.GetScaledValueFromIntOrPercent(r.MaxSurge, 100, true)
	unavailable, unavailableErr := intstr.GetScaledValueFromIntOrPercent(r.MaxUnavailable, 100, false)
	switch {
	case surgeErr != nil || surge < 0:
		return field.ErrorList{field.Invalid(path.Child("maxSurge"), r.MaxSurge.String(), "must be a number or a percentage")}
	case unavailableErr != nil || unavailable < 0:
		return field.ErrorList{field.Invalid(path.Child("maxUnavailable"), r.MaxUnavailable.String(),
			"must be a number or a percentage")}
	case surge == 0 && unavailable == 0:
		return field.ErrorList{field.Invalid(path.Child("maxUnavailable"), r.MaxUnavailable.String(),
			"may not be 0 when `maxSurge` is 0")}
	}
	return nil
}

func validateReplicas(replicas *int32, spec *field.Path) field.ErrorList {
	const most = 100 // pods of one workload; every one of them is simulated
	failures := apivalidation.ValidateNonnegativeField(int64(*replicas), spec.Child("replicas"))
	if *replicas > most {
		failures = append(failures, field.Forbidden(spec.Child("replicas"),
			fmt.Sprintf("more than %d are not simulated", most)))
	}
	return failures
}

func validateSelector(
	selector *metav1.LabelSelector, template *corev1.PodTemplateSpec, spec *field.Path,
) field.ErrorList {
	path := spec.Child("selector")
	if selector == nil {
		return field.ErrorList{field.Required(path, "")}
	}
	failures := metavalidation.ValidateLabelSelector(selector, metavalidation.LabelSelectorValidationOptions{}, path)
	if len(selector.MatchLabels)+len(selector.MatchExpressions) == 0 {
		failures = append(failures, field.Invalid(path, selector, "empty selector is invalid for workloads"))
	}
	parsed, err := metav1.LabelSelectorAsSelector(selector)
	if err != nil {
		return append(failures, field.Invalid(path, selector, "invalid label selector"))
	}
	if !parsed.Matches(labels.Set(template.Labels)) {
		failures = append(failures, field.Invalid(spec.Child("template", "metadata", "labels"), template.Labels,
			"`selector` does not match template `labels`"))
	}
	return failures
}

func validateTemplate(template *corev1.PodTemplateSpec, path *field.Path) field.ErrorList {
	meta := path.Child("metadata")
	failures := metavalidation.ValidateLabels(template.Labels, meta.Child("labels"))
	failures = append(failures, apivalidation.ValidateAnnotations(template.Annotations, meta.Child("annotations"))...)
	failures = append(failures, validatePod(&template.Spec, path.Child("spec"))...)
	if policy := template.Spec.RestartPolicy; policy != corev1.RestartPolicyAlways {
		failures = append(failures, field.NotSupported(path.Child("spec", "restartPolicy"), policy,
			[]corev1.RestartPolicy{corev1.RestartPolicyAlways}))
	}
	return failures
}
