package matrix_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
	"aks-egress/egress/matrix"
)

// lets is the reference for what an endpoint stands for: HTTP and HTTPS by name, at its port; an FQDN tag its hosts at
// both.
func lets(e endpoints.Endpoint, f egress.Flow) bool {
	if e.FQDNTag == "" {
		return string(e.Protocol) == string(f.Protocol) && e.Port == f.Port && endpoints.MatchHost(e.Host, f.Host)
	}
	web := f.Protocol == egress.HTTP && f.Port == 80 || f.Protocol == egress.HTTPS && f.Port == 443
	hosts, _ := endpoints.FQDNTag(e.FQDNTag, region)
	held := func(h endpoints.Endpoint) bool { return endpoints.MatchHost(h.Host, f.Host) }
	return web && slices.ContainsFunc(hosts, held)
}

// protocols has the usual one twice.
var protocols = []egress.Protocol{egress.HTTP, egress.HTTPS, egress.HTTPS, egress.TCP, egress.UDP}

// anyHost is a host of some class, one near it, or any other.
func anyHost(t *rapid.T) string {
	var hosts []string
	for _, class := range endpoints.Classes() {
		for _, e := range class.Destinations(class.Example, region) {
			hosts = append(hosts, strings.Replace(e.Host, "*", "aks-1", 1))
		}
	}
	host := rapid.SampledFrom(hosts).Draw(t, "host")
	switch rapid.IntRange(0, 5).Draw(t, "bent") {
	case 0:
		return rapid.StringMatching(`[a-z][a-z0-9]{0,8}`).Draw(t, "label") + "." + host
	case 1:
		_, below, _ := strings.Cut(host, ".")
		return "other." + below
	case 2:
		if _, below, _ := strings.Cut(host, "."); strings.Contains(below, ".") {
			return below
		}
	case 3:
		return host + ".example.net"
	case 4:
		return rapid.StringMatching(`[a-z][a-z0-9]{0,8}(\.[a-z][a-z0-9]{0,8}){1,3}`).Draw(t, "any")
	}
	return host
}

// foreign is what a preset opens beyond hosts with the name that it takes: a registry without data endpoints of its own
// has its layers in some storage account.
var foreign = map[string]string{
	"acr:<name>": ".blob.core.windows.net", "key-vault:<name>": "none", "storage:<name>": "none",
	"cosmos-db:<name>": "none",
}

// Each preset opens what it stands for and nothing else, closes nothing, and the matrix names it for just these.
func TestPresetsOpenTheirClassAndNothingMore(t *testing.T) {
	t.Parallel()
	before := egress.Compile(byFirewall())
	for _, class := range endpoints.Classes() {
		if class.Preset == "" {
			continue
		}
		entry := class.Entry(class.Example)
		list, err := endpoints.Parse(entry, region)
		require.NoError(t, err)
		after := egress.Compile(matrix.Allowing(byFirewall(), firewallID, list))
		t.Run(entry, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				flow := egress.Flow{
					From: clusterID, Pod: rapid.Bool().Draw(t, "pod"), Host: anyHost(t),
					Port:     rapid.SampledFrom([]uint16{80, 443, 443, 8443, 53}).Draw(t, "port"),
					Protocol: rapid.SampledFrom(protocols).Draw(t, "protocol"),
				}
				was := before.Trace(flow).Disposition.Arrives()
				want := was || slices.ContainsFunc(list, func(e endpoints.Endpoint) bool { return lets(e, flow) })
				is := after.Trace(flow).Disposition.Arrives()
				require.Equal(t, want, is, "%s after %s", flow, entry)
				if is && !was && class.Example != "" && !strings.HasPrefix(flow.Host, class.Example) {
					require.Contains(t, flow.Host, foreign[class.Preset], "%s is not of %s", flow, class.Example)
				}
			})
		})
	}
}

// The rows that a preset opens are those of its class that were blocked, and those of others that it stands for.
func TestMatrixWithEachPreset(t *testing.T) {
	t.Parallel()
	closed := ask(byFirewall(), matrix.Own{})
	others := map[string][]string{} // rows of other classes that a preset opens
	for _, class := range endpoints.Classes() {
		if class.Preset == "" {
			continue
		}
		list, err := endpoints.Parse(class.Entry(class.Example), region)
		require.NoError(t, err)
		open := ask(matrix.Allowing(byFirewall(), firewallID, list), matrix.Own{})
		for _, row := range closed {
			now := rowOf(open, row.Destination)
			require.NotNil(t, now, row.Destination)
			covered := slices.ContainsFunc(list, func(e endpoints.Endpoint) bool { return lets(e, row.Flow) })
			if row.Class == class.Name {
				require.True(t, covered, "%s is of the class", row.Destination)
				if row.Verdict == matrix.Blocked {
					require.Equal(t, class.Entry(class.Example), row.OpenedBy, row.Destination)
				}
			}
			if row.Class != class.Name && row.Verdict == matrix.Blocked && now.Verdict == matrix.Allowed {
				others[class.Preset] = append(others[class.Preset], row.Destination)
			}
			want := matrix.Blocked
			if covered || row.Verdict == matrix.Allowed {
				want = matrix.Allowed
			}
			require.Equal(t, want, now.Verdict, "%s with %s", row.Destination, class.Preset)
		}
	}
	require.Equal(t, map[string][]string{"acr:<name>": {"https://mystorage.blob.core.windows.net"}}, others)
}
