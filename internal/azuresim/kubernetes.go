package azuresim

import (
	"fmt"
	"net/netip"
	"strings"

	"aks-egress/egress"
	"aks-egress/internal/kubesim"
)

const (
	serviceTag     = "k8s-azure-service"
	clusterNameTag = "k8s-azure-cluster-name"

	// maxServices is how many services of type LoadBalancer a cluster can have (azure-facts 11.3).
	maxServices = 300
)

// infrastructure is the cloud as the simulated clusters see it.
type infrastructure struct{ cloud *Cloud }

// Kubernetes is the cloud below the simulated clusters.
func (c *Cloud) Kubernetes() kubesim.Infrastructure { return infrastructure{c} }

// ClusterByServer finds a cluster by its API server's host name, public or private. Who may reach it there is for Trace
// to say. A cluster whose nodes could not boot has no node.
func (i infrastructure) ClusterByServer(host string) (kubesim.Cluster, error) {
	var found kubesim.Cluster
	err := i.cloud.do("", "", func(op *operation) error {
		for _, r := range op.list(managedClusterToken) {
			if strings.EqualFold(text(r.Outputs, "fqdn"), host) || strings.EqualFold(text(r.Outputs, "privateFQDN"), host) {
				found = kubernetesCluster(op, r)
				return nil
			}
		}
		return fmt.Errorf("lookup %s: no such host: %w in the simulated Azure has this API server",
			host, kubesim.ErrNoSuchCluster)
	})
	return found, err
}

func kubernetesCluster(op *operation, r *Record) kubesim.Cluster {
	cluster := kubesim.Cluster{ID: r.ID, Version: text(r.Outputs, "currentKubernetesVersion")}
	if text(r.Outputs, "provisioningState") != "Failed" {
		for _, pool := range objects(r.Outputs, "agentPoolProfiles") {
			if text(pool, "provisioningState") != "Failed" {
				n, _ := number(pool, "count")
				cluster.NodeCount += int(n)
			}
		}
	}
	for _, id := range nodeSubnets(op, r) {
		if subnet, ok := op.get(id); ok {
			cluster.NodeSubnet = subnetRange(subnet)
			break
		}
	}
	if address, ok := op.allocation(r.ID); ok {
		cluster.Address = address.Prefix.Addr()
	}
	network := object(r.Outputs, "networkProfile")
	cluster.Services, _ = netip.ParsePrefix(text(network, "serviceCidr")) // checked when the cluster was made
	if pods := text(network, "podCidr"); pods != "" {
		cluster.PodCIDR, _ = netip.ParsePrefix(pods)
	}
	if controller := controllerOf(op, r); controller != nil {
		cluster.IngressController = true
		if address, ok := op.get(controller.address().id); ok {
			cluster.GatewayAddress, _ = netip.ParseAddr(text(address.Outputs, "ipAddress"))
		}
	}
	return cluster
}

// Trace follows a flow of a node, a pod or the operator through the network as it is now.
func (i infrastructure) Trace(flow egress.Flow) egress.Trace {
	network, err := i.cloud.Network()
	if err != nil {
		return egress.Trace{Disposition: egress.Insufficient, Reason: err.Error()}
	}
	return network.Trace(flow)
}

// ServiceAddress is what AKS's cloud controller manager does for a Service of type LoadBalancer (azure-facts 1.7, 8):
// its own frontend on the load balancer "kubernetes" with its own public IP, or on "kubernetes-internal" with an
// address of the node subnet. A service that was the other kind before loses its old address.
func (i infrastructure) ServiceAddress(of kubesim.LoadBalancerService) (netip.Addr, error) {
	var addr netip.Addr
	err := i.service(of.ClusterID, of.Namespace, of.Name, of.UID, func(s *service) (err error) {
		if addr, err = s.address(of.Internal, of.Ports); err != nil {
			return err
		}
		s.remove(!of.Internal)
		if of.Internal {
			return nil
		}
		return s.allow(addr, of.Ports)
	})
	return addr, err
}

// ReleaseServiceAddress removes a service's frontend, rule and public IP.
func (i infrastructure) ReleaseServiceAddress(clusterID, namespace, name, uid string) error {
	if _, ok := i.find(clusterID); !ok {
		return nil
	}
	return i.service(clusterID, namespace, name, uid, func(s *service) error {
		s.remove(false)
		s.remove(true)
		return nil
	})
}

func (i infrastructure) find(clusterID string) (cluster *Record, ok bool) {
	_ = i.cloud.do("", "", func(op *operation) error { // reads only
		cluster, ok = op.get(clusterID)
		return nil
	})
	return cluster, ok
}

// service runs one request of the cloud controller manager about a service.
func (i infrastructure) service(clusterID, namespace, name, uid string, f func(*service) error) error {
	seed := ""
	if r, ok := i.find(clusterID); ok {
		seed = text(r.Outputs, "dnsPrefix") // addresses must not depend on the cluster's random name
	}
	return i.cloud.do(clusterID, seed, func(op *operation) error {
		cluster, ok := op.get(clusterID)
		if !ok {
			return resourceNotFound(clusterID)
		}
		s := &service{op: op, cluster: cluster, name: namespace + "/" + name, balancerName: balancerName(uid)}
		return f(s)
	})
}
