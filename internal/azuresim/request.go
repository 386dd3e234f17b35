package azuresim

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/arm"

	"aks-egress/egress/endpoints"
)

// request puts a resource as an ARM PUT does: what holds for every type, then what its kind says. desired needs token,
// id and inputs, path parameters among them; it gets its outputs and is written.
func (op *operation) request(desired *Record) error {
	token := unversioned(desired.Token)
	k, ok := kinds[token]
	if !ok {
		return fmt.Errorf("%s: not simulated", desired.Token)
	}
	old, _ := op.get(desired.ID)
	if sameID(desired.ID, op.id) {
		desired.Seed = op.seed
	}
	if old != nil {
		desired.Seed = cmp.Or(old.Seed, desired.Seed)
		desired.ID = old.ID // the spelling of the first PUT stays
		if old.Owner != "" {
			desired.Owner = old.Owner
		}
	}
	if err := op.common(k, old, desired); err != nil {
		return err
	}
	err := k.put(op, old, desired)
	if err == nil || isPartial(err) {
		op.put(desired)
	}
	return err
}

// isPartial tells whether a refusal leaves the resource behind.
func isPartial(err error) bool {
	var partial *partialError
	return errors.As(err, &partial)
}

// common is what ARM decides before the resource provider sees the request.
func (op *operation) common(k kind, old, desired *Record) error {
	if parent := k.parent(desired.ID); parent != "" {
		if group := groupOf(desired.ID); !op.exists(groupID(group)) {
			return groupNotFound(group)
		}
		if !op.exists(parent) {
			return refuseMissingParent.because(nameOf(parent))
		}
	}
	if err := checkRegion(k, desired); err != nil {
		return err
	}
	here, now := text(recordOutputs(old), "location"), text(desired.Inputs, "location")
	switch {
	case here == "" || now == "" || sameLocation(here, now):
	case k.token == resourceGroupToken:
		return refuseOtherGroupLocation.because(location(now), location(here))
	default:
		return refuseOtherLocation.because(nameOf(desired.ID), location(here), groupOf(desired.ID), location(now))
	}
	return checkSets(k.token, desired.Inputs)
}

// checkRegion refuses regions that do not exist. Which types a region offers is not simulated.
func checkRegion(k kind, desired *Record) error {
	given := text(desired.Inputs, "location")
	known := endpoints.Regions()
	switch region := location(given); {
	case region == "", region == "global", slices.Contains(known, region):
		return nil
	case k.token == resourceGroupToken:
		return refuseGroupLocation.because(given, strings.Join(known, ","))
	default:
		armType := ""
		if id, err := arm.ParseResourceID(desired.ID); err == nil {
			armType = id.ResourceType.String()
		}
		return refuseLocation.because(given, armType, strings.Join(known, ","))
	}
}

func (op *operation) exists(id string) bool {
	_, ok := op.get(id)
	return ok
}

// recordOutputs are the outputs of a record that may be nil.
func recordOutputs(r *Record) map[string]any {
	if r == nil {
		return nil
	}
	return r.Outputs
}
