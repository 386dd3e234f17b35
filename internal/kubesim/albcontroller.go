package kubesim

import (
	"fmt"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"aks-egress/egress"
)

// The ALB Controller of Application Gateway for Containers (azure-facts 7.8; AGC docs): it writes Gateways of its class
// and their routes into the traffic controller that they name. It can only do so while its pods run, the network lets
// it call Azure, and Azure lets its identity.
const (
	albClass           = "azure-alb-external"
	albControllerName  = "alb.networking.azure.io/alb-controller"
	albIDAnnotation    = "alb.networking.azure.io/alb-id"
	albFrontendAddress = "alb.networking.azure.io/alb-frontend"
	clientIDAnnotation = "azure.workload.identity/client-id" // on a ServiceAccount

	programmedMessage = "Application Gateway For Containers resource has been successfully updated."
)

// Workload is a pod as it shows itself to Azure: the token of its service account, for the identity with a client id.
type Workload struct {
	ClusterID                 string // ARM id of the managed cluster
	Namespace, ServiceAccount string
	ClientID                  string
}

// TrafficFrontend is what the ALB Controller needs to know of a frontend of an Application Gateway for Containers.
type TrafficFrontend struct {
	FQDN          string
	Configuration string // host name of the traffic controller's configuration endpoint
}

// reconcileGateway programs a Gateway, or says in its status why that fails. A Gateway that the controller does not
// see keeps the status of its definition.
func reconcileGateway(s *session, g *gatewayv1.Gateway) readiness {
	account, running := s.albPod()
	classed := g.Spec.GatewayClassName == albClass && get[gatewayv1.GatewayClass](s, gatewayClasses, "", albClass) != nil
	if running && classed {
		s.programGateway(g, account)
	}
	s.put(gateways, g)
	return readiness{ready: true}
}

func (s *session) programGateway(g *gatewayv1.Gateway, account *corev1.ServiceAccount) {
	accepted := metav1.Condition{
		Type: string(gatewayv1.GatewayConditionAccepted), Status: metav1.ConditionTrue,
		Reason: string(gatewayv1.GatewayReasonAccepted), Message: "Valid Gateway",
	}
	programmed := metav1.Condition{
		Type: string(gatewayv1.GatewayConditionProgrammed), Status: metav1.ConditionTrue,
		Reason: string(gatewayv1.GatewayReasonProgrammed), Message: programmedMessage,
	}
	frontend, err := s.askAzure(g, account)
	switch {
	case err == nil:
		name := gatewayv1.HostnameAddressType
		g.Status.Addresses = []gatewayv1.GatewayStatusAddress{{Type: &name, Value: frontend.FQDN}}
	case len(g.Status.Addresses) > 0: // the data plane keeps what was programmed
		programmed.Status, programmed.Reason = metav1.ConditionFalse, string(gatewayv1.GatewayReasonPending)
		programmed.Message = err.Error()
	default:
		programmed.Status, programmed.Reason = metav1.ConditionFalse, string(gatewayv1.GatewayReasonAddressNotAssigned)
		programmed.Message = "No addresses have been assigned to the Gateway : " + err.Error()
	}
	setCondition(&g.Status.Conditions, g, accepted)
	setCondition(&g.Status.Conditions, g, programmed)
	g.Status.Listeners = nil
	for i := range g.Spec.Listeners {
		g.Status.Listeners = append(g.Status.Listeners, s.listenerStatus(g, &g.Spec.Listeners[i], programmed))
	}
}

// setCondition writes a condition, whose time of change is that of every object.
func setCondition(conditions *[]metav1.Condition, o object, c metav1.Condition) {
	c.ObservedGeneration, c.LastTransitionTime = o.GetGeneration(), created
	meta.SetStatusCondition(conditions, c)
	for i := range *conditions {
		(*conditions)[i].LastTransitionTime = created
	}
}

func (s *session) listenerStatus(
	g *gatewayv1.Gateway, l *gatewayv1.Listener, programmed metav1.Condition,
) gatewayv1.ListenerStatus {
	group := gatewayv1.Group(gatewayv1.GroupName)
	status := gatewayv1.ListenerStatus{
		Name: l.Name, SupportedKinds: []gatewayv1.RouteGroupKind{{Group: &group, Kind: "HTTPRoute"}},
	}
	for _, r := range list[gatewayv1.HTTPRoute](s, httpRoutes, "") {
		if attaches(r, g, l) {
			status.AttachedRoutes++
		}
	}
	for _, c := range []metav1.Condition{
		{Type: string(gatewayv1.ListenerConditionResolvedRefs), Status: metav1.ConditionTrue, Reason: "ResolvedRefs"},
		{
			Type: string(gatewayv1.ListenerConditionAccepted), Status: metav1.ConditionTrue, Reason: "Accepted",
			Message: "Listener is accepted",
		},
		programmed,
	} {
		setCondition(&status.Conditions, g, c)
	}
	return status
}

// askAzure is what the controller does to program a Gateway: it gets a token, reads the frontend, and opens a stream to
// the configuration endpoint.
func (s *session) askAzure(g *gatewayv1.Gateway, account *corev1.ServiceAccount) (TrafficFrontend, error) {
	id, name := g.Annotations[albIDAnnotation], ""
	for _, a := range g.Spec.Addresses {
		if a.Type != nil && string(*a.Type) == albFrontendAddress {
			name = a.Value
		}
	}
	if id == "" || name == "" {
		return TrafficFrontend{}, fmt.Errorf("not simulated: a Gateway without annotation %s and address of type %s, which "+
			"ALB Controller makes the Azure resources of", albIDAnnotation, albFrontendAddress)
	}
	for _, host := range []string{"login.microsoftonline.com", "management.azure.com"} {
		if err := s.reaches(host); err != nil {
			return TrafficFrontend{}, err
		}
	}
	frontend, err := s.k.infra.TrafficFrontend(Workload{
		ClusterID: s.cluster.ID, Namespace: account.Namespace, ServiceAccount: account.Name,
		ClientID: account.Annotations[clientIDAnnotation],
	}, id, name)
	if err != nil {
		return TrafficFrontend{}, err
	}
	return frontend, s.reaches(frontend.Configuration)
}

// reaches asks the model whether a pod of the cluster reaches a host by HTTPS.
func (s *session) reaches(host string) error {
	flow := egress.Flow{From: s.cluster.ID, Pod: true, Host: host, Port: 443, Protocol: egress.HTTPS}
	trace := s.k.infra.Trace(flow)
	if trace.Disposition == egress.ExitsInternet || trace.Disposition == egress.DeliveredService {
		return nil
	}
	node, _ := s.nodeAddress(0)
	return fmt.Errorf("Post \"https://%s/\": %s (%s)", host, //nolint:staticcheck // as Go's HTTP client writes it
		connectionFailure(flow, trace, orUnspecified(node)), trace.Reason)
}

func orUnspecified(addr netip.Addr) netip.Addr {
	if addr.IsValid() {
		return addr
	}
	return netip.IPv4Unspecified()
}
