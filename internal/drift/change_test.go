package drift_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/azcli"
	"aks-egress/internal/azuresim"
	"aks-egress/internal/drift"
	"aks-egress/internal/store"
)

type object = map[string]any

// newCloud is a simulated Azure with the resource group rg.
func newCloud(t *testing.T) *azuresim.Cloud {
	t.Helper()
	db, err := store.Open(filepath.Join(t.TempDir(), "lab.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	cloud, err := azuresim.Open(db)
	require.NoError(t, err)
	put(t, cloud, "resources:ResourceGroup", object{}, object{})
	return cloud
}

func put(t *testing.T, cloud *azuresim.Cloud, short string, names, body object) azuresim.Record {
	t.Helper()
	names["resourceGroupName"], body["location"] = "rg", "westeurope"
	r, err := cloud.Put("azure-native:"+short, names, body)
	require.NoError(t, err)
	return r
}

// managed is a cloud with a cluster on the network that AKS manages.
func managed(t *testing.T, outboundType string) *azuresim.Cloud {
	t.Helper()
	cloud := newCloud(t)
	put(t, cloud, "containerservice:ManagedCluster", object{"resourceName": "aks"}, object{
		"dnsPrefix": "aks", "identity": object{"type": "SystemAssigned"},
		"networkProfile": object{"networkPlugin": "azure", "networkPluginMode": "overlay", "outboundType": outboundType},
		"agentPoolProfiles": []any{object{
			"name": "system", "mode": "System", "count": 2.0, "vmSize": "Standard_D2s_v5", "osType": "Linux",
		}},
	})
	return cloud
}

// What fits a cluster on AKS's own network, and the exact commands: those that people find in the documentation.
func TestChangesOfManagedNetwork(t *testing.T) {
	t.Parallel()
	const update = "az aks update --resource-group rg --name aks "
	for outboundType, want := range map[string]map[string]string{
		"loadBalancer": {
			"outbound-ips=N":       update + "--load-balancer-managed-outbound-ip-count N",
			"outbound-ports=N":     update + "--load-balancer-outbound-ports N",
			"idle-timeout=MINUTES": update + "--load-balancer-idle-timeout MINUTES",
			"outbound-type=TYPE":   update + "--outbound-type TYPE",
			"scale-nodes=N": "az aks nodepool scale --resource-group rg --cluster-name aks --name system " +
				"--node-count N",
		},
		"managedNATGateway": {
			"outbound-ips=N":       update + "--nat-gateway-managed-outbound-ip-count N",
			"idle-timeout=MINUTES": update + "--nat-gateway-idle-timeout MINUTES",
			"outbound-type=TYPE":   update + "--outbound-type TYPE",
			"scale-nodes=N": "az aks nodepool scale --resource-group rg --cluster-name aks --name system " +
				"--node-count N",
		},
	} {
		t.Run(outboundType, func(t *testing.T) {
			t.Parallel()
			cloud, found := managed(t, outboundType), map[string]string{}
			for _, change := range drift.Changes() {
				for _, command := range change.Commands(cloud, change.Value) {
					found[change.Spelling()] = drift.Line(command)
				}
			}
			assert.Equal(t, want, found)
		})
	}
}

func TestResolve(t *testing.T) {
	t.Parallel()
	cloud := managed(t, "loadBalancer")
	commands, err := drift.Resolve(cloud, "outbound-ips=3")
	require.NoError(t, err)
	require.Len(t, commands, 1)
	_, err = azcli.Run(cloud, commands[0])
	require.NoError(t, err)
	assert.Len(t, cloud.List("azure-native:network:PublicIPAddress"), 3)

	for typed, words := range map[string]string{
		"delete-everything": `change "delete-everything": not known; known are delete-route, `,
		"outbound-ips":      `change "outbound-ips": the form is outbound-ips=N`,
		"outbound-ips=":     `change "outbound-ips=": the form is outbound-ips=N`,
		"delete-route=x":    `change "delete-route=x": the form is delete-route`,
		"delete-route": `change "delete-route": this stack has nothing that it could change; it fits outbound-ips=N, ` +
			"outbound-ports=N, ",
	} {
		_, err := drift.Resolve(cloud, typed)
		require.ErrorContains(t, err, words)
	}
	_, err = drift.Resolve(newCloud(t), "outbound-ips=3")
	require.ErrorContains(t, err, "this stack has nothing that it could change")
}

// Every name and every command is one that the interpreter knows.
func TestChangesAreKnown(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, change := range drift.Changes() {
		assert.False(t, seen[change.Name])
		seen[change.Name] = true
		assert.Regexp(t, `^[a-z-]+$`, change.Name)
		assert.True(t, strings.HasSuffix(change.Summary, "."))
	}
	assert.Equal(t, `az x --source-addresses "*" --name a-b.c_1 --value ""`,
		drift.Line([]string{"x", "--source-addresses", "*", "--name", "a-b.c_1", "--value", ""}))
}
