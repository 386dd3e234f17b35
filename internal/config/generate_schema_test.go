package config

import (
	"bytes"
	"encoding/json"
)

type schema = map[string]any

// stackSchema renders the JSON Schema of the stack files from Keys. It accepts what Pulumi accepts: `pulumi config set`
// writes numbers and booleans as quoted text, keys may lack the project's namespace, values of others may be encrypted.
// It says nothing about rules between keys, which Load checks.
func stackSchema() []byte {
	properties := schema{LocationKey: schema{
		"type": "string", "minLength": 1, "description": "Azure region, such as westeurope. Required.",
	}}
	names := []any{}
	for _, key := range Keys() {
		value := keySchema(key)
		properties[key.QualifiedName()], properties[key.Name] = value, schema{"$ref": "#/properties/config/properties/" +
			key.QualifiedName()}
		names = append(names, key.QualifiedName(), key.Name)
	}
	document := schema{
		"$schema":  "https://json-schema.org/draft/2020-12/schema",
		"$comment": "Generated from internal/config/keys.go by: UPDATE_GOLDEN=1 go test ./internal/config",
		"title":    "Stack file of " + Namespace,
		"type":     "object",
		"properties": schema{
			"config": schema{
				"type":       "object",
				"properties": properties,
				"propertyNames": schema{"anyOf": []any{
					schema{"enum": names},
					schema{"allOf": []any{schema{"pattern": "^[^:]+:"}, schema{"not": schema{"pattern": "^" + Namespace + ":"}}}},
				}},
				"required": []any{LocationKey},
				"anyOf": []any{
					schema{"required": []any{Namespace + ":outboundType"}}, schema{"required": []any{"outboundType"}},
				},
			},
			"encryptionsalt":  schema{"type": "string"},
			"encryptedkey":    schema{"type": "string"},
			"secretsprovider": schema{"type": "string"},
			"environment":     schema{"type": []any{"array", "object"}},
		},
		"required":             []any{"config"},
		"additionalProperties": false,
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		panic(err)
	}
	return out.Bytes()
}

func keySchema(key Key) schema {
	out := schema{"anyOf": typeSchemas(key)}
	if list := typeSchemas(key); len(list) == 1 {
		out = list[0].(schema)
	}
	out["description"] = key.Description
	if key.Default != nil {
		out["default"] = key.Default
	}
	return out
}

func typeSchemas(key Key) []any {
	var list []any
	switch key.Type {
	case Integer:
		list = []any{
			schema{"type": "integer", "minimum": key.Min, "maximum": key.Max},
			schema{"type": "string", "pattern": "^[0-9]+$"},
		}
		if number, ok := key.Default.(int); ok && (number < key.Min || number > key.Max) {
			list = append(list, schema{"const": number})
		}
	case Boolean:
		list = []any{schema{"type": "boolean"}, schema{"enum": []any{"true", "false"}}}
	case Array:
		list = []any{schema{"type": "array", "items": textSchema(key), "uniqueItems": true}}
	case Object:
		list = []any{schema{"type": "object", "additionalProperties": schema{"type": "string"}}}
	default:
		list = []any{textSchema(key)}
		if key.Default == "" && (key.Pattern != "" || len(key.Values) > 0) {
			list = append(list, schema{"const": ""})
		}
		if key.Name == "nodeMaxSurge" {
			list = append(list, schema{"type": "integer", "minimum": 1})
		}
	}
	return list
}

func textSchema(key Key) schema {
	out := schema{"type": "string"}
	if key.Pattern != "" {
		out["pattern"] = key.Pattern
	}
	if len(key.Values) > 0 {
		out = schema{"enum": key.Values}
	}
	return out
}
