package azuresim

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// diff compares inputs as azure-native does (azure-native.md 1.4): old inputs against new ones, locations in normal
// form.
func (t resourceType) diff(olds, news resource.PropertyMap) plugin.DiffResult {
	result := plugin.DiffResult{Changes: plugin.DiffNone}
	old, had := olds["location"]
	now, has := news["location"]
	if had && has && old.IsString() && now.IsString() && sameLocation(old.StringValue(), now.StringValue()) {
		olds = olds.Copy()
		olds["location"] = now
	}
	d := olds.Diff(news, resource.IsInternalPropertyKey)
	if d == nil {
		return result
	}
	result.Changes = plugin.DiffSome
	result.ChangedKeys = d.ChangedKeys()
	slices.Sort(result.ChangedKeys)
	result.DetailedDiff = plugin.NewDetailedDiffFromObjectDiff(d, true)
	for path, change := range result.DetailedDiff {
		parsed, err := resource.ParsePropertyPath(path)
		if err == nil && len(parsed) > 0 && t.replaces(parsed[0]) {
			result.DetailedDiff[path] = change.ToReplace()
		}
	}
	for _, k := range result.ChangedKeys {
		if t.replaces(string(k)) {
			result.ReplaceKeys = append(result.ReplaceKeys, k)
		}
	}
	randomName := news[createBeforeDelete]
	result.DeleteBeforeReplace = len(result.ReplaceKeys) > 0 && (!randomName.IsBool() || !randomName.BoolValue())
	return result
}

// replaces tells whether a change of a top-level property replaces the resource.
func (t resourceType) replaces(property any) bool {
	name, _ := property.(string)
	return slices.Contains(t.kind.replace, name) || slices.Contains(t.kind.parameters(), name)
}
