package azuresim

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sample is a value of a shape with every property set, down to a depth that ends recursive types.
func sample(s *shape, depth int) any {
	switch {
	case s.item != nil:
		return []any{sample(s.item, depth)}
	case s.value != nil:
		return map[string]any{"key": sample(s.value, depth)}
	case s.object != nil:
		o := map[string]any{}
		for name, p := range s.object {
			if depth > 0 {
				o[name] = sample(p.shape, depth-1)
			}
		}
		return o
	case s.scalar == "boolean":
		return true
	case s.scalar == "integer", s.scalar == "number":
		return 1.0
	default:
		return "x"
	}
}

// blank makes the value at a path of the lists' first items ask for nothing; numbers cannot, so they go.
func blank(o map[string]any, path []string) {
	name, isList := strings.CutSuffix(path[0], "[]")
	switch {
	case len(path) > 1 && isList:
		blank(o[name].([]any)[0].(map[string]any), path[1:])
	case len(path) > 1:
		blank(object(o, name), path[1:])
	default:
		switch o[name].(type) {
		case bool:
			o[name] = false
		case string:
			o[name] = ""
		case []any:
			o[name] = []any{}
		case map[string]any:
			o[name] = map[string]any{}
		default:
			delete(o, name)
		}
	}
}

// Every input that the SDK knows is understood, or listed as absent and taken as long as it asks for nothing.
func TestEveryInputIsKnown(t *testing.T) {
	t.Parallel()
	for _, token := range []string{
		"azure-native:containerservice/v20240901:ManagedCluster", "azure-native:containerservice:ManagedCluster",
	} {
		inputs, ok := sample(&shape{object: schemas().resources[token].inputs}, 8).(map[string]any)
		require.True(t, ok)
		require.Contains(t, inputs, "httpProxyConfig")
		for _, path := range managedClusterAbsent {
			blank(inputs, strings.Split(path, "."))
		}
		_, err := parseCluster(&Record{ID: "/c", Inputs: inputs})
		require.NoError(t, err, token)
	}
}

func TestSurge(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		maxSurge string
		count    int
		want     int
		ok       bool
	}{
		{"", 3, 1, true},
		{"2", 3, 2, true},
		{"33%", 3, 1, true},
		{"33%", 4, 2, true},
		{"100%", 5, 5, true},
		{"0", 3, 0, false},
		{"101%", 3, 0, false},
		{"-1", 3, 0, false},
		{"many", 3, 0, false},
	} {
		p := &poolSpec{Count: pointer(tc.count)}
		if tc.maxSurge != "" {
			e := newUpgrade(tc.maxSurge)
			p.UpgradeSettings = e.UpgradeSettings
		}
		got, ok := p.surge()
		assert.Equal(t, tc.ok, ok, tc.maxSurge)
		assert.Equal(t, tc.want, got, "%s of %d", tc.maxSurge, tc.count)
	}
}

func newUpgrade(maxSurge string) *poolSpec {
	spec, err := parseCluster(&Record{ID: "/c", Inputs: map[string]any{"agentPoolProfiles": []any{
		map[string]any{"upgradeSettings": map[string]any{"maxSurge": maxSurge}},
	}}})
	if err != nil {
		return &poolSpec{}
	}
	return spec.AgentPoolProfiles[0]
}
