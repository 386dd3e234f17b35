package migrate_test

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"aks-egress/internal/config"
	"aks-egress/internal/migrate"
)

// edited is a file after its edits, made as a person makes them: from the last line up.
func edited(text string, edits []migrate.Edit) string {
	lines := strings.Split(text, "\n")
	for _, e := range slices.Backward(edits) {
		at := e.Line - 1
		lines = slices.Concat(lines[:at], e.Add, lines[at+len(e.Remove):])
	}
	return strings.Join(lines, "\n")
}

func TestEdits(t *testing.T) {
	t.Parallel()
	const file = `# of the shop
config:
    azure-native:location: westeurope
    outboundType: userDefinedRouting # since May
    # what the shop needs
    aks-egress:allow:
        - ghcr
        # the tax office
        - https://tax.example.com

    aks-egress:nodeCount: 3
encryptionsalt: v1:abc
`
	for name, test := range map[string]struct {
		settings []string
		want     []migrate.Edit
	}{
		"the type": {
			[]string{"outboundType=loadBalancer"},
			[]migrate.Edit{{
				4, []string{"    outboundType: userDefinedRouting # since May"}, []string{"    outboundType: loadBalancer"},
			}},
		},
		"a list goes, with all its lines": {
			[]string{"allow=[]"},
			[]migrate.Edit{{6, []string{
				"    aks-egress:allow:", "        - ghcr", "        # the tax office", "        - https://tax.example.com",
			}, []string{}}},
		},
		"new keys come last": {
			[]string{"outboundIpCount=2", `zones=["1"]`, "kubernetesVersion=1.30", "privateCluster=true", "nodeCount=3"},
			[]migrate.Edit{{12, []string{}, []string{
				`    aks-egress:kubernetesVersion: "1.30"`, "    aks-egress:outboundIpCount: 2",
				"    aks-egress:privateCluster: true", `    aks-egress:zones: ["1"]`,
			}}},
		},
		"defaults need no line": {[]string{"outboundIpCount=0", "migrateFromOutboundType="}, []migrate.Edit{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := migrate.Edits([]byte(file), given(test.settings...))
			require.NoError(t, err)
			assert.Equal(t, test.want, got)
		})
	}
}

func TestEdits_NotPossible(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"", "config: {a: b}\n", "config:\n", "- a\n", "config: [\n"} {
		_, err := migrate.Edits([]byte(file), given("nodeCount=3"))
		assert.Error(t, err, file)
	}
}

// After the edits a stack file says by itself what it said together with the settings, whatever is in it.
func TestEdits_AgreeWithTheSettings(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	path := filepath.Join(directory, "Pulumi.x.yaml")
	read := func(t *rapid.T, text string) map[string]string {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		values, err := config.ReadStackFile(path)
		require.NoError(t, err, text)
		return values
	}
	rapid.Check(t, func(t *rapid.T) {
		var text strings.Builder
		text.WriteString("config:\n  azure-native:location: westeurope\n")
		keys := rapid.SampledFrom(slices.Sorted(maps.Keys(written)))
		present := rapid.SliceOfNDistinct(keys, 0, 5, rapid.ID).Draw(t, "present")
		for _, key := range present {
			text.WriteString(rapid.SampledFrom(written[key]).Draw(t, key))
			text.WriteString(rapid.SampledFrom([]string{"", "\n", "  # aside\n"}).Draw(t, "aside"))
		}
		text.WriteString(rapid.SampledFrom([]string{"", "encryptionsalt: v1:a\n"}).Draw(t, "behind"))
		settings := map[string]string{}
		for key, values := range typed {
			if value := rapid.SampledFrom(append([]string{"-"}, values...)).Draw(t, "set "+key); value != "-" {
				settings["aks-egress:"+key] = value
			}
		}
		edits, err := migrate.Edits([]byte(text.String()), settings)
		require.NoError(t, err)
		want, defaults := read(t, text.String()), config.Defaults()
		for key, value := range settings {
			want[key] = asRead[value]
			if want[key] == "" {
				want[key] = value
			}
		}
		got := read(t, edited(text.String(), edits))
		for key := range maps.Keys(want) {
			if got[key] == "" && want[key] == defaults[key] {
				got[key] = want[key]
			}
		}
		assert.Equal(t, want, got, "%s\n%v", text.String(), edits)
	})
}

// Ways to write keys in a file, what people type behind -c, and how lists read.
var (
	written = map[string][]string{
		"outboundType": {"  outboundType: loadBalancer\n", "  aks-egress:outboundType: \"userDefinedRouting\" # why\n"},
		"allow":        {"  allow: [ghcr]\n", "  aks-egress:allow:\n    - ghcr\n\n    - mcr\n", "  allow:\n  - ghcr\n"},
		"nodeCount":    {"  nodeCount: 3\n", "  aks-egress:nodeCount: \"4\"\n"},
		"tags":         {"  tags: {a: b}\n", "  aks-egress:tags:\n    a: b\n    c: d\n"},
		"probeImage":   {"  probeImage: >-\n    docker.io/nginxinc/nginx-unprivileged:1.29.1\n"},
	}
	typed = map[string][]string{
		"outboundType": {"userAssignedNATGateway"}, "allow": {"[]", "[ghcr, mcr]"}, "nodeCount": {"2", "5"},
		"tags": {"{}", "{a: 'true'}"}, "kubernetesVersion": {"", "1.30"}, "zones": {`["1"]`}, "clusterTier": {"Standard"},
		"probeImage": {"a.example.com/b:1"},
	}
	asRead = map[string]string{"[ghcr, mcr]": `["ghcr","mcr"]`, "{a: 'true'}": `{"a":"true"}`}
)
