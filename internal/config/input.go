package config

import (
	"fmt"
	"net/netip"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// input is a stack's configuration on its way to a Config: the values by key, and what is wrong so far. A value that
// cannot be read is replaced by its default and marked bad, so that no rule judges it a second time.
type input struct {
	keys     map[string]Key
	given    map[string]string // as written
	values   map[string]any    // as read
	bad      map[string]bool
	problems Problems
}

// read types the values of the project's own keys and reports those that the project does not have.
func read(values map[string]string) *input {
	in := &input{keys: map[string]Key{}, given: map[string]string{}, values: map[string]any{}, bad: map[string]bool{}}
	for _, key := range Keys() {
		in.keys[key.Name] = key
		in.values[key.Name] = key.Default
		if text, given := values[key.QualifiedName()]; given {
			in.readKey(key, text)
		} else if key.Default == nil {
			in.values[key.Name] = ""
			in.bad[key.Name] = true
			in.report(key.Name, "", "is missing: set it to %s", orList(key.Values))
		}
	}
	for qualified := range values {
		if name, ours := strings.CutPrefix(qualified, Namespace+":"); ours {
			if _, known := in.keys[name]; !known {
				in.reportUnknown(name)
			}
		}
	}
	return in
}

func (in *input) readKey(key Key, text string) {
	in.given[key.Name] = text
	if rule, refused := refusedValues[key.Name][text]; refused {
		in.markBad(key)
		in.report(key.Name, show(text), "%s", rule)
		return
	}
	value, err := key.parse(text)
	if err != nil {
		in.markBad(key)
		in.report(key.Name, show(text), "%s", err)
		return
	}
	if items, isList := value.([]string); isList {
		in.checkItems(key, items)
	}
	in.values[key.Name] = value
}

func (in *input) markBad(key Key) {
	in.bad[key.Name] = true
	if key.Default == nil {
		in.values[key.Name] = ""
	}
}

// checkItems refuses items of the wrong form and items that are there twice.
func (in *input) checkItems(key Key, items []string) {
	seen := map[string]bool{}
	for _, item := range items {
		if key.Pattern != "" && !regexp.MustCompile(key.Pattern).MatchString(item) {
			in.bad[key.Name] = true
			in.report(key.Name, show(item), "%s", key.Form)
		} else if seen[strings.ToLower(item)] {
			in.bad[key.Name] = true
			in.report(key.Name, show(item), "is there twice")
		}
		seen[strings.ToLower(item)] = true
	}
}

func (in *input) reportUnknown(name string) {
	names := make([]string, 0, len(in.keys))
	for _, key := range Keys() {
		names = append(names, key.Name)
	}
	if near, ok := nearest(name, names); ok {
		in.report(show(name), "", "is not a key of this project: did you mean %s?", near)
		return
	}
	in.report(show(name), "", "is not a key of this project: docs/reference/config.md lists them")
}

func (in *input) report(key, value, rule string, args ...any) {
	in.problems = append(in.problems, Problem{Key: key, Value: value, Rule: fmt.Sprintf(rule, args...)})
}

// refuse reports a rule about the key's whole value.
func (in *input) refuse(key, rule string, args ...any) {
	in.bad[key] = true
	in.report(key, in.shown(key), rule, args...)
}

func (in *input) shown(key string) string {
	if list, ok := in.values[key].([]string); ok && len(list) > 0 {
		return "[" + strings.Join(list, ", ") + "]"
	}
	if text, given := in.given[key]; given {
		return show(text)
	}
	text, _ := in.keys[key].DefaultText()
	return show(text)
}

func (in *input) text(key string) string {
	value, _ := in.values[key].(string)
	return value
}

func (in *input) number(key string) int {
	value, _ := in.values[key].(int)
	return value
}

func (in *input) flag(key string) bool {
	value, _ := in.values[key].(bool)
	return value
}

func (in *input) list(key string) []string {
	value, _ := in.values[key].([]string)
	return value
}

func (in *input) outboundType() OutboundType { return OutboundType(in.text("outboundType")) }

// isSet reports whether a value differs from its default: see Key.
func (in *input) isSet(key string) bool {
	return in.bad[key] || !reflect.DeepEqual(in.values[key], in.keys[key].Default)
}

// good reports that the keys could be read and that no rule has refused them yet.
func (in *input) good(keys ...string) bool {
	return !slices.ContainsFunc(keys, func(key string) bool { return in.bad[key] })
}

// prefix reads a CIDR, or reports what is wrong and returns the zero Prefix.
func (in *input) prefix(key string) netip.Prefix {
	prefix, err := parsePrefix(in.text(key))
	if err != nil {
		in.refuse(key, "%s", err)
	}
	return prefix
}

// prefixes reads a list of CIDRs and addresses; an address is a /32.
func (in *input) prefixes(key string) []netip.Prefix {
	var list []netip.Prefix
	for _, item := range in.list(key) {
		text := item
		if !strings.Contains(text, "/") {
			text += "/32"
		}
		prefix, err := parsePrefix(text)
		if err != nil {
			in.bad[key] = true
			in.report(key, show(item), "%s", err)
			continue
		}
		list = append(list, prefix)
	}
	return list
}
