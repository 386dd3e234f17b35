package azuresim

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// unknown is the plain form of a computed value: one that only later operations will tell.
type unknown struct{}

// plainObject is a property map as JSON-like values: secrets unwrapped, computed values as unknown{}, nulls left out.
func plainObject(m resource.PropertyMap) (map[string]any, error) {
	o := map[string]any{}
	for k, v := range m {
		p, err := plainValue(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		if p != nil {
			o[string(k)] = p
		}
	}
	return o, nil
}

func plainValue(v resource.PropertyValue) (any, error) {
	switch {
	case v.IsNull():
		return nil, nil
	case v.IsComputed(), v.IsOutput() && !v.OutputValue().Known:
		return unknown{}, nil
	case v.IsOutput():
		return plainValue(v.OutputValue().Element)
	case v.IsSecret():
		return plainValue(v.SecretValue().Element)
	case v.IsBool(), v.IsNumber(), v.IsString():
		return v.V, nil
	case v.IsArray():
		l := make([]any, len(v.ArrayValue()))
		for i, item := range v.ArrayValue() {
			p, err := plainValue(item)
			if err != nil {
				return nil, fmt.Errorf("[%d]: %w", i, err)
			}
			l[i] = p
		}
		return l, nil
	case v.IsObject():
		return plainObject(v.ObjectValue())
	default:
		return nil, fmt.Errorf("azure-native takes no assets, archives or resource references (got %s)", v.TypeString())
	}
}

// propertyMap is the inverse of plainObject.
func propertyMap(o map[string]any) resource.PropertyMap {
	m := resource.PropertyMap{}
	for k, v := range o {
		m[resource.PropertyKey(k)] = propertyValue(v)
	}
	return m
}

func propertyValue(v any) resource.PropertyValue {
	switch v := v.(type) {
	case unknown:
		return resource.MakeComputed(resource.NewStringProperty(""))
	case map[string]any:
		return resource.NewObjectProperty(propertyMap(v))
	case []any:
		l := make([]resource.PropertyValue, len(v))
		for i, item := range v {
			l[i] = propertyValue(item)
		}
		return resource.NewArrayProperty(l)
	default:
		return resource.NewPropertyValue(v)
	}
}

// hasUnknown tells whether a plain value holds an unknown at any depth.
func hasUnknown(v any) bool {
	switch v := v.(type) {
	case unknown:
		return true
	case map[string]any:
		for _, item := range v {
			if hasUnknown(item) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, hasUnknown)
	}
	return false
}

// keepSecrets marks those values of m as secret that are secret, wholly or in part, in from.
func keepSecrets(m, from resource.PropertyMap) resource.PropertyMap {
	for k, v := range from {
		if out, ok := m[k]; ok && v.ContainsSecrets() && !out.IsSecret() {
			m[k] = resource.MakeSecret(out)
		}
	}
	return m
}
