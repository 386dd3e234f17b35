package endpoints

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestParseAddresses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		entry string
		want  Endpoint // without Why
	}{
		{"https://example.com", Endpoint{Host: "example.com", Protocol: HTTPS, Port: 443}},
		{"https://Example.COM:8443", Endpoint{Host: "example.com", Protocol: HTTPS, Port: 8443}},
		{"https://*.example.com", Endpoint{Host: "*.example.com", Protocol: HTTPS, Port: 443}},
		{"http://example.com", Endpoint{Host: "example.com", Protocol: HTTP, Port: 80}},
		{"http://*.corp:64000", Endpoint{Host: "*.corp", Protocol: HTTP, Port: 64000}},
		{"tcp://db.example.com:5432", Endpoint{Host: "db.example.com", Protocol: TCP, Port: 5432}},
		{"tcp://203.0.113.7:65535", Endpoint{Prefix: netip.MustParsePrefix("203.0.113.7/32"), Protocol: TCP, Port: 65535}},
		{"tcp://203.0.113.0/24:443", Endpoint{Prefix: netip.MustParsePrefix("203.0.113.0/24"), Protocol: TCP, Port: 443}},
		{"tcp://0.0.0.0/0:5432", Endpoint{Prefix: netip.MustParsePrefix("0.0.0.0/0"), Protocol: TCP, Port: 5432}},
		{"udp://0.0.0.0/0:123", Endpoint{Prefix: netip.MustParsePrefix("0.0.0.0/0"), Protocol: UDP, Port: 123}},
		{"udp://ntp.ubuntu.com:123", Endpoint{Host: "ntp.ubuntu.com", Protocol: UDP, Port: 123}},
	}
	for _, test := range tests {
		t.Run(test.entry, func(t *testing.T) {
			t.Parallel()
			got, err := Parse(test.entry, "westeurope")
			require.NoError(t, err)
			require.Len(t, got, 1)
			assert.Equal(t, "Allowed by the configuration: "+test.entry+".", got[0].Why)
			got[0].Why = ""
			assert.Equal(t, test.want, got[0])
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	const wildcard = "a wildcard stands only as the whole leftmost label of http and https: write *.example.com"
	const ipv6 = "IPv6 leaves through none of these paths, which are IPv4 only: write an IPv4 address or a host name"
	long := strings.Repeat("a", 64)
	tests := []struct{ entry, want string }{
		{"https://example.com/", `a rule sees host and port only: remove "/"`},
		{"https://example.com/a?b", `a rule sees host and port only: remove "/a?b"`},
		{"https://u:p@example.com", `a rule sees host and port only: remove "@example.com"`},
		{"https://example.com:0", "port 0 is outside 1-64000"},
		{"https://example.com:64001", "port 64001 is outside 1-64000"},
		{"https://example.com:x", "port x is outside 1-64000"},
		{"https://*", "this would allow every host: name the domain, such as *.example.com"},
		{"https://a.*.com", wildcard},
		{"https://a*.example.com", wildcard},
		{"https://*.*.com", wildcard},
		{"https://", "the host is missing"},
		{"https://example", "host example is not a full DNS name: write it with its domain, such as example.example.com"},
		{"https://example..com", "the host has an empty label: remove the extra dot"},
		{"https://example.com.", "the host has an empty label: remove the extra dot"},
		{"https://-a.com", "host label -a starts or ends with a hyphen"},
		{"https://a_b.com", "host label a_b has '_': letters, digits and hyphens are allowed"},
		{"https://" + long + ".com", "host label " + long + " is longer than 63 characters"},
		{"https://" + strings.Repeat("a.", 127) + "com", "the host is longer than 253 characters"},
		{"https://1.2.3.400", "host 1.2.3.400 is neither a DNS name nor an IPv4 address"},
		{"https://203.0.113.7", "an address where http and https are matched by host name: write tcp://203.0.113.7:PORT"},
		{"https://[2001:db8::1]", ipv6},
		{"tcp://2001:db8::1:443", ipv6},
		{"tcp://example.com", "the port is missing: write it after a colon, such as :443"},
		{"tcp://203.0.113.0/24", "the port is missing: write it after a colon, such as :443"},
		{"tcp://203.0.113.9/24:443", "203.0.113.9/24 has bits set after the prefix: write 203.0.113.0/24"},
		{"tcp://203.0.113.0/33:443", `"203.0.113.0/33" is not a CIDR: write it as 203.0.113.0/24, with the port after it`},
		{"tcp://example.com/a:443", `"example.com/a" is not a CIDR: write it as 203.0.113.0/24, with the port after it`},
		{"tcp://0.0.0.0/0:443", "this network rule would decide before, and so end, every rule by host name: narrow it"},
		{"tcp://*.example.com:443", "network rules know no wildcards: write the whole name, or https://*.example.com"},
		{"udp://:53", "the host is missing"},
		{"ftp://example.com", `scheme is none of https, http, tcp and udp (got "ftp")`},
		{"HTTPS://example.com", `scheme is none of https, http, tcp and udp (got "HTTPS")`},
		{"docker-hub:x", "preset docker-hub takes no name: write docker-hub"},
		{"acr", "preset acr needs a name: write acr:<name>"},
		{"acr:a-b", `acr name is 5-50 letters and digits (got "a-b")`},
		{"key-vault:a--b", `key-vault name is 3-24 letters, digits and single hyphens, a letter first (got "a--b")`},
		{
			"key-vault:" + strings.Repeat("a-", 12) + "a",
			`key-vault name is 3-24 letters, digits and single hyphens, a letter first (got "a-a-a-a-a-a-a-a-a-a-a-a-a")`,
		},
		{"storage:Abc", `storage name is 3-24 lower-case letters and digits (got "Abc")`},
		{"cosmos-db:-ab", `cosmos-db name is 3-44 lower-case letters, digits and hyphens (got "-ab")`},
		{"", "not a preset (acr:<name>, application-gateway-for-containers, azure-monitor, cosmos-db:<name>, docker-hub, " +
			"ghcr, key-vault:<name>, mcr, storage:<name>, ubuntu-updates, windows-updates) and not https://host, http://host, " +
			"tcp://host:port or udp://host:port"},
	}
	for _, test := range tests {
		t.Run(test.entry, func(t *testing.T) {
			t.Parallel()
			_, err := Parse(test.entry, "westeurope")
			require.Error(t, err)
			_, rule, _ := strings.Cut(err.Error(), `": `)
			assert.Equal(t, test.want, rule)
			assert.Contains(t, err.Error(), "allow \"")
		})
	}
}

func TestPresets(t *testing.T) {
	t.Parallel()
	tests := map[string][]string{
		"docker-hub": {
			"https://registry-1.docker.io", "https://auth.docker.io", "https://production.cloudflare.docker.com",
			"https://production.cloudfront.docker.com",
		},
		"mcr":  {"https://mcr.microsoft.com", "https://*.data.mcr.microsoft.com"},
		"ghcr": {"https://ghcr.io", "https://pkg-containers.githubusercontent.com"},
		"acr:Shop1": {
			"https://shop1.azurecr.io", "https://shop1.westeurope.data.azurecr.io",
			"https://*.blob.core.windows.net",
		},
		"ubuntu-updates": {
			"http://archive.ubuntu.com", "http://security.ubuntu.com", "http://azure.archive.ubuntu.com",
			"http://changelogs.ubuntu.com", "https://snapshot.ubuntu.com",
		},
		"windows-updates":  {"http://WindowsUpdate", "https://WindowsUpdate"},
		"key-vault:Shop-1": {"https://shop-1.vault.azure.net"},
		"cosmos-db:shop-1": {"https://shop-1.documents.azure.com", "https://shop-1-westeurope.documents.azure.com"},
		"storage:shop1data": {
			"https://shop1data.blob.core.windows.net", "https://shop1data.dfs.core.windows.net",
			"https://shop1data.file.core.windows.net", "https://shop1data.queue.core.windows.net",
			"https://shop1data.table.core.windows.net",
		},
		"application-gateway-for-containers": {
			"https://mcr.microsoft.com", "https://*.data.mcr.microsoft.com",
			"https://management.azure.com", "https://login.microsoftonline.com", "https://*.oic.prod-aks.azure.com",
			"https://*.alb.azure.com",
		},
		"azure-monitor": {
			"https://*.ods.opinsights.azure.com", "https://*.oms.opinsights.azure.com",
			"https://dc.services.visualstudio.com", "https://*.in.applicationinsights.azure.com",
			"https://*.monitoring.azure.com", "https://login.microsoftonline.com",
			"https://global.handler.control.monitor.azure.com", "https://*.ingest.monitor.azure.com",
			"https://*.metrics.ingest.monitor.azure.com", "https://westeurope.handler.control.monitor.azure.com",
		},
	}
	for entry, want := range tests {
		got, err := Parse(entry, "westeurope")
		require.NoError(t, err, entry)
		assert.Equal(t, want, texts(got), entry)
		assertWellFormed(t, got)
	}
	assert.Len(t, Presets(), len(tests))
	assert.IsIncreasing(t, presetNames())
	for _, p := range Presets() {
		assert.True(t, strings.HasSuffix(p.Description, ".") || strings.HasSuffix(p.Description, ")."), p.Name)
	}
}

// An entry that is accepted says the same thing when it is written out again.
func TestParseRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		scheme := rapid.SampledFrom([]string{"https", "http", "tcp", "udp"}).Draw(t, "scheme")
		host := rapid.StringMatching(
			`(\*\.)?[a-z0-9-]{1,8}\.[a-z]{2,4}|[0-9]{1,3}(\.[0-9]{1,3}){3}(/[0-9]{1,2})?`).Draw(t, "host")
		port := rapid.StringMatching(`(:[0-9]{1,5})?`).Draw(t, "port")
		got, err := Parse(scheme+"://"+host+port, "westeurope")
		if err != nil {
			return
		}
		assertWellFormed(t, got)
		again, err := Parse(got[0].String(), "westeurope")
		require.NoError(t, err)
		got[0].Why, again[0].Why = "", ""
		assert.Equal(t, got, again)
	})
}

func FuzzParse(f *testing.F) {
	for _, p := range Presets() {
		f.Add(strings.ReplaceAll(p.Name, "<name>", "shop1"))
	}
	f.Add("https://*.example.com:8443")
	f.Add("tcp://203.0.113.0/24:443")
	f.Add("udp://[::1]:53")
	f.Fuzz(func(t *testing.T, entry string) {
		got, err := Parse(entry, "westeurope")
		if err != nil {
			require.Nil(t, got)
			return
		}
		assertWellFormed(t, got)
	})
}

func texts(list []Endpoint) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = e.String()
	}
	return out
}

func presetNames() []string {
	var names []string
	for _, p := range Presets() {
		names = append(names, p.Name)
	}
	return names
}
