package azuresim

import "fmt"

// Record is one simulated ARM resource. Inputs and outputs have the SDK's flattened shape; numbers are float64, lists
// are []any and objects map[string]any, as after a JSON round trip. Secrets and unknowns never get here.
type Record struct {
	Token   string         `json:"token"`             // Pulumi token, with API version where the program used one
	ID      string         `json:"id"`                // ARM id
	Inputs  map[string]any `json:"inputs,omitempty"`  // what the program sent, after Check
	Outputs map[string]any `json:"outputs,omitempty"` // what Azure answers
	Owner   string         `json:"owner,omitempty"`   // ARM id of the cluster that made it by itself; empty: the program's
	Seed    string         `json:"seed,omitempty"`    // stood for the id where addresses were chosen
}

// naming is how azure-native names a resource whose name is not given (azure-native.md 1.2).
type naming int

const (
	randomName naming = iota // Pulumi name plus 8 hex digits; replacement creates first
	copiedName               // Pulumi name; replacement deletes first
	uuidName                 // a UUID; replacement creates first
)

// kind is the behaviour of one ARM resource type behind azure-native.
type kind struct {
	token     string   // without API version: azure-native:network:VirtualNetwork
	path      string   // ARM URL with {param} per SDK input (azure-native.md, appendix)
	autoname  string   // the last path parameter
	naming    naming   //
	replace   []string // properties that replace the resource, besides the path parameters
	maintains []string // lists kept when unset: [] on create, copied from the cloud on update (azure-native.md 1.1.9)
	absent    []string // paths of inputs that Azure has and the simulation lacks; Check refuses them by name

	// put decides a create (old is nil) or update: it refuses with an *armError as Azure would, or sets
	// desired.Outputs to what Azure answers. desired.ID and desired.Inputs are set; path parameters are in Inputs.
	put func(op *operation, old, desired *Record) error
	// remove refuses a delete, or removes what Azure removes with it. The record itself is removed by the caller.
	remove func(op *operation, r *Record) error
	// show adds to r.Outputs what Azure computes from other resources: subnets of a network, users of an address.
	// Such outputs are never stored. It may be nil.
	show func(op *operation, r *Record)
}

// armError is a refusal in Azure's own words.
type armError struct {
	row     *Refusal // of the table
	Status  int      // HTTP status
	Code    string   // such as InUseSubnetCannotBeDeleted
	Subcode string   // AKS only
	Message string
	Target  string // AKS only, such as properties.vnetSubnetID
}

// Error has the shape in which azure-native shows ARM's answers.
func (e *armError) Error() string {
	return fmt.Sprintf("Status=%d Code=%q Message=%q", e.Status, e.Code, e.Message)
}
