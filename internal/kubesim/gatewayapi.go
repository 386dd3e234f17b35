package kubesim

import (
	"fmt"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

// initGatewayKinds makes the kinds of the Gateway API. What a cluster defines of them comes with a chart.
func initGatewayKinds() {
	customResourceDefinitions = &kind{
		group: "apiextensions.k8s.io", version: "v1", name: "CustomResourceDefinition",
		resource: "customresourcedefinitions", internal: true,
		empty: func() object { return &apiextensionsv1.CustomResourceDefinition{} },
	}
	gatewayClasses = &kind{
		group: gatewayv1.GroupName, version: "v1", name: "GatewayClass", resource: "gatewayclasses", internal: true,
		custom: true, empty: func() object { return &gatewayv1.GatewayClass{} },
	}
	gateways = customKind("Gateway", "gateways", func() object { return &gatewayv1.Gateway{} })
	gateways.validate = gateways.checked(typed(validateGateway))
	gateways.reconcile = inSession(reconcileGateway)
	httpRoutes = customKind("HTTPRoute", "httproutes", func() object { return &gatewayv1.HTTPRoute{} })
	httpRoutes.validate = httpRoutes.checked(typed(validateHTTPRoute))
	httpRoutes.reconcile = inSession(reconcileHTTPRoute)
	httpRoutes.remove = inSession(removeHTTPRoute)
}

func customKind(name, resource string, empty func() object) *kind {
	k := &kind{
		group: gatewayv1.GroupName, version: "v1", name: name, resource: resource, namespaced: true, custom: true,
		empty: empty,
	}
	k.defaults = k.defaultCustom
	return k
}

// checked is the check by the definition and then by a function of the simulation.
func (k *kind) checked(more func(o object) field.ErrorList) func(o object) field.ErrorList {
	return func(o object) field.ErrorList {
		if failures := k.validateCustom(o); len(failures) > 0 {
			return failures
		}
		return more(o)
	}
}

// validateGateway refuses what a gateway can ask for and the simulation does not know.
func validateGateway(g *gatewayv1.Gateway) field.ErrorList {
	var failures field.ErrorList
	spec := field.NewPath("spec")
	if g.Spec.Infrastructure != nil {
		failures = append(failures, notSimulated(spec.Child("infrastructure")))
	}
	if g.Spec.BackendTLS != nil {
		failures = append(failures, notSimulated(spec.Child("backendTLS")))
	}
	for i, l := range g.Spec.Listeners {
		at := spec.Child("listeners").Index(i)
		if l.Protocol != gatewayv1.HTTPProtocolType {
			failures = append(failures, field.Forbidden(at.Child("protocol"), fmt.Sprintf("%s: not simulated", l.Protocol)))
		}
		if l.TLS != nil {
			failures = append(failures, notSimulated(at.Child("tls")))
		}
		if l.AllowedRoutes == nil {
			continue
		}
		if n := l.AllowedRoutes.Namespaces; n != nil && n.Selector != nil {
			failures = append(failures, notSimulated(at.Child("allowedRoutes", "namespaces", "selector")))
		}
		if len(l.AllowedRoutes.Kinds) > 0 {
			failures = append(failures, notSimulated(at.Child("allowedRoutes", "kinds")))
		}
	}
	return failures
}

// validateHTTPRoute refuses what a route can ask for and the simulation does not know.
func validateHTTPRoute(r *gatewayv1.HTTPRoute) field.ErrorList {
	var failures field.ErrorList
	for i, rule := range r.Spec.Rules {
		at := field.NewPath("spec", "rules").Index(i)
		for name, asked := range map[string]bool{
			"filters": len(rule.Filters) > 0, "timeouts": rule.Timeouts != nil, "retry": rule.Retry != nil,
			"sessionPersistence": rule.SessionPersistence != nil,
		} {
			if asked {
				failures = append(failures, notSimulated(at.Child(name)))
			}
		}
		if len(rule.BackendRefs) > 1 {
			failures = append(failures, field.Forbidden(at.Child("backendRefs"), "more than one is not simulated"))
		}
		for j, b := range rule.BackendRefs {
			if len(b.Filters) > 0 {
				failures = append(failures, notSimulated(at.Child("backendRefs").Index(j).Child("filters")))
			}
		}
		for j, m := range rule.Matches {
			failures = append(failures, validateMatch(&m, at.Child("matches").Index(j))...)
		}
	}
	return failures
}

func validateMatch(m *gatewayv1.HTTPRouteMatch, at *field.Path) field.ErrorList {
	var failures field.ErrorList
	if len(m.Headers) > 0 {
		failures = append(failures, notSimulated(at.Child("headers")))
	}
	if len(m.QueryParams) > 0 {
		failures = append(failures, notSimulated(at.Child("queryParams")))
	}
	if m.Method != nil {
		failures = append(failures, notSimulated(at.Child("method")))
	}
	if m.Path != nil && m.Path.Type != nil && *m.Path.Type == gatewayv1.PathMatchRegularExpression {
		failures = append(failures, field.Forbidden(at.Child("path", "type"), "RegularExpression: not simulated"))
	}
	return failures
}
