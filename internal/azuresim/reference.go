package azuresim

import (
	"maps"
	"strings"
)

// groupNotFound is ARM's answer to a resource in a group that does not exist.
func groupNotFound(name string) *armError { return refuseMissingGroup.because(name) }

// resourceNotFound is ARM's answer to an id without a resource.
func resourceNotFound(id string) error {
	_, path, _ := strings.Cut(id, "/providers/")
	return refuseMissingResource.because(path, groupOf(id))
}

// referenced is the resource of a reference, which must exist, be of a type (token without version) and, unless region
// is empty, be in the region.
func (op *operation) referenced(id, by, token, region string) (*Record, error) {
	r, ok := op.get(id)
	if !ok || unversioned(r.Token) != token {
		return nil, refuseReference.because(id, by)
	}
	if home := text(r.Outputs, "location"); region != "" && home != "" && !sameLocation(home, region) {
		return nil, refuseReference.because(id, by)
	}
	return r, nil
}

// holder is a resource that refers to another one.
type holder struct {
	*Record
	id string // of the part that refers, such as a firewall's ipConfiguration; the record's where the part has none
}

// holders are the resources of these types that refer to id, sorted by id.
func (op *operation) holders(id string, tokens ...string) []holder {
	var found []holder
	for _, token := range tokens {
		for _, r := range op.list(token) {
			outputs := maps.Clone(r.Outputs)
			delete(outputs, "addonProfiles") // an add-on's settings name resources that it does not hold
			if part, ok := refers(outputs, id, r.ID); ok {
				found = append(found, holder{r, part})
			}
		}
	}
	return found
}

// refers looks for a reference {"id": id} and answers the id of the object around it, or outer where it has none.
func refers(v any, id, outer string) (string, bool) {
	switch v := v.(type) {
	case string:
		return outer, strings.EqualFold(v, id)
	case []any:
		for _, item := range v {
			if part, ok := refers(item, id, outer); ok {
				return part, true
			}
		}
	case map[string]any:
		own := text(v, "id")
		for name, item := range v {
			switch {
			case name == "id" && strings.EqualFold(own, id):
				return outer, true
			case name == "id":
			default:
				inner := outer
				if own != "" {
					inner = own
				}
				if part, ok := refers(item, id, inner); ok {
					return part, true
				}
			}
		}
	}
	return "", false
}
