package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestDriftUsage(t *testing.T) {
	t.Parallel()
	for arguments, want := range map[string]string{
		"drift":                          "which stack?",
		"drift -- az group delete":       "which stack?",
		"drift nosuch":                   "stack nosuch: there is no Pulumi.nosuch.yaml",
		"drift lb a b":                   `one change at a time (got ["a" "b"])`,
		"drift lb scale-nodes=3 -- az x": "one change at a time",
	} {
		code, stdout, stderr := call(strings.Fields(arguments)...)
		assert.Equal(t, exitUsage, code, arguments)
		assert.Empty(t, stdout)
		assert.Contains(t, stderr, want)
	}
	code, _, stderr := call("drift", "lb", "scale-nodes=3", "--dir", t.TempDir())
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr, "error: stack lb: nothing is deployed in")
}

func TestDrift(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	code, _, stderr := call("up", "lb", "--dir", directory)
	require.Equal(t, exitFine, code, stderr)

	code, stdout, _ := call("drift", "lb", "--dir", directory)
	assert.Equal(t, exitFine, code)
	assert.Contains(t, stdout, "\n  outbound-ips=N\n    Changes how many outbound IPs AKS makes.\n    $ az aks update ")
	assert.NotContains(t, stdout, "delete-route")

	code, stdout, _ = call("drift", "lb", "scale-nodes=3", "--dir", directory)
	assert.Equal(t, exitFine, code)
	assert.Regexp(t, `(?m)^\$ az aks nodepool scale .* --node-count 3$`, stdout)
	assert.Regexp(t, `(?m)^Pulumi does not know of it yet. Next: .* refresh lb --dir `, stdout)
	assert.NotContains(t, stdout, `"id"`, "what az prints is for those who type az")

	command := strings.Fields(stdout[strings.Index(stdout, "az "):strings.Index(stdout, "\n")])
	command[len(command)-1] = "4"
	code, stdout, _ = call(append([]string{"drift", "lb", "--dir", directory, "--"}, command...)...)
	assert.Equal(t, exitFine, code)
	assert.Contains(t, stdout, `"count": 4`)

	code, stdout, stderr = call("drift", "lb", "outbound-type=userDefinedRouting", "--dir", directory)
	assert.Equal(t, exitFailed, code)
	assert.NotContains(t, stdout, "Pulumi does not know")
	assert.Contains(t, stderr, "error: (ExistingRouteTableNotAssociatedWithSubnet) An existing route table has not been")
	assert.Contains(t, stderr, "\nCode: ExistingRouteTableNotAssociatedWithSubnet\nMessage: An existing route table")
	assert.Contains(t, stderr, "\nTarget: properties.vnetSubnetID\n")

	for arguments, want := range map[string]string{
		"delete-route":                "this stack has nothing that it could change; it fits ",
		"delete-all":                  "known are delete-route, ",
		"-- az aks upgrade":           "az aks upgrade: the lab does not know this command; it knows:",
		"-- az aks update --yes -g x": "required: --name/-n",
	} {
		code, _, stderr := call(append([]string{"drift", "--dir", directory, "lb"}, strings.Fields(arguments)...)...)
		assert.Equal(t, exitUsage, code, arguments)
		assert.Contains(t, stderr, want)
	}
}

func TestDriftJSON(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	code, _, stderr := call("up", "natgw", "--dir", directory)
	require.Equal(t, exitFine, code, stderr)

	code, stdout, _ := call("drift", "natgw", "--json", "--dir", directory)
	assert.Equal(t, exitFine, code)
	var list struct {
		Stack   string
		Changes []driftChoice
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &list))
	assert.Equal(t, "natgw", list.Stack)
	assert.Equal(t, "detach-nat-gateway", list.Changes[0].Change)

	var got driftReport
	code, stdout, _ = call("drift", "natgw", "delete-public-ip", "--json", "--dir", directory)
	assert.Equal(t, exitFine, code)
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	assert.True(t, got.OK)
	require.Len(t, got.Commands, 2)
	assert.Contains(t, string(got.Commands[0].Output), `"provisioningState"`)
	assert.Contains(t, got.Commands[1].Command, "az network public-ip delete ")
	assert.Empty(t, got.Commands[1].Output)

	code, stdout, _ = call("drift", "natgw", "outbound-type=managedNATGateway", "--json", "--dir", directory)
	assert.Equal(t, exitFailed, code)
	got = driftReport{}
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	assert.False(t, got.OK)
	require.NotNil(t, got.Error)
	assert.NotEmpty(t, got.Error.Code)
	assert.NotEmpty(t, got.Error.Message)
}
