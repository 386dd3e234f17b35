package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

// traceStates traces in the hub and the spoke of testdata.
func traceStates(arguments ...string) (code int, stdout, stderr string) {
	states := []string{"trace", "--state", "testdata/hub.json", "--state", "testdata/spoke.json"}
	return call(append(states, arguments...)...)
}

func TestTrace(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]struct {
		code  int
		lines []string
	}{
		"--to api.example.com:443": {exitFine, []string{
			"pod of shop → HTTPS api.example.com:443",
			"  pod              SNAT to node address                overlay 10.244.0.0/16, shop",
			"  firewall         allow                               egress/aks/api (application rule), afw",
			"  answer: peering  to VNet spoke                       allowVirtualNetworkAccess, hub/to-spoke",
			"  exits-internet from 203.0.113.10: leaves through the firewall",
		}},
		"--to example.org:443": {exitFailed, []string{
			"  firewall  deny                                no rule matched (default deny), afw",
		}},
		"--to mcr.microsoft.com:443 --from node --cluster SHOP": {exitFine, []string{
			"node of shop → HTTPS mcr.microsoft.com:443",
		}},
		"--to https://api.example.com --from spoke/nodes --address 20.1.2.3": {exitFine, []string{
			"subnet nodes → HTTPS api.example.com (20.1.2.3):443",
		}},
		"--inbound": {exitFailed, []string{
			"a client on the internet → HTTP 203.0.113.80:80",
			"  answer: firewall  drop the answer                     stateful: no connection known, afw",
		}},
		"--inbound --to 203.0.113.80:80 --client 198.51.100.7": {exitFailed, []string{
			"client 198.51.100.7 → TCP 203.0.113.80:80",
		}},
	} {
		t.Run(arguments, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := traceStates(strings.Fields(arguments)...)
			assert.Equal(t, want.code, code, stderr)
			assert.Empty(t, stderr)
			for _, line := range want.lines {
				assert.Contains(t, strings.Split(stdout, "\n"), line)
			}
			for line := range strings.SplitSeq(stdout, "\n") {
				assert.LessOrEqual(t, len([]rune(line)), traceWidth, line)
			}
		})
	}
}

func TestTraceJSON(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := traceStates("--json", "--to", "api.example.com:443")
	require.Equal(t, exitFine, code, stderr)
	var one map[string]json.RawMessage
	require.NoError(t, json.Unmarshal([]byte(stdout), &one))
	assert.JSONEq(t, `"exits-internet"`, string(one["disposition"]))
	assert.JSONEq(t, `["203.0.113.10"]`, string(one["sourceIps"]))
	var hops []egress.Hop
	require.NoError(t, json.Unmarshal(one["hops"], &hops))
	assert.Equal(t, "firewall", hops[len(hops)-1].At)
	require.NoError(t, json.Unmarshal(one["returnHops"], &hops))
	assert.Len(t, hops, 2)

	code, stdout, _ = traceStates("--json", "--inbound")
	assert.Equal(t, exitFailed, code)
	var all struct{ Traces []traceReport }
	require.NoError(t, json.Unmarshal([]byte(stdout), &all))
	require.Len(t, all.Traces, 1)
	assert.Equal(t, egress.Asymmetric, all.Traces[0].Disposition)
}

func TestTraceServiceTags(t *testing.T) {
	t.Parallel()
	tags := filepath.Join(t.TempDir(), "tags.json")
	require.NoError(t, os.WriteFile(tags, []byte(
		`{"values": [{"name": "AzureCloud.westeurope", "properties": {"addressPrefixes": ["20.0.0.0/8"]}}]}`), 0o600))
	code, _, stderr := traceStates("--to", "api.example.com:443", "--service-tags", tags)
	assert.Equal(t, exitFine, code, stderr)
	code, _, stderr = traceStates("--to", "api.example.com:443", "--service-tags", "testdata/hub.json")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "not Microsoft's file of service tags")
}

// What the model does not know is not passed over in silence.
func TestTraceTellsOfUnknowns(t *testing.T) {
	t.Parallel()
	file := stateFile(t, `{"version": 3, "deployment": {"resources": [
		{"urn": "a", "type": "azure-native:network:VirtualNetworkGateway", "id": "/x", "outputs": {}}]}}`)
	code, stdout, stderr := traceStates("--state", file, "--to", "api.example.com:443")
	assert.Equal(t, exitFine, code, stderr)
	assert.Contains(t, stdout,
		"\n1 resource not known to the model, which may change the picture: lab doctor lists them.\n")
	_, stdout, _ = traceStates("--to", "api.example.com:443")
	assert.NotContains(t, stdout, "not known")
}

func TestTraceUsage(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		"":                                        "--to is missing",
		"--to api.example.com":                    "the port is missing: write it after a colon, such as api.example.com:443",
		"--to api.example.com:0":                  "port 0 is outside 1-65535",
		"--to api.example.com:65536":              "port 65536 is outside 1-65535",
		"--to ftp://api.example.com:21":           "the scheme is none of http, https, tcp and udp",
		"--to api..example.com:443":               "empty label",
		"--to api_example.com:443":                `has '_'`,
		"--to [2001:db8::1]:443":                  "IPv6 is not modelled",
		"--to localhost:80":                       "not a full DNS name",
		"--to a.example.com:443 --from nowhere":   "neither pod nor node nor one of the subnets",
		"--to a.example.com:443 --cluster other":  "--cluster other is none of shop",
		"--to a.example.com:443 --client 1.2.3.4": "--client goes with --inbound",
		"--inbound --from node":                   "--inbound starts on the internet",
		"--inbound --client here":                 `--client "here" is not an IPv4 address`,
		"--to a.example.com:443 --address ::1":    `--address "::1" is not an IPv4 address`,
		"udr --to a.example.com:443":              "not both",
	} {
		t.Run(arguments, func(t *testing.T) {
			t.Parallel()
			code, stdout, stderr := traceStates(strings.Fields(arguments)...)
			assert.Equal(t, exitUsage, code)
			assert.Empty(t, stdout)
			assert.Contains(t, stderr, want)
		})
	}
}

func TestTraceNothingListens(t *testing.T) {
	t.Parallel()
	code, stdout, _ := call("trace", "--state", "testdata/hub.json", "--inbound")
	assert.Equal(t, exitFine, code)
	assert.Contains(t, stdout, "nothing listens")
	code, _, stderr := call("trace", "--state", "testdata/hub.json", "--to", "a.example.com:443")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, stderr, "no managed cluster to start from")
}

// circle is a third state, which sends what leaves the firewall's subnet to the firewall.
const circle = `{"version": 3, "deployment": {"resources": [
	{"urn": "a", "type": "azure-native:network:RouteTable", "id": "HUB/Microsoft.Network/routeTables/circle",
		"outputs": {"routes": [{"name": "back", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualAppliance",
			"nextHopIpAddress": "10.0.0.4"}]}},
	{"urn": "b", "type": "azure-native:network:Subnet",
		"id": "HUB/Microsoft.Network/virtualNetworks/hub/subnets/AzureFirewallSubnet",
		"outputs": {"addressPrefix": "10.0.0.0/26", "routeTable": {"id": "HUB/Microsoft.Network/routeTables/circle"}}}]}}`

func TestTraceRoutesInACircle(t *testing.T) {
	t.Parallel()
	const hub = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/hub/providers"
	file := stateFile(t, strings.ReplaceAll(circle, "HUB", hub))
	code, stdout, stderr := traceStates("--state", file, "--to", "api.example.com:443")
	assert.Equal(t, exitUsage, code, "the network cannot be right")
	assert.Empty(t, stderr)
	assert.Contains(t, stdout, "loop: the flow comes back to firewall afw")
}
