// Package reporttest has reports to test with, as httptest has servers. The one idea: what they say of networks is
// what the model says, of networks that the lab deployed (testdata, read by topology.Build), so that texts and hops are
// real; prices, times and changes are made up, because what renders them does not look inside.
package reporttest

import (
	"embed"
	"encoding/json"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
	"aks-egress/egress/matrix"
	"aks-egress/internal/compare"
	"aks-egress/internal/report"
)

//go:embed testdata/*.json
var networks embed.FS

// Names are the stacks that have a network here.
func Names() []string {
	return []string{"lb", "managednat", "natgw", "udr", "udr-agc", "udr-appgw", "udr-dnat"}
}

// Network is what the lab deployed for a stack.
func Network(stack string) *egress.Network {
	document, err := networks.ReadFile("testdata/" + stack + ".json")
	var n egress.Network
	if err == nil {
		err = json.Unmarshal(document, &n)
	}
	if err != nil {
		panic(err) // it is embedded
	}
	return &n
}

// Stack is what a report says of a network.
func Stack(name string, n *egress.Network) report.Stack {
	s := report.Stack{
		Name: name, OutboundType: n.Clusters[0].OutboundType, From: "lab",
		Findings: doctor.Examine(n), Cost: cost(n), DeployTime: deployTime(n),
		Paths: []report.Path{Path(n, "egress", egress.Flow{
			From: n.Clusters[0].ID, Pod: true, Host: "ifconfig.me", Port: 80, Protocol: egress.HTTP,
		})},
	}
	for _, f := range egress.Compile(n).Entrances() {
		s.Paths = append(s.Paths, Path(n, "ingress", f))
	}
	for _, p := range s.Paths[0].Trace.Sources {
		address := egress.PrefixText(p)
		s.Egress.Expected = append(s.Egress.Expected, address)
		s.Egress.Sources = append(s.Egress.Sources, source(n, address))
	}
	s.Egress.Observed = s.Egress.Expected
	s.Egress.Verified = true
	start := matrix.Start{From: n.Clusters[0].ID, Pod: true}
	s.Allowed = matrix.Rows(n, start, matrix.Destinations(start.Region(n), matrix.OwnOf(n)))
	s.SNAT = compare.SNAT{
		IPs: len(s.Egress.Expected), Ports: 64000 * len(s.Egress.Expected), MostIPs: 16, MostPorts: 16 * 64000,
		FirstLimit: "ports to one destination: 64000 connections",
	}
	return s
}

// Path is a flow's way through a network.
func Path(n *egress.Network, title string, f egress.Flow) report.Path {
	places := placesOf(n)
	return report.Path{Title: title, Flow: f, Trace: n.Trace(f), Network: &places}
}

// placesOf are the places of everything in subnets.
func placesOf(n *egress.Network) report.Places {
	places := report.Places{}
	put := func(id string, place []string) {
		if id != "" && place != nil {
			places[strings.ToLower(id)] = place
		}
	}
	for _, v := range n.VNets {
		vnet := "VNet " + v.Name
		for _, p := range v.AddressSpace {
			vnet += " " + p.String()
		}
		put(v.ID, []string{vnet})
		for _, s := range v.Subnets {
			subnet := "subnet " + s.Name
			for _, p := range s.Prefixes {
				subnet += " " + p.String()
			}
			put(s.ID, []string{vnet, subnet})
		}
	}
	of := func(id string) []string { return places[strings.ToLower(id)] }
	for i := range n.Firewalls {
		put(n.Firewalls[i].ID, of(n.Firewalls[i].SubnetID))
	}
	for _, g := range n.ApplicationGateways {
		put(g.ID, of(g.SubnetID))
	}
	for _, c := range n.Clusters {
		for _, id := range c.NodeSubnetIDs {
			put(c.ID, of(id))
		}
	}
	for _, lb := range n.LoadBalancers {
		for _, f := range lb.Frontends {
			put(lb.ID, of(f.SubnetID))
		}
	}
	return places
}

func source(n *egress.Network, address string) report.Source {
	s := report.Source{Address: address, ManagedBy: "AKS"}
	if strings.HasPrefix(n.Clusters[0].OutboundType, "user") {
		s.ManagedBy = "you"
	}
	for _, ip := range n.PublicIPs {
		if ip.Address.String() == address {
			s.Resource, s.Of = ip.ID, ip.Owner
		}
	}
	return s
}
