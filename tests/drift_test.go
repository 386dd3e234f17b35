package tests

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/azcli"
	"aks-egress/internal/azuresim"
	"aks-egress/internal/drift"
	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
)

// drifted are changes by hand between two updates, and what Pulumi makes of them.
type drifted struct {
	changes  []string
	found    []string // resources whose inputs refresh changes, or that it takes out of the state; sorted
	mends    []string // what preview announces and up does then; sorted
	foretold []string // what preview announces besides, since it does not know outputs that will stay as they are
	guard    bool     // the guard of the cluster says how to mend it
	late     bool     // the nodes lost egress, so that the probe's sample of before may fail the mending update
}

// drifts are all changes that fit, for each stack. What refresh finds is what azure-native's Read compares: the
// writable part of Azure's answers.
var drifts = map[string]struct {
	overrides []string
	rounds    []drifted
}{
	"lb": {nil, []drifted{
		{
			changes: []string{"detach-security-group", "scale-nodes=3", "delete-role"},
			found:   []string{"aks-cluster", "aks-role-subnet", "spoke-vnet"},
			mends:   []string{"create aks-role-subnet", "update aks-cluster", "update spoke-vnet"},
		},
		{
			changes: []string{"outbound-ips=3", "outbound-ports=8000", "idle-timeout=10"},
			found:   []string{"aks-cluster"}, guard: true,
		},
	}},
	"managednat": {nil, []drifted{
		{
			changes: []string{"scale-nodes=3"}, found: []string{"aks-cluster"}, mends: []string{"update aks-cluster"},
		},
		{changes: []string{"outbound-ips=5", "idle-timeout=10"}, found: []string{"aks-cluster"}, guard: true},
	}},
	"natgw": {nil, []drifted{
		{
			changes: []string{"detach-nat-gateway"}, found: []string{"spoke-vnet"}, mends: []string{"update spoke-vnet"},
			late: true,
		},
		{
			changes: []string{"delete-public-ip", "detach-security-group"},
			found:   []string{"nat-gateway", "nat-ip-1", "spoke-vnet"},
			mends:   []string{"create nat-ip-1", "update nat-gateway", "update spoke-vnet"}, late: true,
		},
		{
			changes: []string{"idle-timeout=10", "scale-nodes=3", "delete-role"},
			found:   []string{"aks-cluster", "aks-role-subnet", "nat-gateway"},
			mends:   []string{"create aks-role-subnet", "update aks-cluster", "update nat-gateway"},
		},
		{changes: []string{"outbound-type=loadBalancer"}, found: []string{"aks-cluster"}, guard: true},
	}},
	"udr": {[]string{"firewallPublicIpCount=2"}, []drifted{
		{
			changes: []string{"delete-route"}, found: []string{"routes-routes"}, mends: []string{"update routes-routes"},
			late: true,
		},
		{
			changes: []string{"detach-route-table"}, found: []string{"spoke-vnet"}, mends: []string{"update spoke-vnet"},
			late: true,
		},
		{
			changes: []string{"delete-peering"}, found: []string{"spoke-from-hub", "spoke-to-hub"},
			mends:    []string{"create spoke-from-hub", "update spoke-to-hub"},
			foretold: []string{"delete-replaced aks-role-subnet", "update aks-cluster"}, late: true,
		},
		{
			changes: []string{"delete-public-ip", "allow-everything", "detach-security-group", "scale-nodes=3", "delete-role"},
			found: []string{
				"aks-cluster", "aks-role-subnet", "hub-firewall", "hub-ip-2", "hub-rules-egress-probe", "spoke-vnet",
			},
			mends: []string{
				"create aks-role-subnet", "create hub-ip-2", "update aks-cluster", "update hub-firewall",
				"update hub-rules-egress-probe", "update spoke-vnet",
			},
			foretold: []string{"update routes-routes"}, late: true,
		},
		{changes: []string{"outbound-type=loadBalancer"}, found: []string{"aks-cluster"}, guard: true},
	}},
}

// Each change by hand, on each stack where it fits: refresh finds it, preview says what up would do, up mends it, or
// the guard's command does; egress is verified, and Azure is what it was.
func TestDriftIsMended(t *testing.T) {
	t.Parallel()
	for name, test := range drifts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stack := newStack(t, name)
			stack.must((*engine.Stack).Up, test.overrides...)
			var tried []string
			for _, round := range test.rounds {
				before := stack.azureState()
				for _, change := range round.changes {
					tried = append(tried, strings.Split(change, "=")[0])
					now := stack.azureState()
					stack.drift(change)
					require.NotEqual(t, now, stack.azureState(), change)
				}
				stack.mend(round, test.overrides)
				assert.Equal(t, before, stack.azureState(), "after %s Azure is as before", round.changes)
			}
			assert.Empty(t, changed(stack.must((*engine.Stack).Preview, test.overrides...)))
			assert.Subset(t, append(tried, "outbound-type"), stack.fittingChanges(), "every change that fits is tried")
			stack.must((*engine.Stack).Destroy)
		})
	}
}

// mend is refresh, preview and up after a drift, with what each is to say.
func (l *lab) mend(d drifted, overrides []string) {
	l.t.Helper()
	known := l.stateInputs()
	l.must((*engine.Stack).Refresh)
	assert.Equal(l.t, d.found, differing(known, l.stateInputs()), "refresh after %s", d.changes)
	preview := l.run((*engine.Stack).Preview, overrides...)
	errors := strings.Join(preview.Errors, "\n")
	require.Equal(l.t, !d.guard, preview.OK, "%s: %s", d.changes, errors)
	if d.guard {
		executePrinted(l, errors)
		l.must((*engine.Stack).Refresh)
	} else {
		announced := touched(preview)
		assert.Subset(l.t, announced, d.mends, "preview after %s", d.changes)
		assert.Subset(l.t, append(d.mends, d.foretold...), announced, "preview after %s", d.changes)
	}
	up := l.run((*engine.Stack).Up, overrides...)
	assert.Equal(l.t, d.mends, touched(up), "up after %s", d.changes)
	if !up.OK { // the probe's last sample is from before this update
		errors = strings.Join(up.Errors, "\n")
		require.True(l.t, d.late, "%s: %s", d.changes, errors)
		require.Contains(l.t, errors, "a change since then shows within")
		up = l.must((*engine.Stack).Up, overrides...)
		assert.Empty(l.t, touched(up))
	}
	assert.Equal(l.t, true, up.Outputs["egressVerified"], d.changes)
}

// ofAzure reports whether a resource is one of Azure's.
func ofAzure(urn string) bool { return strings.Contains(urn, "azure-native:") }

// touched are the Azure resources that an operation changed, with Pulumi's word, sorted.
func touched(result engine.Result) []string {
	var found []string
	for urn, step := range result.Steps {
		if ofAzure(urn) && step != "same" && step != "read" {
			found = append(found, step+" "+resource.URN(urn).Name())
		}
	}
	slices.Sort(found)
	return found
}

// stateInputs are the inputs of Azure's resources in Pulumi's state, as JSON by name.
func (l *lab) stateInputs() map[string]string {
	l.t.Helper()
	text, err := os.ReadFile(filepath.Join(l.options.Dir, l.name, "pulumi", ".pulumi", "stacks", "aks-egress",
		l.name+".json"))
	require.NoError(l.t, err)
	var state struct{ Checkpoint apitype.CheckpointV3 }
	require.NoError(l.t, json.Unmarshal(text, &state))
	inputs := map[string]string{}
	for _, r := range state.Checkpoint.Latest.Resources {
		if ofAzure(string(r.URN)) && r.Custom {
			encoded, err := json.Marshal(r.Inputs)
			require.NoError(l.t, err)
			inputs[r.URN.Name()] = string(encoded)
		}
	}
	return inputs
}

// differing are the keys whose values differ, sorted.
func differing(a, b map[string]string) []string {
	var keys []string
	for key := range a {
		if b[key] != a[key] {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys
}

// azure runs f on the stack's simulated Azure.
func (l *lab) azure(f func(*azuresim.Cloud)) {
	l.t.Helper()
	inAzure(l, func(cloud engine.Cloud) {
		azure, err := simulation.Azure(cloud)
		require.NoError(l.t, err)
		f(azure)
	})
}

// drift makes a named change.
func (l *lab) drift(change string) {
	l.t.Helper()
	l.azure(func(cloud *azuresim.Cloud) {
		commands, err := drift.Resolve(cloud, change)
		require.NoError(l.t, err)
		for _, command := range commands {
			_, err := azcli.Run(cloud, command)
			require.NoError(l.t, err, drift.Line(command))
		}
	})
}

// fittingChanges are the names of the changes that fit the stack.
func (l *lab) fittingChanges() []string {
	l.t.Helper()
	var names []string
	l.azure(func(cloud *azuresim.Cloud) {
		for _, change := range drift.Changes() {
			if len(change.Commands(cloud, change.Value)) > 0 {
				names = append(names, change.Name)
			}
		}
	})
	return names
}

// endsInNumber are names that azure-native made of one that ends in a number, such as nat-ip-1.
var endsInNumber = regexp.MustCompile(`(-ip-[0-9])[0-9a-f]{8}`)

// azureState is what exists in Azure, one line for each resource, without the random parts of names, ids and etags.
func (l *lab) azureState() []string {
	l.t.Helper()
	var lines []string
	l.azure(func(cloud *azuresim.Cloud) {
		for _, r := range cloud.Records() {
			text, err := json.Marshal(r.Outputs)
			require.NoError(l.t, err)
			line := endsInNumber.ReplaceAllString(r.ID+" "+string(text), "$1########")
			lines = append(lines, stable(line))
		}
	})
	slices.Sort(lines)
	return lines
}

// Without refresh Pulumi does not see what happened in Azure: up leaves it.
func TestDriftWithoutRefresh(t *testing.T) {
	t.Parallel()
	stack := newStack(t, "natgw")
	stack.must((*engine.Stack).Up)
	stack.drift("idle-timeout=10")
	after := stack.azureState()
	assert.Empty(t, changed(stack.must((*engine.Stack).Preview)))
	assert.Empty(t, touched(stack.must((*engine.Stack).Up)))
	assert.Equal(t, after, stack.azureState())
}

// What Azure refuses is refused to az as to Pulumi, and changes nothing: an outbound type that the network does not
// allow (azure-facts 1.4, 1.6).
func TestDriftIsRefused(t *testing.T) {
	t.Parallel()
	stack := newStack(t, "lb")
	stack.must((*engine.Stack).Up)
	before := stack.azureState()
	stack.azure(func(cloud *azuresim.Cloud) {
		for outboundType, code := range map[string]string{
			"userDefinedRouting":     "ExistingRouteTableNotAssociatedWithSubnet",
			"userAssignedNATGateway": "SubnetNotAssociatedWithNATGateway",
		} {
			commands, err := drift.Resolve(cloud, "outbound-type="+outboundType)
			require.NoError(t, err)
			_, err = azcli.Run(cloud, commands[0])
			var refused *azcli.RefusedError
			require.ErrorAs(t, err, &refused)
			assert.Equal(t, code, refused.Code)
		}
	})
	assert.Equal(t, before, stack.azureState())
}
