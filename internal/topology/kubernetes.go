package topology

import (
	"slices"
	"strings"

	"aks-egress/egress"
)

const (
	kubernetesProvider = "pulumi:providers:kubernetes"

	// internalAnnotation makes a service's load balancer private (azure-facts 7.6).
	internalAnnotation = "service.beta.kubernetes.io/azure-load-balancer-internal"
)

// podSpecs is where objects that run containers have the specification of their pods, by kind.
var podSpecs = map[string][]string{
	"Pod":                   {"spec"},
	"Deployment":            {"spec", "template", "spec"},
	"DaemonSet":             {"spec", "template", "spec"},
	"StatefulSet":           {"spec", "template", "spec"},
	"ReplicaSet":            {"spec", "template", "spec"},
	"ReplicationController": {"spec", "template", "spec"},
	"Job":                   {"spec", "template", "spec"},
	"CronJob":               {"spec", "jobTemplate", "spec", "template", "spec"},
}

// kubernetes gives every cluster the services, ingresses and images of its Kubernetes objects. Objects whose cluster is
// not in the network are unknown.
func (b *builder) kubernetes(resources []Resource) {
	var objects []Resource
	for _, r := range resources {
		if t, ok := splitToken(r.Type); ok && t.pkg == kubernetesPackage &&
			(isService(t) || podSpecs[t.name] != nil || ingressReaders[t] != nil || isGatewayIngress(t, r.Properties)) {
			objects = append(objects, r)
		}
	}
	if len(objects) == 0 {
		return
	}
	sortBy(objects, func(r Resource) string { return r.Source + " " + r.URN + " " + r.Type + " " + r.ID })
	where := newPlacement(resources)
	for _, r := range objects {
		if hidden(r.Properties) {
			b.leave(r, allHidden)
			continue
		}
		t, _ := splitToken(r.Type)
		p := &properties{values: r.Properties, at: at(r, r.Type+" "+r.ID), errs: &b.errs}
		switch read := ingressReaders[t]; {
		case read != nil:
			read(b, r, p, where)
		case isService(t):
			b.service(r, p, where)
		case podSpecs[t.name] != nil:
			b.workload(r, p, podSpecs[t.name], where)
		default:
			b.ingress(r, p, where)
		}
	}
}

// isService tells Kubernetes' own services from those of others, such as Knative's.
func isService(t token) bool { return t.module == "core" && t.name == "Service" }

func (b *builder) service(r Resource, p *properties, where *placement) {
	if hides(p.raw("spec")) || hides(p.raw("metadata")) {
		b.leave(r, "its specification or metadata is or holds a secret, or is not known yet")
		return
	}
	spec := p.object("spec")
	if spec.text("type") != "LoadBalancer" {
		return
	}
	c := b.cluster(where.cluster(r))
	if c == nil {
		b.leave(r, noCluster)
		return
	}
	s := egress.Service{Internal: p.object("metadata").object("annotations").text(internalAnnotation) == "true"}
	s.Namespace, s.Name, _ = strings.Cut(r.ID, "/")
	for _, ingress := range p.object("status").object("loadBalancer").objects("ingress") {
		if addr := ingress.addr("ip"); addr.IsValid() {
			s.Addresses = append(s.Addresses, addr)
		}
	}
	for _, port := range spec.objects("ports") {
		s.Ports = append(s.Ports, egress.ServicePort{Port: port.port("port"), Protocol: port.text("protocol")})
	}
	c.Services = put(b, c.Services, "services", c.ID+"/"+r.ID, s)
}

func (b *builder) workload(r Resource, p *properties, path []string, where *placement) {
	images, shown := readImages(p, path)
	if !shown {
		b.leave(r, "its images are or are in a secret, or are not known yet")
		return
	}
	if len(images) == 0 {
		return
	}
	c := b.cluster(where.cluster(r))
	if c == nil {
		b.leave(r, noCluster)
		return
	}
	c.Images = append(c.Images, images...)
}

const noCluster = "its cluster is not in the network"

// readImages are the images of the containers below path; false when one is hidden.
func readImages(p *properties, path []string) ([]string, bool) {
	for _, key := range path {
		if hidden(p.raw(key)) {
			return nil, false
		}
		p = p.object(key)
	}
	var images []string
	for _, list := range []string{"initContainers", "containers"} {
		if hidden(p.raw(list)) || slices.ContainsFunc(p.list(list), hidden) {
			return nil, false
		}
		for _, container := range p.objects(list) {
			if hidden(container.raw("image")) {
				return nil, false
			}
			if image := container.text("image"); image != "" {
				images = append(images, image)
			}
		}
	}
	return images, true
}

// placement tells in which cluster a Kubernetes object is.
type placement struct {
	only      map[string]string // by source: the id of its only cluster, or severalClusters
	providers map[string]string // by source and URN: the ARM id of the cluster that a provider says it is for
}

// severalClusters is no id: it stands for more clusters than one.
const severalClusters = "*"

func newPlacement(resources []Resource) *placement {
	w := &placement{only: map[string]string{}, providers: map[string]string{}}
	for _, r := range resources {
		if r.Type == kubernetesProvider {
			id := (&properties{values: r.Properties, errs: new([]error)}).text("clusterIdentifier")
			if isCluster(id) {
				w.providers[r.Source+" "+r.URN] = id
			}
			continue
		}
		if t, ok := splitToken(r.Type); !ok || t != (token{azureNative, "containerservice", "ManagedCluster"}) {
			continue
		}
		id := strings.ToLower(r.ID)
		if known := w.only[r.Source]; known != "" && known != id {
			id = severalClusters
		}
		w.only[r.Source] = id
	}
	return w
}

// cluster is the id of an object's cluster: what its provider says, else the only one of the same source.
func (w *placement) cluster(r Resource) string {
	provider := r.Provider
	if i := strings.LastIndex(provider, "::"); i >= 0 {
		provider = provider[:i]
	}
	if id := w.providers[r.Source+" "+provider]; id != "" {
		return id
	}
	return w.only[r.Source]
}

// isCluster tells the ARM id of a managed cluster from other names that a provider's clusterIdentifier may hold.
func isCluster(id string) bool {
	id = strings.ToLower(id)
	return groupOf(id) != "" && strings.HasSuffix(parentID(id), "/providers/microsoft.containerservice") &&
		strings.Contains(id, "/managedclusters/")
}
