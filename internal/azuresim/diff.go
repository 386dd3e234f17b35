package azuresim

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// diff compares inputs as azure-native does: old inputs against new ones (azure-native.md 1.4; diff.go and provider.go
// of azure-native v2). One case is absent: azure-native does not replace for a new input that equals the old output.
func (t resourceType) diff(olds, news resource.PropertyMap) plugin.DiffResult {
	d := olds.Diff(news, resource.IsInternalPropertyKey)
	if d != nil {
		forgetSpelling(d)
	}
	result := plugin.DiffResult{Changes: plugin.DiffNone}
	if d == nil || !d.AnyChanges() {
		return result
	}
	result.Changes = plugin.DiffSome
	result.ChangedKeys = d.ChangedKeys()
	slices.Sort(result.ChangedKeys)
	result.DetailedDiff = map[string]plugin.PropertyDiff{}
	t.detailObject(d, "", result.DetailedDiff)
	for path, change := range result.DetailedDiff {
		if change.Kind.IsReplace() {
			result.ReplaceKeys = append(result.ReplaceKeys, resource.PropertyKey(path))
		}
	}
	slices.Sort(result.ReplaceKeys)
	result.DeleteBeforeReplace = len(result.ReplaceKeys) > 0
	if created, ok := olds[createBeforeDelete]; ok && created.IsBool() {
		result.DeleteBeforeReplace = !created.BoolValue()
	}
	return result
}

// forgetSpelling drops the changes that azure-native overlooks: of a location in case and blanks, of a resource group's
// name in case, and of a SKU between the old and the new words for AKS tiers.
func forgetSpelling(d *resource.ObjectDiff) {
	for name, same := range map[resource.PropertyKey]func(was, is resource.PropertyValue) bool{
		"location":          sameText(sameLocation),
		"resourceGroupName": sameText(strings.EqualFold),
		"sku":               sameClusterSKU,
	} {
		if change, ok := d.Updates[name]; ok && same(change.Old, change.New) {
			delete(d.Updates, name)
		}
	}
}

func sameText(same func(a, b string) bool) func(was, is resource.PropertyValue) bool {
	return func(was, is resource.PropertyValue) bool {
		return was.IsString() && is.IsString() && same(was.StringValue(), is.StringValue())
	}
}

// sameClusterSKU tells whether both are {name, tier} and mean the same tier of AKS, which renamed them: Basic is Base,
// Paid is Standard. azure-native asks this of every type.
func sameClusterSKU(was, is resource.PropertyValue) bool {
	if !was.IsObject() || !is.IsObject() || len(was.ObjectValue()) != 2 || len(is.ObjectValue()) != 2 {
		return false
	}
	same := func(key resource.PropertyKey, before, after string) bool {
		a, b := was.ObjectValue()[key], is.ObjectValue()[key]
		if !a.IsString() || !b.IsString() {
			return false
		}
		renamed := []string{before, after}
		return a.StringValue() == b.StringValue() ||
			slices.Contains(renamed, a.StringValue()) && slices.Contains(renamed, b.StringValue())
	}
	return same("name", "Basic", "Base") && same("tier", "Paid", "Standard")
}

// detailObject lists the changes of an object at a path, which is "" for the resource itself. Only the resource's own
// properties replace it, together with values that change somewhere in them; what is added or removed deeper does not.
func (t resourceType) detailObject(d *resource.ObjectDiff, path string, into map[string]plugin.PropertyDiff) {
	kind := func(name string, k plugin.DiffKind) plugin.PropertyDiff {
		if path == "" && t.replaces(name) {
			k = k.AsReplace()
		}
		return plugin.PropertyDiff{Kind: k, InputDiff: true}
	}
	for name := range d.Adds {
		into[join(path, string(name))] = kind(string(name), plugin.DiffAdd)
	}
	for name := range d.Deletes {
		into[join(path, string(name))] = kind(string(name), plugin.DiffDelete)
	}
	for name, change := range d.Updates {
		t.detailValue(change, join(path, string(name)), into)
	}
}

// detailValue lists the changes of a value at a path.
func (t resourceType) detailValue(d resource.ValueDiff, path string, into map[string]plugin.PropertyDiff) {
	switch {
	case d.Object != nil:
		t.detailObject(d.Object, path, into)
	case d.Array != nil:
		for i := range d.Array.Adds {
			into[item(path, i)] = plugin.PropertyDiff{Kind: plugin.DiffAdd, InputDiff: true}
		}
		for i := range d.Array.Deletes {
			into[item(path, i)] = plugin.PropertyDiff{Kind: plugin.DiffDelete, InputDiff: true}
		}
		for i, change := range d.Array.Updates {
			t.detailValue(change, item(path, i), into)
		}
	default:
		kind := plugin.DiffUpdate
		if top, _, _ := strings.Cut(path, "."); t.replaces(top) {
			kind = plugin.DiffUpdateReplace
		}
		into[path] = plugin.PropertyDiff{Kind: kind, InputDiff: true}
	}
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func item(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// replaces tells whether a change of a top-level property replaces the resource.
func (t resourceType) replaces(name string) bool {
	return slices.Contains(t.kind.replace, name) || slices.Contains(t.kind.parameters(), name)
}
