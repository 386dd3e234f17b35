package faults

import (
	"errors"
	"fmt"
	"os"

	"gopkg.in/yaml.v3"
)

// AddFile adds the rules of a YAML file: a list below the key faults, each with type, operation and fault, and
// optionally name, after and times. All problems of the file are reported at once, each with its line.
func (p *Plan) AddFile(path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("faults: %w", err)
	}
	var document yaml.Node
	if err := yaml.Unmarshal(text, &document); err != nil {
		return fmt.Errorf("faults %s: %w", path, err)
	}
	rules, err := ruleNodes(&document)
	if err != nil {
		return fmt.Errorf("faults %s:%w", path, err)
	}
	var problems []error
	for _, node := range rules {
		r, err := nodeRule(node)
		if err == nil {
			if err = p.add(r); err != nil {
				err = at(node, "%w", err)
			}
		}
		if err != nil {
			problems = append(problems, fmt.Errorf("faults %s:%w", path, err))
		}
	}
	return errors.Join(problems...)
}

// at is a problem with its line.
func at(node *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%d: %w", node.Line, fmt.Errorf(format, args...))
}

// ruleNodes are the items of the list below the key faults.
func ruleNodes(document *yaml.Node) ([]*yaml.Node, error) {
	if len(document.Content) == 0 {
		return nil, errors.New("1: empty; it needs a list below the key faults")
	}
	root := document.Content[0]
	if root.Kind != yaml.MappingNode || len(root.Content) == 0 {
		return nil, at(root, "it needs a list below the key faults")
	}
	for i := 0; i < len(root.Content); i += 2 {
		if key := root.Content[i]; key.Value != "faults" {
			return nil, at(key, "%q is not known (known is faults)", key.Value)
		}
	}
	rules := root.Content[1]
	if len(root.Content) > 2 || rules.Kind != yaml.SequenceNode || len(rules.Content) == 0 {
		return nil, at(rules, "faults: must be one list with at least one rule")
	}
	return rules.Content, nil
}

// nodeRule reads one item.
func nodeRule(node *yaml.Node) (Rule, error) {
	if node.Kind != yaml.MappingNode {
		return Rule{}, at(node, "a rule is an object with type, operation and fault")
	}
	r := Rule{Times: 1}
	given := map[string]bool{}
	for i := 0; i < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		if value.Kind != yaml.ScalarNode || value.Value == "" {
			return Rule{}, at(value, "%s: must be one value", key.Value)
		}
		if given[key.Value] {
			return Rule{}, at(key, "%s: given twice", key.Value)
		}
		given[key.Value] = true
		switch key.Value {
		case "type":
			r.Type = value.Value
		case "operation":
			r.Operation = Operation(value.Value)
		case "fault":
			r.Fault = Fault(value.Value)
		case "name", "after", "times":
			if err := r.set(key.Value, value.Value); err != nil {
				return Rule{}, at(value, "%w", err)
			}
		default:
			return Rule{}, at(key, "%q is not known (known are type, operation, fault, name, after, times)", key.Value)
		}
	}
	for _, needed := range []string{"type", "operation", "fault"} {
		if !given[needed] {
			return Rule{}, at(node, "%s is missing", needed)
		}
	}
	return r, nil
}
