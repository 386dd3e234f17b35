package kubesim

import (
	"fmt"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// The one chart that is known: the ALB Controller of Application Gateway for Containers (AGC docs, Helm chart).
const (
	albChart      = "oci://mcr.microsoft.com/application-lb/charts/alb-controller"
	albChartName  = "alb-controller"
	albNamespace  = "azure-alb-system" // the chart's default
	albDeployment = "alb-controller"
	albBootstrap  = "alb-controller-bootstrap"
	albAccount    = "alb-controller-sa"
	albImages     = "mcr.microsoft.com/application-lb/images/"
)

// albVersions are the versions whose Gateway API is v1.2.1, which is the one that is simulated (AGC docs, ALB
// Controller release notes of 2026-09-08).
var albVersions = []string{
	"1.7.9", "1.7.12", "1.8.9", "1.8.12", "1.9.11", "1.9.13", "1.10.21", "1.10.26", "1.10.27", "1.10.28", "1.10.32",
	"1.10.37",
}

// chartObject is one manifest of a rendered chart.
type chartObject struct {
	kind     *kind
	manifest map[string]any
}

// chartObjects are a rendered chart, in the order in which Helm installs it.
type chartObjects []chartObject

func (c chartObjects) manifests() []any {
	var all []any
	for _, o := range c {
		all = append(all, o.manifest)
	}
	return all
}

// names are the objects by "kind/version", as the provider lists them.
func (c chartObjects) names() map[string]any {
	names := map[string]any{}
	for _, o := range c {
		key := o.kind.name + "/" + o.kind.apiVersion()
		list, _ := names[key].([]any)
		names[key] = append(list, string(objectID(text(o.manifest, "metadata", "namespace"),
			text(o.manifest, "metadata", "name"))))
	}
	return names
}

// albValues are the values of the chart that are simulated, by their paths.
var albValues = map[string]bool{
	"albController.namespace": true, "albController.podIdentity.clientID": true, "albController.logLevel": true,
	"albController.controller.replicaCount": true,
}

// render makes a release's objects, and refuses by name what is not known of charts, versions and values. What the
// chart has besides (roles, webhooks, services for diagnosis) takes no part in anything that is simulated.
func render(r release) (chartObjects, error) {
	if r.chart != albChart {
		return nil, fmt.Errorf("chart %s: not simulated (simulated is %s)", r.chart, albChart)
	}
	if !slices.Contains(albVersions, r.version) {
		return nil, fmt.Errorf("version %q of %s: not simulated (simulated are %s)", r.version, r.chart,
			strings.Join(albVersions, ", "))
	}
	for _, path := range leaves("", r.values) {
		if !albValues[path] {
			return nil, fmt.Errorf("value %s of %s: not simulated (simulated are %s)", path, r.chart,
				strings.Join(sortedKeys(albValues), ", "))
		}
	}
	namespace := albNamespace
	if given := text(r.values, "albController", "namespace"); given != "" {
		namespace = given
	}
	replicas := 2.0
	if n, ok := at(r.values, "albController", "controller", "replicaCount").(float64); ok {
		replicas = n
	}
	account := map[string]any{
		"apiVersion": "v1", "kind": "ServiceAccount",
		"metadata": albMetadata(albAccount, namespace, map[string]any{
			clientIDAnnotation: text(r.values, "albController", "podIdentity", "clientID"),
		}),
	}
	objects := chartObjects{
		{serviceAccounts, account},
		{deployments, albDeploymentOf(albBootstrap, namespace, 1, []any{
			albContainer("alb-controller-crds", r.version), albContainer("alb-controller-bootstrap", r.version),
		})},
		{deployments, albDeploymentOf(albDeployment, namespace, replicas, []any{albContainer("alb-controller", r.version)})},
	}
	if namespace != r.namespace {
		return slices.Insert(objects, 0, chartObject{namespaces, map[string]any{
			"apiVersion": "v1", "kind": "Namespace", "metadata": map[string]any{"name": namespace},
		}}), nil
	}
	return objects, nil
}

// leaves are the paths of all values that are no objects.
func leaves(path string, values map[string]any) []string {
	var found []string
	for _, name := range sortedKeys(values) {
		at := strings.TrimPrefix(path+"."+name, ".")
		if inner, ok := values[name].(map[string]any); ok {
			found = append(found, leaves(at, inner)...)
			continue
		}
		found = append(found, at)
	}
	return found
}

// at is the value at a path of nested objects, or nil.
func at(values map[string]any, path ...string) any {
	var v any = values
	for _, name := range path {
		inner, _ := v.(map[string]any)
		v = inner[name]
	}
	return v
}

func albMetadata(name, namespace string, annotations map[string]any) map[string]any {
	m := map[string]any{
		"name": name, "namespace": namespace, "labels": map[string]any{"app": name},
	}
	if annotations != nil {
		m["annotations"] = annotations
	}
	return m
}

func albContainer(image, version string) map[string]any {
	return map[string]any{
		"name": image, "image": albImages + image + ":" + version, "imagePullPolicy": "IfNotPresent",
		"securityContext": map[string]any{"allowPrivilegeEscalation": false},
	}
}

func albDeploymentOf(name, namespace string, replicas float64, containers []any) map[string]any {
	labels := map[string]any{"app": name, "azure.workload.identity/use": "true"}
	return map[string]any{
		"apiVersion": "apps/v1", "kind": "Deployment", "metadata": albMetadata(name, namespace, nil),
		"spec": map[string]any{
			"replicas": replicas,
			"selector": map[string]any{"matchLabels": map[string]any{"app": name}},
			"template": map[string]any{
				"metadata": map[string]any{"labels": labels},
				"spec":     map[string]any{"serviceAccountName": albAccount, "containers": containers},
			},
		},
	}
}

// applyChart applies a chart's objects and answers when all were ready.
func (s *session) applyChart(objects chartObjects) (readiness, error) {
	all := readiness{ready: true}
	for _, o := range objects {
		applied, err := s.apply(o.kind, clone(o.manifest), false)
		if err != nil {
			return all, err
		}
		state := s.reconcile(o.kind, applied)
		all.ready = all.ready && state.ready
		all.after = max(all.after, state.after)
		all.reasons, all.slow = append(all.reasons, state.reasons...), append(all.slow, state.slow...)
	}
	s.afterChart()
	return all, nil
}

// afterChart is what the chart's pods do in the cluster once they run: the bootstrap brings the definitions of the
// Gateway API, and the controller its class. Both stay when the release goes (AGC docs, quickstart, uninstall).
func (s *session) afterChart() {
	if s.albRuns(albBootstrap) {
		for _, k := range []*kind{gatewayClasses, gateways, httpRoutes} {
			s.define(k)
		}
	}
	if s.albRuns(albDeployment) && s.defined(gatewayClasses) == nil {
		s.putGatewayClass()
	}
}

// albRuns says whether a Deployment of the chart has a pod that is ready.
func (s *session) albRuns(name string) bool {
	for _, d := range list[appsv1.Deployment](s, deployments, "") {
		if d.Name == name && d.Labels["app"] == name {
			s.reconcile(deployments, d)
			return d.Status.ReadyReplicas > 0
		}
	}
	return false
}

// define puts the definition of a custom kind into the cluster.
func (s *session) define(k *kind) {
	crd, err := definitionOf(k.resource)
	if err != nil {
		s.fail(err)
		return
	}
	if s.defined(k) == nil {
		return
	}
	s.identify(customResourceDefinitions, crd)
	crd.Spec.Versions = nil // the definition is part of the binary
	s.put(customResourceDefinitions, crd)
}

func (s *session) putGatewayClass() {
	class := &gatewayv1.GatewayClass{Spec: gatewayv1.GatewayClassSpec{ControllerName: albControllerName}}
	class.Name, class.Generation = albClass, 1
	if get[gatewayv1.GatewayClass](s, gatewayClasses, "", albClass) != nil {
		return
	}
	s.identify(gatewayClasses, class)
	meta.SetStatusCondition(&class.Status.Conditions, metav1.Condition{
		Type: "Accepted", Status: metav1.ConditionTrue, Reason: "Accepted", Message: "Valid GatewayClass",
		ObservedGeneration: 1, LastTransitionTime: created,
	})
	s.put(gatewayClasses, class)
}

// albPod is the service account of the controller's pods. False: none of them is ready.
func (s *session) albPod() (account *corev1.ServiceAccount, running bool) {
	for _, d := range list[appsv1.Deployment](s, deployments, "") {
		if d.Name == albDeployment && d.Labels["app"] == albDeployment {
			account = get[corev1.ServiceAccount](s, serviceAccounts, d.Namespace, d.Spec.Template.Spec.ServiceAccountName)
		}
	}
	return account, account != nil && s.albRuns(albDeployment)
}
