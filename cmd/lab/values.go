package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// stringOf is an output that is a text; empty when it is something else or missing.
func stringOf(value any) string {
	s, _ := value.(string)
	return s
}

// stringsOf is an output that is a list of texts.
func stringsOf(value any) []string {
	list, _ := value.([]any)
	var texts []string
	for _, element := range list {
		texts = append(texts, stringOf(element))
	}
	return texts
}

// outputLines is an output as lines: one per element of a list, JSON for what is neither text nor list.
func outputLines(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var lines []string
		for _, element := range v {
			lines = append(lines, outputLines(element)...)
		}
		if lines == nil {
			return []string{"none"}
		}
		return lines
	}
	text, err := json.Marshal(value)
	if err != nil {
		return []string{fmt.Sprint(value)}
	}
	return []string{string(text)}
}

// Words for the usual changes, in the order in which they are told.
var (
	usualChanges = []string{"create", "update", "replace", "delete", "same"}
	done         = map[string]string{
		"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "same": "unchanged",
	}
	toDo = map[string]string{
		"create": "to create", "update": "to update", "replace": "to replace", "delete": "to delete", "same": "unchanged",
	}
)

// internalChanges are the engine's bookkeeping about data sources: nothing happened to a resource.
var internalChanges = []string{"read", "discard", "refresh"}

// changesText is "31 created, 2 unchanged", in Pulumi's own words for changes that words has not.
func changesText(changes map[string]int, words map[string]string) string {
	order := slices.Clone(usualChanges)
	for _, change := range slices.Sorted(maps.Keys(changes)) {
		if !slices.Contains(order, change) && !slices.Contains(internalChanges, change) {
			order = append(order, change)
		}
	}
	var parts []string
	for _, change := range order {
		if count := changes[change]; count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count, cmp.Or(words[change], change)))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "nothing to do")
}

// snatText is the output snat {ipCount, ports, portsPerNode} in words.
func snatText(value any) string {
	snat, ok := value.(map[string]any)
	if !ok {
		return "not known"
	}
	number := func(key string) int {
		n, _ := snat[key].(float64)
		return int(n)
	}
	perNode := "taken on demand"
	if n := number("portsPerNode"); n > 0 {
		perNode = fmt.Sprintf("%d for each node", n)
	}
	addresses := "1 IP"
	if n := number("ipCount"); n != 1 {
		addresses = fmt.Sprintf("%d IPs", n)
	}
	return fmt.Sprintf("%s, %d ports, %s", addresses, number("ports"), perNode)
}

// ingressText is the stack's URL for clients, or else its address; empty if it has none.
func ingressText(outputs map[string]any) string {
	return cmp.Or(stringOf(outputs["ingressUrl"]), stringOf(outputs["ingressIp"]))
}
