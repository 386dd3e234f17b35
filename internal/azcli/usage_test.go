package azcli_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/azcli"
	"aks-egress/internal/azuresim"
)

// What the lab does not know is refused by name, with what it knows, and nothing is sent.
func TestUsage(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	before := e.cloud.Records()
	for line, words := range map[string][]string{
		"":                       {"az (nothing): the lab does not know this command", "az aks update"},
		"az":                     {"az (nothing): the lab does not know"},
		"az aks upgrade -g rg":   {"az aks upgrade: the lab does not know this command; it knows:", "az tag update"},
		"az network route-table": {"az network route-table: the lab does not know this command"},
		"az aks update -g rg -n aks --enable-cilium-dataplane": {
			"az aks update: unknown flag: --enable-cilium-dataplane; the lab knows ", "--outbound-type", "--resource-group/-g",
		},
		"az aks update -g rg -n aks": {"Please specify one or more of --outbound-type or "},
		"az aks update -n aks --outbound-type x": {
			"az aks update: the following arguments are required: --resource-group/-g",
		},
		"az aks update -g rg -n aks --load-balancer-managed-outbound-ip-count many": {`invalid argument "many"`},
		"az aks update -g rg -n aks --outbound-type x y":                            {"unrecognized arguments: y"},
		"az network vnet subnet update --ids /subscriptions/x": {
			"az network vnet subnet update: --ids: ", "must have the form /subscriptions/",
		},
		"az network public-ip delete -g rg -n x -o table": {"--output table: the lab knows json and none"},
		"az network public-ip delete -g rg -n x --subscription other": {
			"--subscription other: the simulated Azure has only " + azuresim.SubscriptionID,
		},
		"az network vnet subnet update -g rg --vnet-name spoke -n nodes --remove natGateway": {
			"--remove natGateway: the resource has no such property",
		},
		"az network vnet subnet update -g rg --vnet-name spoke -n nodes --set a.b.c=1": {
			"--set a.b.c=1: the form is property.path=value",
		},
		"az tag update --resource-id x --operation Merge": {"required: --tags"},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			_, err := azcli.Run(e.cloud, strings.Fields(line))
			var usage *azcli.UsageError
			require.ErrorAs(t, err, &usage)
			for _, word := range words {
				assert.Contains(t, err.Error(), word)
			}
			assert.Equal(t, before, e.cloud.Records())
		})
	}
}

func TestOutput(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	output, err := e.az("az network public-ip create -g rg -n quiet -o none")
	require.NoError(t, err)
	assert.Empty(t, output)
	one, two := e.id("network:Route", object{"routeTableName": "rt", "routeName": "default"}), "/routes/two"
	two = strings.TrimSuffix(one, "/routes/default") + two
	e.must("az network route-table route create -g rg --route-table-name rt -n two --address-prefix 198.51.100.0/24 " +
		"--next-hop-type None")
	output, err = e.az("az network route-table route update --ids " + one + " " + two + " --next-hop-type Internet " +
		"--remove nextHopIpAddress")
	require.Error(t, err, "the second has no next hop address")
	assert.Empty(t, output)
	output, err = e.az("az network route-table route update --ids " + one + " " + two + " --next-hop-type Internet")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(output, "[\n"), "several answers are a list")
}

func TestHelp(t *testing.T) {
	t.Parallel()
	e := newEstate(t)
	all, err := e.az("az --help")
	require.NoError(t, err)
	for _, name := range azcli.Commands() {
		assert.Contains(t, all, "az "+name+"\n")
		one, err := e.az("az " + name + " -h")
		require.NoError(t, err)
		assert.Contains(t, one, "--output -o\n        json")
		assert.NotRegexp(t, `(?m)^ {8}( \(required\))?$`, one, "every flag says what it is")
	}
	_, err = e.az("az aks upgrade --help")
	require.ErrorContains(t, err, "az aks upgrade: the lab does not know this command")
}
