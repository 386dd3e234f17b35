package deploytime

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"aks-egress/internal/topology"
)

// resource is what a state says of a resource, as far as order goes.
type resource struct {
	URN                  string              `json:"urn"`
	Type                 string              `json:"type"`
	Custom               bool                `json:"custom"`
	External             bool                `json:"external"`
	Delete               bool                `json:"delete"` // it waits for deletion
	Parent               string              `json:"parent"`
	Provider             string              `json:"provider"` // urn::id
	DeletedWith          string              `json:"deletedWith"`
	Dependencies         []string            `json:"dependencies"`
	PropertyDependencies map[string][]string `json:"propertyDependencies"`
}

type state struct {
	Resources []resource `json:"resources"`
}

// read takes the resources of a state file that are there, in its order.
func read(r io.Reader) ([]resource, error) {
	var file struct {
		Deployment *state `json:"deployment"`
		Checkpoint *struct {
			Latest *state `json:"latest"`
		} `json:"checkpoint"`
	}
	if err := json.NewDecoder(r).Decode(&file); err != nil {
		return nil, fmt.Errorf("%w: %w", topology.ErrNotADeployment, err)
	}
	var all []resource
	switch {
	case file.Deployment != nil:
		all = file.Deployment.Resources
	case file.Checkpoint == nil:
		return nil, fmt.Errorf("%w: there is neither a deployment nor a checkpoint in it", topology.ErrNotADeployment)
	case file.Checkpoint.Latest != nil:
		all = file.Checkpoint.Latest.Resources
	}
	return slices.DeleteFunc(all, func(r resource) bool { return r.Delete }), nil
}

// waitsFor are the URNs of all that the engine wants to be there first: what inputs come from, what the program says,
// the parent, the provider, and that whose deletion takes it along.
func (r *resource) waitsFor() []string {
	urns := slices.Clone(r.Dependencies)
	for _, list := range r.PropertyDependencies {
		urns = append(urns, list...)
	}
	if i := strings.LastIndex(r.Provider, "::"); i >= 0 {
		urns = append(urns, r.Provider[:i])
	}
	urns = append(urns, r.Parent, r.DeletedWith)
	slices.Sort(urns) // of equally long ways the same one is told each time
	return slices.Compact(urns)
}

// name is Pulumi's name of a resource, the end of its URN.
func (r *resource) name() string {
	if i := strings.LastIndex(r.URN, "::"); i >= 0 {
		return r.URN[i+len("::"):]
	}
	return r.URN
}
