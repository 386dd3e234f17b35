package kubesim

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	networkingv1 "k8s.io/api/networking/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// ingressClassAnnotation is the older form of spec.ingressClassName.
const ingressClassAnnotation = "kubernetes.io/ingress.class"

// gatewayAnnotations begins the names of annotations that ask something of an application gateway.
const gatewayAnnotations = "appgw.ingress.kubernetes.io/"

// harmlessIngressAnnotations change neither where a request goes nor whether it arrives.
var harmlessIngressAnnotations = []string{
	gatewayAnnotations + "connection-draining", gatewayAnnotations + "cookie-based-affinity",
	gatewayAnnotations + "health-probe-", gatewayAnnotations + "request-timeout",
}

// validateIngress is the API server's (kubernetes, pkg/apis/networking/validation).
func validateIngress(o *networkingv1.Ingress) field.ErrorList {
	spec := field.NewPath("spec")
	var failures field.ErrorList
	if len(o.Spec.Rules) == 0 && o.Spec.DefaultBackend == nil {
		failures = append(failures, field.Invalid(spec, o.Spec.Rules,
			"either `defaultBackend` or `rules` must be specified"))
	}
	if o.Spec.DefaultBackend != nil {
		failures = append(failures, validateIngressBackend(o.Spec.DefaultBackend, spec.Child("defaultBackend"))...)
	}
	for i := range o.Spec.Rules {
		failures = append(failures, validateIngressRule(&o.Spec.Rules[i], spec.Child("rules").Index(i))...)
	}
	if class := o.Spec.IngressClassName; class != nil {
		for _, message := range apivalidation.NameIsDNSSubdomain(*class, false) {
			failures = append(failures, field.Invalid(spec.Child("ingressClassName"), *class, message))
		}
	}
	return append(failures, unsimulatedIngress(o, spec)...)
}

// validateIngressClass is asked when an Ingress is made: its class stands in one place.
func validateIngressClass(o *networkingv1.Ingress) field.ErrorList {
	class, annotated := o.Annotations[ingressClassAnnotation]
	if !annotated || o.Spec.IngressClassName == nil {
		return nil
	}
	return field.ErrorList{field.Invalid(field.NewPath("annotations").Child(ingressClassAnnotation), class,
		"can not be set when the class field is also set")}
}

func unsimulatedIngress(o *networkingv1.Ingress, spec *field.Path) field.ErrorList {
	var failures field.ErrorList
	if len(o.Spec.TLS) > 0 {
		failures = append(failures, notSimulated(spec.Child("tls")))
	}
	for _, name := range sortedKeys(o.Annotations) {
		harmless := slices.ContainsFunc(harmlessIngressAnnotations, func(prefix string) bool {
			return strings.HasPrefix(name, prefix)
		})
		if strings.HasPrefix(name, gatewayAnnotations) && !harmless {
			failures = append(failures, notSimulated(field.NewPath("metadata", "annotations").Key(name)))
		}
	}
	return failures
}

func validateIngressRule(rule *networkingv1.IngressRule, at *field.Path) field.ErrorList {
	var failures field.ErrorList
	if rule.Host != "" {
		failures = append(failures, validateIngressHost(rule.Host, at.Child("host"))...)
	}
	if rule.HTTP == nil {
		return failures
	}
	paths := at.Child("http", "paths")
	if len(rule.HTTP.Paths) == 0 {
		failures = append(failures, field.Required(paths, ""))
	}
	for i := range rule.HTTP.Paths {
		failures = append(failures, validateIngressPath(&rule.HTTP.Paths[i], paths.Index(i))...)
	}
	return failures
}

func validateIngressHost(host string, at *field.Path) field.ErrorList {
	if _, err := netip.ParseAddr(host); err == nil {
		return field.ErrorList{field.Invalid(at, host, "must be a DNS name, not an IP address")}
	}
	check := validation.IsDNS1123Subdomain
	if strings.Contains(host, "*") {
		check = validation.IsWildcardDNS1123Subdomain
	}
	var failures field.ErrorList
	for _, message := range check(host) {
		failures = append(failures, field.Invalid(at, host, message))
	}
	return failures
}

func validateIngressPath(path *networkingv1.HTTPIngressPath, at *field.Path) field.ErrorList {
	if path.PathType == nil {
		return field.ErrorList{field.Required(at.Child("pathType"), "pathType must be specified")}
	}
	var failures field.ErrorList
	absolute := func() {
		if !strings.HasPrefix(path.Path, "/") {
			failures = append(failures, field.Invalid(at.Child("path"), path.Path, "must be an absolute path"))
		}
	}
	switch *path.PathType {
	case networkingv1.PathTypeExact, networkingv1.PathTypePrefix:
		absolute()
		for _, sequence := range []string{"//", "/./", "/../", "%2f", "%2F"} {
			if strings.Contains(path.Path, sequence) {
				failures = append(failures, field.Invalid(at.Child("path"), path.Path,
					fmt.Sprintf("must not contain '%s'", sequence)))
			}
		}
		for _, suffix := range []string{"/..", "/."} {
			if strings.HasSuffix(path.Path, suffix) {
				failures = append(failures, field.Invalid(at.Child("path"), path.Path,
					fmt.Sprintf("cannot end with '%s'", suffix)))
			}
		}
	case networkingv1.PathTypeImplementationSpecific:
		if path.Path != "" {
			absolute()
		}
	default:
		failures = append(failures, field.NotSupported(at.Child("pathType"), *path.PathType,
			[]networkingv1.PathType{"Exact", "ImplementationSpecific", "Prefix"}))
	}
	return append(failures, validateIngressBackend(&path.Backend, at.Child("backend"))...)
}

func validateIngressBackend(backend *networkingv1.IngressBackend, at *field.Path) field.ErrorList {
	service := backend.Service
	switch {
	case backend.Resource != nil && service != nil:
		return field.ErrorList{field.Invalid(at, "", "cannot set both resource and service backends")}
	case backend.Resource != nil:
		return field.ErrorList{notSimulated(at.Child("resource"))}
	case service == nil:
		return field.ErrorList{field.Invalid(at, "", "resource or service backend is required")}
	}
	var failures field.ErrorList
	if service.Name == "" {
		failures = append(failures, field.Required(at.Child("service", "name"), ""))
	} else {
		for _, message := range apivalidation.NameIsDNS1035Label(service.Name, false) {
			failures = append(failures, field.Invalid(at.Child("service", "name"), service.Name, message))
		}
	}
	port, portAt := service.Port, at.Child("service", "port")
	switch {
	case port.Name != "" && port.Number != 0:
		failures = append(failures, field.Invalid(at, "", "cannot set both port name & port number"))
	case port.Name != "":
		for _, message := range validation.IsValidPortName(port.Name) {
			failures = append(failures, field.Invalid(portAt.Child("name"), port.Name, message))
		}
	case port.Number != 0:
		for _, message := range validation.IsValidPortNum(int(port.Number)) {
			failures = append(failures, field.Invalid(portAt.Child("number"), port.Number, message))
		}
	default:
		failures = append(failures, field.Required(at, "port name or number is required"))
	}
	return failures
}
