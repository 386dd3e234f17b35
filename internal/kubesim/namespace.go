package kubesim

import (
	"errors"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

func defaultNamespace(n *corev1.Namespace) {
	if n.Labels == nil {
		n.Labels = map[string]string{}
	}
	n.Labels[corev1.LabelMetadataName] = n.Name
	n.Spec.Finalizers = []corev1.FinalizerName{corev1.FinalizerKubernetes}
	n.Status.Phase = corev1.NamespaceActive
}

// builtinNamespace is a namespace that every cluster has, before anybody changes it.
func builtinNamespace(s *session, name string) *corev1.Namespace {
	n := &corev1.Namespace{}
	n.Name = name
	defaultNamespace(n)
	s.identify(namespaces, n)
	n.SetGroupVersionKind(namespaces.groupVersionKind())
	return n
}

func validateNamespace(n *corev1.Namespace) field.ErrorList { return validatePodSecurityLabels(n) }

// removeNamespace removes everything in the namespace, and gives back the addresses of its services.
func removeNamespace(s *session, n *corev1.Namespace) error {
	if builtinNamespaces[n.Name] {
		return apierrors.NewForbidden(namespaces.groupResource(), n.Name,
			errors.New("this namespace may not be deleted"))
	}
	for _, k := range []*kind{
		httpRoutes, gateways, ingresses, statefulSets, deployments, services, configMaps, secrets, serviceAccounts,
	} {
		for _, name := range s.names(k, n.Name) {
			if err := s.delete(k, n.Name, name); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *session) names(k *kind, namespace string) []string {
	var names []string
	for _, o := range list[metav1.PartialObjectMetadata](s, k, namespace) {
		names = append(names, o.Name)
	}
	return names
}
