package engine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// ParseOverrides reads key=value arguments as `pulumi up -c` takes them. A key without namespace is the project's.
func ParseOverrides(project string, arguments []string) (map[string]string, error) {
	overrides := map[string]string{}
	for _, argument := range arguments {
		key, value, found := strings.Cut(argument, "=")
		if !found || key == "" || !utf8.ValidString(argument) {
			return nil, fmt.Errorf("config %q: the form is key=value, in UTF-8", argument)
		}
		overrides[qualify(project, key)] = value
	}
	return overrides, nil
}

// qualify gives a config key the project's namespace when it has none.
func qualify(project, key string) string {
	if strings.Contains(key, ":") {
		return key
	}
	return project + ":" + key
}

// encryptionKeys are the settings by which a stack's own secrets provider is known. The lab has its own.
var encryptionKeys = []string{"encryptionsalt", "encryptedkey", "secretsprovider"}

// mergeSettings is the stack file for a run: the user's file with overrides, and with the encryption salt of earlier
// runs (previous, empty at first), which never goes into the user's file.
func mergeSettings(project string, user, previous []byte, overrides map[string]string) ([]byte, error) {
	settings, err := parseMapping(user)
	if err != nil {
		return nil, err
	}
	for _, key := range encryptionKeys {
		removeKey(settings, key)
	}
	earlier, err := parseMapping(previous)
	if err != nil {
		return nil, err
	}
	if salt := lookup(earlier, "encryptionsalt"); salt != nil {
		setKey(settings, "encryptionsalt", salt)
	}
	values := lookup(settings, "config")
	if values == nil || values.Kind != yaml.MappingNode {
		values = &yaml.Node{Kind: yaml.MappingNode}
		setKey(settings, "config", values)
	}
	for i := 0; i < len(values.Content); i += 2 {
		values.Content[i].Value = qualify(project, values.Content[i].Value)
	}
	for _, key := range sortedKeys(overrides) {
		setKey(values, key, overrideNode(overrides[key]))
	}
	return encodeSettings(settings, values)
}

func encodeSettings(settings, values *yaml.Node) ([]byte, error) {
	var problems []error
	for i := 0; i < len(values.Content); i += 2 {
		if key := values.Content[i].Value; hasSecure(values.Content[i+1]) {
			problems = append(problems, fmt.Errorf("config %s: it is encrypted with a key that the lab does not have; "+
				"give the lab a value with -c %s=VALUE", key, key))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return yaml.Marshal(settings)
}

// overrideNode reads lists and objects as YAML, everything else as a string: 1.30 is a version, not a number, and
// Pulumi turns strings into the types that the project's schema asks for.
func overrideNode(value string) *yaml.Node {
	if trimmed := strings.TrimSpace(value); strings.HasPrefix(trimmed, "[") || strings.HasPrefix(trimmed, "{") {
		var document yaml.Node
		if err := yaml.Unmarshal([]byte(value), &document); err == nil && len(document.Content) == 1 {
			return document.Content[0]
		}
	}
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: yaml.DoubleQuotedStyle}
}

func hasSecure(node *yaml.Node) bool {
	if node.Kind == yaml.MappingNode && len(node.Content) == 2 && node.Content[0].Value == "secure" {
		return true
	}
	for _, child := range node.Content {
		if hasSecure(child) {
			return true
		}
	}
	return false
}

func parseMapping(text []byte) (*yaml.Node, error) {
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, err
	}
	if len(document.Content) == 0 || document.Content[0].Tag == "!!null" {
		return &yaml.Node{Kind: yaml.MappingNode}, nil
	}
	if document.Content[0].Kind != yaml.MappingNode {
		return nil, errors.New("the file is not a mapping of settings")
	}
	return document.Content[0], nil
}

func lookup(mapping *yaml.Node, key string) *yaml.Node {
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			return mapping.Content[i+1]
		}
	}
	return nil
}

func setKey(mapping *yaml.Node, key string, value *yaml.Node) {
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			mapping.Content[i+1] = value
			return
		}
	}
	mapping.Content = append(mapping.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, value)
}

func removeKey(mapping *yaml.Node, key string) {
	for i := 0; i < len(mapping.Content); i += 2 {
		if mapping.Content[i].Value == key {
			mapping.Content = append(mapping.Content[:i], mapping.Content[i+2:]...)
			return
		}
	}
}

// writeSettings puts the project file and the merged stack settings into the stack's work folder.
func writeSettings(project *Project, stack string, f folder, overrides map[string]string) error {
	source, err := project.StackFile(stack)
	if err != nil {
		return err
	}
	user, err := os.ReadFile(source)
	if err != nil {
		return fmt.Errorf("stack %s: %w", stack, err)
	}
	target := filepath.Join(f.work(), stackFileName(stack))
	previous, err := readIfExists(target)
	if err != nil {
		return folderError(err)
	}
	merged, err := mergeSettings(project.Name, user, previous, overrides)
	if err != nil {
		return fmt.Errorf("%s: %w", stackFileName(stack), err)
	}
	text, err := os.ReadFile(filepath.Join(project.Root, projectFile))
	if err != nil {
		return fmt.Errorf("stack %s: %w", stack, err)
	}
	if err := writeFile(filepath.Join(f.work(), projectFile), text); err != nil {
		return err
	}
	return writeFile(target, merged)
}
