package azuresim

import "strings"

// at is the value below m along keys, or nil.
func at(m map[string]any, keys ...string) any {
	var v any = m
	for _, k := range keys {
		o, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = o[k]
	}
	return v
}

// text is the string at keys, or "".
func text(m map[string]any, keys ...string) string {
	s, _ := at(m, keys...).(string)
	return s
}

// number is the number at keys, and whether there is one.
func number(m map[string]any, keys ...string) (float64, bool) {
	n, ok := at(m, keys...).(float64)
	return n, ok
}

// flag is the boolean at keys, or false.
func flag(m map[string]any, keys ...string) bool {
	b, _ := at(m, keys...).(bool)
	return b
}

// object is the object at keys, or nil.
func object(m map[string]any, keys ...string) map[string]any {
	o, _ := at(m, keys...).(map[string]any)
	return o
}

// items is the list at keys, or nil.
func items(m map[string]any, keys ...string) []any {
	l, _ := at(m, keys...).([]any)
	return l
}

// objects are the objects of the list at keys.
func objects(m map[string]any, keys ...string) []map[string]any {
	var found []map[string]any
	for _, v := range items(m, keys...) {
		if o, ok := v.(map[string]any); ok {
			found = append(found, o)
		}
	}
	return found
}

// texts are the strings of the list at keys.
func texts(m map[string]any, keys ...string) []string {
	var found []string
	for _, v := range items(m, keys...) {
		if s, ok := v.(string); ok {
			found = append(found, s)
		}
	}
	return found
}

// reference is {"id": id}, a SubResource.
func reference(id string) map[string]any { return map[string]any{"id": id} }

// sameID compares ARM ids and other Azure names.
func sameID(a, b string) bool { return strings.EqualFold(a, b) }

// nameOf is the last part of an ARM id.
func nameOf(id string) string { return id[strings.LastIndexByte(id, '/')+1:] }

// parentOf is the id of the resource that a child resource belongs to: the id without its last two parts.
func parentOf(id string) string {
	for range 2 {
		id = id[:max(strings.LastIndexByte(id, '/'), 0)]
	}
	return id
}

// groupOf is the name of the resource group in an ARM id, or "".
func groupOf(id string) string {
	parts := strings.Split(id, "/")
	for i := 0; i+1 < len(parts); i++ {
		if strings.EqualFold(parts[i], "resourceGroups") {
			return parts[i+1]
		}
	}
	return ""
}

// groupID is the ARM id of a resource group.
func groupID(name string) string {
	return "/subscriptions/" + SubscriptionID + "/resourceGroups/" + name
}

// sameLocation compares Azure regions: "West Europe" is "westeurope".
func sameLocation(a, b string) bool { return location(a) == location(b) }

// location is the normal form of a region's name.
func location(name string) string { return strings.ToLower(strings.ReplaceAll(name, " ", "")) }

// unversioned is a token without its API version: azure-native:network/v20240501:Subnet → azure-native:network:Subnet
func unversioned(token string) string {
	module, rest, versioned := strings.Cut(token, "/")
	_, name, typed := strings.Cut(rest, ":")
	if !versioned || !typed {
		return token
	}
	return module + ":" + name
}
