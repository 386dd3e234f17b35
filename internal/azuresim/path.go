package azuresim

import (
	"fmt"
	"strings"
)

// parameters are the {names} in a kind's path that a program sets, in order.
func (k kind) parameters() []string {
	var names []string
	for part := range strings.SplitSeq(k.path, "/") {
		if name, ok := parameter(part); ok && name != "subscriptionId" {
			names = append(names, name)
		}
	}
	return names
}

// parameter is the name in "{name}".
func parameter(part string) (string, bool) {
	name, ok := strings.CutPrefix(part, "{")
	return strings.TrimSuffix(name, "}"), ok
}

// id fills a kind's path with a resource's inputs. Every parameter must be known.
func (k kind) id(inputs map[string]any) (string, error) {
	parts := strings.Split(k.path, "/")
	for i, part := range parts {
		name, ok := parameter(part)
		switch {
		case !ok:
		case name == "subscriptionId":
			parts[i] = SubscriptionID
		default:
			value := strings.Trim(text(inputs, name), "/")
			if value == "" {
				return "", fmt.Errorf("%s %s: must be a known, non-empty string (got %s)",
					k.token, name, describe(inputs[name]))
			}
			parts[i] = value
		}
	}
	return strings.Join(parts, "/"), nil
}

// inputs are the path parameters that an id has: the inverse of id. A scope may span several parts of the id.
func (k kind) inputs(id string) (map[string]any, error) {
	found := map[string]any{}
	rest := id
	if scoped, ok := strings.CutPrefix(k.path, "/{scope}"); ok {
		head, _, _ := strings.Cut(scoped, "/{")
		at := strings.LastIndex(strings.ToLower(id), strings.ToLower(head)+"/")
		if at < 0 {
			return nil, k.mismatch(id)
		}
		found["scope"] = strings.TrimPrefix(id[:at], "/")
		rest, k.path = id[at:], scoped
	}
	parts, values := strings.Split(k.path, "/"), strings.Split(rest, "/")
	if len(parts) != len(values) {
		return nil, k.mismatch(id)
	}
	for i, part := range parts {
		name, ok := parameter(part)
		switch {
		case !ok && !strings.EqualFold(part, values[i]):
			return nil, k.mismatch(id)
		case ok && name != "subscriptionId":
			found[name] = values[i]
		}
	}
	return found, nil
}

func (k kind) mismatch(id string) error {
	return fmt.Errorf("%s id: must have the form %s (got %q)", k.token, k.path, id)
}

// parent is the id of the resource that must exist before this one: the resource group, or the resource that a child
// belongs to; "" for resource groups and role assignments, which look after that themselves.
func (k kind) parent(id string) string {
	_, below, ok := strings.Cut(k.path, "/providers/")
	switch {
	case !ok || strings.HasPrefix(k.path, "/{scope}"):
		return ""
	case strings.Count(below, "{") > 1:
		return parentOf(id)
	default:
		return groupID(groupOf(id))
	}
}
