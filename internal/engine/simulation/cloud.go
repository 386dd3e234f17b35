// Package simulation is the simulated Azure and Kubernetes as one cloud for the engine.
//
// It only joins azuresim and kubesim over one store; all behaviour is theirs.
package simulation

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"

	"aks-egress/internal/azuresim"
	"aks-egress/internal/engine"
	"aks-egress/internal/faults"
	"aks-egress/internal/kubesim"
	"aks-egress/internal/store"
)

type cloud struct {
	db         *store.DB
	azure      *azuresim.Cloud
	kubernetes *kubesim.Kubernetes
}

// Options are what surrounds a cloud for as long as it is open.
type Options struct {
	Faults   *faults.Injector // what goes wrong, for this cloud alone; nil: nothing
	Operator netip.Addr       // from where Pulumi and kubectl ask; invalid: azuresim.DefaultOperator
}

// Open opens or creates the simulated Azure and Kubernetes kept in a file.
func Open(path string) (engine.Cloud, error) { return open(path, Options{}) }

// OpenWith is Open with options.
func OpenWith(o Options) engine.OpenCloud {
	return func(path string) (engine.Cloud, error) { return open(path, o) }
}

// FaultSubjects are all types and functions with what can go wrong with them.
func FaultSubjects() []faults.Subject {
	return slices.Concat(azuresim.FaultSubjects(), kubesim.FaultSubjects())
}

func open(path string, o Options) (engine.Cloud, error) {
	db, err := store.Open(path)
	if err != nil {
		return nil, err
	}
	azure, err := azuresim.Open(db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	if o.Operator.IsValid() {
		azure.SetOperator(o.Operator)
	}
	kubernetes, err := kubesim.Open(db, azure.Kubernetes())
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	azure.Inject(o.Faults)
	kubernetes.Inject(o.Faults)
	return &cloud{db, azure, kubernetes}, nil
}

// Providers are the two that the program uses.
func (c *cloud) Providers() map[string]plugin.Provider {
	return map[string]plugin.Provider{
		"azure-native": azuresim.NewProvider(c.azure),
		"kubernetes":   kubesim.NewProvider(c.kubernetes),
	}
}

// Resources lists Azure's resources and the objects of the clusters that exist.
func (c *cloud) Resources() ([]engine.CloudResource, error) {
	var all []engine.CloudResource
	clusters := map[string]bool{}
	for _, r := range c.azure.Records() {
		clusters[strings.ToLower(r.ID)] = true
		all = append(all, engine.CloudResource{Type: r.Token, ID: r.ID, Inputs: r.Inputs, Owned: r.Owner != ""})
	}
	for _, o := range c.kubernetes.Objects() {
		if clusters[strings.ToLower(o.Cluster)] {
			all = append(all, kubernetesResource(o.Manifest))
		}
	}
	slices.SortFunc(all, func(a, b engine.CloudResource) int {
		return strings.Compare(a.Type+" "+a.ID, b.Type+" "+b.ID)
	})
	return all, nil
}

// kubernetesResource is an object as pulumi-kubernetes names it: kubernetes:apps/v1:Deployment with id namespace/name.
func kubernetesResource(manifest map[string]any) engine.CloudResource {
	metadata, _ := manifest["metadata"].(map[string]any)
	apiVersion, _ := manifest["apiVersion"].(string)
	kind, _ := manifest["kind"].(string)
	name, _ := metadata["name"].(string)
	namespace, _ := metadata["namespace"].(string)
	if !strings.Contains(apiVersion, "/") {
		apiVersion = "core/" + apiVersion
	}
	id, key := name, map[string]any{"name": name}
	if namespace != "" {
		id, key["namespace"] = namespace+"/"+name, namespace
	}
	owners, _ := metadata["ownerReferences"].([]any)
	return engine.CloudResource{
		Type: "kubernetes:" + apiVersion + ":" + kind, ID: id,
		Inputs: map[string]any{"metadata": key}, Owned: len(owners) > 0,
	}
}

// Close closes the store.
func (c *cloud) Close() error { return c.db.Close() }
