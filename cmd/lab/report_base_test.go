package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/report"
)

// labVariable names the program that the lab of a test's base runs.
const labVariable = "LAB_OF_TEST"

// baseLab is the lab of a test's base: it is built from its source as any, and hands over to this binary.
const baseLab = `package main

import (
	"os"
	"os/exec"
)

func main() {
	command := exec.Command(os.Getenv("LAB_OF_TEST"))
	command.Args = append([]string{"lab"}, os.Args[1:]...)
	command.Stdout, command.Stderr = os.Stdout, os.Stderr
	if command.Run() != nil {
		os.Exit(1)
	}
}
`

// reviewed is a clone with a history, whose lab compiles in a second.
type reviewed struct {
	*testing.T
	folder      string
	git         *git.Repository
	environment []string
}

func newReviewed(t *testing.T, stacks ...string) *reviewed {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	c := &reviewed{T: t, folder: t.TempDir(), environment: append(readersEnvironment(t), labVariable+"="+self)}
	c.git, err = git.PlainInit(c.folder, false)
	require.NoError(t, err)
	for _, file := range append([]string{""}, stacks...) {
		name := "Pulumi.yaml"
		if file != "" {
			name = "Pulumi." + file + ".yaml"
		}
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		c.write(name, string(text))
	}
	c.write("go.mod", "module aks-egress\n\ngo 1.26\n")
	c.write("cmd/lab/main.go", baseLab)
	c.commit()
	return c
}

func (c *reviewed) write(name, text string) {
	c.Helper()
	at := filepath.Join(c.folder, filepath.FromSlash(name))
	require.NoError(c, os.MkdirAll(filepath.Dir(at), 0o755))
	require.NoError(c, os.WriteFile(at, []byte(text), 0o600))
}

func (c *reviewed) commit() {
	c.Helper()
	tree, err := c.git.Worktree()
	require.NoError(c, err)
	require.NoError(c, tree.AddWithOptions(&git.AddOptions{All: true}))
	_, err = tree.Commit("change", &git.CommitOptions{
		Author: &object.Signature{Name: "test", Email: "test@example.com", When: time.Unix(1_700_000_000, 0)},
	})
	require.NoError(c, err)
}

// report runs lab report --json in the clone.
func (c *reviewed) report(arguments ...string) (code int, r report.Report, stderr string) {
	c.Helper()
	self, err := os.Executable()
	require.NoError(c, err)
	command := exec.CommandContext(c.Context(), self)
	command.Args = append([]string{"lab", "report", "--json"}, arguments...) // see TestMain
	command.Dir, command.Env = c.folder, c.environment
	var stdout, problems bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &problems
	var exit *exec.ExitError
	if err := command.Run(); errors.As(err, &exit) {
		code = exit.ExitCode()
	}
	require.NoError(c, json.Unmarshal(stdout.Bytes(), &r), "nothing but JSON on stdout: %s%s", &stdout, &problems)
	return code, r, problems.String()
}

func stackOf(t *testing.T, r report.Report, name string) report.Stack {
	t.Helper()
	for i := range r.Stacks {
		if r.Stacks[i].Name == name {
			return r.Stacks[i]
		}
	}
	require.Fail(t, "no stack "+name)
	return report.Stack{}
}

const (
	gateway  = "config:\n  azure-native:location: westeurope\n  aks-egress:outboundType: userAssignedNATGateway\n"
	firewall = "config:\n  azure-native:location: westeurope\n  aks-egress:outboundType: userDefinedRouting\n"
	wrong    = gateway + "  aks-egress:nodeCount: none\n"
)

// One pull request with all that can be: a stack that changes, one that stays, one on either side only, and one whose
// settings are wrong on either side. Each is told, and none keeps another from being told.
func TestReportBase_StackByStack(t *testing.T) {
	t.Parallel()
	c := newReviewed(t, "lb")
	c.write("Pulumi.api.yaml", firewall+"  aks-egress:allow: [\"https://api.example.com\"]\n")
	c.write("Pulumi.old.yaml", gateway)
	c.write("Pulumi.mended.yaml", wrong)
	c.write("Pulumi.broken.yaml", gateway)
	c.commit()
	c.write("Pulumi.api.yaml", firewall)
	require.NoError(t, os.Remove(filepath.Join(c.folder, "Pulumi.old.yaml")))
	c.write("Pulumi.new.yaml", gateway)
	c.write("Pulumi.mended.yaml", gateway)
	c.write("Pulumi.broken.yaml", wrong)

	code, r, stderr := c.report("--all", "--base", "HEAD", "--fail-on", "blocked,opened")
	assert.Equal(t, exitFailed, code)
	require.Len(t, r.Stacks, 6)
	assert.Empty(t, r.Base.Problems)
	assert.Len(t, r.Base.Commit, 40)
	for name, want := range map[string]report.Status{
		"lb": report.Unchanged, "api": report.Changed, "old": report.Removed, "new": report.Added,
		"mended": report.Unclear, "broken": report.Unclear,
	} {
		assert.Equal(t, want, stackOf(t, r, name).Change.Status, name)
	}
	api := stackOf(t, r, "api")
	assert.Equal(t, []report.Kind{report.Blocked}, api.Change.Kinds)
	assert.Regexp(t, `^egress IP stays 203\.0\.113\.\d+; https://api\.example\.com becomes blocked by the firewall `+
		`\(no rule matched\); resources: 1 updated, 1 deleted$`, api.Change.Headline)
	assert.Equal(t, map[string]string{
		"hub-rules-workloads azure-native:network:FirewallPolicyRuleCollectionGroup": "delete",
		"egress-probe-workload kubernetes:apps/v1:StatefulSet":                       "update",
	}, api.Change.Resources)
	assert.True(t, api.Egress.Verified)

	assert.Equal(t, []report.Gate{{Kind: report.Blocked, Stacks: []string{"api"}}}, r.Gates)
	assert.Contains(t, stackOf(t, r, "mended").Change.Problems[0], "the base: config: nodeCount none")
	assert.NotEmpty(t, stackOf(t, r, "mended").Egress.Expected, "this revision deploys")
	assert.Contains(t, stackOf(t, r, "broken").Problems[0], "config: nodeCount none")
	assert.Contains(t, stderr, "error: broken: this revision: config: nodeCount none")
	assert.Contains(t, stderr, "error: --fail-on blocked: api\n")
	assert.NotContains(t, stderr, "building")
}

// Nothing changes, what changes is only asked for, and a base that is not there.
func TestReportBase_Revisions(t *testing.T) {
	t.Parallel()
	c := newReviewed(t, "lb", "udr")
	c.write("notes.md", "not of the lab")
	code, r, _ := c.report("lb", "udr", "--base", "HEAD", "--fail-on", "any")
	assert.Equal(t, exitFine, code)
	for _, s := range r.Stacks {
		assert.Equal(t, report.Unchanged, s.Change.Status)
		assert.Equal(t, "nothing changes: egress IP stays "+s.Egress.Expected[0], s.Change.Headline)
	}

	code, r, _ = c.report("lb", "--base", "HEAD", "-c", "outboundIpCount=3", "--fail-on", "any,refused")
	assert.Equal(t, exitFailed, code)
	lb := stackOf(t, r, "lb")
	assert.Equal(t, []report.Kind{report.CostMore, report.IPChange, report.Refused}, lb.Change.Kinds)
	assert.Contains(t, lb.Change.Headline, "the update is refused: networkProfile."+
		"loadBalancerProfile.managedOutboundIPs.count: 1 in Azure, 3 wanted")
	assert.Len(t, lb.Egress.Expected, 3, "the rest is told from a new deployment")
	assert.Len(t, r.Gates, 2)

	code, r, stderr := c.report("lb", "--base", "nosuch", "--fail-on", "any")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, r.Base.Problems[0], "revision nosuch: there is no commit nosuch in the repository")
	assert.Contains(t, stderr, "error: base nosuch: revision nosuch")
	assert.NotEmpty(t, r.Stacks[0].Egress.Expected, "the stack is reported all the same")
	assert.Nil(t, r.Stacks[0].Change)
}

// Where code differs, the base's own lab deploys, and this one reads and updates what it has deployed.
func TestReportBase_OwnLab(t *testing.T) {
	t.Parallel()
	c := newReviewed(t, "lb")
	c.write("Pulumi.old.yaml", wrong)
	c.commit()
	c.write("internal/x.go", "package internal\n")
	c.write("Pulumi.lb.yaml", firewall)
	c.write("Pulumi.old.yaml", gateway)
	code, r, stderr := c.report("--all", "--base", "@")
	assert.Equal(t, exitFailed, code, "the base of one cannot be told")
	assert.Contains(t, stderr, "its code differs in internal/x.go; building its lab")
	assert.Contains(t, stackOf(t, r, "old").Change.Problems[0], "the base: config: nodeCount none")
	lb := stackOf(t, r, "lb")
	assert.Subset(t, lb.Change.Kinds, []report.Kind{report.Blocked, report.IPChange, report.Refused})
	assert.Equal(t, "userDefinedRouting", lb.OutboundType)

	c.write("cmd/lab/main.go", "package main\n\nfunc main() { nosuch() }\n")
	c.commit()
	c.write("cmd/lab/main.go", baseLab)
	code, r, stderr = c.report("lb", "--base", "HEAD~0")
	assert.Equal(t, exitFailed, code)
	require.Len(t, r.Base.Problems, 1)
	assert.Contains(t, r.Base.Problems[0], "its lab does not build:\ncmd/lab/main.go:3:15: undefined: nosuch")
	assert.Contains(t, stderr, "error: base HEAD~0: ")
	assert.NotEmpty(t, r.Stacks[0].Egress.Expected)
	assert.Nil(t, r.Stacks[0].Change)
}
