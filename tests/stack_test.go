package tests

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/program"
)

// stacks are the stack files of the repository: one for each outbound type, and for each ingress under a firewall.
var stacks = []string{"lb", "managednat", "natgw", "udr", "udr-dnat", "udr-appgw", "udr-agc"}

// cli finds or builds the pinned Pulumi CLI once.
var cli = sync.OnceValues(func() (string, error) {
	project, err := engine.FindProject("..")
	if err != nil {
		return "", err
	}
	progress := engine.NewProgress(os.Stderr, false)
	return engine.FindCLI(context.Background(), project, filepath.Join(project.Root, ".lab", "cache"), progress)
})

// lab is one stack in a folder of its own.
type lab struct {
	t       testing.TB
	name    string
	options engine.Options
}

func newLab(t testing.TB, stack string, deploy pulumi.RunFunc) *lab {
	t.Helper()
	project, err := engine.FindProject("..")
	require.NoError(t, err)
	return &lab{t: t, name: stack, options: engine.Options{
		Project: project, Dir: t.TempDir(), Program: deploy, Cloud: simulation.Open,
		CLI: func(context.Context) (string, error) { return cli() },
	}}
}

func newStack(t testing.TB, stack string) *lab {
	t.Helper()
	return newLab(t, stack, program.Deploy)
}

// run opens the stack as one command of the lab does, with overrides of its settings such as nodeCount=3.
func (l *lab) run(operation func(*engine.Stack, context.Context) engine.Result, overrides ...string) engine.Result {
	l.t.Helper()
	options := l.options
	var err error
	options.Config, err = engine.ParseOverrides("aks-egress", overrides)
	require.NoError(l.t, err)
	stack, err := engine.Open(l.t.Context(), l.name, options)
	require.NoError(l.t, err)
	defer func() { require.NoError(l.t, stack.Close()) }()
	return operation(stack, l.t.Context())
}

// must runs an operation that has to succeed.
func (l *lab) must(operation func(*engine.Stack, context.Context) engine.Result, overrides ...string) engine.Result {
	l.t.Helper()
	result := l.run(operation, overrides...)
	require.True(l.t, result.OK, "%s", strings.Join(result.Errors, "\n"))
	return result
}

// export is what `pulumi stack export` writes.
func (l *lab) export() (string, apitype.DeploymentV3) {
	l.t.Helper()
	var out bytes.Buffer
	require.NoError(l.t, engine.Export(l.t.Context(), l.name, l.options, &out))
	var envelope struct{ Deployment apitype.DeploymentV3 }
	require.NoError(l.t, json.Unmarshal(out.Bytes(), &envelope))
	return out.String(), envelope.Deployment
}

// changed is what an operation did, without resources that stayed the same or were only read.
func changed(result engine.Result) map[string]int {
	changes := maps.Clone(result.Changes)
	maps.DeleteFunc(changes, func(op string, n int) bool {
		return n == 0 || op == "same" || op == "read"
	})
	return changes
}

// random is what differs from run to run: azure-native's eight hex digits at the end of a name, and UUIDs.
var random = []*regexp.Regexp{
	regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`),
	regexp.MustCompile(`([a-z][a-z-]*?)[0-9a-f]{8}([^0-9A-Za-z]|$)`),
}

func stable(text string) string {
	text = random[0].ReplaceAllString(text, "UUID")
	return random[1].ReplaceAllString(text, "${1}########${2}")
}

// golden compares with a file in testdata, or writes it with UPDATE_GOLDEN=1.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(name))
	if os.Getenv("UPDATE_GOLDEN") != "" {
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got,
		"UPDATE_GOLDEN=1 go test ./tests rewrites %s", name)
}

// listing lists a deployment: type, name, parent and what each waits for, sorted.
func listing(deployment apitype.DeploymentV3) string {
	var lines []string
	for _, r := range deployment.Resources {
		var waits []string
		for _, urn := range r.Dependencies {
			waits = append(waits, urn.Name())
		}
		slices.Sort(waits)
		line := string(r.Type) + " " + r.URN.Name()
		if r.Parent != "" && r.Parent.Type() != "pulumi:pulumi:Stack" {
			line += " in " + r.Parent.Name()
		}
		if len(waits) > 0 {
			line += " after " + strings.Join(slices.Compact(waits), ", ")
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n") + "\n"
}
