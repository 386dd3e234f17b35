package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress/doctor"
)

// exportedCluster is the state of a load balanced cluster in a network of its own, with some properties of its subnet.
func exportedCluster(subnet string) string {
	const id = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/"
	state := strings.Replace(`{"version": 3, "deployment": {"resources": [
		{"type": "azure-native:network:VirtualNetwork", "id": "RG/Microsoft.Network/virtualNetworks/vnet", "outputs": {
			"location": "westeurope", "addressSpace": {"addressPrefixes": ["10.1.0.0/16"]}, "subnets": [
				{"name": "nodes", "addressPrefix": "10.1.0.0/24", SUBNET
					"id": "RG/Microsoft.Network/virtualNetworks/vnet/subnets/nodes"}]}},
		{"type": "azure-native:network:RouteTable", "id": "RG/Microsoft.Network/routeTables/rt", "outputs": {"routes": [
			{"name": "default", "addressPrefix": "0.0.0.0/0", "nextHopType": "VirtualNetworkGateway"}]}},
		{"type": "azure-native:network:BastionHost", "id": "RG/Microsoft.Network/bastionHosts/door", "outputs": {}},
		{"type": "azure-native:containerservice:ManagedCluster", "id": "RG/Microsoft.ContainerService/managedClusters/aks",
			"outputs": {"location": "westeurope", "nodeResourceGroup": "MC_rg", "networkProfile": {
				"outboundType": "loadBalancer", "serviceCidr": "10.2.0.0/16", "loadBalancerProfile": {
					"effectiveOutboundIPs": [{"id": "RG/Microsoft.Network/publicIPAddresses/aks"}]}},
				"agentPoolProfiles": [{"name": "system", "count": 2,
					"vnetSubnetID": "RG/Microsoft.Network/virtualNetworks/vnet/subnets/nodes"}]}}]}}`, "SUBNET", subnet, 1)
	return strings.ReplaceAll(state, "RG/", id)
}

// routed puts the subnet behind the route table.
const routed = `"routeTable": {"id": "RG/Microsoft.Network/routeTables/rt"},`

func TestDoctor_Text(t *testing.T) {
	t.Parallel()
	code, stdout, stderr := call("doctor", "--state", stateFile(t, exportedCluster("")))
	assert.Equal(t, exitFine, code, "a warning is no failure")
	assert.Empty(t, stderr)
	assert.Equal(t, `warning   route-table-unassociated
  at      rt
          Route table rt has a default route to VirtualNetworkGateway and is on no subnet.
  why     A route table has no effect until a subnet refers to it.
  fix     Set routeTable of the subnet that it is meant for, or delete it.

Not examined, because these are not known to the model:
  azure-native:network:BastionHost door: its type is not modelled

1 warning in 1 cluster, 1 virtual network.
`, stdout)
}

func TestDoctor_Healthy(t *testing.T) {
	t.Parallel()
	state := strings.Replace(exportedCluster(""), "VirtualNetworkGateway", "Internet", 1)
	code, stdout, stderr := call("doctor", "--state", stateFile(t, state))
	assert.Equal(t, exitFine, code)
	assert.Empty(t, stderr)
	assert.Contains(t, stdout, "\nNo findings in 1 cluster, 1 virtual network.\n")
}

func TestDoctor_JSON(t *testing.T) {
	t.Parallel()
	state := strings.Replace(exportedCluster(routed), "VirtualNetworkGateway", "None", 1)
	state = strings.Replace(state, "loadBalancer", "userDefinedRouting", 1)
	code, stdout, stderr := call("doctor", "--json", "--state", stateFile(t, state))
	assert.Equal(t, exitFailed, code, "an error is a failure")
	assert.Empty(t, stderr)
	var report struct {
		Findings         []map[string]string
		UnknownResources []string
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &report))
	require.Len(t, report.Findings, 1)
	assert.Equal(t, "udr-default-route-elsewhere", report.Findings[0]["id"])
	assert.Equal(t, "error", report.Findings[0]["severity"])
	for _, key := range []string{"resource", "message", "rule", "why", "fix", "source"} {
		assert.NotEmpty(t, report.Findings[0][key], key)
	}
	require.Len(t, report.UnknownResources, 1)
	assert.Contains(t, report.UnknownResources[0], "/bastionHosts/door")
}

// Nothing found is an empty list, not null.
func TestDoctor_JSONOfNothing(t *testing.T) {
	t.Parallel()
	code, stdout, _ := call("doctor", "--json", "--state", stateFile(t, hubState))
	assert.Equal(t, exitFine, code)
	assert.JSONEq(t, `{"findings": [], "unknownResources": []}`, stdout)
}

func TestDoctor_Usage(t *testing.T) {
	t.Parallel()
	for words, arguments := range map[string][]string{
		"which network?":                  {"doctor"},
		"accepts at most 1 arg":           {"doctor", "lb", "udr"},
		"not both":                        {"doctor", "lb", "--state", "x"},
		"it ends in the middle":           {"doctor", "--state", stateFile(t, `{"version": 3,`)},
		"only those of aws":               {"doctor", "--state", stateFile(t, awsState)},
		"there is no Pulumi.nosuch.yaml":  {"doctor", "nosuch"},
		"no such file":                    {"doctor", "--state", stateFile(t, "") + "x"},
		"flag needs an argument: --state": {"doctor", "--state"},
	} {
		code, stdout, stderr := call(arguments...)
		assert.Equal(t, exitUsage, code, words)
		assert.Empty(t, stdout, words)
		if os.PathSeparator == '/' || words != "no such file" { // Windows has words of its own
			assert.Contains(t, stderr, words)
		}
	}
}

// Lines end at 100 columns where words allow it, and stand grouped by severity with their labels in one column.
func TestDoctor_Layout(t *testing.T) {
	t.Parallel()
	var list []doctor.Finding
	for _, c := range doctor.Checks() {
		list = append(list, doctor.Finding{
			ID: c.ID, Severity: c.Severity, Resource: "/subscriptions/s/resourceGroups/rg/providers/M.N/routeTables/rt",
			Message: c.Rule + " " + c.Why, Why: c.Why, Fix: "`az " + strings.Repeat("word ", 40) + "`.",
		})
	}
	var out bytes.Buffer
	w := &summary{out: &out}
	w.findings(list)
	rank, severity := map[string]int{"error": 0, "warning": 1, "info": 2}, "error"
	for line := range strings.Lines(out.String()) {
		line = strings.TrimSuffix(line, "\n")
		assert.LessOrEqual(t, len(line), doctorWidth, line)
		assert.Equal(t, strings.TrimRight(line, " "), line)
		if word, _, _ := strings.Cut(line, " "); word != "" {
			assert.GreaterOrEqual(t, rank[word], rank[severity], line)
			severity = word
		} else if line != "" {
			assert.Equal(t, doctorLabel[:2], line[:2])
			assert.NotEqual(t, " ", line[len(doctorLabel):len(doctorLabel)+1], line)
		}
	}
	assert.Equal(t, len(list), strings.Count(out.String(), "  why     "))
}
