package kubesim

import (
	"net/netip"

	"aks-egress/egress"
)

// Cluster is what a simulated Kubernetes needs to know of the managed cluster that carries it.
type Cluster struct {
	ID         string // ARM id of the managed cluster
	Version    string // such as 1.33.2
	NodeCount  int
	NodeSubnet netip.Prefix // node addresses are handed out from it
	PodCIDR    netip.Prefix // zero: pods have addresses of the node subnet
	Services   netip.Prefix
	Address    netip.Addr // of the API server on the internet; invalid: it has none

	IngressController bool       // AGIC, the ingress controller of an application gateway, runs in it
	GatewayAddress    netip.Addr // public, of its gateway; the zero address: there is none yet
}

// LoadBalancerService is a Service of type LoadBalancer as the cloud controller manager sees it.
type LoadBalancerService struct {
	ClusterID            string // ARM id of the managed cluster
	Namespace, Name, UID string
	Internal             bool // asks for a private address
	Ports                []egress.ServicePort
}

// GatewayRoute is a path of an Ingress with what is behind it, as the ingress controller of an application gateway
// writes it into its gateway.
type GatewayRoute struct {
	Ingress     string       // namespace/name
	Host        string       // empty: every host
	Paths       []string     // patterns, such as /api and /api/*; empty: what no other path of the host takes
	Service     string       // namespace/name
	ServicePort string       // number or name, as the Ingress has it
	TargetPort  int32        // of the pods
	Pods        []netip.Addr // that are ready
}

// Infrastructure is the cloud below the simulated clusters. Its answers are the only opinion about the network: the
// simulated kubelet never decides itself what a pod can reach.
type Infrastructure interface {
	// ClusterByServer finds the cluster whose API server has this host name (the kubeconfig's server).
	// An error means that no such API server answers. One that wraps ErrNoSuchCluster means that the cluster does not
	// exist (any more): its objects are forgotten.
	ClusterByServer(host string) (Cluster, error)
	// Trace follows a flow from a node or pod of a cluster (egress.Flow.From is Cluster.ID), or from whoever runs Pulumi
	// and kubectl (egress.FromOperator).
	Trace(flow egress.Flow) egress.Trace
	// ServiceAddress gives a Service of type LoadBalancer its address, as AKS's cloud controller manager does: a public
	// IP in the node resource group, or a private one for internal. Asking again answers the same address.
	ServiceAddress(service LoadBalancerService) (netip.Addr, error)
	// ReleaseServiceAddress takes it back; unknown services are fine.
	ReleaseServiceAddress(clusterID, namespace, name, uid string) error
	// TrafficFrontend answers the ALB Controller, which asks as a workload for a frontend of the Application Gateway for
	// Containers with an ARM id. An error is Azure's refusal: of the token, of a role, or of what is missing.
	TrafficFrontend(as Workload, controllerID, frontend string) (TrafficFrontend, error)
	// ProgramGateway is what the ingress controller of a cluster's application gateway asks of Azure: it makes the
	// gateway if there is none, writes all routes into it, and answers the gateway's public address.
	ProgramGateway(clusterID string, routes []GatewayRoute) (netip.Addr, error)
}
