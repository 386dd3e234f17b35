package engine

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMergeSettings(t *testing.T) {
	t.Parallel()
	user := `# a comment
secretsprovider: azurekeyvault://somewhere
encryptedkey: abc
encryptionsalt: of-the-user
config:
  azure-native:location: westeurope
  lab:count: 1
  list: [a]
`
	merged, err := mergeSettings("lab", []byte(user), []byte("encryptionsalt: of-the-lab\n"),
		map[string]string{"lab:count": "2", "lab:list": "[b, c]", "lab:version": "1.30"})
	require.NoError(t, err)
	assert.YAMLEq(t, `
encryptionsalt: of-the-lab
config:
  azure-native:location: westeurope
  lab:count: "2"
  lab:list: [b, c]
  lab:version: "1.30"
`, string(merged))
}

func TestMergeSettings_EmptyFiles(t *testing.T) {
	t.Parallel()
	for _, user := range []string{"", "# nothing\n", "config:\n", "config: {}\n"} {
		merged, err := mergeSettings("lab", []byte(user), nil, map[string]string{"lab:a": "b"})
		require.NoError(t, err, user)
		assert.YAMLEq(t, `{config: {"lab:a": b}}`, string(merged), user)
	}
}

func TestMergeSettings_Refused(t *testing.T) {
	t.Parallel()
	for user, want := range map[string]string{
		"config: {lab:key: {secure: v1:abc}, lab:list: [{secure: v1:abc}]}": "config lab:key: it is encrypted",
		"- a list":  "the file is not a mapping of settings",
		"a: b: c":   "yaml",
		"config: [": "yaml",
	} {
		_, err := mergeSettings("lab", []byte(user), nil, nil)
		require.ErrorContains(t, err, want, user)
	}
	secret := []byte("config: {lab:key: {secure: v1:abc}}")
	_, err := mergeSettings("lab", secret, nil, map[string]string{"lab:key": "open"})
	assert.NoError(t, err, "an override replaces the encrypted value")
}

func FuzzMergeSettings(f *testing.F) {
	f.Add("config: {a: b}", "k", "v")
	f.Add("config: [", "k", "[1, {a: b}]")
	f.Add("config:\n  a:\n    secure: x", "", "{")
	f.Fuzz(func(t *testing.T, user, key, value string) {
		overrides, err := ParseOverrides("lab", []string{key + "=" + value})
		if err != nil {
			return
		}
		merged, err := mergeSettings("lab", []byte(user), nil, overrides)
		if err != nil {
			return
		}
		again, err := mergeSettings("lab", merged, nil, nil)
		require.NoError(t, err, "what was merged can be merged again")
		assert.YAMLEq(t, string(merged), string(again))
	})
}

func TestParseOverrides(t *testing.T) {
	t.Parallel()
	overrides, err := ParseOverrides("lab", []string{"count=3", "azure-native:location=a=b", "empty="})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"lab:count": "3", "azure-native:location": "a=b", "lab:empty": ""}, overrides)
	for _, bad := range []string{"count", "=3", ""} {
		_, err := ParseOverrides("lab", []string{bad})
		assert.ErrorContains(t, err, "key=value", bad)
	}
}

func TestWithoutForeign(t *testing.T) {
	t.Parallel()
	kept := withoutForeign([]string{
		"PATH=/bin", "ARM_CLIENT_ID=x", "AZURE_TENANT_ID=x", "KUBECONFIG=x", "KUBERNETES_SERVICE_HOST=x",
		"PULUMI_ACCESS_TOKEN=x", "Pulumi_Backend_Url=x", "HOME=/h", "HTTPS_PROXY=p",
		"PULUMI_K8S_DELETE_UNREACHABLE=true",
	})
	assert.Equal(t, []string{"PATH=/bin", "HOME=/h", "HTTPS_PROXY=p", "PULUMI_K8S_DELETE_UNREACHABLE=true"}, kept)
}
