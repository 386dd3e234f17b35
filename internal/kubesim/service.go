package kubesim

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"aks-egress/egress"
)

// internalLoadBalancer asks for a private address (azure-facts 7.6).
const internalLoadBalancer = "service.beta.kubernetes.io/azure-load-balancer-internal"

// harmlessAnnotations change the load balancer, but not the service's address nor who can reach it.
var harmlessAnnotations = []string{
	internalLoadBalancer,
	"service.beta.kubernetes.io/azure-load-balancer-health-probe-",
	"service.beta.kubernetes.io/azure-load-balancer-tcp-idle-timeout",
	"service.beta.kubernetes.io/azure-load-balancer-disable-tcp-reset",
}

func defaultService(o *corev1.Service) {
	orDefault(&o.Spec.Type, corev1.ServiceTypeClusterIP)
	orDefault(&o.Spec.SessionAffinity, corev1.ServiceAffinityNone)
	for i := range o.Spec.Ports {
		port := &o.Spec.Ports[i]
		orDefault(&port.Protocol, corev1.ProtocolTCP)
		if port.TargetPort == (intstr.IntOrString{}) {
			port.TargetPort = intstr.FromInt32(port.Port)
		}
	}
	if o.Spec.Type == corev1.ServiceTypeExternalName {
		return
	}
	setDefault(&o.Spec.IPFamilyPolicy, corev1.IPFamilyPolicySingleStack)
	setDefault(&o.Spec.InternalTrafficPolicy, corev1.ServiceInternalTrafficPolicyCluster)
	if len(o.Spec.IPFamilies) == 0 {
		o.Spec.IPFamilies = []corev1.IPFamily{corev1.IPv4Protocol}
	}
	if o.Spec.ClusterIP != "" && len(o.Spec.ClusterIPs) == 0 {
		o.Spec.ClusterIPs = []string{o.Spec.ClusterIP}
	}
	if exposed(o) {
		orDefault(&o.Spec.ExternalTrafficPolicy, corev1.ServiceExternalTrafficPolicyCluster)
	}
	if o.Spec.Type == corev1.ServiceTypeLoadBalancer {
		setDefault(&o.Spec.AllocateLoadBalancerNodePorts, true)
	}
}

func exposed(o *corev1.Service) bool {
	return o.Spec.Type == corev1.ServiceTypeLoadBalancer || o.Spec.Type == corev1.ServiceTypeNodePort
}

func headless(o *corev1.Service) bool { return o.Spec.ClusterIP == corev1.ClusterIPNone }

func validateService(o *corev1.Service) field.ErrorList {
	spec := field.NewPath("spec")
	var failures field.ErrorList
	switch o.Spec.Type {
	case corev1.ServiceTypeClusterIP, corev1.ServiceTypeNodePort, corev1.ServiceTypeLoadBalancer:
		if len(o.Spec.Ports) == 0 && !headless(o) {
			failures = append(failures, field.Required(spec.Child("ports"), ""))
		}
	case corev1.ServiceTypeExternalName:
		for _, message := range validation.IsDNS1123Subdomain(strings.TrimSuffix(o.Spec.ExternalName, ".")) {
			failures = append(failures, field.Invalid(spec.Child("externalName"), o.Spec.ExternalName, message))
		}
	default:
		failures = append(failures, field.NotSupported(spec.Child("type"), o.Spec.Type,
			[]string{"ClusterIP", "ExternalName", "LoadBalancer", "NodePort"}))
	}
	if headless(o) && exposed(o) {
		failures = append(failures, field.Invalid(spec.Child("clusterIPs").Index(0), corev1.ClusterIPNone,
			"may not be set to 'None' for "+string(o.Spec.Type)+" services"))
	}
	failures = append(failures, validateServicePorts(o.Spec.Ports, spec.Child("ports"))...)
	return append(failures, unsimulatedService(o, spec)...)
}

func unsimulatedService(o *corev1.Service, spec *field.Path) field.ErrorList {
	var failures field.ErrorList
	if o.Spec.LoadBalancerIP != "" {
		failures = append(failures, notSimulated(spec.Child("loadBalancerIP")))
	}
	if o.Spec.LoadBalancerClass != nil {
		failures = append(failures, notSimulated(spec.Child("loadBalancerClass")))
	}
	if len(o.Spec.ExternalIPs) > 0 {
		failures = append(failures, notSimulated(spec.Child("externalIPs")))
	}
	for _, family := range o.Spec.IPFamilies {
		if family != corev1.IPv4Protocol {
			failures = append(failures, notSimulated(spec.Child("ipFamilies")))
		}
	}
	for _, name := range sortedKeys(o.Annotations) {
		azure := strings.HasPrefix(name, "service.beta.kubernetes.io/azure-")
		for _, harmless := range harmlessAnnotations {
			azure = azure && !strings.HasPrefix(name, harmless)
		}
		if azure || strings.HasPrefix(name, internalLoadBalancer+"-") {
			failures = append(failures, notSimulated(field.NewPath("metadata", "annotations").Key(name)))
		}
	}
	return failures
}

func validateServicePorts(ports []corev1.ServicePort, at *field.Path) field.ErrorList {
	var failures field.ErrorList
	names := map[string]bool{}
	for i, port := range ports {
		at := at.Index(i)
		if port.Name == "" && len(ports) > 1 {
			failures = append(failures, field.Required(at.Child("name"), ""))
		}
		if port.Name != "" {
			for _, message := range validation.IsDNS1123Label(port.Name) {
				failures = append(failures, field.Invalid(at.Child("name"), port.Name, message))
			}
		}
		if names[port.Name] {
			failures = append(failures, field.Duplicate(at.Child("name"), port.Name))
		}
		names[port.Name] = true
		for _, message := range validation.IsValidPortNum(int(port.Port)) {
			failures = append(failures, field.Invalid(at.Child("port"), port.Port, message))
		}
	}
	return failures
}

func carryService(live, desired *corev1.Service) field.ErrorList {
	if desired.Spec.Type == corev1.ServiceTypeExternalName {
		return nil
	}
	if desired.Spec.ClusterIP == "" && live.Spec.ClusterIP != "" {
		desired.Spec.ClusterIP, desired.Spec.ClusterIPs = live.Spec.ClusterIP, live.Spec.ClusterIPs
	}
	if live.Spec.ClusterIP != "" && live.Spec.ClusterIP != desired.Spec.ClusterIP {
		return field.ErrorList{field.Invalid(field.NewPath("spec", "clusterIPs").Index(0), desired.Spec.ClusterIPs,
			"may not change once set")}
	}
	for i := range desired.Spec.Ports {
		for _, port := range live.Spec.Ports {
			if exposed(desired) && desired.Spec.Ports[i].NodePort == 0 && port.Port == desired.Spec.Ports[i].Port {
				desired.Spec.Ports[i].NodePort = port.NodePort
			}
		}
	}
	return nil
}

// admitService gives a service its cluster address and node ports, and takes back a load balancer's address that it
// does not need any more or needs on the other load balancer.
func admitService(s *session, o *corev1.Service) error {
	addresses, nodePorts := map[netip.Addr]bool{}, map[int32]bool{}
	for _, other := range list[corev1.Service](s, services, "") {
		if other.UID == o.UID {
			if err := s.release(other, o); err != nil {
				return err
			}
			continue
		}
		if addr, err := netip.ParseAddr(other.Spec.ClusterIP); err == nil {
			addresses[addr] = true
		}
		for _, port := range other.Spec.Ports {
			nodePorts[port.NodePort] = true
		}
	}
	if o.Spec.ClusterIP == "" && o.Spec.Type != corev1.ServiceTypeExternalName {
		const static = 16 // kube-apiserver keeps the start of the range for addresses that are asked for
		addr, err := pick(s.cluster.Services, static, size(s.cluster.Services)-1, addresses, o.Namespace, o.Name)
		if err != nil {
			return fmt.Errorf("service CIDR: %w", err)
		}
		o.Spec.ClusterIP, o.Spec.ClusterIPs = addr.String(), []string{addr.String()}
	}
	for i := range o.Spec.Ports {
		port := &o.Spec.Ports[i]
		if !exposed(o) || port.NodePort != 0 {
			continue
		}
		free, err := freeNodePort(nodePorts, o.Namespace, o.Name, fmt.Sprint(port.Port, port.Protocol))
		if err != nil {
			return err
		}
		port.NodePort = free
		nodePorts[free] = true
	}
	return nil
}

func freeNodePort(taken map[int32]bool, parts ...string) (int32, error) {
	const first, count = 30000, 2768
	start := int32(number(count, parts...))
	for i := range int32(count) {
		if port := first + (start+i)%count; !taken[port] {
			return port, nil
		}
	}
	return 0, errors.New("all node ports from 30000 to 32767 are in use")
}

func (s *session) release(live, desired *corev1.Service) error {
	moved := live.Annotations[internalLoadBalancer] != desired.Annotations[internalLoadBalancer]
	if desired.Spec.Type == corev1.ServiceTypeLoadBalancer && !moved {
		return nil
	}
	desired.Status.LoadBalancer = corev1.LoadBalancerStatus{}
	return removeService(s, live)
}

// unknownOfService is the whole spec where the API server is about to choose addresses or ports in it: SDKs in Go take
// an unknown value inside a known property for a missing one.
func unknownOfService(o *corev1.Service) []string {
	assigned := o.Spec.ClusterIP == "" && o.Spec.Type != corev1.ServiceTypeExternalName
	for _, port := range o.Spec.Ports {
		assigned = assigned || exposed(o) && port.NodePort == 0
	}
	if assigned {
		return []string{"spec"}
	}
	return nil
}

// reconcileService does what the cloud controller manager and the endpoints controller do, and tells what the provider
// waits for: ready pods behind the selector, and an address for a load balancer.
func reconcileService(s *session, o *corev1.Service) readiness {
	result := readiness{ready: true}
	if o.Spec.Type != corev1.ServiceTypeExternalName && !headless(o) && len(o.Spec.Selector) > 0 {
		if !s.hasEndpoints(o) {
			result.ready = false
			result.reasons = append(result.reasons, "Service does not target any Pods. Selected Pods may not be ready, or "+
				"field '.spec.selector' may not match labels on any Pods")
		}
	}
	if err := s.balance(o); err != nil {
		s.event(services, o, "SyncLoadBalancerFailed",
			"Error syncing load balancer: failed to ensure load balancer: %v", err)
		result.ready = false
		result.reasons = append(result.reasons,
			"Service was not allocated an IP address; does your cloud provider support this?")
	}
	s.put(services, o)
	return result
}

func (s *session) hasEndpoints(o *corev1.Service) bool { return len(s.endpoints(o)) > 0 }

// endpoints are the pods behind a service.
func (s *session) endpoints(o *corev1.Service) []*corev1.Pod {
	selector := labels.SelectorFromSet(o.Spec.Selector)
	return slices.DeleteFunc(list[corev1.Pod](s, pods, o.Namespace), func(pod *corev1.Pod) bool {
		published := podReady(pod) || o.Spec.PublishNotReadyAddresses && pod.Status.PodIP != ""
		return len(o.Spec.Selector) == 0 || !selector.Matches(labels.Set(pod.Labels)) || !published
	})
}

// balance gives a service of type LoadBalancer its address.
func (s *session) balance(o *corev1.Service) error {
	if o.Spec.Type != corev1.ServiceTypeLoadBalancer {
		return nil
	}
	service := LoadBalancerService{
		ClusterID: s.cluster.ID, Namespace: o.Namespace, Name: o.Name, UID: string(o.UID),
		Internal: o.Annotations[internalLoadBalancer] == "true",
	}
	for _, port := range o.Spec.Ports {
		service.Ports = append(service.Ports, egress.ServicePort{
			Port: uint16(port.Port), Protocol: string(port.Protocol), //nolint:gosec // checked by validation
		})
	}
	addr, err := s.k.infra.ServiceAddress(service)
	if err != nil {
		o.Status.LoadBalancer = corev1.LoadBalancerStatus{}
		return err
	}
	mode := corev1.LoadBalancerIPModeVIP
	o.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: addr.String(), IPMode: &mode}}
	return nil
}

func removeService(s *session, o *corev1.Service) error {
	if o.Spec.Type != corev1.ServiceTypeLoadBalancer {
		return nil
	}
	return s.k.infra.ReleaseServiceAddress(s.cluster.ID, o.Namespace, o.Name, string(o.UID))
}
