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
}

// LoadBalancerService is a Service of type LoadBalancer as the cloud controller manager sees it.
type LoadBalancerService struct {
	ClusterID            string // ARM id of the managed cluster
	Namespace, Name, UID string
	Internal             bool // asks for a private address
	Ports                []egress.ServicePort
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
}
