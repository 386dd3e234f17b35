package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
)

// root is the repository's root, from this package's folder.
var root = filepath.Join("..", "..")

// stackFiles are the four scenarios with what they show.
var stackFiles = map[string]OutboundType{
	"Pulumi.lb.yaml":         LoadBalancer,
	"Pulumi.managednat.yaml": ManagedNATGateway,
	"Pulumi.natgw.yaml":      UserAssignedNATGateway,
	"Pulumi.udr.yaml":        UserDefinedRouting,
	"Pulumi.udr-dnat.yaml":   UserDefinedRouting,
	"Pulumi.udr-agc.yaml":    UserDefinedRouting,
	"Pulumi.udr-appgw.yaml":  UserDefinedRouting,
}

// What is generated from Keys is up to date. UPDATE_GOLDEN=1 rewrites it.
func TestGeneratedFiles(t *testing.T) {
	for path, want := range map[string][]byte{
		"Pulumi.yaml":              projectFile(),
		"pulumi-stack.schema.json": stackSchema(),
		filepath.Join("docs", "reference", "config.md"): referencePage(),
	} {
		full := filepath.Join(root, path)
		if os.Getenv("UPDATE_GOLDEN") != "" {
			require.NoError(t, os.MkdirAll(filepath.Dir(full), 0o755))
			require.NoError(t, os.WriteFile(full, want, 0o644))
		}
		got, err := os.ReadFile(full)
		require.NoError(t, err, "generate it with: UPDATE_GOLDEN=1 go test ./internal/config")
		// A checkout on Windows may have CRLF.
		got = bytes.ReplaceAll(got, []byte("\r\n"), []byte("\n"))
		assert.Equal(t, string(want), string(got), "%s differs from Keys: UPDATE_GOLDEN=1 go test ./internal/config", path)
	}
}

// Pulumi reads back from Pulumi.yaml the types and defaults that the table has.
func TestProjectFileDeclaresEveryKey(t *testing.T) {
	t.Parallel()
	var project struct {
		Name   string
		Config map[string]struct {
			Type        string
			Items       *struct{ Type string }
			Default     any
			Description string
		}
	}
	require.NoError(t, yaml.Unmarshal(projectFile(), &project))
	assert.Equal(t, Namespace, project.Name)
	assert.Len(t, project.Config, len(Keys()))
	for _, key := range Keys() {
		declared := project.Config[key.Name]
		assert.Equal(t, string(key.Type), declared.Type, key.Name)
		assert.Equal(t, key.Type == Array, declared.Items != nil, key.Name)
		assert.Equal(t, key.Description, declared.Description, key.Name)
		want, required := key.DefaultText()
		if !required {
			assert.Nil(t, declared.Default, key.Name)
			continue
		}
		got, err := ValueText(declared.Default)
		require.NoError(t, err)
		assert.Equal(t, want, got, key.Name)
	}
}

// The committed stack files load with the defaults that Pulumi adds, set nothing twice, and fit the schema.
func TestStackFiles(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	found, err := filepath.Glob(filepath.Join(root, "Pulumi.*.yaml"))
	require.NoError(t, err)
	require.Len(t, found, len(stackFiles))
	for _, path := range found {
		values, err := ReadStackFile(path)
		require.NoError(t, err)
		for key, value := range Defaults() {
			own, set := values[key]
			assert.False(t, set && own == value, "%s: %s repeats the default", path, key)
			if !set {
				values[key] = value
			}
		}
		config, err := Load(values)
		require.NoError(t, err, path)
		assert.Equal(t, stackFiles[filepath.Base(path)], config.OutboundType)
		assert.Equal(t, `["*"]`, values["pulumi:disable-default-providers"], path)

		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Contains(t, string(text), "# yaml-language-server: $schema=./pulumi-stack.schema.json\n")
		require.NoError(t, schema.Validate(instance(t, string(text))), path)
	}
}

func TestSchemaAccepts(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	for _, line := range []string{
		"aks-egress:nodeCount: 3", "aks-egress:nodeCount: '3'", "nodeCount: 3", "aks-egress:privateCluster: true",
		"aks-egress:privateCluster: 'true'", "aks-egress:outboundIpCount: 0", "aks-egress:zones: ['1', '2']",
		"aks-egress:tags: {team: web}", "aks-egress:nodeMaxSurge: 1", "aks-egress:nodeMaxSurge: 33%",
		"aks-egress:kubernetesVersion: ''", "aks-egress:networkPluginMode: ''", "aks-egress:probeMustBeBlocked: ''",
		"kubernetes:context: x", "pulumi:disable-default-providers: ['*']", "azure-native:clientSecret: {secure: v1:abc}",
		"aks-egress:existingHubVnetId: /subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/hub" +
			"/providers/microsoft.network/virtualNetworks/hub",
	} {
		assert.NoError(t, schema.Validate(instance(t, minimal+"  "+line+"\n")), line)
	}
	assert.NoError(t, schema.Validate(instance(t, minimal+"encryptionsalt: v1:abc\n")))
}

func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	for _, line := range []string{
		"aks-egress:nodeCuont: 3", "nodeCuont: 3", "aks-egress:nodeCount: 0", "aks-egress:nodeCount: many",
		"aks-egress:idleTimeoutMinutes: 3", "aks-egress:networkPlugin: cilium", "aks-egress:zones: [1]",
		"aks-egress:zones: ['4']", "aks-egress:allow: docker-hub", "aks-egress:tags: {team: 1}",
		"aks-egress:kubernetesVersion: 1.30", "aks-egress:privateCluster: maybe", "aks-egress:existingHubVnetId: hub",
	} {
		assert.Error(t, schema.Validate(instance(t, minimal+"  "+line+"\n")), line)
	}
	for _, text := range []string{
		strings.Replace(minimal, "loadBalancer", "none", 1),
		strings.Replace(minimal, "aks-egress:outboundType", "aks-egress:outboundtype", 1),
		strings.Replace(minimal, LocationKey, "azure-native:region", 1),
		strings.Replace(minimal, "config:", "confg:", 1),
	} {
		assert.Error(t, schema.Validate(instance(t, text)), text)
	}
}

const minimal = "config:\n  azure-native:location: westeurope\n  aks-egress:outboundType: loadBalancer\n"

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(stackSchema()))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource("pulumi-stack.schema.json", document))
	schema, err := compiler.Compile("pulumi-stack.schema.json")
	require.NoError(t, err)
	return schema
}

// instance is YAML as the schema's validator takes it.
func instance(t *testing.T, text string) any {
	t.Helper()
	var value any
	require.NoError(t, yaml.Unmarshal([]byte(text), &value))
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(jsonText(value)))
	require.NoError(t, err)
	return document
}
