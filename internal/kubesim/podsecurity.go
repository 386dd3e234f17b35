package kubesim

import (
	"fmt"
	"sync"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
)

var podSecurity = sync.OnceValues(func() (policy.Evaluator, error) {
	return policy.NewEvaluator(policy.DefaultChecks())
})

var podSecurityDefaults = api.Policy{
	Enforce: api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()},
	Audit:   api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()},
	Warn:    api.LevelVersion{Level: api.LevelPrivileged, Version: api.LatestVersion()},
}

func validatePodSecurityLabels(n *corev1.Namespace) field.ErrorList {
	_, failures := api.PolicyToEvaluate(n.Labels, podSecurityDefaults)
	return failures
}

// refusePod is admission: the pod's service account must exist, and the pod must be as its namespace's Pod Security
// label `enforce` wants it.
func (s *session) refusePod(pod *corev1.Pod) error {
	if name := pod.Spec.ServiceAccountName; name != "default" {
		if _, ok := s.raw(serviceAccounts, pod.Namespace, name); !ok {
			return apierrors.NewForbidden(pods.groupResource(), pod.Name,
				fmt.Errorf("error looking up service account %s/%s: serviceaccount %q not found", pod.Namespace, name, name))
		}
	}
	namespace := get[corev1.Namespace](s, namespaces, "", pod.Namespace)
	if namespace == nil {
		return nil // a built-in namespace
	}
	wanted, failures := api.PolicyToEvaluate(namespace.Labels, podSecurityDefaults)
	if len(failures) > 0 {
		return failures.ToAggregate()
	}
	evaluator, err := podSecurity()
	if err != nil {
		return err
	}
	result := policy.AggregateCheckResults(evaluator.EvaluatePod(wanted.Enforce, &pod.ObjectMeta, &pod.Spec))
	if result.Allowed {
		return nil
	}
	return apierrors.NewForbidden(pods.groupResource(), pod.Name,
		fmt.Errorf("violates PodSecurity %q: %s", wanted.Enforce.String(), result.ForbiddenDetail()))
}
