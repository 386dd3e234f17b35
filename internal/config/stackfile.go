package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// ReadStackFile reads the config of a Pulumi.<stack>.yaml the way Pulumi passes it to a program: qualified key to text,
// and JSON for lists and maps. A key without a namespace is the project's. Pulumi.yaml's defaults are not part of it.
//
// Encrypted values cannot be read without the stack's passphrase: of other namespaces they become empty text, of the
// project's own they are an error, because every rule of Load would judge the wrong value.
func ReadStackFile(path string) (map[string]string, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("stack file: %w", err)
	}
	file := filepath.Base(path)
	var stack struct {
		Config map[string]any `yaml:"config"`
	}
	documents := yaml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff"))))
	if err := documents.Decode(&stack); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := documents.Decode(new(any)); err == nil {
		return nil, fmt.Errorf("%s: it has a second YAML document, which Pulumi ignores: remove it and the line ---", file)
	}
	values := make(map[string]string, len(stack.Config))
	for key, value := range stack.Config {
		if !strings.Contains(key, ":") {
			key = Namespace + ":" + key
		}
		if _, twice := values[key]; twice {
			return nil, fmt.Errorf("%s: %s is there twice, with and without its namespace: remove one", file, key)
		}
		ours := strings.HasPrefix(key, Namespace+":")
		if ours && hasSecure(value) {
			return nil, fmt.Errorf("%s: %s is encrypted, and no key of %s is a secret: set it again without --secret",
				file, key, Namespace)
		}
		if values[key], err = ValueText(value); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", file, key, err)
		}
	}
	return values, nil
}

// ValueText is a value of a stack file as Pulumi passes it to a program: text, and JSON for lists and maps.
func ValueText(value any) (string, error) {
	switch value := value.(type) {
	case string:
		return value, nil
	case time.Time:
		return value.String(), nil
	case map[string]any:
		if hasSecure(value) {
			return "", nil
		}
	}
	text, err := json.Marshal(jsonValue(value))
	return string(text), err
}

// jsonValue is a YAML value as Pulumi turns it into JSON: names are text, and so are dates.
func jsonValue(value any) any {
	switch value := value.(type) {
	case time.Time:
		return value.String()
	case map[string]any:
		fields := make(map[string]any, len(value))
		for name, field := range value {
			fields[name] = jsonValue(field)
		}
		return fields
	case map[any]any:
		fields := make(map[string]any, len(value))
		for name, field := range value {
			fields[fmt.Sprint(name)] = jsonValue(field)
		}
		return fields
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			items[i] = jsonValue(item)
		}
		return items
	default:
		return value
	}
}

// hasSecure reports whether a value is, or contains, Pulumi's {secure: ciphertext}.
func hasSecure(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		if _, ok := value["secure"].(string); ok && len(value) == 1 {
			return true
		}
		for _, field := range value {
			if hasSecure(field) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(value, hasSecure)
	}
	return false
}
