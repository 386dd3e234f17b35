package azuresim

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// failure is a value that does not conform to its shape.
type failure struct {
	path   resource.PropertyPath
	reason string
}

// conform lists, sorted by path, what in an object is unknown, missing or of the wrong type. It goes beyond
// azure-native,
// which ignores unknown properties and never descends into unions: a typing error must not pass silently.
func (o objectShape) conform(path resource.PropertyPath, value map[string]any) []failure {
	var found []failure
	for _, name := range slices.Sorted(maps.Keys(value)) {
		here := append(slices.Clone(path), name)
		p, ok := o[name]
		if !ok {
			found = append(found, failure{here, "unknown property " + name + o.suggest(name)})
			continue
		}
		found = append(found, p.conform(here, value[name])...)
	}
	for _, name := range slices.Sorted(maps.Keys(o)) {
		if _, ok := value[name]; o[name].required && !ok {
			here := append(slices.Clone(path), name)
			found = append(found, failure{here, fmt.Sprintf("missing required property '%s'", name)})
		}
	}
	return found
}

// suggest is a hint for a name that differs from a known one in case only, or the list of known names.
func (o objectShape) suggest(name string) string {
	for known := range o {
		if strings.EqualFold(known, name) {
			return "; did you mean " + known + "?"
		}
	}
	return "; known are " + strings.Join(slices.Sorted(maps.Keys(o)), ", ")
}

func (s *shape) conform(path resource.PropertyPath, value any) []failure {
	if _, ok := value.(unknown); ok {
		return nil
	}
	wrong := func(want string) []failure {
		return []failure{{path, fmt.Sprintf("must be %s (got %s)", want, describe(value))}}
	}
	switch {
	case s.item != nil:
		list, ok := value.([]any)
		if !ok {
			return wrong("a list")
		}
		var found []failure
		for i, v := range list {
			found = append(found, s.item.conform(append(slices.Clone(path), i), v)...)
		}
		return found
	case s.value != nil, s.object != nil, s.union != nil:
		o, ok := value.(map[string]any)
		if !ok {
			return wrong("an object")
		}
		return s.conformObject(path, o)
	default:
		if !s.accepts(value) {
			return wrong(article(s.scalar))
		}
		return nil
	}
}

// conformObject is conform for maps, objects and unions.
func (s *shape) conformObject(path resource.PropertyPath, o map[string]any) []failure {
	switch {
	case s.object != nil:
		return s.object.conform(path, o)
	case s.value != nil:
		var found []failure
		for _, k := range slices.Sorted(maps.Keys(o)) {
			found = append(found, s.value.conform(append(slices.Clone(path), k), o[k])...)
		}
		return found
	}
	if _, ok := o[s.tag].(unknown); ok {
		return nil
	}
	variant, ok := s.union[text(o, s.tag)]
	if !ok {
		return []failure{{append(slices.Clone(path), s.tag), fmt.Sprintf("must be exactly one of %s (got %q)",
			strings.Join(slices.Sorted(maps.Keys(s.union)), ", "), text(o, s.tag))}}
	}
	return variant.object.conform(path, o)
}

// accepts tells whether a scalar fits.
func (s *shape) accepts(value any) bool {
	switch value := value.(type) {
	case string:
		return s.scalar == "string" || s.scalar == "any"
	case bool:
		return s.scalar == "boolean" || s.scalar == "any"
	case float64:
		return s.scalar == "number" || s.scalar == "any" || s.scalar == "integer" && value == math.Trunc(value)
	default:
		return s.scalar == "any"
	}
}

func article(noun string) string {
	if strings.ContainsAny(noun[:1], "aeiou") {
		return "an " + noun
	}
	return "a " + noun
}

// describe names a value's type, and scalars themselves.
func describe(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	default:
		return fmt.Sprintf("%v", value)
	}
}

// project is the part of a value that its shape knows: what azure-native shows of Azure's answer in one API version.
func (o objectShape) project(value map[string]any) map[string]any {
	kept := map[string]any{}
	for name, v := range value {
		if p, ok := o[name]; ok {
			kept[name] = p.project(v)
		}
	}
	return kept
}

func (s *shape) project(value any) any {
	switch value := value.(type) {
	case []any:
		if s.item == nil {
			return value
		}
		l := make([]any, len(value))
		for i, v := range value {
			l[i] = s.item.project(v)
		}
		return l
	case map[string]any:
		switch {
		case s.object != nil:
			return s.object.project(value)
		case s.union != nil:
			if variant, ok := s.union[text(value, s.tag)]; ok {
				return variant.object.project(value)
			}
		}
	}
	return value
}

// preview is what azure-native foretells of outputs: inputs as they are, everything else unknown, at every depth
// (azure-native.md 2).
func (o objectShape) preview(inputs map[string]any) map[string]any {
	foretold := map[string]any{}
	for name, p := range o {
		foretold[name] = unknown{}
		if v, ok := inputs[name]; ok {
			foretold[name] = p.preview(v)
		}
	}
	return foretold
}

func (s *shape) preview(value any) any {
	switch value := value.(type) {
	case []any:
		if s.item == nil {
			return value
		}
		l := make([]any, len(value))
		for i, v := range value {
			l[i] = s.item.preview(v)
		}
		return l
	case map[string]any:
		if s.object != nil {
			return s.object.preview(value)
		}
	}
	return value
}
