package kubesim

import (
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// object is any Kubernetes object's Go type.
type object interface {
	metav1.Object
	runtime.Object
}

// readiness is what the provider waits for after a write.
type readiness struct {
	ready   bool
	after   time.Duration // simulated time until it was ready; it never is if ready is false
	reasons []string      // the provider's words for what is missing
	timeout string        // its words for that it gave up; empty: those for workloads
	slow    []string      // its words if the timeout is shorter than after

	warnings []string // what it says while it waits, ready or not
}

// kind is the behaviour of one Kubernetes kind. Behaviours that are nil do nothing.
type kind struct {
	group, version, name, resource string

	namespaced bool
	internal   bool // made by controllers only: programs cannot
	readOnly   bool // programs can read it, but not make it
	custom     bool // a custom resource: only there while its definition is
	empty      func() object
	forceNew   []string // paths whose change replaces the object (pulumi-kubernetes, provider/diff.go)

	normalize func(o object) // folds write-only fields, as the API server does
	defaults  func(o object)
	validate  func(o object) field.ErrorList
	fresh     func(o object) field.ErrorList             // validates a new object, besides
	carry     func(live, desired object) field.ErrorList // keeps what the server set, and refuses what cannot change
	admit     func(s *session, o object) error           // sets what the server assigns at once; not in a dry run
	reconcile func(s *session, o object) readiness       // controllers and kubelets; writes the status
	remove    func(s *session, o object) error           // what goes with the object
	unknown   func(o object) []string                    // properties that a preview cannot know, besides the status
}

func (k *kind) apiVersion() string { return strings.TrimPrefix(k.group+"/"+k.version, "/") }

func (k *kind) groupVersionKind() schema.GroupVersionKind {
	return schema.GroupVersionKind{Group: k.group, Version: k.version, Kind: k.name}
}

func (k *kind) groupResource() schema.GroupResource {
	return schema.GroupResource{Group: k.group, Resource: k.resource}
}

// token is the Pulumi type, such as kubernetes:apps/v1:StatefulSet.
func (k *kind) token() string {
	group := k.group
	if group == "" {
		group = "core"
	}
	return fmt.Sprintf("kubernetes:%s/%s:%s", group, k.version, k.name)
}

// typed turns a function of one Go type into one of any object.
func typed[T object, R any](f func(o T) R) func(object) R {
	return func(o object) R { return f(o.(T)) }
}

func changing[T object](f func(o T)) func(object) {
	return func(o object) { f(o.(T)) }
}

func inSession[T object, R any](f func(s *session, o T) R) func(*session, object) R {
	return func(s *session, o object) R { return f(s, o.(T)) }
}

func updating[T object](f func(live, desired T) field.ErrorList) func(object, object) field.ErrorList {
	return func(live, desired object) field.ErrorList { return f(live.(T), desired.(T)) }
}

// The kinds. Set in init, because their behaviours refer to them.
var (
	namespaces, configMaps, secrets, serviceAccounts, services *kind
	pods, statefulSets, deployments, replicaSets, ingresses    *kind

	customResourceDefinitions, gatewayClasses, gateways, httpRoutes *kind

	releases *kind // of Helm; see release.go

	byToken map[string]*kind
)

func init() {
	namespaces = &kind{
		version: "v1", name: "Namespace", resource: "namespaces", empty: func() object { return &corev1.Namespace{} },
		defaults: changing(defaultNamespace), validate: typed(validateNamespace), remove: inSession(removeNamespace),
	}
	configMaps = &kind{
		version: "v1", name: "ConfigMap", resource: "configmaps", namespaced: true,
		empty: func() object { return &corev1.ConfigMap{} }, validate: typed(validateConfigMap),
		carry: updating(carryConfigMap),
	}
	secrets = &kind{
		version: "v1", name: "Secret", resource: "secrets", namespaced: true,
		empty: func() object { return &corev1.Secret{} }, forceNew: []string{"type"},
		normalize: changing(normalizeSecret), defaults: changing(defaultSecret), validate: typed(validateSecret),
		carry: updating(carrySecret),
	}
	serviceAccounts = &kind{
		version: "v1", name: "ServiceAccount", resource: "serviceaccounts", namespaced: true,
		empty: func() object { return &corev1.ServiceAccount{} }, validate: typed(validateServiceAccount),
	}
	services = &kind{
		version: "v1", name: "Service", resource: "services", namespaced: true,
		empty: func() object { return &corev1.Service{} }, forceNew: []string{"spec.clusterIP"},
		defaults: changing(defaultService), validate: typed(validateService), carry: updating(carryService),
		admit: inSession(admitService), reconcile: inSession(reconcileService), remove: inSession(removeService),
		unknown: typed(unknownOfService),
	}
	ingresses = &kind{
		group: "networking.k8s.io", version: "v1", name: "Ingress", resource: "ingresses", namespaced: true,
		empty: func() object { return &networkingv1.Ingress{} }, validate: typed(validateIngress),
		fresh: typed(validateIngressClass), reconcile: inSession(reconcileIngress), remove: inSession(removeIngress),
	}
	initWorkloadKinds()
	initGatewayKinds()
	releases = &kind{group: "helm.sh", version: "v3", name: "Release", resource: "releases", namespaced: true}
	byToken = map[string]*kind{}
	for _, k := range []*kind{
		namespaces, configMaps, secrets, serviceAccounts, services, pods, statefulSets, deployments, ingresses,
		gateways, httpRoutes, releases,
	} {
		byToken[k.token()] = k
	}
}

func initWorkloadKinds() {
	pods = &kind{
		version: "v1", name: "Pod", resource: "pods", namespaced: true, readOnly: true,
		empty: func() object { return &corev1.Pod{} },
	}
	statefulSets = &kind{
		group: "apps", version: "v1", name: "StatefulSet", resource: "statefulsets", namespaced: true,
		empty: func() object { return &appsv1.StatefulSet{} },
		forceNew: []string{
			"spec.podManagementPolicy", "spec.revisionHistoryLimit", "spec.selector", "spec.serviceName",
			"spec.volumeClaimTemplates",
		},
		defaults: changing(defaultStatefulSet), validate: typed(validateStatefulSet),
		reconcile: inSession(reconcileStatefulSet), remove: inSession(removeStatefulSet),
	}
	deployments = &kind{
		group: "apps", version: "v1", name: "Deployment", resource: "deployments", namespaced: true,
		empty: func() object { return &appsv1.Deployment{} }, forceNew: []string{"spec.selector"},
		defaults: changing(defaultDeployment), validate: typed(validateDeployment), carry: updating(carryDeployment),
		reconcile: inSession(reconcileDeployment), remove: inSession(removeDeployment),
	}
	replicaSets = &kind{
		group: "apps", version: "v1", name: "ReplicaSet", resource: "replicasets", namespaced: true, internal: true,
		empty: func() object { return &appsv1.ReplicaSet{} },
	}
}
