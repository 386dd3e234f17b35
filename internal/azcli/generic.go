package azcli

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// genericFlags change any property of the body, as the update commands of az can.
var genericFlags = []flag{
	{name: "set", kind: list, usage: "property.path=value"},
	{name: "remove", kind: list, usage: "property.path, or a list's property.path and an index"},
}

// generic makes the changes of --set and --remove. A property that is set and does not exist is refused when the body
// is put.
func (c *call) generic(body map[string]any) error {
	for _, assignment := range c.list("set") {
		path, value, ok := strings.Cut(assignment, "=")
		parent, name := c.parent(body, path)
		if !ok || parent == nil {
			return c.command.usage("--set %s: the form is property.path=value, and all but the last property must exist",
				assignment)
		}
		parent[name] = literal(value)
	}
	removals := c.list("remove")
	for i := 0; i < len(removals); i++ {
		path := removals[i]
		parent, name := c.parent(body, path)
		value, ok := parent[name]
		if !ok {
			return c.command.usage("--remove %s: the resource has no such property", path)
		}
		items, isList := value.([]any)
		if i+1 < len(removals) && isList {
			if index, err := strconv.Atoi(removals[i+1]); err == nil {
				i++
				if index < 0 || index >= len(items) {
					return c.command.usage("--remove %s %d: the list has %d items", path, index, len(items))
				}
				parent[name] = slices.Delete(slices.Clone(items), index, index+1)
				continue
			}
		}
		delete(parent, name)
	}
	return nil
}

// parent is the object that holds the last property of a path, and that property's name; nil where there is none.
func (c *call) parent(body map[string]any, path string) (map[string]any, string) {
	parts := strings.Split(path, ".")
	for _, part := range parts[:len(parts)-1] {
		name, index, isItem := strings.Cut(strings.TrimSuffix(part, "]"), "[")
		inner := body[name]
		if isItem {
			items, _ := inner.([]any)
			i, err := strconv.Atoi(index)
			if err != nil || i < 0 || i >= len(items) {
				return nil, ""
			}
			inner = items[i]
		}
		body, _ = inner.(map[string]any)
		if body == nil {
			return nil, ""
		}
	}
	return body, parts[len(parts)-1]
}

// literal is a value as az reads it: JSON, or else a string.
func literal(value string) any {
	var decoded any
	if err := json.Unmarshal([]byte(value), &decoded); err != nil {
		return value
	}
	return decoded
}
