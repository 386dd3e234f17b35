package azuresim

import (
	"fmt"
	"strings"
)

const resourceGroupToken = "azure-native:resources:ResourceGroup"

// resourceGroupKind is Microsoft.Resources/resourceGroups.
func resourceGroupKind() kind {
	return kind{
		token:    resourceGroupToken,
		path:     "/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}",
		autoname: "resourceGroupName",
		naming:   randomName,
		replace:  []string{"location"},
		put: func(_ *operation, _, desired *Record) error {
			if name := nameOf(desired.ID); strings.HasSuffix(name, ".") {
				return refuseGroupPeriod.because(name)
			}
			desired.Outputs = answer(desired, "Microsoft.Resources/resourceGroups")
			delete(desired.Outputs, "provisioningState")
			desired.Outputs["properties"] = map[string]any{"provisioningState": "Succeeded"}
			return nil
		},
		remove: removeGroup,
	}
}

// removeGroup deletes everything in the group, as ARM does: whatever can go goes, until nothing is left or what is left
// is in use from outside the group. What is gone by then does not come back.
func removeGroup(op *operation, group *Record) error {
	for {
		inside := op.deletable(group)
		if len(inside) == 0 {
			return nil
		}
		progress := false
		var kept, reasons []string
		for _, r := range inside {
			if !op.exists(r.ID) { // gone with another one
				progress = true
				continue
			}
			if err := op.attempt(func() error { return op.delete(r) }); err != nil {
				_, path, _ := strings.Cut(r.ID, "/providers/")
				kept, reasons = append(kept, path), append(reasons, fmt.Sprintf("%s: %v", r.ID, err))
				continue
			}
			progress = true
		}
		if !progress {
			return &partialError{refuseGroupDeletion.because(nameOf(group.ID), strings.Join(kept, ","),
				guid("tracking", group.ID), strings.Join(reasons, "; "))}
		}
	}
}

// deletable are the resources that ARM deletes one by one when it deletes a group: all in it but child resources,
// which share the fate of their parent.
func (op *operation) deletable(group *Record) []*Record {
	var top []*Record
	for _, r := range op.within(group.ID) {
		if parent := kinds[unversioned(r.Token)].parent(r.ID); parent == "" || sameID(parent, group.ID) {
			top = append(top, r)
		}
	}
	return top
}
