package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// completed is what a shell shows behind the words of a command line: of what the lab offers, what begins with the last
// word, which is being typed.
func completed(t *testing.T, words ...string) (offered []string, directive string) {
	t.Helper()
	code, stdout, _ := call(append([]string{"__completeNoDesc"}, words...)...)
	require.Equal(t, exitFine, code)
	lines := strings.Split(strings.TrimSpace(stdout), "\n")
	for _, word := range lines[:len(lines)-1] {
		if strings.HasPrefix(word, words[len(words)-1]) || strings.HasPrefix(lines[len(lines)-1], fileExtensions) {
			offered = append(offered, word)
		}
	}
	return offered, lines[len(lines)-1]
}

// The directives of cobra's protocol, as numbers.
const (
	noFiles        = ":4"
	noFilesNoSpace = ":6"
	fileExtensions = ":8"
	folders        = ":16"
)

func TestCompletion(t *testing.T) {
	t.Parallel()
	all := []string{"lb", "managednat", "natgw", "udr", "udr-agc", "udr-appgw", "udr-dnat"}
	types := []string{"loadBalancer", "managedNATGateway", "userAssignedNATGateway", "userDefinedRouting"}
	for line, c := range map[string]struct {
		want      []string
		directive string
	}{
		"up |":                  {all, noFiles},
		"up udr lb |":           {[]string{"managednat", "natgw", "udr-agc", "udr-appgw", "udr-dnat"}, noFiles},
		"up m|":                 {[]string{"managednat"}, noFiles},
		"export |":              {all, noFiles},
		"export udr |":          {nil, noFiles},
		"exec |":                {all, noFiles},
		"migrate |":             {all, noFiles},
		"migrate lb |":          {types, noFiles},
		"migrate lb u|":         {types[2:], noFiles},
		"drift |":               {all, noFiles},
		"drift udr delete-rou|": {[]string{"delete-route"}, noFilesNoSpace},

		"up lb -c nodeC|":                     {[]string{"nodeCount="}, noFilesNoSpace},
		"up lb -c outboundType=|":             {prefixed("outboundType=", types...), noFiles},
		"up lb -c aks-egress:firewallTier=B|": {[]string{"aks-egress:firewallTier=Basic"}, noFiles},
		"up lb -c privateCluster=|":           {[]string{"privateCluster=true", "privateCluster=false"}, noFiles},
		"up lb -c nodeCount=|":                {nil, noFiles},
		"up udr --fault network:AzureF|":      {nil, noFilesNoSpace},
		"up udr --faults |":                   {[]string{"yaml", "yml"}, fileExtensions},
		"up udr --dir |":                      {nil, folders},
		"trace udr --from |":                  {[]string{"pod", "node", "operator"}, noFiles},
		"up udr --fault nosuch:Type |":        {nil, noFilesNoSpace},
		"up udr --fault no such  failed x":    {nil, noFiles},
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			words := strings.Split(strings.TrimSuffix(line, "|"), " ")
			if command, rule, found := strings.Cut(strings.TrimSuffix(line, "|"), " --fault "); found {
				words = append(strings.Split(command, " "), "--fault", rule) // one argument, with blanks
			}
			offered, directive := completed(t, words...)
			assert.ElementsMatch(t, c.want, offered)
			assert.Equal(t, c.directive, directive)
		})
	}
}

func prefixed(prefix string, words ...string) (all []string) {
	for _, word := range words {
		all = append(all, prefix+word)
	}
	return all
}

// A rule is completed word by word, with what can happen to the type, up to one that the lab takes.
func TestCompletionOfFaults(t *testing.T) {
	t.Parallel()
	types, _ := completed(t, "up", "udr", "--fault", "azure-native:network:AzureFirewall")
	require.Contains(t, types, "azure-native:network:AzureFirewall")
	operations, _ := completed(t, "up", "udr", "--fault", "azure-native:network:AzureFirewall cr")
	require.Equal(t, []string{"azure-native:network:AzureFirewall create"}, operations)
	rules, directive := completed(t, "up", "udr", "--fault", "azure-native:network:AzureFirewall create fa")
	require.Equal(t, []string{"azure-native:network:AzureFirewall create failed"}, rules)
	assert.Equal(t, noFiles, directive)
	l := &lab{faults: rules}
	_, err := l.faultPlan()
	require.NoError(t, err)
}

// Each shell's script is there and asks the lab.
func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		code, stdout, stderr := call("completion", shell)
		assert.Equal(t, exitFine, code, stderr)
		assert.Contains(t, stdout, "__complete", shell)
	}
}
