package kubesim

import (
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"sync"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/api/meta"
	apischema "k8s.io/apimachinery/pkg/runtime/schema"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/validation/field"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
)

// Definitions of custom resources, written by crdgen.
//
//go:embed crd/*.json
var crdFiles embed.FS

// customSchema is the schema of a custom resource, with the defaults and checks of an API server's own code.
type customSchema struct {
	structural *schema.Structural
	validator  validation.SchemaValidator
	rules      *cel.Validator
}

// customSchemas reads a definition once; it is part of the binary, and a test reads them all.
var customSchemas sync.Map // by resource

// schemaOf is the schema of version v1 of a custom resource.
func schemaOf(resource string) *customSchema {
	if found, ok := customSchemas.Load(resource); ok {
		return found.(*customSchema)
	}
	read, err := readSchema(resource)
	if err != nil {
		panic(err)
	}
	found, _ := customSchemas.LoadOrStore(resource, read)
	return found.(*customSchema)
}

func readSchema(resource string) (*customSchema, error) {
	crd, err := definitionOf(resource)
	if err != nil {
		return nil, err
	}
	versioned := crd.Spec.Versions[0].Schema.OpenAPIV3Schema
	internal := &apiextensions.JSONSchemaProps{}
	if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(
		versioned, internal, nil); err != nil {
		return nil, fmt.Errorf("%s: %w", resource, err)
	}
	structural, err := schema.NewStructural(internal)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", resource, err)
	}
	validator, _, err := validation.NewSchemaValidator(internal)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", resource, err)
	}
	return &customSchema{structural, validator, cel.NewValidator(structural, true, celconfig.PerCallLimit)}, nil
}

// definitionOf is the definition of a custom resource as its project publishes it.
func definitionOf(resource string) (*apiextensionsv1.CustomResourceDefinition, error) {
	text, err := crdFiles.ReadFile("crd/" + resource + ".json")
	if err != nil {
		return nil, err
	}
	crd := &apiextensionsv1.CustomResourceDefinition{}
	if err := json.Unmarshal(text, crd); err != nil {
		return nil, fmt.Errorf("%s: %w", resource, err)
	}
	return crd, nil
}

// unstructuredOf is an object as the API server's code for custom resources has it: integers are int64.
func unstructuredOf(o object) (map[string]any, error) {
	data, err := json.Marshal(o)
	if err != nil {
		return nil, err
	}
	var content map[string]any
	if err := utiljson.Unmarshal(data, &content); err != nil {
		return nil, err
	}
	dropNulls(content)
	if status, _ := content["status"].(map[string]any); len(status) == 0 {
		delete(content, "status") // Go writes a status that nobody set, and the definition has a default for it
	}
	return content, nil
}

// defaultCustom fills in the defaults of the definition.
func (k *kind) defaultCustom(o object) {
	content, err := unstructuredOf(o)
	if err != nil {
		return
	}
	defaulting.Default(content, schemaOf(k.resource).structural)
	if data, err := json.Marshal(content); err == nil {
		_ = json.Unmarshal(data, o) // what was written from this type
	}
}

// validateCustom checks an object by the definition: its schema, and its rules in CEL.
func (k *kind) validateCustom(o object) field.ErrorList {
	content, err := unstructuredOf(o)
	if err != nil {
		return field.ErrorList{field.InternalError(nil, err)}
	}
	s := schemaOf(k.resource)
	failures := validation.ValidateCustomResource(nil, content, s.validator)
	if len(failures) > 0 {
		return failures // rules expect an object that fits the schema
	}
	failures, _ = s.rules.Validate(context.Background(), nil, s.structural, content, nil,
		celconfig.RuntimeCELCostBudget)
	return failures
}

// defined refuses an object of a custom kind whose definition is not in the cluster.
func (s *session) defined(k *kind) error {
	if !k.custom {
		return nil
	}
	if _, ok := s.raw(customResourceDefinitions, "", k.resource+"."+k.group); ok {
		return nil
	}
	return &meta.NoKindMatchError{
		GroupKind: apischema.GroupKind{Group: k.group, Kind: k.name}, SearchedVersions: []string{k.version},
	}
}
