package doctor_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
)

// estate is a hub with a firewall and many spokes, each with a cluster.
func estate(b *testing.B, spokes int) *egress.Network {
	b.Helper()
	n := hub()
	template, err := json.Marshal(egress.Network{VNets: n.VNets[:1], Clusters: n.Clusters})
	if err != nil {
		b.Fatal(err)
	}
	hubNet, back := n.VNets[1], n.VNets[1].Peerings[0]
	hubNet.Peerings, n.VNets, n.Clusters = nil, nil, nil
	for i := range spokes {
		space := fmt.Sprintf("10.%d.%d.", 8+i/200, i%200)
		text := strings.NewReplacer(
			"vnet-spoke", fmt.Sprintf("vnet-spoke%d", i), "managedClusters/aks", fmt.Sprintf("managedClusters/aks%d", i),
			"10.1.0.0/16", space+"0/24", "10.1.0.0/24", space+"0/25",
		).Replace(string(template))
		var one egress.Network
		if err := json.Unmarshal([]byte(text), &one); err != nil {
			b.Fatal(err)
		}
		back.ID, back.RemoteVNetID = fmt.Sprintf("%s/virtualNetworkPeerings/to-%d", hubID, i), one.VNets[0].ID
		hubNet.Peerings = append(hubNet.Peerings, back)
		n.VNets, n.Clusters = append(n.VNets, one.VNets[0]), append(n.Clusters, one.Clusters[0])
	}
	n.VNets = append(n.VNets, hubNet)
	for i := range networkRules(n).NetworkRules {
		networkRules(n).NetworkRules[i].Sources = []string{"10.0.0.0/8"}
	}
	for i := range applicationRules(n).ApplicationRules {
		applicationRules(n).ApplicationRules[i].Sources = []string{"10.0.0.0/8"}
	}
	return n
}

// Time for each spoke is to stay the same at every size.
func BenchmarkExamine(b *testing.B) {
	for _, spokes := range []int{10, 100, 1000} {
		n := estate(b, spokes)
		b.Run(fmt.Sprintf("spokes=%d", spokes), func(b *testing.B) {
			for b.Loop() {
				for _, f := range doctor.Examine(n) {
					if f.ID != "snat-ports-few" { // so many nodes share two addresses
						b.Fatal(f.Message)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*spokes), "µs/spoke")
		})
	}
}
