package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReadStackFile(t *testing.T) {
	t.Parallel()
	path := writeStack(t, "\ufeff"+`encryptionsalt: v1:abc
config:
  azure-native:location: westeurope
  azure-native:clientSecret: {secure: v1:abc}
  aks-egress:nodeCount: 3
  aks-egress:nodeMaxSurge: "2"
  aks-egress:kubernetesVersion: 1.30
  aks-egress:privateCluster: true
  aks-egress:firewallThreatIntel: Off
  aks-egress:zones: ["1", "2"]
  aks-egress:tags: {team: web, number: 3, 7: [2026-01-02]}
  aks-egress:allow:
  probeSamples: 4
`)
	got, err := ReadStackFile(path)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{
		"azure-native:location": "westeurope", "azure-native:clientSecret": "", "aks-egress:nodeCount": "3",
		"aks-egress:nodeMaxSurge": "2", "aks-egress:kubernetesVersion": "1.3", "aks-egress:privateCluster": "true",
		"aks-egress:firewallThreatIntel": "Off", "aks-egress:zones": `["1","2"]`,
		"aks-egress:tags":  `{"7":["2026-01-02 00:00:00 +0000 UTC"],"number":3,"team":"web"}`,
		"aks-egress:allow": "null", "aks-egress:probeSamples": "4",
	}, got)

	empty, err := ReadStackFile(writeStack(t, ""))
	require.NoError(t, err)
	assert.Empty(t, empty)
}

func TestReadStackFileRefuses(t *testing.T) {
	t.Parallel()
	const encrypted = " is encrypted, and no key of aks-egress is a secret: set it again without --secret"
	tests := map[string]string{
		"config:\n  aks-egress:nodeVmSize: {secure: v1:abc}\n": "aks-egress:nodeVmSize" + encrypted,
		"config:\n  allow: [{secure: v1:abc}]\n":               "aks-egress:allow" + encrypted,
		"config:\n  nodeCount: 1\n  aks-egress:nodeCount: 2\n": "aks-egress:nodeCount is there twice, with and without its " +
			"namespace: remove one",
		"config: [a]\n": "yaml: unmarshal errors:\n  line 1: cannot unmarshal !!seq into map[string]interface {}",
	}
	for text, want := range tests {
		_, err := ReadStackFile(writeStack(t, text))
		assert.EqualError(t, err, "Pulumi.test.yaml: "+want)
	}
	_, err := ReadStackFile(filepath.Join(t.TempDir(), "Pulumi.none.yaml"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = ReadStackFile(writeStack(t, "config:\n  x: .nan\n"))
	require.Error(t, err)
}

func FuzzReadStackFile(f *testing.F) {
	f.Add("config:\n  a:b: [1, {c: d}]\n")
	f.Add("config:\n  a: {secure: x}\n")
	f.Fuzz(func(t *testing.T, text string) {
		values, err := ReadStackFile(writeStack(t, text))
		require.False(t, err != nil && values != nil)
	})
}

func writeStack(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "Pulumi.test.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}
