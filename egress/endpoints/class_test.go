package endpoints

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func classNamed(t *testing.T, name string) Class {
	t.Helper()
	i := slices.IndexFunc(classTable, func(c Class) bool { return c.Name == name })
	require.GreaterOrEqual(t, i, 0, name)
	return classTable[i]
}

func TestClasses(t *testing.T) {
	t.Parallel()
	var presets []string
	for _, c := range Classes() {
		list := c.Destinations(c.Example, "westeurope")
		assertWellFormed(t, list)
		for _, e := range list {
			assert.NotContains(t, strings.TrimPrefix(e.Host, "*.hcp."), "*", "%s can be asked for", c.Name)
			assert.Empty(t, e.FQDNTag, "%s can be asked for", c.Name)
		}
		assert.True(t, strings.HasSuffix(c.Why, "."), c.Name)
		assert.Equal(t, c.Example != "", strings.Contains(c.Preset, "<name>"), c.Name)
		if c.Preset != "" {
			presets = append(presets, c.Preset)
			_, err := Parse(c.Entry(c.Example), "westeurope")
			assert.NoError(t, err, "the entry is one that the allow list takes")
		}
	}
	slices.Sort(presets)
	var all []string
	for _, p := range Presets() {
		all = append(all, p.Name)
	}
	assert.Equal(t, all, presets, "each preset opens one class")
}

func TestDestinations(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		ClassAKS: {
			"https://*.hcp.westeurope.azmk8s.io", "https://mcr-0001.mcr-msedge.net", "https://management.azure.com",
			"https://login.microsoftonline.com", "https://packages.microsoft.com", "https://acs-mirror.azureedge.net",
			"https://packages.aks.azure.com",
		},
		"Microsoft Container Registry": {"https://mcr.microsoft.com", "https://example.data.mcr.microsoft.com"},
		"Azure Container Registry": {
			"https://shop.azurecr.io", "https://shop.westeurope.data.azurecr.io", "https://example.blob.core.windows.net",
		},
		"Ubuntu updates": {
			"http://archive.ubuntu.com", "http://security.ubuntu.com", "http://azure.archive.ubuntu.com",
			"http://changelogs.ubuntu.com", "https://snapshot.ubuntu.com",
		},
		"Cosmos DB": {"https://shop.documents.azure.com", "https://shop-westeurope.documents.azure.com"},
	} {
		assert.Equal(t, want, texts(classNamed(t, name).Destinations("shop", "westeurope")))
	}
	windows := texts(classNamed(t, "Windows updates").Destinations("", "westeurope"))
	assert.Contains(t, windows, "http://windowsupdate.microsoft.com")
	assert.Contains(t, windows, "https://example.update.microsoft.com")
	assert.NotContains(t, windows, "http://download.windowsupdate.com", "*.windowsupdate.com stands for it")
	assert.Len(t, slices.Compact(slices.Sorted(slices.Values(windows))), len(windows), "each once")
}

// The names of a class's resources are found in what somebody allowed, however it was written.
func TestNames(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]map[string][]string{
		"key-vault:shop storage:shop acr:shop1": {
			"Key Vault": {"shop"}, "Storage": {"shop"}, "Azure Container Registry": {"shop1"}, "Cosmos DB": nil,
		},
		"https://zoo.vault.azure.net key-vault:ant": {"Key Vault": {"ant", "zoo"}},
		"https://shop.blob.core.windows.net":        {"Storage": nil}, // one service of five
		"cosmos-db:shop":                            {"Cosmos DB": {"shop"}},
		"cosmos-db:shop-westeurope":                 {"Cosmos DB": {"shop-westeurope"}},
		"https://*.vault.azure.net":                 {"Key Vault": nil}, // any, so none by name
		"https://*.core.windows.net acr:shop1":      {"Azure Container Registry": {"shop1"}, "Storage": nil},
		"http://shop.vault.azure.net mcr":           {"Key Vault": nil, "Microsoft Container Registry": nil},
		"https://a.b.vault.azure.net":               {"Key Vault": nil},
	} {
		var allowed []Endpoint
		for entry := range strings.FieldsSeq(text) {
			list, err := Parse(entry, "westeurope")
			require.NoError(t, err)
			allowed = append(allowed, list...)
		}
		for class, names := range want {
			assert.Equal(t, names, classNamed(t, class).Names(allowed, "westeurope"), "%s in %s", class, text)
		}
	}
	image, err := Image("shop1.azurecr.io/web:1")
	require.NoError(t, err)
	assert.Equal(t, []string{"shop1"}, classNamed(t, "Azure Container Registry").Names(image, "westeurope"))
}

func TestServiceTags(t *testing.T) {
	t.Parallel()
	for host, want := range map[string][]string{
		"Shop.vault.azure.net":             {"AzureKeyVault.westeurope"},
		"shop.westeurope.data.azurecr.io":  {"AzureContainerRegistry.westeurope"},
		"management.azure.com":             {"AzureResourceManager"},
		"example.ods.opinsights.azure.com": {"AzureMonitor"},
		"mcr.microsoft.com":                nil,
		"notmanagement.azure.com":          nil,
	} {
		assert.Equal(t, want, ServiceTags(host, "westeurope"), host)
	}
	assert.Equal(t, []string{"Storage"}, ServiceTags("shop.blob.core.windows.net", ""))
}
