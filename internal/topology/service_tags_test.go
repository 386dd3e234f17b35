package topology_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/topology"
)

func TestServiceTags(t *testing.T) {
	t.Parallel()
	tags, err := topology.ServiceTags(strings.NewReader(`{"changeNumber": 7, "cloud": "Public", "values": [
		{"name": "AzureCloud.westeurope", "properties": {"addressPrefixes": ["20.0.0.0/8", "2603::/40"]}},
		{"name": "Storage", "properties": {"addressPrefixes": ["20.1.0.1"]}}]}`))
	require.NoError(t, err)
	assert.Equal(t, map[string][]netip.Prefix{
		"AzureCloud.westeurope": {netip.MustParsePrefix("20.0.0.0/8"), netip.MustParsePrefix("2603::/40")},
		"Storage":               {netip.MustParsePrefix("20.1.0.1/32")},
	}, tags)
	for text, words := range map[string]string{
		"":                 "EOF",
		"[]":               "not Microsoft's file",
		`{"values": []}`:   "no `values`",
		`{"deployment":1}`: "no `values`",
		`{"values": [{"name": "Sql", "properties": {"addressPrefixes": ["x"]}}]}`: `service tag Sql: "x" is neither`,
	} {
		_, err := topology.ServiceTags(strings.NewReader(text))
		assert.ErrorContains(t, err, words, text)
	}
}
