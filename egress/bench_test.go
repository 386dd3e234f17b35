package egress_test

import (
	"fmt"
	"net/netip"
	"testing"

	"aks-egress/egress"
)

// hubWithSpokes is a hub with a firewall, and spokes whose node subnets have a route table of their own each with many
// routes.
func hubWithSpokes(spokes, routes int) *egress.Network {
	n := hubAndSpoke()
	first, hub := n.VNets[0], n.VNets[1]
	n.VNets, n.Clusters, n.RouteTables = nil, nil, nil
	template := hubAndSpoke()
	hub.Peerings = nil
	for i := range app(n).ApplicationRules {
		app(n).ApplicationRules[i].Sources = []string{"10.8.0.0/13"}
	}
	for i := range spokes {
		id := fmt.Sprintf("%s%03d", spokeID, i)
		block := netip.AddrFrom4([4]byte{10, byte(8 + i/200), byte(i % 200), 0})
		v := first
		v.ID, v.Name = id, fmt.Sprintf("vnet-spoke%03d", i)
		v.AddressSpace = []netip.Prefix{netip.PrefixFrom(block, 24)}
		v.Subnets = []egress.Subnet{first.Subnets[0]}
		v.Subnets[0].ID, v.Subnets[0].Prefixes = id+"/subnets/snet-nodes", []netip.Prefix{netip.PrefixFrom(block, 25)}
		v.Peerings = []egress.Peering{first.Peerings[0]}
		v.Peerings[0].ID = id + "/virtualNetworkPeerings/to-hub"
		back := template.VNets[1].Peerings[0]
		back.ID, back.RemoteVNetID = fmt.Sprintf("%s/virtualNetworkPeerings/to-%03d", hubID, i), id
		hub.Peerings = append(hub.Peerings, back)
		table := egress.RouteTable{ID: fmt.Sprintf("%s%03d", tableID, i), Routes: template.RouteTables[0].Routes}
		for j := range routes - 1 {
			table.Routes = append(table.Routes, egress.Route{
				Name: fmt.Sprintf("r%d", j), NextHopType: egress.NextHopVirtualAppliance, NextHopIP: addr("10.0.1.4"),
				Prefix: netip.PrefixFrom(netip.AddrFrom4([4]byte{20, byte(j / 256), byte(j), 0}), 24),
			})
		}
		v.Subnets[0].RouteTableID = table.ID
		n.RouteTables = append(n.RouteTables, table)
		n.VNets = append(n.VNets, v)
		c := template.Clusters[0]
		c.ID, c.NodeSubnetIDs = fmt.Sprintf("%s%03d", clusterID, i), []string{v.Subnets[0].ID}
		n.Clusters = append(n.Clusters, c)
	}
	n.VNets = append(n.VNets, hub)
	return n
}

// Run it with GOMAXPROCS=1: the collector then works on the one core that is measured, too.
func BenchmarkTrace(b *testing.B) {
	for _, spokes := range []int{1, 10, 100} {
		m := egress.Compile(hubWithSpokes(spokes, 400))
		byName, byAddr := http("ifconfig.me"), https("a.example.com")
		byAddr.Addr = addr("20.0.7.9")
		for name, flow := range map[string]egress.Flow{"name": byName, "address": byAddr} {
			flow.From, flow.Pod = fmt.Sprintf("%s%03d", clusterID, spokes-1), true
			b.Run(fmt.Sprintf("spokes=%d/%s", spokes, name), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if t := m.Trace(flow); t.Disposition != egress.ExitsInternet {
						b.Fatal(t.Reason)
					}
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "traces/s")
			})
		}
	}
}

func BenchmarkCompile(b *testing.B) {
	for _, spokes := range []int{10, 100, 1000} {
		n := hubWithSpokes(spokes, 400)
		b.Run(fmt.Sprintf("spokes=%d", spokes), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				egress.Compile(n)
			}
		})
	}
}
