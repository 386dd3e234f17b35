package tests

import (
	"fmt"
	"testing"
	"time"

	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2/v20220901"
	azurenative "github.com/pulumi/pulumi-azure-native-sdk/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/internal/engine"
)

// BenchmarkUp compares a warm up of stack udr with a program that makes the same number of trivial resources through
// the same engine and simulated cloud. The budget is a ratio of 2.
func BenchmarkUp(b *testing.B) {
	const stack = "udr"
	var whole, trivial time.Duration
	for range b.N {
		elapsed, created := timedUp(b, newStack(b, stack))
		whole += elapsed
		elapsed, _ = timedUp(b, newLab(b, stack, groups(created)))
		trivial += elapsed
	}
	b.ReportMetric(whole.Seconds()/float64(b.N), "s/stack")
	b.ReportMetric(trivial.Seconds()/float64(b.N), "s/trivial")
	b.ReportMetric(whole.Seconds()/trivial.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op") // the sum of both says nothing
}

func timedUp(b *testing.B, l *lab) (time.Duration, int) {
	b.Helper()
	start := time.Now()
	result := l.must((*engine.Stack).Up)
	return time.Since(start), result.Changes["create"]
}

// groups is a program of n resources in all: the stack, a provider, and resource groups, which need nothing.
func groups(n int) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		azure, err := azurenative.NewProvider(ctx, "azure", &azurenative.ProviderArgs{Location: pulumi.String("westeurope")})
		if err != nil {
			return err
		}
		for i := range n - 2 {
			_, err := resources.NewResourceGroup(ctx, fmt.Sprintf("group-%d", i), nil, pulumi.Provider(azure))
			if err != nil {
				return err
			}
		}
		return nil
	}
}
