package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// Namespace is the project's name and so the namespace of its keys: Pulumi calls a key aks-egress:nodeCount.
const Namespace = "aks-egress"

// LocationKey is the region's key, which belongs to the azure-native provider.
const LocationKey = "azure-native:location"

// Type is a Pulumi config type.
type Type string

// The types that Pulumi.yaml can declare. An array holds strings, an object maps strings to strings.
const (
	String  Type = "string"
	Integer Type = "integer"
	Boolean Type = "boolean"
	Array   Type = "array"
	Object  Type = "object"
)

// Condition is what must hold, besides the outbound type, for a key to have a meaning.
type Condition string

// The conditions, in words that complete "has a meaning only …".
const (
	WithOwnHub        Condition = "without existingHubVnetId"
	WithBasicFirewall Condition = "with firewallTier Basic"
	WithUserPool      Condition = "with userNodeCount"
	WithPodRange      Condition = "with networkPluginMode overlay or networkPlugin kubenet"
	WithGateway       Condition = "with ingress applicationGateway or applicationGatewayForContainers"
	WithPublicService Condition = "with ingress loadBalancer"
)

// Key declares one config key.
//
// Pulumi fills in the defaults of Pulumi.yaml before the program runs, so that a program cannot tell a default from a
// value that somebody wrote. A key therefore counts as set when its value differs from Default; where the effective
// default depends on other keys, Default is 0, "" or empty and Description says what follows from it.
type Key struct {
	Name          string         // without namespace
	Group         string         // heading in the reference
	Type          Type           //
	Default       any            // string, int, bool, []string or map[string]string by Type; nil: the key is required
	Description   string         // sentences for Pulumi.yaml, the schema and the reference
	OutboundTypes []OutboundType // those that give it a meaning; empty: all
	Conditions    []Condition    // all must hold
	Values        []string       // allowed texts, Default aside; empty: any
	Min, Max      int            // allowed integers, Default aside
	Pattern       string         // regular expression of the texts (of an array: of its items), Default aside; empty: any
	Form          string         // what a text that does not match Pattern is told; completes "KEY VALUE …"
}

// QualifiedName is the key as Pulumi writes it.
func (k Key) QualifiedName() string { return Namespace + ":" + k.Name }

// DefaultText is the default as Pulumi gives it to a program; ok is false for a required key.
func (k Key) DefaultText() (text string, ok bool) {
	switch value := k.Default.(type) {
	case nil:
		return "", false
	case string:
		return value, true
	case int:
		return strconv.Itoa(value), true
	case bool:
		return strconv.FormatBool(value), true
	default:
		bytes, err := json.Marshal(value)
		return string(bytes), err == nil
	}
}

// Defaults is what Pulumi passes for a stack that sets nothing: every key that has a default, by qualified name.
func Defaults() map[string]string {
	defaults := map[string]string{}
	for _, key := range Keys() {
		if text, ok := key.DefaultText(); ok {
			defaults[key.QualifiedName()] = text
		}
	}
	return defaults
}

// parse reads a value as Pulumi gives it to programs: text, or JSON for arrays and objects. The error is a rule.
func (k Key) parse(text string) (any, error) {
	switch k.Type {
	case Integer:
		number, err := strconv.Atoi(text)
		if err != nil {
			return nil, errors.New("is not an integer")
		}
		return number, k.checkRange(number)
	case Boolean:
		if text != "true" && text != "false" {
			return nil, errors.New("is not a boolean: write true or false")
		}
		return text == "true", nil
	case Array:
		return parseArray(text)
	case Object:
		return parseObject(text)
	default:
		return text, k.checkText(text)
	}
}

func (k Key) checkRange(number int) error {
	if number != k.Default && (number < k.Min || number > k.Max) {
		return fmt.Errorf("is outside %d-%d", k.Min, k.Max)
	}
	return nil
}

func (k Key) checkText(text string) error {
	switch {
	case text == k.Default, slices.Contains(k.Values, text):
		return nil
	case k.Pattern != "" && !regexp.MustCompile(k.Pattern).MatchString(text):
		return errors.New(k.Form)
	case len(k.Values) == 0:
		return nil
	}
	rule := fmt.Sprintf("is not one of %s", orList(k.Values))
	if near, ok := nearest(text, k.Values); ok {
		rule += ": did you mean " + near + "?"
	}
	return errors.New(rule)
}

func parseArray(text string) (any, error) {
	var items []any
	if err := json.Unmarshal([]byte(text), &items); err != nil || items == nil {
		return nil, errors.New("is not a list: write it as [a, b], or one \"- item\" a line")
	}
	list := make([]string, len(items))
	for i, item := range items {
		word, ok := item.(string)
		if !ok {
			return nil, errors.New("has an item that is not text: quote each item")
		}
		list[i] = word
	}
	return list, nil
}

func parseObject(text string) (any, error) {
	var fields map[string]any
	if err := json.Unmarshal([]byte(text), &fields); err != nil || fields == nil {
		return nil, errors.New("is not a map: write it as {name: value}, or one \"name: value\" a line")
	}
	object := make(map[string]string, len(fields))
	for name, field := range fields {
		word, ok := field.(string)
		if !ok {
			return nil, errors.New("has a value that is not text: quote each value")
		}
		object[name] = word
	}
	return object, nil
}
