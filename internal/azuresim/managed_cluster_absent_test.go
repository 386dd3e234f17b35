package azuresim

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNotSimulated(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]map[string]any{
		"networkPlugin": {"networkProfile.networkPlugin": "none"},
		"countIPv6": {"networkProfile.loadBalancerProfile": map[string]any{
			"managedOutboundIPs": map[string]any{"count": 1.0, "countIPv6": 1.0},
		}},
		"httpProxyConfig":  {"httpProxyConfig": map[string]any{"httpProxy": "http://proxy"}},
		"networkDataplane": {"networkProfile.networkDataplane": "cilium"},
		"ipFamilies":       {"networkProfile.ipFamilies": []any{"IPv4", "IPv6"}},
		"osType":           {"agentPoolProfiles.0.osType": "Windows"},
		"minCount":         {"agentPoolProfiles.0.minCount": 1.0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEstate(t)
			_, err := e.put(managedClusterToken, e.clusterID("aks"), e.inputs(changes))
			require.ErrorContains(t, err, "not simulated")
			require.ErrorContains(t, err, name)
			var arm *armError
			assert.False(t, errors.As(err, &arm), "Azure would not refuse it")
		})
	}
}
