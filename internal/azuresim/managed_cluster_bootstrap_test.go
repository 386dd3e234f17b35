package azuresim

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBlockedBootstrap(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.firewall("10.1.2.4", "203.0.113.220", false)
	e.routeTable("VirtualAppliance", "10.1.2.4")
	_, err := e.update(outbound("userDefinedRouting"))
	var partial *partialError
	require.ErrorAs(t, err, &partial, "the cluster stays")
	arm := refusedAs(t, "VMExtensionProvisioningError", err)
	assert.Equal(t, "VMExtensionError_OutboundConnFail", arm.Subcode)
	assert.Contains(t, arm.Message, "exit status=50")
	assert.Contains(t, arm.Message, "azmk8s.io")

	failed := e.get(e.clusterID("aks"))
	require.NotNil(t, failed)
	assert.Equal(t, "Failed", failed.Outputs["provisioningState"])
	cluster, err := e.cloud.Kubernetes().ClusterByServer(text(failed.Outputs, "fqdn"))
	require.NoError(t, err)
	assert.Zero(t, cluster.NodeCount, "no node has joined")

	_, err = e.update(outbound("userDefinedRouting"))
	require.ErrorAs(t, err, &partial, "a second PUT tries again")
	e.firewall("10.1.2.4", "203.0.113.220", true)
	c, err := e.update(outbound("userDefinedRouting"))
	require.NoError(t, err)
	assert.Equal(t, "Succeeded", c.Outputs["provisioningState"])
}

func TestBootstrapWithoutEgress(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.routeTable("VirtualAppliance", "10.1.2.4") // nobody there
	_, err := e.update(outbound("userDefinedRouting"))
	assert.Contains(t, refusedAs(t, "VMExtensionProvisioningError", err).Message, "Connection timed out")
}

func TestNewNodesMustBoot(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	e.firewall("10.1.2.4", "203.0.113.220", true)
	e.routeTable("VirtualAppliance", "10.1.2.4")
	e.cluster(outbound("userDefinedRouting"))
	e.firewall("10.1.2.4", "203.0.113.220", false)
	_, err := e.update(map[string]any{
		"networkProfile.outboundType": "userDefinedRouting", "tags": map[string]any{"a": "b"},
	})
	require.NoError(t, err, "nodes that run already are not booted")
	_, err = e.update(map[string]any{
		"networkProfile.outboundType": "userDefinedRouting", "agentPoolProfiles.0.count": 4.0,
	})
	refusedAs(t, "VMExtensionProvisioningError", err)
}

func TestAuthorizedRanges(t *testing.T) {
	t.Parallel()
	only := func(ranges ...any) map[string]any {
		return map[string]any{"apiServerAccessProfile.authorizedIPRanges": ranges}
	}
	t.Run("load balancer addresses are added", func(t *testing.T) {
		t.Parallel()
		e := newEstate(t)
		e.cluster(only("192.0.2.0/28"))
	})
	t.Run("NAT gateway addresses are not", func(t *testing.T) {
		t.Parallel()
		e := newEstate(t)
		e.natGateway(e.publicIP("egress", "203.0.113.210", nil))
		changes := only("192.0.2.0/28")
		changes["networkProfile.outboundType"] = "userAssignedNATGateway"
		_, err := e.update(changes)
		arm := refusedAs(t, "VMExtensionProvisioningError", err)
		assert.Equal(t, "VMExtensionError_K8SAPIServerConnFail", arm.Subcode)
		assert.Contains(t, arm.Message, "203.0.113.210")
		changes["apiServerAccessProfile.authorizedIPRanges"] = []any{"203.0.113.210"}
		_, err = e.update(changes)
		require.NoError(t, err)
	})
}

func TestPartialErrorUnwraps(t *testing.T) {
	t.Parallel()
	inner := errors.New("inner")
	require.ErrorIs(t, &partialError{inner}, inner)
}
