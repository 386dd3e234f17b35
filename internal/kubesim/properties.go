package kubesim

import (
	"strconv"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
)

// plain is a property map as JSON has it, without secrecy. Unknown values become unknown, nulls vanish.
func plain(properties resource.PropertyMap) map[string]any {
	out := map[string]any{}
	for name, value := range properties {
		if item := plainValue(value); item != nil {
			out[string(name)] = item
		}
	}
	return out
}

// unknown stands in plain values for a value that is not known before the update.
type unknown struct{}

func plainValue(value resource.PropertyValue) any {
	switch {
	case value.IsSecret():
		return plainValue(value.SecretValue().Element)
	case value.IsComputed():
		return unknown{}
	case value.IsOutput():
		if !value.OutputValue().Known {
			return unknown{}
		}
		return plainValue(value.OutputValue().Element)
	case value.IsObject():
		return plain(value.ObjectValue())
	case value.IsArray():
		list := make([]any, 0, len(value.ArrayValue()))
		for _, item := range value.ArrayValue() {
			list = append(list, plainValue(item))
		}
		return list
	case value.IsString(), value.IsBool(), value.IsNumber():
		return value.V
	}
	return nil
}

// properties is the inverse of plain.
func properties(object map[string]any) resource.PropertyMap {
	out := resource.PropertyMap{}
	for name, item := range object {
		out[resource.PropertyKey(name)] = propertyValue(item)
	}
	return out
}

func propertyValue(item any) resource.PropertyValue {
	switch item := item.(type) {
	case unknown:
		return resource.MakeComputed(resource.NewProperty(""))
	case map[string]any:
		return resource.NewProperty(properties(item))
	case []any:
		list := make([]resource.PropertyValue, 0, len(item))
		for _, element := range item {
			list = append(list, propertyValue(element))
		}
		return resource.NewProperty(list)
	}
	return resource.NewPropertyValue(item)
}

// known copies a plain value without what is unknown, and tells whether anything was.
func known(value any) (out any, complete bool) {
	complete = true
	switch value := value.(type) {
	case unknown:
		return nil, false
	case map[string]any:
		object := make(map[string]any, len(value))
		for name, item := range value {
			part, ok := known(item)
			complete = complete && ok
			if part != nil {
				object[name] = part
			}
		}
		return object, complete
	case []any:
		list := make([]any, 0, len(value))
		for _, item := range value {
			part, ok := known(item)
			complete = complete && ok
			if part != nil {
				list = append(list, part)
			}
		}
		return list, complete
	}
	return value, true
}

func knownObject(object map[string]any) (map[string]any, bool) {
	out, complete := known(object)
	return out.(map[string]any), complete
}

// hide marks as secret in out what is secret in the inputs it came from.
func hide(out, inputs resource.PropertyMap) {
	for name, input := range inputs {
		value, ok := out[name]
		if !ok {
			continue
		}
		out[name] = hideValue(value, input)
	}
	hideStringData(out, inputs)
}

func hideValue(value, input resource.PropertyValue) resource.PropertyValue {
	switch {
	case input.IsSecret(), input.IsOutput() && input.OutputValue().Secret:
		if value.IsSecret() {
			return value
		}
		return resource.MakeSecret(value)
	case input.IsObject() && value.IsObject():
		hide(value.ObjectValue(), input.ObjectValue())
	case input.IsArray() && value.IsArray():
		list := value.ArrayValue()
		for i := range min(len(list), len(input.ArrayValue())) {
			list[i] = hideValue(list[i], input.ArrayValue()[i])
		}
	}
	return value
}

// hideStringData marks what stringData's values became in data.
func hideStringData(out, inputs resource.PropertyMap) {
	from, ok := inputs["stringData"]
	to, has := out["data"]
	if ok && has && !to.IsSecret() {
		out["data"] = hideValue(to, from)
	}
}

func withoutSecrets(properties resource.PropertyMap) resource.PropertyMap {
	out := resource.PropertyMap{}
	for name, value := range properties {
		for value.IsSecret() {
			value = value.SecretValue().Element
		}
		out[name] = value
	}
	return out
}

// plainText is a provider input as text: inputs may come as values or as their JSON.
func plainText(value resource.PropertyValue) string {
	switch item := plainValue(value).(type) {
	case string:
		return item
	case bool:
		return strconv.FormatBool(item)
	}
	return ""
}

func isUnknown(value resource.PropertyValue) bool { return value.ContainsUnknowns() }

// prune keeps of live what shape has, so that what the server added is no difference.
func prune(live, shape any) any {
	switch shape := shape.(type) {
	case map[string]any:
		object, ok := live.(map[string]any)
		if !ok {
			return live
		}
		out := map[string]any{}
		for name, part := range shape {
			if value, ok := object[name]; ok {
				out[name] = prune(value, part)
			}
		}
		return out
	case []any:
		list, ok := live.([]any)
		if !ok {
			return live
		}
		out := make([]any, 0, len(list))
		for i, value := range list {
			if i < len(shape) {
				value = prune(value, shape[i])
			}
			out = append(out, value)
		}
		return out
	}
	return live
}

// marshalOptions are for what goes into an error's details.
var marshalOptions = plugin.MarshalOptions{KeepSecrets: true, KeepUnknowns: true, KeepResources: true}
