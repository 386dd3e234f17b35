package topology_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/topology"
)

func read(text string) ([]topology.Resource, error) {
	return topology.FromDeployment(strings.NewReader(text), "s.json")
}

func TestFromDeployment(t *testing.T) {
	t.Parallel()
	const list = `"resources": [
		{"type": "pulumi:pulumi:Stack", "urn": "u0", "outputs": {"a": 1}},
		{"type": "pulumi:providers:kubernetes", "urn": "u1", "id": "1", "inputs": {"clusterIdentifier": "c"}, "outputs": {}},
		{"type": "azure-native:network:NatGateway", "urn": "u2", "id": "ng", "provider": "p::1", "external": true,
			"outputs": {"location": "westeurope"}},
		{"type": "azure-native:network:NatGateway", "id": "old", "delete": true},
		{"type": "azure-native:network:NatGateway", "id": ""},
		{"type": "azure-native:keyvault:Vault", "id": "v", "outputs": {"a": 1}}]`
	want := []topology.Resource{
		{
			Type: "pulumi:providers:kubernetes", URN: "u1", ID: "1", Source: "s.json",
			Properties: map[string]any{"clusterIdentifier": "c"},
		},
		{
			Type: "azure-native:network:NatGateway", URN: "u2", ID: "ng", Provider: "p::1", External: true, Source: "s.json",
			Properties: map[string]any{"location": "westeurope"},
		},
		{Type: "azure-native:keyvault:Vault", ID: "v", Source: "s.json"},
	}
	for name, text := range map[string]string{
		"export":            `{"version": 3, "deployment": {"manifest": {}, ` + list + `, "metadata": {}}}`,
		"version behind":    `{"deployment": {` + list + `}, "version": 3}`,
		"version 4":         `{"version": 4, "features": ["refreshBeforeUpdate"], "deployment": {` + list + `}}`,
		"with a mark":       "\xef\xbb\xbf" + `{"version": 3, "deployment": {` + list + `}}`,
		"a file backend's":  `{"version": 3, "checkpoint": {"stack": "organization/p/s", "latest": {` + list + `}}}`,
		"blanks everywhere": " \n {\"version\"\t: 3, \"deployment\": {" + list + "}}\n\n",
	} {
		got, err := read(text)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
	}
	for _, text := range []string{
		`{"version": 3, "deployment": {"manifest": {}}}`, `{"version": 3, "deployment": null}`,
		`{"version": 3, "checkpoint": {"latest": null}}`, `{"version": 3, "deployment": {"resources": null}}`,
	} {
		got, err := read(text)
		require.NoError(t, err, "an empty stack")
		assert.Empty(t, got)
	}
}

func TestFromDeploymentRefuses(t *testing.T) {
	t.Parallel()
	deployment := func(text string) string { return `{"version": 3, "deployment": ` + text + `}` }
	for text, words := range map[string]string{
		"":                                "it is empty",
		" \n":                             "it is empty",
		"\xef\xbb\xbf\n":                  "it is empty",
		"not json":                        "it is no JSON from byte 2 on",
		"config:\n  a: b\n":               "it is no JSON from byte 1 on",
		`{"version": 3, "deployment": {a`: "it is no JSON from byte 30 on",
		"[]":                              "it must be an object",
		"7":                               "it must be an object",
		"null":                            "there is neither a deployment nor a checkpoint in it",
		"{}":                              "there is neither a deployment nor a checkpoint in it",
		`{"version": 4, "terraform_version": "1.9.0", "resources": []}`: "it is a Terraform state",
		`{"data": "ENC[AES256_GCM,data:x]", "sops": {}}`:                "it is encrypted by sops: decrypt it first",
		"-----BEGIN PGP MESSAGE-----\n":                                 "it is encrypted: decrypt it first",
		"age-encryption.org/v1\n":                                       "it is encrypted: decrypt it first",
		"\x1f\x8b\x08":                                                  "it is compressed by gzip: unpack it first",
		"\xff\xfe{\x00":                                                 "it is UTF-16",
		`{"version": 2, "deployment": {}}`:                              "its version is 2, and 3 to 4 are known",
		`{"version": 5, "checkpoint": {}}`:                              "its version is 5, and 3 to 4 are known",
		`{"deployment": {}}`:                                            "its version is 0, and 3 to 4 are known",
		`{"version": "3", "deployment": {}}`:                            "version is of the wrong type",
		`{"version": 3, "checkpoint": []}`:                              "checkpoint must be an object",
		deployment(`[]`):                                                "deployment must be an object",
		deployment(`{"resources": {}}`):                                 "deployment.resources must be a list",
		deployment(`{"resources": [7]}`):                                "deployment.resources[0] is of the wrong type",
		deployment(`{"resources": [{}, {"id": 7}]}`):                    "deployment.resources[1].id is of the wrong type",
		deployment(`{"resources": [{"id": "i", "type": "azure-native:network:Subnet", "outputs": 7}]}`): "deployment." +
			"resources[0].outputs is not an object of JSON values",
		deployment(`{}`) + deployment(`{}`): "there is more behind the first document: give each file by itself",
		deployment(`{"resources": [{"id": "i", "type": "azure-native:network:Subnet", "outputs": {"a": 1e999}}]}`): "outputs",
	} {
		_, err := read(text)
		require.ErrorIs(t, err, topology.ErrNotADeployment, text)
		require.ErrorContains(t, err, words, text)
		assert.True(t, strings.HasPrefix(err.Error(), "s.json: not what `pulumi stack export` writes: "), err)
		assert.NotContains(t, err.Error(), "\n", "one line")
	}

	_, err := topology.FromDeployment(iotest.ErrReader(errors.New("disk on fire")), "s.json")
	require.EqualError(t, err, "s.json: reading the deployment: disk on fire")
	_, err = topology.FromDeployment(io.MultiReader(strings.NewReader(`{"version": 3,`),
		iotest.ErrReader(errors.New("disk on fire"))), "s.json")
	require.EqualError(t, err, "s.json: reading the deployment: disk on fire")
}

// Half a file is refused, wherever it ends.
func TestTruncatedDeployment(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(filepath.Join("testdata", "udr.json"))
	require.NoError(t, err)
	text := strings.TrimRight(string(whole), "\n")
	for end := 1; end < len(text); end += 7 {
		_, err := read(text[:end])
		require.ErrorIs(t, err, topology.ErrNotADeployment, end)
		require.ErrorContains(t, err, "it ends in the middle, after ", end)
	}
}

func TestNoAzure(t *testing.T) {
	t.Parallel()
	of := func(types ...string) error {
		var resources []topology.Resource
		for _, name := range types {
			resources = append(resources, topology.Resource{Type: name})
		}
		return topology.NoAzure(resources)
	}
	require.NoError(t, of("aws:ec2/vpc:Vpc", "azure-native:resources:ResourceGroup"))
	require.NoError(t, of("azure-native_network_v20240501:network:Subnet"))
	require.EqualError(t, of("pulumi:providers:aws", "random:index/randomPet:RandomPet", "aws:ec2/vpc:Vpc", "aws:x:Y"),
		"there are no azure-native resources in it, only those of aws (2), random (1)")
	require.EqualError(t, of("azure:network/subnet:Subnet"),
		"there are no azure-native resources in it, only those of azure (1)")
	require.EqualError(t, of(), "there are no resources in it: give the export of a deployed stack")
}
