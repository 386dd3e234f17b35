package faults_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	. "aks-egress/internal/faults"
)

var subjects = []Subject{
	{Type: "azure-native:network:AzureFirewall", Faults: map[Operation][]Fault{
		Create: {Throttled, Error, Failed, Crash}, Delete: {Failed},
	}},
	{Type: "azure-native:network:Firewall", Faults: map[Operation][]Fault{Create: {Throttled}}},
	{Type: "kubernetes:apps/v1:StatefulSet", Faults: map[Operation][]Fault{Create: {Failed}}},
}

// injector has the rules, and writes down what it tells.
func injector(t *testing.T, told *[]string, rules ...string) (*Plan, *Injector) {
	t.Helper()
	plan := NewPlan(subjects)
	require.NoError(t, plan.Add(rules...))
	return plan, plan.Injector(func(line string) { *told = append(*told, line) }, func() {})
}

func create(token string, names ...string) Request {
	return Request{Type: token, Operation: Create, Names: names}
}

const firewall = "azure-native:network/v20240501:AzureFirewall"

func TestRule_WhichRequests(t *testing.T) {
	t.Parallel()
	stateful := "kubernetes:apps/v1:StatefulSet"
	for _, c := range []struct {
		rule    string
		request Request
		want    Fault
	}{
		{"azure-native:network:AzureFirewall create failed", create(firewall), Failed},
		{"azure-native:network/v20230201:AzureFirewall create failed", create(firewall), Failed},
		{"network:AzureFirewall create failed", create(firewall), Failed},
		{"azurefirewall create failed", create(firewall), Failed},
		{"Firewall create throttled", create(firewall), None},
		{"network:AzureFirewall create failed", Request{Type: firewall, Operation: Update}, None},
		{"network:AzureFirewall create failed name=hub-*", create(firewall, "hub-firewall", "x"), Failed},
		{"network:AzureFirewall create failed name=FW?", create(firewall, "hub-firewall", "fw1"), Failed},
		{"network:AzureFirewall create failed name=hub", create(firewall, "hub-firewall"), None},
		{"apps/v1:StatefulSet create failed", create(stateful), Failed},
		{"StatefulSet create failed", create(stateful), Failed},
		{"* create failed", create(stateful), Failed},
		{"* create throttled", create(stateful), None}, // a StatefulSet of these subjects cannot meet it
		{"* create throttled", create("kubernetes:core/v1:Pod"), None},
	} {
		t.Run(c.rule, func(t *testing.T) {
			t.Parallel()
			var told []string
			_, i := injector(t, &told, c.rule)
			assert.Equal(t, c.want, i.Next(c.request))
		})
	}
}

func TestInjector_HowOften(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string][]Fault{
		"AzureFirewall create failed":                 {Failed, None, None, None},
		"AzureFirewall create failed after=2":         {None, None, Failed, None},
		"AzureFirewall create failed times=2":         {Failed, Failed, None, None},
		"AzureFirewall create failed after=1 times=2": {None, Failed, Failed, None},
		"AzureFirewall create failed times=always":    {Failed, Failed, Failed, Failed},
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			var told []string
			plan, i := injector(t, &told, rule)
			assert.Equal(t, []string{rule}, plan.Idle())
			var got []Fault
			for range want {
				got = append(got, i.Next(create(firewall, "hub")))
			}
			assert.Equal(t, want, got)
			assert.Empty(t, plan.Idle())
			assert.Equal(t, "fault: create azure-native:network:AzureFirewall hub: failed", told[0])
		})
	}
}

// The first rule that still has a fault to give decides; two clouds of a run count for themselves.
func TestInjector_Rules(t *testing.T) {
	t.Parallel()
	var told []string
	plan, i := injector(t, &told,
		"AzureFirewall create throttled", "AzureFirewall create error", "StatefulSet create failed")
	assert.Equal(t, Throttled, i.Next(create(firewall)))
	assert.Equal(t, Error, i.Next(create(firewall)))
	assert.Equal(t, None, i.Next(create(firewall)))
	other := plan.Injector(func(string) {}, func() {})
	assert.Equal(t, Throttled, other.Next(create(firewall)))
	assert.Equal(t, []string{"StatefulSet create failed"}, plan.Idle())
}

func TestInjector_NoPlan(t *testing.T) {
	t.Parallel()
	var plan *Plan
	assert.Equal(t, None, plan.Injector(nil, nil).Next(create(firewall)))
	assert.Empty(t, plan.Idle())
}

// A crash that returns, as in a test, is an answer that never comes while somebody waits.
func TestInjector_Die(t *testing.T) {
	t.Parallel()
	crashed := false
	i := NewPlan(subjects).Injector(nil, func() { crashed = true })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, i.Die(ctx), ErrLost)
	assert.True(t, crashed)
}

func TestAdd_Refused(t *testing.T) {
	t.Parallel()
	for rule, want := range map[string]string{
		"AzureFirewall create":                       "the form is TYPE OPERATION FAULT",
		"Nosuch create failed":                       `type "Nosuch": must be one of azure-native:network:AzureFirewall`,
		"AzureFirewall make failed":                  `operation "make": must be one of create, update, delete, read, invoke`,
		"AzureFirewall create slow":                  `fault "slow": must be one of throttled, conflict`,
		"AzureFirewall delete throttled":             "cannot happen here; what can: azure-native:network:Azure",
		"* update failed":                            "cannot happen here",
		"AzureFirewall create failed times=0":        `times "0": must be a number of requests, 1 or more, or always`,
		"AzureFirewall create failed after=-1":       `after "-1"`,
		"AzureFirewall create failed name=[":         `name "["`,
		"AzureFirewall create failed when=sometimes": `"when" is not known`,
	} {
		t.Run(rule, func(t *testing.T) {
			t.Parallel()
			err := NewPlan(subjects).Add(rule)
			require.ErrorContains(t, err, `fault "`+rule)
			assert.ErrorContains(t, err, want)
		})
	}
}

func file(t *testing.T, text string) (*Plan, string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "faults.yaml")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	plan := NewPlan(subjects)
	return plan, path, plan.AddFile(path)
}

func TestAddFile(t *testing.T) {
	t.Parallel()
	plan, _, err := file(t, `# what goes wrong
faults:
  - type: network:AzureFirewall
    operation: create
    fault: throttled
    name: hub-*
    after: 1
    times: always
  - {type: StatefulSet, operation: create, fault: failed, times: 2}
`)
	require.NoError(t, err)
	assert.Equal(t, []string{
		"network:AzureFirewall create throttled name=hub-* after=1 times=always", "StatefulSet create failed times=2",
	}, plan.Idle())
}

func TestAddFile_Refused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ text, want string }{
		"empty":      {"", ":1: empty"},
		"list":       {"- a\n", ":1: it needs a list below the key faults"},
		"other key":  {"\nrules: []\n", `:2: "rules" is not known`},
		"no rules":   {"faults: []\n", ":1: faults: must be one list"},
		"text":       {"faults:\n  - AzureFirewall create failed\n", ":2: a rule is an object"},
		"missing":    {"faults:\n  - type: AzureFirewall\n    fault: failed\n", ":2: operation is missing"},
		"unknown":    {"faults:\n  - type: AzureFirewall\n    fualt: failed\n", `:3: "fualt" is not known`},
		"twice":      {"faults:\n  - type: AzureFirewall\n    type: AzureFirewall\n", ""},
		"bad type":   {"faults:\n\n  - {type: X, operation: create, fault: failed}\n", `:3: type "X"`},
		"bad times":  {"faults:\n  - {type: \"*\", operation: create, fault: failed,\n     times: no}\n", `:3: times "no"`},
		"list value": {"faults:\n  - {type: [a], operation: create, fault: failed}\n", ":2: type: must be one value"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, path, err := file(t, c.text)
			require.ErrorContains(t, err, "faults "+path)
			assert.ErrorContains(t, err, c.want)
		})
	}
	_, path, err := file(t, "faults:\n  - {type: X, operation: create, fault: failed}\n  - {}\n")
	assert.ErrorContains(t, err, path+":2: type")
	assert.ErrorContains(t, err, path+":3: type is missing", "all problems at once")
}
