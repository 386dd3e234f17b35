package tests

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
	"aks-egress/egress/matrix"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
)

// What the matrix says of every destination is what a pod's own curl meets, for every outbound type: an answer, a
// denial in the firewall's words, or a connection that is closed. Each destination sees the address that the probe saw.
func TestMatrixIsWhatPodsSee(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stack    string
		settings []string
		path     string // how every path begins
		blocks   bool
	}{
		"load balancer":                {"lb", nil, "load balancer", false},
		"NAT gateway of AKS":           {"managednat", nil, "NAT gateway", false},
		"NAT gateway":                  {"natgw", nil, "NAT gateway", false},
		"NAT gateway with a prefix":    {"natgw", []string{"outboundIpPrefixLength=31"}, "NAT gateway", false},
		"load balancer, two addresses": {"lb", []string{"outboundIpCount=2"}, "load balancer", false},
		"firewall":                     {"udr", nil, "firewall: ", true},
		"firewall, Basic":              {"udr", []string{"firewallTier=Basic"}, "firewall: ", true},
		"firewall with entries": {
			"udr", []string{"allow=[key-vault:shop, 'http://api.example.com', docker-hub, windows-updates]"}, "firewall: ", true,
		},
		"firewall, pods of the subnet": {"udr", []string{"networkPluginMode="}, "firewall: ", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newStack(t, test.stack)
			up := l.must((*engine.Stack).Up, test.settings...)
			expected, err := prefixesOf(up.Outputs["expectedEgressIps"])
			require.NoError(t, err)
			var addresses []string
			for _, p := range expected {
				addresses = append(addresses, egress.PrefixText(p))
			}
			rows := l.matrix()
			blocked := func(r matrix.Row) bool { return r.Verdict == matrix.Blocked }
			assert.Equal(t, test.blocks, slices.ContainsFunc(rows, blocked))
			for i, met := range l.curls(rows) {
				row := rows[i]
				require.True(t, strings.HasPrefix(row.Path, test.path), "%s by %s", row.Destination, row.Path)
				switch {
				case row.Verdict == matrix.Allowed:
					require.Equal(t, "0 200", met, row.Destination)
					require.Equal(t, addresses, row.SourceIPs, row.Destination)
				case row.Flow.Protocol == egress.HTTP:
					require.Equal(t, "0 470", met, row.Destination)
				default:
					require.Equal(t, "35 000", met, row.Destination)
				}
			}
		})
	}
}

// Under userDefinedRouting each preset opens the rows for which the matrix names it, and no other; one closes again
// when its entry goes.
func TestPresetsOpenTheirRows(t *testing.T) {
	t.Parallel()
	l := newStack(t, "udr")
	l.must((*engine.Stack).Up)
	before := l.matrix()
	for _, class := range endpoints.Classes() {
		if class.Preset == "" {
			continue
		}
		entry := class.Entry(class.Example)
		l.must((*engine.Stack).Up, "allow=["+entry+"]")
		var want, got []string
		after := l.matrix()
		for i, row := range before {
			if row.OpenedBy == entry {
				want = append(want, row.Destination)
			}
			require.Equal(t, row.Destination, after[i].Destination)
			if row.Verdict != after[i].Verdict {
				require.Equal(t, matrix.Blocked, row.Verdict, "%s closes %s", entry, row.Destination)
				got = append(got, row.Destination)
				assert.True(t, strings.HasPrefix(after[i].Path, "firewall: workloads/"), after[i].Path)
			}
		}
		if class.Preset == "acr:<name>" { // its layers are in some account, so in all
			want = append(want, "https://mystorage.blob.core.windows.net")
		}
		assert.Equal(t, want, got, entry)
	}
}

// matrix asks the deployed network for every class of destinations.
func (l *lab) matrix() []matrix.Row {
	l.t.Helper()
	network, err := l.deployed()
	require.NoError(l.t, err)
	own := matrix.OwnOf(network)
	own.Targets = []endpoints.Endpoint{{Host: "ifconfig.me", Protocol: endpoints.HTTP, Port: 80}}
	start := matrix.Start{From: network.Clusters[0].ID, Pod: true}
	rows := matrix.Rows(network, start, matrix.Destinations(start.Region(network), own))
	return matrix.Shown([][]matrix.Row{rows})[0]
}

// curls asks for each destination in the probe's pod: curl's exit code and the HTTP status.
func (l *lab) curls(rows []matrix.Row) []string {
	l.t.Helper()
	met := make([]string, len(rows))
	inAzure(l, func(c engine.Cloud) {
		kubernetes, err := simulation.Kubernetes(c)
		require.NoError(l.t, err)
		for i, row := range rows {
			url := strings.ToLower(string(row.Flow.Protocol)) + "://" + row.Flow.Host + "/"
			script := "curl -s -o /dev/null -w '%{http_code}' " + url + "; code=$?; printf ' %s' $code"
			result, err := kubernetes.Exec(l.t.Context(), "egress-probe", "egress-probe-0", "", []string{"sh", "-c", script})
			require.NoError(l.t, err)
			status, code, _ := strings.Cut(result.Output, " ")
			met[i] = code + " " + status
		}
	})
	return met
}
