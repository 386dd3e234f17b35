package kubesim

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
)

// noIngressAddress is the provider's word for an Ingress that no controller has given an address
// (pulumi-kubernetes, await/ingress.go).
const noIngressAddress = "Ingress .status.loadBalancer field was not updated with a hostname/IP address. " +
	"\n    for more information about this error, see https://pulumi.io/xdv72s"

// reconcileIngress lets the ingress controller of the cluster look at an Ingress, and tells what the provider waits
// for: an address. A Service that does not exist is a warning only.
func reconcileIngress(s *session, o *networkingv1.Ingress) readiness {
	s.put(ingresses, o)
	s.runGatewayController()
	if now := get[networkingv1.Ingress](s, ingresses, o.Namespace, o.Name); now != nil {
		*o = *now
	}
	result := readiness{ready: true, warnings: s.missingServices(o)}
	if len(o.Status.LoadBalancer.Ingress) == 0 {
		result.ready, result.reasons = false, []string{noIngressAddress}
	}
	return result
}

// missingServices are the provider's warnings about paths whose Service does not exist.
func (s *session) missingServices(o *networkingv1.Ingress) []string {
	var warnings []string
	for _, rule := range o.Spec.Rules {
		if rule.HTTP == nil {
			continue
		}
		for _, path := range rule.HTTP.Paths {
			if path.Backend.Service == nil || get[corev1.Service](s, services, o.Namespace, path.Backend.Service.Name) != nil {
				continue
			}
			where := fmt.Sprintf("%q", rule.Host+path.Path)
			if rule.Host+path.Path == "" {
				where = `"" (default path)`
			}
			warnings = append(warnings, fmt.Sprintf("No matching service found for ingress rule: %s -> %q",
				where, path.Backend.Service.Name))
		}
	}
	return warnings
}

// removeIngress lets the controller take the Ingress out of its gateway.
func removeIngress(s *session, o *networkingv1.Ingress) error {
	s.remove(ingresses, o.Namespace, o.Name)
	s.runGatewayController()
	return nil
}
