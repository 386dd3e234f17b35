package endpoints

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFindRetired(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"*.cdn.mscr.io":                "*.data.mcr.microsoft.com",
		"mcrwcus0.cdn.mscr.io":         "*.data.mcr.microsoft.com",
		"*.tun.westeurope.azmk8s.io":   "*.hcp.<region>.azmk8s.io",
		"A.TUN.westeurope.azmk8s.io.":  "*.hcp.<region>.azmk8s.io",
		"acs-mirror.azureedge.net":     "packages.aks.azure.com",
		"*.hcp.westeurope.azmk8s.io":   "",
		"packages.aks.azure.com":       "",
		"cdn.mscr.io":                  "",
		"acs-mirror.azureedge.net.com": "",
	} {
		got, ok := FindRetired(host)
		assert.Equal(t, want != "", ok, host)
		assert.Equal(t, want, got.Instead, host)
	}
}

// A retired name that is required all the same must say that the source still lists it, and every one has a source.
func TestRetiredHosts(t *testing.T) {
	t.Parallel()
	required := map[string]bool{}
	for _, e := range RequiredFQDNs("westeurope") {
		required[e.Host] = true
	}
	list := RetiredHosts()
	require.NotEmpty(t, list)
	for _, r := range list {
		assert.Equal(t, required[r.Host], r.StillListed, r.Host)
		assert.Contains(t, r.Source, "github.com/", r.Host)
		assert.NotEmpty(t, r.Instead)
		_, again := FindRetired(r.Instead)
		assert.False(t, again, "%s is replaced by a retired name", r.Host)
	}
}
