package simulation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/internal/engine"
	"aks-egress/internal/program"
)

// trivial is a program of components without anything in them: the engine's own cost.
func trivial(count int) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		for i := range count {
			var component pulumi.ResourceState
			if err := ctx.RegisterComponentResource("bench:index:Nothing", fmt.Sprint("nothing-", i), &component); err != nil {
				return err
			}
		}
		return nil
	}
}

// BenchmarkUp compares a first up of stack udr with the same number of trivial resources through the same engine.
// The metric x-trivial is to stay below 2.
func BenchmarkUp(b *testing.B) {
	var ours, theirs time.Duration
	resources := 0
	for b.Loop() {
		result, took := timedUp(b, program.Deploy)
		resources, ours = result, ours+took
		_, took = timedUp(b, trivial(resources-1)) // the stack itself is one
		theirs += took
	}
	b.ReportMetric(float64(resources), "resources")
	b.ReportMetric(ours.Seconds()/float64(b.N), "s/udr")
	b.ReportMetric(theirs.Seconds()/float64(b.N), "s/trivial")
	b.ReportMetric(ours.Seconds()/theirs.Seconds(), "x-trivial")
}

// timedUp opens a new folder, deploys, and answers how many resources were made and how long it took.
func timedUp(b *testing.B, run pulumi.RunFunc) (resources int, took time.Duration) {
	b.Helper()
	o, err := options(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	o.Program = run
	start := time.Now()
	s, err := engine.Open(b.Context(), "udr", o)
	if err != nil {
		b.Fatal(err)
	}
	up := s.Up(b.Context())
	if err := s.Close(); err != nil || !up.OK {
		b.Fatal(up.Errors, err)
	}
	return up.Changes["create"], time.Since(start)
}
