package azuresim

import "fmt"

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
			desired.Outputs = answer(desired, "Microsoft.Resources/resourceGroups")
			delete(desired.Outputs, "provisioningState")
			desired.Outputs["properties"] = map[string]any{"provisioningState": "Succeeded"}
			return nil
		},
		remove: removeGroup,
	}
}

// removeGroup deletes everything in the group, as ARM does: whatever can go goes, until nothing is left or what is left
// is in use from outside the group.
func removeGroup(op *operation, group *Record) error {
	for {
		inside := op.within(group.ID)
		if len(inside) == 0 {
			return nil
		}
		progress, first := false, error(nil)
		for _, r := range inside {
			if !op.exists(r.ID) {
				progress = true
				continue
			}
			switch err := op.attempt(func() error { return op.delete(r) }); {
			case err == nil:
				progress = true
			case first == nil:
				first = fmt.Errorf("%s: %w", r.ID, err)
			}
		}
		if !progress {
			return first
		}
	}
}
