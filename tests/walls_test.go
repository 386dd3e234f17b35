package tests

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The walls between rooms, through every import however deep: depguard sees only the direct ones.
func TestWalls(t *testing.T) {
	t.Parallel()
	const azure, kubernetes = "github.com/pulumi/pulumi-azure-native-sdk", "github.com/pulumi/pulumi-kubernetes"
	tests := map[string][]string{
		"aks-egress/egress/...":          {"github.com/pulumi/", "k8s.io/"},
		"aks-egress/internal/config":     {"github.com/pulumi/", "k8s.io/"},
		"aks-egress/internal/topology":   {"github.com/pulumi/", "k8s.io/"},
		"aks-egress/internal/migrate":    {"github.com/pulumi/", "k8s.io/", "aks-egress/internal/azuresim"},
		"aks-egress/internal/store":      {"github.com/pulumi/"},
		"aks-egress/internal/azuresim":   {azure, kubernetes, "aks-egress/components", "aks-egress/internal/program"},
		"aks-egress/internal/kubesim":    {azure, kubernetes, "aks-egress/components", "aks-egress/internal/program"},
		"aks-egress/internal/engine/...": {azure, kubernetes, "aks-egress/components", "aks-egress/internal/program"},
		"aks-egress/components":          {"aks-egress/internal/"},
		"aks-egress": {
			"aks-egress/internal/azuresim", "aks-egress/internal/kubesim", "aks-egress/internal/engine",
		},
	}
	for room, forbidden := range tests {
		t.Run(strings.ReplaceAll(room, "/", "_"), func(t *testing.T) {
			t.Parallel()
			list, err := exec.CommandContext(t.Context(), "go", "list", "-deps", room).Output()
			require.NoError(t, err)
			for dependency := range strings.FieldsSeq(string(list)) {
				for _, prefix := range forbidden {
					assert.False(t, strings.HasPrefix(dependency, prefix), "%s reaches %s", room, dependency)
				}
			}
		})
	}
}
