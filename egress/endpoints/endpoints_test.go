package endpoints

import (
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// assertWellFormed checks what the doc comment of Endpoint promises, and that no endpoint hides rules by host name.
func assertWellFormed(t require.TestingT, list []Endpoint) {
	require.NotEmpty(t, list)
	for _, e := range list {
		set := 0
		for _, is := range []bool{e.Host != "", e.Prefix.IsValid(), e.ServiceTag != "", e.FQDNTag != ""} {
			if is {
				set++
			}
		}
		assert.Equal(t, 1, set, "%+v", e)
		assert.Equal(t, e.FQDNTag != "", e.Port == 0, "%+v", e)
		application := e.Protocol == HTTP || e.Protocol == HTTPS
		assert.True(t, application || e.Protocol == TCP || e.Protocol == UDP, "%+v", e)
		assert.False(t, application && (e.Prefix.IsValid() || e.ServiceTag != ""), "%+v", e)
		assert.False(t, !application && (e.FQDNTag != "" || strings.Contains(e.Host, "*")), "%+v", e)
		assert.False(t, e.ServiceTag != "" && (e.Port == 443 || e.Port == 80), "%+v", e)
		assert.Equal(t, strings.ToLower(e.Host), e.Host)
		assert.True(t, strings.HasSuffix(e.Why, "."), "%+v", e)
	}
}

func TestRequired(t *testing.T) {
	t.Parallel()
	got := Required("westeurope")
	assertWellFormed(t, got)
	assert.Equal(t, []string{
		"udp://AzureCloud.westeurope:1194", "tcp://AzureCloud.westeurope:9000",
		"https://*.hcp.westeurope.azmk8s.io", "https://mcr.microsoft.com", "https://*.data.mcr.microsoft.com",
		"https://mcr-0001.mcr-msedge.net", "https://management.azure.com", "https://login.microsoftonline.com",
		"https://packages.microsoft.com", "https://acs-mirror.azureedge.net", "https://packages.aks.azure.com",
	}, texts(got))
}

func TestBeyond(t *testing.T) {
	t.Parallel()
	beyond := Beyond(TagAKS, ApplicationGatewayForContainers(), "westeurope")
	assert.Equal(t, []string{"https://*.oic.prod-aks.azure.com", "https://*.alb.azure.com"}, texts(beyond))
}

func TestFQDNTag(t *testing.T) {
	t.Parallel()
	aks, ok := FQDNTag(TagAKS, "northeurope")
	require.True(t, ok)
	assertWellFormed(t, aks)
	for _, needed := range RequiredFQDNs("northeurope") {
		assert.Contains(t, aks, needed)
	}
	hosts := texts(aks)
	assert.Contains(t, hosts, "http://security.ubuntu.com")
	assert.Contains(t, hosts, "https://northeurope.dp.kubernetesconfiguration.azure.com")
	for _, foreign := range []string{"https://registry-1.docker.io", "http://ifconfig.me", "http://example.com"} {
		assert.NotContains(t, hosts, foreign)
	}
	assert.Len(t, distinct(aks), len(aks))

	windows, ok := FQDNTag(TagWindowsUpdate, "northeurope")
	require.True(t, ok)
	assertWellFormed(t, windows)
	assert.Contains(t, texts(windows), "http://*.windowsupdate.com")

	none, ok := FQDNTag("WindowsUpdates", "northeurope")
	assert.False(t, ok)
	assert.Nil(t, none)
}

func TestImage(t *testing.T) {
	t.Parallel()
	hub := []string{
		"https://registry-1.docker.io", "https://auth.docker.io", "https://production.cloudflare.docker.com",
		"https://production.cloudfront.docker.com",
	}
	azure := []string{"https://shop1.azurecr.io", "https://*.data.azurecr.io", "https://*.blob.core.windows.net"}
	tests := map[string][]string{
		"nginx":                                hub,
		"nginxinc/nginx-unprivileged:1.29.1":   hub,
		"docker.io/library/nginx":              hub,
		"index.docker.io/library/nginx":        hub,
		"mcr.microsoft.com/oss/nginx/nginx:1":  {"https://mcr.microsoft.com", "https://*.data.mcr.microsoft.com"},
		"ghcr.io/a/b@sha256:" + digest:         {"https://ghcr.io", "https://pkg-containers.githubusercontent.com"},
		"shop1.azurecr.io/web:1":               azure,
		"registry.example.com/web:1":           {"https://registry.example.com"},
		"registry.example.com:5000/web:1":      {"https://registry.example.com:5000"},
		"203.0.113.9:5000/web:1":               {"tcp://203.0.113.9:5000"},
		"a-b.azurecr.io/web:1":                 {"https://a-b.azurecr.io"},
		"Registry.Example.com/web:1":           {"https://registry.example.com"},
		"quay.io/nginx/nginx-unprivileged:1.2": {"https://quay.io"},
	}
	for ref, want := range tests {
		got, err := Image(ref)
		require.NoError(t, err, ref)
		assert.Equal(t, want, texts(got), ref)
		assertWellFormed(t, got)
	}
}

const digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func TestImageRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":              `image "": not an image reference: invalid reference format`,
		"https://nginx": `image "https://nginx": not an image reference: invalid reference format`,
		"localhost/web": `image "localhost/web": registry localhost: host localhost is not a full DNS name: ` +
			`write it with its domain, such as localhost.example.com`,
		"a.com:99999/web":   `image "a.com:99999/web": registry a.com:99999: port 99999 is outside 1-64000`,
		"[2001:db8::1]/web": `image "[2001:db8::1]/web": registry [2001:db8::1]: ` + errIPv6.Error(),
	}
	for ref, want := range tests {
		_, err := Image(ref)
		assert.EqualError(t, err, want)
	}
}

func TestMatchHost(t *testing.T) {
	t.Parallel()
	tests := []struct {
		pattern, host string
		want          bool
	}{
		{"example.com", "EXAMPLE.com", true},
		{"example.com", "a.example.com", false},
		{"*.example.com", "a.example.com", true},
		{"*.example.com", "a.b.example.com", true},
		{"*.example.com", "example.com", false},
		{"*.example.com", ".example.com", false},
		{"*.example.com", "badexample.com", false},
		{"*", "example.com", true},
	}
	for _, test := range tests {
		assert.Equal(t, test.want, MatchHost(test.pattern, test.host), "%s %s", test.pattern, test.host)
	}
}

func TestFromURL(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"http://ifconfig.me/ip":        "http://ifconfig.me",
		"https://API.example.com/x?a":  "https://api.example.com",
		"https://api.example.com:8443": "https://api.example.com:8443",
		"http://203.0.113.7/": "! an address where http and https are matched by host name: write " +
			"tcp://203.0.113.7:PORT",
		"https://a.com:65000": "! port 65000 is outside 1-64000",
		"ftp://a.com":         `! scheme is neither http nor https (got "ftp")`,
	}
	for text, want := range tests {
		u, err := url.Parse(text)
		require.NoError(t, err)
		got, err := FromURL(u, "Probe.")
		if message, refused := strings.CutPrefix(want, "! "); refused {
			assert.EqualError(t, err, message)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, want, got.String())
		assert.Equal(t, "Probe.", got.Why)
	}
}

func TestString(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "udp://198.51.100.0/24:53",
		Endpoint{Prefix: netip.MustParsePrefix("198.51.100.0/24"), Protocol: UDP, Port: 53}.String())
}
