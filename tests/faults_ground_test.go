package tests

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/faults"
)

// ground is what the fault cases of one stack start from and are compared with: folders of the stack at rest, the
// requests that undisturbed runs make, and what they lead to.
type ground struct {
	name                string
	up, update, destroy *verb
}

func (g *ground) verbs() []*verb { return []*verb{g.up, g.update, g.destroy} }

// newGround runs the stack through up, update and destroy, with a copy of its folder before each.
func newGround(t *testing.T, stack string) *ground {
	t.Helper()
	g := &ground{
		name:    stack,
		up:      &verb{name: "up", do: (*engine.Stack).Up},
		update:  &verb{name: "update", do: (*engine.Stack).Up, settings: []string{"nodeCount=3"}},
		destroy: &verb{name: "destroy", do: (*engine.Stack).Destroy},
	}
	if strings.HasPrefix(stack, "udr") { // the firewall's rules change, too
		g.update.settings = append(g.update.settings, `allow=["docker-hub", "https://learn.microsoft.com"]`)
	}
	at := newStack(t, stack)
	at.run(func(*engine.Stack, context.Context) engine.Result { return engine.Result{OK: true} }) // the empty stack
	for _, v := range g.verbs() {
		from := at
		v.from = at.options.Dir
		at = g.copy(t, v.from)
		recorded := &recorder{}
		at.options.Cloud = recorded.open
		at.must(v.do, v.settings...)
		at.options.Cloud = simulation.Open
		v.requests = recorded.requests()
		if v != g.destroy {
			preview := at.must((*engine.Stack).Preview, v.settings...)
			require.Empty(t, changed(preview), "an undisturbed %s leads to an empty preview", v.name)
		}
		v.want = takeFingerprint(t, at)
		if v == g.update {
			at = from // destroy is tried on the stack as up leaves it
		}
	}
	return g
}

// copy is the stack in a new folder with the contents of another one.
func (g *ground) copy(t *testing.T, from string) *lab {
	t.Helper()
	at := newStack(t, g.name)
	require.NoError(t, os.CopyFS(filepath.Join(at.options.Dir, g.name), os.DirFS(filepath.Join(from, g.name))))
	return at
}

// compare compares a stack with the undisturbed one.
func (g *ground) compare(t *testing.T, v *verb, at *lab) {
	t.Helper()
	got := takeFingerprint(t, at)
	assert.Equal(t, v.want.cloud, got.cloud, "what is in the simulated cloud")
	assert.Equal(t, v.want.state, got.state, "what is in Pulumi's state, with inputs and outputs")
}

// request is one request of a run.
type request struct {
	token     string
	operation faults.Operation
	name      string // Pulumi's
	after     int    // so many requests with the same token, operation and name came before it
}

func (r request) String() string {
	text := strings.TrimSpace(fmt.Sprintf("%s %s %s", r.token, r.operation, r.name))
	if r.after > 0 {
		text += fmt.Sprintf(" #%d", r.after+1)
	}
	return text
}

func (r request) pkg() string { return strings.SplitN(r.token, ":", 2)[0] }

// rule makes a fault happen to this request.
func (r request) rule(f faults.Fault) string {
	rule := fmt.Sprintf("%s %s %s", r.token, r.operation, f)
	if r.name != "" {
		rule += " name=" + r.name
	}
	if r.after > 0 {
		rule += fmt.Sprintf(" after=%d", r.after)
	}
	return rule
}

// apiVersion is that of azure-native in a token.
var apiVersion = regexp.MustCompile(`/v\d{8}\w*`)

// possible are the faults that the request can meet.
func (r request) possible() []faults.Fault {
	for _, s := range simulation.FaultSubjects() {
		if s.Type == apiVersion.ReplaceAllString(r.token, "") {
			return slices.Clone(s.Faults[r.operation])
		}
	}
	return nil
}

// recorder is a simulated cloud that remembers what its providers are asked.
type recorder struct {
	engine.Cloud
	mutex sync.Mutex
	asked []request
}

func (r *recorder) open(path string) (cloud engine.Cloud, err error) {
	r.Cloud, err = simulation.Open(path)
	return r, err
}

func (r *recorder) add(token string, o faults.Operation, urn resource.URN) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	asked := request{token: token, operation: o}
	if urn != "" {
		asked.name = urn.Name()
	}
	for slices.Contains(r.asked, asked) {
		asked.after++
	}
	r.asked = append(r.asked, asked)
}

// requests are all requests, in an order that does not depend on time.
func (r *recorder) requests() []request {
	return slices.SortedFunc(slices.Values(r.asked), func(a, b request) int {
		return strings.Compare(a.String(), b.String())
	})
}

// Providers are the cloud's, recorded.
func (r *recorder) Providers() map[string]plugin.Provider {
	all := r.Cloud.Providers()
	for name, p := range all {
		all[name] = recorded{p, r}
	}
	return all
}

type recorded struct {
	plugin.Provider
	in *recorder
}

func (p recorded) Create(ctx context.Context, r plugin.CreateRequest) (plugin.CreateResponse, error) {
	p.in.add(string(r.Type), faults.Create, r.URN)
	return p.Provider.Create(ctx, r)
}

func (p recorded) Update(ctx context.Context, r plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	p.in.add(string(r.Type), faults.Update, r.URN)
	return p.Provider.Update(ctx, r)
}

func (p recorded) Delete(ctx context.Context, r plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	p.in.add(string(r.Type), faults.Delete, r.URN)
	return p.Provider.Delete(ctx, r)
}

func (p recorded) Read(ctx context.Context, r plugin.ReadRequest) (plugin.ReadResponse, error) {
	p.in.add(string(r.Type), faults.Read, r.URN)
	return p.Provider.Read(ctx, r)
}

func (p recorded) Invoke(ctx context.Context, r plugin.InvokeRequest) (plugin.InvokeResponse, error) {
	p.in.add(string(r.Tok), faults.Invoke, "")
	return p.Provider.Invoke(ctx, r)
}

// fingerprint is a stack without what differs from run to run: random names and ids, times, ciphertexts, and how often
// an object was written.
type fingerprint struct{ state, cloud string }

// passing are properties of objects that are made up, or that say when and how often they were written.
var passing = []string{
	"containerID", "resourceUID", "uid",
	"resourceVersion", "generation", "observedGeneration", "creationTimestamp", "startTime", "startedAt", "finishedAt",
	"lastTransitionTime", "lastUpdateTime", "lastProbeTime", "etag",
	"restartCount", "lastState", // time goes on from command to command, and the probe's sampler with it
}

func takeFingerprint(t testing.TB, at *lab) fingerprint {
	t.Helper()
	directory := filepath.Join(at.options.Dir, at.name)
	text, err := os.ReadFile(filepath.Join(directory, "pulumi", ".pulumi", "stacks", "aks-egress", at.name+".json"))
	require.NoError(t, err)
	var file struct{ Checkpoint apitype.CheckpointV3 }
	require.NoError(t, json.Unmarshal(text, &file))
	var state []string
	if file.Checkpoint.Latest != nil {
		assert.Empty(t, file.Checkpoint.Latest.PendingOperations)
		after := waits{}
		for _, r := range file.Checkpoint.Latest.Resources {
			after[r.URN] = r.Dependencies
		}
		for _, r := range file.Checkpoint.Latest.Resources {
			r.Created, r.Modified = nil, nil
			r.Dependencies = after.all(r.Dependencies)
			for property, on := range r.PropertyDependencies {
				r.PropertyDependencies[property] = after.all(on)
			}
			state = append(state, lasting(t, r))
		}
	}
	slices.Sort(state)

	cloud, err := simulation.Open(filepath.Join(directory, "cloud.db"))
	require.NoError(t, err)
	found, err := cloud.Resources()
	require.NoError(t, err)
	require.NoError(t, cloud.Close())
	var exists []string
	for _, r := range found {
		exists = append(exists, lasting(t, r))
	}
	slices.Sort(exists)
	return fingerprint{strings.Join(state, "\n"), strings.Join(exists, "\n")}
}

// waits are the direct dependencies of resources. The SDK does not always list one that another one has already.
type waits map[resource.URN][]resource.URN

// all are the given resources and whatever they depend on, sorted.
func (w waits) all(direct []resource.URN) []resource.URN {
	found := map[resource.URN]bool{}
	var add func(urns []resource.URN)
	add = func(urns []resource.URN) {
		for _, urn := range urns {
			if !found[urn] {
				found[urn] = true
				add(w[urn])
			}
		}
	}
	add(direct)
	return slices.Sorted(maps.Keys(found))
}

// lasting is a value as text, without what passes.
func lasting(t testing.TB, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	var plain any
	require.NoError(t, json.Unmarshal(text, &plain))
	text, err = json.MarshalIndent(withoutPassing(plain), "", " ")
	require.NoError(t, err)
	for pattern, replacement := range drawn {
		text = pattern.ReplaceAll(text, []byte(replacement))
	}
	return stable(numbered.ReplaceAllString(string(text), "$1########$2"))
}

// drawn is what follows from random names: hashes of the ALB Controller's pods, of its release, and of its host names.
var drawn = map[*regexp.Regexp]string{
	regexp.MustCompile(`(alb-controller|bootstrap)-[b-z2-9]{10}(-[b-z2-9]{5})?"`): `$1-HASH"`,
	regexp.MustCompile(`"checksum": "[a-z0-9]{32}"`):                              `"checksum": "HASH"`,
	regexp.MustCompile(`"[0-9a-f]{32}\.alb\.azure\.com"`):                         `"HASH.alb.azure.com"`,
}

// numbered are random names of resources whose Pulumi name ends with a number.
var numbered = regexp.MustCompile(`([a-z]-[0-9])[0-9a-f]{8}([^0-9A-Za-z]|$)`)

func withoutPassing(value any) any {
	switch v := value.(type) {
	case map[string]any:
		if v[resource.SigKey] == resource.SecretSig {
			return "[secret]"
		}
		for key, item := range v {
			if v[key] = withoutPassing(item); slices.Contains(passing, key) {
				delete(v, key)
			}
		}
	case []any:
		for i, item := range v {
			v[i] = withoutPassing(item)
		}
	}
	return value
}
