package azuresim

import (
	"embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// The property trees of the SDK, written by schemagen.
//
//go:embed schema/*.json
var schemaFiles embed.FS

// shape is the type of a property: a scalar's name, or one of the composites.
type shape struct {
	scalar string            // string, integer, number, boolean, any; "" for composites
	item   *shape            // of a list
	value  *shape            // of a map
	object objectShape       // of an object
	union  map[string]*shape // of an object whose property tag selects the variant
	tag    string            //
}

// objectShape is the known properties of an object.
type objectShape map[string]property

type property struct {
	*shape
	required bool
}

// resourceSchema is what the SDK knows of a resource type in one API version.
type resourceSchema struct{ inputs, outputs objectShape }

// invokeSchema is what the SDK knows of an invoke in one API version.
type invokeSchema struct{ arguments, results objectShape }

// schemaSet has what the SDK knows, by token with API version where the package has one.
type schemaSet struct {
	resources map[string]resourceSchema
	invokes   map[string]invokeSchema
}

// schemas reads the embedded files once.
var schemas = sync.OnceValue(func() schemaSet {
	set, err := readSchemas()
	if err != nil {
		panic(err) // the files are part of the binary, and a test reads them
	}
	return set
})

// schemaFile is one file of schemagen; property types are "string", "[]SubnetType", "map[string]string", with "!" where
// the SDK requires them.
type schemaFile struct {
	Package                                       string
	Resources, Outputs, Arguments, Results, Types map[string]map[string]string
}

func readSchemas() (schemaSet, error) {
	set := schemaSet{map[string]resourceSchema{}, map[string]invokeSchema{}}
	files, err := schemaFiles.ReadDir("schema")
	if err != nil {
		return set, err
	}
	for _, f := range files {
		text, err := schemaFiles.ReadFile("schema/" + f.Name())
		if err != nil {
			return set, err
		}
		var file schemaFile
		if err := json.Unmarshal(text, &file); err != nil {
			return set, fmt.Errorf("%s: %w", f.Name(), err)
		}
		b := &shapeBuilder{file: file, objects: map[string]objectShape{}}
		for name, inputs := range file.Resources {
			token := "azure-native:" + file.Package + ":" + name
			set.resources[token] = resourceSchema{b.object(unversioned(token), inputs), b.object("", file.Outputs[name])}
		}
		for name, arguments := range file.Arguments {
			token := "azure-native:" + file.Package + ":" + name
			set.invokes[token] = invokeSchema{b.object("", arguments), b.object("", file.Results[name])}
		}
	}
	return set, nil
}

// alsoRequired are properties that Azure requires and the SDK does not (azure-native.md, appendix).
var alsoRequired = map[string][]string{
	"azure-native:resources:ResourceGroup":              {"location"},
	"azure-native:containerservice:ManagedCluster":      {"location"},
	"azure-native:managedidentity:UserAssignedIdentity": {"location"},
}

// variants fill the lists that are untyped in the SDK, by the property that tells them apart (azure-native.md 1.1.6).
var variants = map[string]struct {
	tag   string
	types map[string]string // tag's value → type, with suffix Response in outputs
}{
	"ruleCollections": {"ruleCollectionType", map[string]string{
		"FirewallPolicyFilterRuleCollection": "FirewallPolicyFilterRuleCollection",
		"FirewallPolicyNatRuleCollection":    "FirewallPolicyNatRuleCollection",
	}},
	"rules": {"ruleType", map[string]string{
		"ApplicationRule": "ApplicationRule", "NetworkRule": "NetworkRule", "NatRule": "NatRuleType",
	}},
}

// shapeBuilder builds the shapes of one file; types refer to each other, so each is built once and shared.
type shapeBuilder struct {
	file    schemaFile
	objects map[string]objectShape
}

func (b *shapeBuilder) object(token string, properties map[string]string) objectShape {
	o := objectShape{}
	b.fill(o, properties, false)
	for _, name := range alsoRequired[token] {
		p := o[name]
		p.required = true
		o[name] = p
	}
	return o
}

func (b *shapeBuilder) fill(o objectShape, properties map[string]string, response bool) {
	for name, t := range properties {
		t, required := strings.CutSuffix(t, "!")
		if t == "[]any" {
			if s, ok := b.union(name, response); ok {
				o[name] = property{&shape{item: s}, required}
				continue
			}
		}
		o[name] = property{b.shape(t), required}
	}
}

// union is the shape of an item of an untyped list.
func (b *shapeBuilder) union(name string, response bool) (*shape, bool) {
	v, ok := variants[name]
	if !ok {
		return nil, false
	}
	s := &shape{tag: v.tag, union: map[string]*shape{}}
	for value, t := range v.types {
		if response {
			t = strings.TrimSuffix(t, "Type") + "Response"
		}
		s.union[value] = b.shape(t)
	}
	return s, true
}

func (b *shapeBuilder) shape(t string) *shape {
	if rest, ok := strings.CutPrefix(t, "[]"); ok {
		return &shape{item: b.shape(rest)}
	}
	if rest, ok := strings.CutPrefix(t, "map[string]"); ok {
		return &shape{value: b.shape(rest)}
	}
	properties, ok := b.file.Types[t]
	if !ok {
		return &shape{scalar: t}
	}
	o, ok := b.objects[t]
	if !ok {
		o = objectShape{}
		b.objects[t] = o // before its properties: types refer to themselves
		b.fill(o, properties, strings.HasSuffix(t, "Response"))
	}
	return &shape{object: o}
}

// knownTypes are the tokens of all simulated resource types, sorted.
func knownTypes() []string {
	tokens := slices.Collect(maps.Keys(schemas().resources))
	tokens = slices.DeleteFunc(tokens, func(t string) bool { _, ok := kinds[unversioned(t)]; return !ok })
	slices.Sort(tokens)
	return tokens
}

// knownInvokes are the tokens of all simulated invokes, sorted.
func knownInvokes() []string {
	tokens := slices.Collect(maps.Keys(schemas().invokes))
	tokens = slices.DeleteFunc(tokens, func(t string) bool { _, ok := invokes[unversioned(t)]; return !ok })
	slices.Sort(tokens)
	return tokens
}
