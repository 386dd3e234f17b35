package tests

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/engine"
	"aks-egress/internal/engine/simulation"
	"aks-egress/internal/faults"
)

// Each fault that can happen to a request of any stack happens once, alone. Then the next run of the same verb brings
// the stack to where an undisturbed one is: the same state, the same outputs, the same simulated cloud; after a
// destroy, nothing. A preview is then empty, too: it depends on nothing but program, state and cloud, and the
// undisturbed stack's was empty.
//
// A fault that the provider absorbs (one 429, one 500, one AnotherOperationInProgress) stays below the engine, so these
// happen to all requests of a stack in the same run, which must succeed.
func TestFaults(t *testing.T) {
	t.Parallel()
	var requests, chosen int
	var converged atomic.Int64
	t.Run("stacks", func(t *testing.T) {
		var grounds []*ground
		for _, stack := range stacks {
			grounds = append(grounds, newGround(t, stack))
		}
		choose(grounds)
		for _, ground := range grounds {
			for _, v := range ground.verbs() {
				requests += len(v.requests)
				chosen += len(v.chosen)
			}
			t.Run(ground.name, func(t *testing.T) {
				t.Parallel()
				for _, v := range ground.verbs() {
					ground.faults(t, v, &converged)
				}
			})
		}
	})
	fmt.Printf("faults: %d operations x %d faults: %d cases chosen, with the absorbed ones %d converged\n",
		requests, len(faults.Faults), chosen, converged.Load())
}

// faults runs the cases of a verb and counts those that converge.
func (g *ground) faults(t *testing.T, v *verb, converged *atomic.Int64) {
	t.Helper()
	t.Run(v.name+"/absorbed", func(t *testing.T) {
		t.Parallel()
		if n := g.absorbs(t, v); !t.Failed() {
			converged.Add(int64(n))
		}
	})
	for _, c := range v.chosen {
		t.Run(fmt.Sprintf("%s/%s %s", v.name, c.kind, c.request), func(t *testing.T) {
			t.Parallel()
			if g.converges(t, v, c); !t.Failed() {
				converged.Add(1)
			}
		})
	}
}

// absorbs runs a verb with every fault that the provider absorbs, and answers how many happened.
func (g *ground) absorbs(t *testing.T, v *verb) int {
	t.Helper()
	var rules []string
	for _, r := range v.requests {
		for _, f := range absorbed(r) {
			rules = append(rules, r.rule(f))
		}
	}
	at := g.copy(t, v.from)
	result := at.faulty(v, rules...)
	require.True(t, result.OK, "%s\n%s", strings.Join(rules, "\n"), strings.Join(result.Errors, "\n"))
	g.compare(t, v, at)
	return len(rules)
}

// converges runs a verb with one fault, and then again without.
func (g *ground) converges(t *testing.T, v *verb, c faultCase) {
	t.Helper()
	at := g.copy(t, v.from)
	disturbed := at.faulty(v, c.rule())
	defer func() {
		if t.Failed() {
			command := strings.TrimSpace("go run ./cmd/lab " + v.name + " " + g.name + " " + v.flags())
			if v == g.update {
				command = "go run ./cmd/lab up " + g.name + " " + v.flags()
			}
			t.Logf("to reproduce, in a --dir of its own:\n%s\n%s --fault '%s'\n%s",
				v.before(g.name), command, c.rule(), command)
			t.Logf("the disturbed run said:\n%s", strings.Join(disturbed.Errors, "\n"))
		}
	}()
	assert.False(t, disturbed.OK, "the fault is seen")
	next := at.run(v.do, v.settings...)
	require.True(t, next.OK, "the next run succeeds: %s", strings.Join(next.Errors, "\n"))
	g.compare(t, v, at)
}

// faulty runs a verb once with a fault plan. Every rule fires. A crash leaves what a kill of lab and CLI leaves.
func (l *lab) faulty(v *verb, rules ...string) engine.Result {
	l.t.Helper()
	plan := faults.NewPlan(simulation.FaultSubjects())
	require.NoError(l.t, plan.Add(rules...))
	var stack *engine.Stack
	options := l.options
	options.Cloud = simulation.OpenWith(simulation.Options{
		Faults: plan.Injector(func(string) {}, func() { stack.Crash() }),
	})
	var err error
	options.Config, err = engine.ParseOverrides("aks-egress", v.settings)
	require.NoError(l.t, err)
	stack, err = engine.Open(l.t.Context(), l.name, options)
	require.NoError(l.t, err)
	result := v.do(stack, l.t.Context())
	require.NoError(l.t, stack.Close())
	assert.Empty(l.t, plan.Idle(), "rules that did not fire")
	return result
}

// verb is what a run does with a stack.
type verb struct {
	name     string
	do       func(*engine.Stack, context.Context) engine.Result
	settings []string // overrides, such as nodeCount=3
	from     string   // folder of the stack before
	requests []request
	chosen   []faultCase // of those that its requests can meet
	want     fingerprint // of the stack after it
}

func (v *verb) flags() string {
	var flags []string
	for _, s := range v.settings {
		flags = append(flags, "-c '"+s+"'")
	}
	return strings.Join(flags, " ")
}

// before is the command that makes what the verb starts from.
func (v *verb) before(stack string) string {
	if v.name == "up" {
		return "# from nothing"
	}
	return "go run ./cmd/lab up " + stack
}

// faultCase is one fault of one request.
type faultCase struct {
	request request
	fault   faults.Fault
	kind    string
	times   int
}

func (c faultCase) rule() string {
	rule := c.request.rule(c.fault)
	if c.times > 1 {
		rule += fmt.Sprintf(" times=%d", c.times)
	}
	return rule
}

// tries is how often a provider sends a request that is refused with a status worth another try: 1 + azcore's 3
// retries, 1 + client-go's 10.
var tries = map[string]int{"azure-native": 4, "kubernetes": 11}

// absorbed are the faults of a request that its provider absorbs when they happen once.
func absorbed(r request) []faults.Fault {
	cluster := strings.HasSuffix(r.token, ":ManagedCluster") || r.operation == faults.Invoke
	return slices.DeleteFunc(r.possible(), func(f faults.Fault) bool {
		switch f {
		case faults.Throttled:
			return false
		case faults.Conflict:
			return r.pkg() == "kubernetes" || cluster
		case faults.Error:
			return r.pkg() == "kubernetes"
		default:
			return true
		}
	})
}

// leavesRelease tells the faults after which somebody has to uninstall a Helm release by hand, in a real cluster too:
// it stands, or is gone, and Pulumi does not know it ("cannot re-use a name that is still in use").
func leavesRelease(r request, f faults.Fault) bool {
	return r.token == "kubernetes:helm.sh/v3:Release" && (f == faults.Lost || f == faults.Crash)
}

// cases are the faults that a run of the verb cannot absorb: those that last for all tries of the provider, too.
func (v *verb) cases() []faultCase {
	var all []faultCase
	for _, r := range v.requests {
		gentle := absorbed(r)
		for _, f := range r.possible() {
			if leavesRelease(r, f) {
				continue
			}
			c := faultCase{request: r, fault: f, kind: string(f), times: 1}
			if slices.Contains(gentle, f) {
				if f != faults.Error && r.pkg() == "azure-native" || f != faults.Throttled && r.pkg() == "kubernetes" {
					continue // the engine sees one and the same: a refusal after all tries, nothing done
				}
				c.kind, c.times = "lasting "+c.kind, tries[r.pkg()]
			}
			all = append(all, c)
		}
	}
	return all
}
