package topology_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"aks-egress/internal/topology"
)

// BenchmarkFromDeployment reads the export of a hub with many spokes, children standalone, and builds its network. Time
// per resource is to stay the same at every size.
func BenchmarkFromDeployment(b *testing.B) {
	for _, size := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			const subnets = 15
			// A spoke is a VNet, a table, a group and two peerings, and three children for each subnet.
			e := estate{size / (5 + 3*subnets), subnets, func() bool { return false }}
			resources := e.resources()
			var file bytes.Buffer
			require.NoError(b, export(&file, resources))
			b.SetBytes(int64(file.Len()))
			for b.Loop() {
				read, err := topology.FromDeployment(bytes.NewReader(file.Bytes()), "bench")
				if err != nil {
					b.Fatal(err)
				}
				if _, unknown, err := topology.Build(read); err != nil || len(unknown) > 0 {
					b.Fatal(unknown, err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(resources)), "ns/resource")
		})
	}
}

// BenchmarkFromDeployment_OneParent has all children in one VNet, one route table and one security group.
func BenchmarkFromDeployment_OneParent(b *testing.B) {
	for _, size := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			e := estate{1, size / 3, func() bool { return false }}
			resources := e.resources()
			for b.Loop() {
				if _, _, err := topology.Build(resources); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(resources)), "ns/resource")
		})
	}
}
