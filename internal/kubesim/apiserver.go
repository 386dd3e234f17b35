package kubesim

import (
	"encoding/json"
	"fmt"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	jsonserializer "k8s.io/apimachinery/pkg/runtime/serializer/json"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

var strict = func() runtime.Decoder {
	scheme := runtime.NewScheme()
	utilruntime.Must(corev1.AddToScheme(scheme))
	utilruntime.Must(appsv1.AddToScheme(scheme))
	utilruntime.Must(gatewayv1.Install(scheme))
	utilruntime.Must(networkingv1.AddToScheme(scheme))
	return jsonserializer.NewSerializerWithOptions(jsonserializer.DefaultMetaFactory, scheme, scheme,
		jsonserializer.SerializerOptions{Strict: true})
}()

// builtinNamespaces exist in every cluster.
var builtinNamespaces = map[string]bool{
	metav1.NamespaceDefault: true, metav1.NamespaceSystem: true, metav1.NamespacePublic: true, "kube-node-lease": true,
}

// decode reads a manifest into its kind's Go type. Fields that the type does not have are refused in the words of
// server-side apply, which the provider uses.
func decode(k *kind, manifest map[string]any) (object, error) {
	data, err := json.Marshal(manifest)
	if err != nil {
		return nil, err
	}
	gvk := k.groupVersionKind()
	decoded, _, err := strict.Decode(data, &gvk, k.empty())
	if failure, ok := runtime.AsStrictDecodingError(err); ok {
		return nil, undeclared(k, manifest, failure.Errors())
	}
	if err != nil {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("%s in version %q cannot be handled as a %s: %v",
			k.name, k.version, k.name, err))
	}
	o, ok := decoded.(object)
	if found := decoded.GetObjectKind().GroupVersionKind(); !ok || found != gvk {
		return nil, apierrors.NewBadRequest(fmt.Sprintf("the object is a %s, not a %s", found, gvk))
	}
	return o, nil
}

func undeclared(k *kind, manifest map[string]any, failures []error) error {
	var words []string
	for _, failure := range failures {
		text := failure.Error()
		if name, ok := strings.CutPrefix(text, "unknown field "); ok {
			text = "." + strings.Trim(name, `"`) + ": field not declared in schema"
		}
		words = append(words, text)
	}
	list := words[0]
	if len(words) > 1 {
		list = "errors:\n  " + strings.Join(words, "\n  ")
	}
	namespace := text(manifest, "metadata", "namespace")
	return fmt.Errorf("failed to create typed patch object (%s/%s; %s, Kind=%s): %s",
		namespace, text(manifest, "metadata", "name"), k.apiVersion(), k.name, list)
}

// apply is server-side apply: it creates the object or makes it what the manifest says, and answers it as it is then.
// With dryRun nothing is written.
func (s *session) apply(k *kind, manifest map[string]any, dryRun bool) (object, error) {
	desired, err := decode(k, manifest)
	if err != nil {
		return nil, err
	}
	if err := s.defined(k); err != nil {
		return nil, err
	}
	if err := s.namespaceExists(k, desired); err != nil {
		return nil, err
	}
	if k.normalize != nil {
		k.normalize(desired)
	}
	if k.defaults != nil {
		k.defaults(desired)
	}
	live, err := s.live(k, desired.GetNamespace(), desired.GetName())
	if err != nil {
		return nil, err
	}
	if err := s.merge(k, live, desired); err != nil {
		return nil, err
	}
	if dryRun {
		return desired, nil
	}
	if k.admit != nil {
		if err := k.admit(s, desired); err != nil {
			return nil, err
		}
	}
	s.put(k, desired)
	return desired, s.err
}

func (s *session) namespaceExists(k *kind, o object) error {
	if !k.namespaced || builtinNamespaces[o.GetNamespace()] {
		return nil
	}
	if _, ok := s.raw(namespaces, "", o.GetNamespace()); !ok {
		return apierrors.NewNotFound(namespaces.groupResource(), o.GetNamespace())
	}
	return nil
}

// live reads an object as its Go type; nil if there is none.
func (s *session) live(k *kind, namespace, name string) (object, error) {
	manifest, ok := s.raw(k, namespace, name)
	if !ok && k == namespaces && builtinNamespaces[name] {
		return builtinNamespace(s, name), nil
	}
	if !ok {
		return nil, nil
	}
	o := k.empty()
	data, err := json.Marshal(manifest)
	if err == nil {
		err = json.Unmarshal(data, o)
	}
	return o, err
}

// merge validates desired and gives it what the server keeps of the live object.
func (s *session) merge(k *kind, live, desired object) error {
	failures := validateMeta(k, desired)
	if k.validate != nil {
		failures = append(failures, k.validate(desired)...)
	}
	if live == nil {
		if k.fresh != nil {
			failures = append(failures, k.fresh(desired)...)
		}
		s.identify(k, desired)
		if hasSpec(k) {
			desired.SetGeneration(1)
		}
	} else {
		desired.SetUID(live.GetUID())
		desired.SetCreationTimestamp(live.GetCreationTimestamp())
		desired.SetResourceVersion(live.GetResourceVersion())
		if k.carry != nil {
			failures = append(failures, k.carry(live, desired)...)
		}
		carryStatus(live, desired)
		desired.SetGeneration(live.GetGeneration())
		if hasSpec(k) && !same(specOf(live), specOf(desired)) {
			desired.SetGeneration(live.GetGeneration() + 1)
		}
	}
	if len(failures) > 0 {
		return apierrors.NewInvalid(k.groupVersionKind().GroupKind(), desired.GetName(), failures)
	}
	return nil
}

// hasSpec tells whether metadata.generation counts the kind's changes.
func hasSpec(k *kind) bool {
	return k == statefulSets || k == deployments || k == ingresses || k.custom
}

func specOf(o object) any {
	manifest, err := manifestOf(o)
	if err != nil {
		return nil
	}
	return manifest["spec"]
}

func carryStatus(live, desired object) {
	switch desired := desired.(type) {
	case *appsv1.StatefulSet:
		desired.Status = live.(*appsv1.StatefulSet).Status
	case *appsv1.Deployment:
		desired.Status = live.(*appsv1.Deployment).Status
	case *corev1.Service:
		desired.Status = live.(*corev1.Service).Status
	case *gatewayv1.Gateway:
		desired.Status = live.(*gatewayv1.Gateway).Status
	case *gatewayv1.HTTPRoute:
		desired.Status = live.(*gatewayv1.HTTPRoute).Status
	case *networkingv1.Ingress:
		desired.Status = live.(*networkingv1.Ingress).Status
	}
}

// delete removes an object and what belongs to it. An object that is not there is fine.
func (s *session) delete(k *kind, namespace, name string) error {
	o, err := s.live(k, namespace, name)
	if err != nil || o == nil {
		return err
	}
	if k.remove != nil {
		if err := k.remove(s, o); err != nil {
			return err
		}
	}
	s.remove(k, namespace, name)
	return s.err
}

// reconcile lets controllers and kubelets work on an object and tells whether it is ready.
func (s *session) reconcile(k *kind, o object) readiness {
	state := readiness{ready: true}
	if k.reconcile != nil {
		state = k.reconcile(s, o)
	}
	return s.awaited(k, o, state)
}
