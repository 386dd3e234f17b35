package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress/migration"
	"aks-egress/internal/migrate"
)

// callKilled runs a command line in a process of its own, which a fault kills.
func callKilled(t *testing.T, arguments ...string) (stdout string) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), self)
	child.Args = append([]string{"lab"}, arguments...) // see TestMain
	output, err := child.Output()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.False(t, exit.Exited(), "killed: %s", exit.Stderr)
	return string(output)
}

// migrated runs migrate with --json.
func migrated(t *testing.T, directory string, arguments ...string) (code int, report migrateReport, stderr string) {
	t.Helper()
	code, stdout, stderr := call(append([]string{"migrate", "--json", "--dir", directory}, arguments...)...)
	require.NoError(t, json.Unmarshal([]byte(stdout), &report), "nothing but JSON on stdout: %s%s", stdout, stderr)
	assert.Equal(t, code == exitFine, report.OK)
	return code, report, stderr
}

func deployed(t *testing.T, arguments ...string) (directory string) {
	t.Helper()
	directory = t.TempDir()
	code, _, stderr := call(append([]string{"up", "--dir", directory}, arguments...)...)
	require.Equal(t, exitFine, code, stderr)
	return directory
}

func statuses(r migrateReport) string {
	var words []string
	for _, s := range r.Steps {
		words = append(words, string(s.Step)+" "+string(s.Status))
	}
	return strings.Join(words, ", ")
}

// One stack goes through every pair of the types that a network of one's own has. Each time the cluster stays, traffic
// leaves by other addresses, nothing is left to do, and the program prints the same az command as the plan.
func TestMigrate_EveryPair(t *testing.T) {
	t.Parallel()
	const ranges = `apiServerAuthorizedIpRanges=["20.1.2.0/28","192.0.2.10"]` // the second is the operator's
	directory := deployed(t, "lb")
	_, _, clusterBefore := clusterOf(t, directory)
	from := migration.LoadBalancer
	for _, to := range []migration.OutboundType{
		"userAssignedNATGateway", "userDefinedRouting", "userAssignedNATGateway", "loadBalancer", "userDefinedRouting",
		"loadBalancer",
	} {
		name := fmt.Sprintf("%s → %s", from, to)
		code, r, stderr := migrated(t, directory, "lb", string(to), "-c", ranges)
		require.Equal(t, exitFine, code, "%s: %s", name, stderr)
		assert.Equal(t, from, r.From, name)
		assert.Equal(t, "own", r.Network)
		assert.Equal(t, string(to), r.Result.After.OutboundType, name)
		assert.NotEqual(t, r.Result.Before.EgressIPs, r.Result.After.EgressIPs, name)
		assert.Equal(t, r.Result.After.SourceIPs, r.Result.After.EgressIPs, "%s: observed is what the model says", name)
		assert.True(t, r.Result.After.EgressVerified, name)
		assert.Equal(t, r.Result.Before.SourceIPs, r.Result.AllowLists.Remove, name)
		assert.Equal(t, r.Result.After.SourceIPs, r.Result.AllowLists.Add, name)
		assert.Equal(t, r.Result.Before.SourceIPs, r.Result.Released, "%s: all were the stack's own, or AKS's", name)
		assert.Equal(t, migrate.Done, r.Result.AllowLists.Tell[0].Action, "%s: the API server lets the nodes in", name)
		assert.Zero(t, r.Preview["create"]+r.Preview["update"]+r.Preview["delete"]+r.Preview["replace"], name)
		if to != "loadBalancer" {
			assert.Contains(t, stderr, "      "+r.Steps[1].Commands[0]+"\n", "%s: the guard says the same", name)
		}
		from = to
	}
	_, outboundType, clusterAfter := clusterOf(t, directory)
	assert.Equal(t, "loadBalancer", outboundType)
	assert.Equal(t, clusterBefore, clusterAfter, "the cluster has stayed")
	code, stdout, stderr := call("preview", "lb", "--dir", directory, "-c", ranges)
	assert.Equal(t, exitFine, code, stderr)
	assert.NotContains(t, stdout, " to ")
	assert.NoFileExists(t, filepath.Join(directory, "lb", "migration.json"), "nothing is under way")
}

// clusterOf reads the outputs of stack lb.
func clusterOf(t *testing.T, directory string) (egressIPs []string, outboundType, cluster string) {
	t.Helper()
	code, stdout, stderr := call("outputs", "lb", "--json", "--dir", directory)
	require.Equal(t, exitFine, code, stderr)
	var got stacksReport
	require.NoError(t, json.Unmarshal([]byte(stdout), &got))
	o := got.Stacks["lb"].Outputs
	return stringsOf(o["egressIps"]), stringOf(o["outboundType"]), stringOf(o["clusterName"])
}

// What people read: the steps with their commands, what is blocked now and what opens it, and the lines of the file.
func TestMigrate_Summary(t *testing.T) {
	t.Parallel()
	directory := deployed(t, "lb")
	code, stdout, stderr := call("migrate", "lb", "userDefinedRouting", "--dir", directory,
		"--to", "https://api.github.com", "-c", "allow=[ghcr]")
	require.Equal(t, exitFine, code, stderr)
	for _, part := range []string{
		"\nstep 1 of 4: build the way out of userDefinedRouting; what loadBalancer needs stays   ← traffic takes",
		"  $ pulumi config set --path 'allow[0]' ghcr --stack lb\n",
		"  $ pulumi up --stack lb -c outboundType=userDefinedRouting -c migrateFromOutboundType=loadBalancer\n",
		"  $ pulumi refresh --stack lb\n", "  $ pulumi config rm migrateFromOutboundType --stack lb\n",
		"\nlb  loadBalancer → userDefinedRouting\n  left by   203.0.113.", "   verified\n",
		"64000 ports, 1024 for each node → 1 IP, 4992 ports", "  dropped   connections that were open",
		"Blocked now, and went before\n            Named with --to", "to open: allow https://api.github.com",
		"to open: allow key-vault:<name>", "\nAllow-lists outside\n  add       203.0.113.", "  remove    203.0.113.",
		"API servers of other clusters", "storage accounts", "third-party APIs                remove; blocked now",
		"\nChange in Pulumi.lb.yaml, or the next run wants the old type back\n  @@ line 8\n" +
			"  -  aks-egress:outboundType: loadBalancer\n  +  aks-egress:outboundType: userDefinedRouting\n" +
			"  @@ line 11\n  +  aks-egress:allow: [\"ghcr\"]\n",
	} {
		assert.Contains(t, stdout, part)
	}
	assert.NotContains(t, stdout, "to open: allow ghcr")

	code, _, stderr = call("preview", "lb", "--dir", directory)
	assert.Equal(t, exitFailed, code, "the file still says loadBalancer")
	assert.Contains(t, stderr, "userDefinedRouting in Azure, loadBalancer wanted")
}

// A kill in any step, between steps or inside of one, costs nothing: the next run goes on, and still knows by which
// addresses traffic left before.
func TestMigrate_Killed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stack, to, fault string
		then             string
	}{
		"while the firewall is built": {
			"lb", "userDefinedRouting", "network:AzureFirewall create crash", "build done, change done, follow done, clear done",
		},
		"behind az's change": {
			"lb", "userDefinedRouting", "ManagedCluster update crash",
			"build earlier, change earlier, follow done, clear done",
		},
		"while Pulumi reads": {
			"natgw", "loadBalancer", "ManagedCluster read crash", "change earlier, follow done, clear done",
		},
		"while the old way goes": {
			"natgw", "loadBalancer", "network:NatGateway delete crash", "change earlier, follow done, clear done",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			directory := deployed(t, test.stack)
			_, before, _ := call("outputs", test.stack, "--json", "--dir", directory)
			var was stacksReport
			require.NoError(t, json.Unmarshal([]byte(before), &was))
			callKilled(t, "migrate", test.stack, test.to, "--dir", directory, "--fault", test.fault)

			code, r, stderr := migrated(t, directory, test.stack, test.to)
			require.Equal(t, exitFine, code, stderr)
			assert.Equal(t, test.then, statuses(r))
			assert.Equal(t, stringsOf(was.Stacks[test.stack].Outputs["egressIps"]), r.Result.AllowLists.Remove)
			assert.True(t, r.Result.After.EgressVerified)
			assert.NotEmpty(t, r.Result.AllowLists.Add)

			code, r, stderr = migrated(t, directory, test.stack, test.to)
			require.Equal(t, exitFine, code, stderr)
			assert.Empty(t, r.Result.AllowLists.Add, "once more: nothing has changed")
		})
	}
}

// The first step that fails stops it. It says where it stands, and the commands that it prints lead on, and back.
func TestMigrate_FailsAndGoesBack(t *testing.T) {
	t.Parallel()
	directory := deployed(t, "lb")
	was, _, cluster := clusterOf(t, directory)
	for fault, steps := range map[string]string{
		"network:AzureFirewall create failed": "build failed, change pending, follow pending, clear pending",
		"ManagedCluster update failed":        "build done, change failed, follow pending, clear pending",
		"ManagedCluster read error times=9":   "build done, change done, follow failed, clear pending",
	} {
		code, r, _ := migrated(t, directory, "lb", "userDefinedRouting", "--fault", fault)
		assert.Equal(t, exitFailed, code, fault)
		assert.Equal(t, steps, statuses(r))
		assert.NotEmpty(t, r.Errors)
		assert.Nil(t, r.Result)
		require.Len(t, r.Next, 2)
		assert.Equal(t, strings.Contains(fault, "update failed"), r.Failed)

		_, back, _ := strings.Cut(r.Next[1], " migrate ")
		code, r, stderr := migrated(t, directory, strings.Fields(back)[:2]...)
		require.Equal(t, exitFine, code, stderr)
		now, outboundType, same := clusterOf(t, directory)
		assert.Equal(t, "loadBalancer", outboundType)
		assert.Equal(t, cluster, same)
		assert.Equal(t, now, r.Result.After.SourceIPs)
		if !strings.HasPrefix(fault, "ManagedCluster read") { // Azure had not changed it: its addresses are the same
			assert.Equal(t, was, now, fault)
		}
		was = now
	}
	code, _, stderr := call("migrate", "lb", "userAssignedNATGateway", "--dir", directory,
		"--fault", "NatGateway create failed")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, stderr,
		"lb  stopped in step 1 of 4\n  cluster   loadBalancer\n  leaves by "+strings.Join(was, ", ")+"\n")
	assert.Contains(t, stderr, "  go on     "+commandName()+" migrate lb userAssignedNATGateway")
	assert.Contains(t, stderr, "  go back   "+commandName()+" migrate lb loadBalancer")
}

// What Azure does not do, or the configuration cannot have, is refused before anything changes.
func TestMigrate_Refused(t *testing.T) {
	t.Parallel()
	directory := deployed(t, "managednat", "natgw")
	for _, test := range []struct {
		arguments []string
		code      int
		want      string
	}{
		{[]string{"managednat", "loadBalancer"}, exitFailed, "Azure changes managedNATGateway into managedNATGatewayV2"},
		{[]string{"managednat", "userDefinedRouting"}, exitFailed, "userDefinedRouting does not exist in the VNet that AKS"},
		{[]string{"managednat", "none"}, exitFailed, "outboundType none needs AKS API 2025-01-01 or newer"},
		{[]string{"natgw", "managedNATGateway"}, exitFailed, "managedNATGateway does not exist in a VNet of your own"},
		{[]string{"natgw", "loadBalancer", "-c", "firewallTier=Basic"}, exitFailed, "firewallTier Basic has no meaning with"},
		{[]string{"udr", "loadBalancer"}, exitFailed, "udr is not deployed in the lab: run " + commandName() + " up udr"},
		{[]string{"natgw", "natgateway"}, exitUsage, `outbound type "natgateway" is not one of`},
		{[]string{"natgw"}, exitUsage, "which stack, and to which outbound type?"},
		{[]string{"nosuch", "loadBalancer"}, exitUsage, "stacks here"},
		{[]string{"natgw", "loadBalancer", "--to", "github"}, exitUsage, `--to "github": not a preset`},
		{[]string{"natgw", "loadBalancer", "-c", "outboundType=x"}, exitUsage, "migrate sets it itself"},
	} {
		name := strings.Join(test.arguments, " ")
		code, _, stderr := call(append([]string{"migrate", "--dir", directory}, test.arguments...)...)
		assert.Equal(t, test.code, code, name)
		assert.Contains(t, stderr, test.want, name)
	}
	code, r, _ := migrated(t, directory, "managednat", "loadBalancer")
	assert.Equal(t, exitFailed, code)
	assert.Empty(t, r.Steps)
	assert.Contains(t, r.WayOut, "allowClusterReplacement=true")

	code, r, stderr := migrated(t, directory, "natgw", "userDefinedRouting", "--dry-run")
	assert.Equal(t, exitFine, code, stderr)
	assert.Equal(t, "build pending, change pending, follow pending, clear pending", statuses(r))
	assert.NoFileExists(t, filepath.Join(directory, "natgw", "migration.json"))
	for _, stack := range []string{"managednat", "natgw"} {
		_, stdout, _ := call("preview", stack, "--dir", directory, "--json")
		var got stacksReport
		require.NoError(t, json.Unmarshal([]byte(stdout), &got))
		assert.Zero(t, got.Stacks[stack].Changes["create"]+got.Stacks[stack].Changes["update"], "nothing has changed")
	}
}
