// Package networktest helps to test what is said of a network, as httptest does for HTTP. The one idea: nothing of a
// healthy network is there for nothing, so without any one part of it something must be said that was not said before.
package networktest

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
)

// parts are what Removals takes away, by JSON name: the elements of lists, and references.
var parts = map[string]bool{
	// associations
	"routeTableId": true, "natGatewayId": true, "nsgId": true, "policyId": true, "basePolicyId": true, "publicIpId": true,
	"publicIpPrefixId": true, "publicIpIds": true, "publicIpPrefixIds": true, "frontendIds": true, "nodeSubnetIds": true,
	"podSubnetIds": true, "peerings": true, "associations": true, "applicationGatewayId": true,
	// routes and rules
	"routes": true, "networkRules": true, "applicationRules": true, "natRules": true, "outboundRules": true,
	"loadBalancingRules": true, "rules": true, "listeners": true,
}

// Unnoticed are the parts of a network, by path, that could be missing without anybody noticing: the doctor finds
// nothing new, and all flows take the same way. Of a healthy network there are none.
func Unnoticed(n *egress.Network) []string {
	flows, found := Flows(n), doctor.Examine(n)
	before := ways(n, flows)
	var parts []string
	for part, without := range Removals(n) {
		if reflect.DeepEqual(found, doctor.Examine(without)) && reflect.DeepEqual(before, ways(without, flows)) {
			parts = append(parts, part)
		}
	}
	slices.Sort(parts)
	return parts
}

func ways(n *egress.Network, flows []egress.Flow) []egress.Trace {
	model, traces := egress.Compile(n), make([]egress.Trace, len(flows))
	for i, f := range flows {
		traces[i] = model.Trace(f)
	}
	return traces
}

// Removals are copies of a network that lack one association, route or rule each, by the path of what is missing, such
// as vnets[0].subnets[0].routeTableId. A security group without rules of its own is left where it is: it has Azure's
// default rules only.
func Removals(n *egress.Network) map[string]*egress.Network {
	removals := map[string]*egress.Network{}
	for _, path := range find(tree(n), nil, false) {
		whole := tree(n)
		remove(whole, path)
		if without := network(whole); !pointless(n, without) {
			removals[text(path)] = without
		}
	}
	return removals
}

// pointless says whether all that is missing is the association of a group without rules.
func pointless(n, without *egress.Network) bool {
	ruled := map[string]bool{}
	for _, g := range n.NetworkSecurityGroups {
		ruled[strings.ToLower(g.ID)] = len(g.Rules) > 0
	}
	for i, v := range without.VNets {
		for j, s := range v.Subnets {
			if before := n.VNets[i].Subnets[j].NSGID; before != s.NSGID {
				return !ruled[strings.ToLower(before)]
			}
		}
	}
	return false
}

// tree is a network as JSON has it.
func tree(n *egress.Network) any {
	document, err := json.Marshal(n)
	var out any
	if err == nil {
		err = json.Unmarshal(document, &out)
	}
	if err != nil {
		panic(err) // a network round-trips
	}
	return out
}

func network(tree any) *egress.Network {
	document, err := json.Marshal(tree)
	var n egress.Network
	if err == nil {
		err = json.Unmarshal(document, &n)
	}
	if err != nil {
		panic(err) // parts are optional
	}
	return &n
}

// find lists the paths of all parts, whose steps are keys and indexes; part says whether the node itself is one.
func find(node any, at []any, part bool) [][]any {
	var paths [][]any
	switch v := node.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			paths = append(paths, find(v[key], slices.Concat(at, []any{key}), parts[key])...)
		}
		return paths
	case []any:
		for i, element := range v {
			here := slices.Concat(at, []any{i})
			if part {
				paths = append(paths, here)
			}
			paths = append(paths, find(element, here, false)...)
		}
		return paths
	default:
		if part {
			paths = append(paths, at)
		}
		return paths
	}
}

// remove takes the node at a path out of a tree, and answers what replaces the tree's root.
func remove(node any, path []any) any {
	switch step := path[0].(type) {
	case string:
		object := node.(map[string]any)
		if len(path) == 1 {
			delete(object, step)
		} else {
			object[step] = remove(object[step], path[1:])
		}
		return object
	case int:
		list := node.([]any)
		if len(path) == 1 {
			return slices.Delete(list, step, step+1)
		}
		list[step] = remove(list[step], path[1:])
		return list
	default:
		panic("a step is a key or an index")
	}
}

func text(path []any) string {
	var b strings.Builder
	for _, step := range path {
		switch step := step.(type) {
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(step)
		default:
			fmt.Fprintf(&b, "[%d]", step)
		}
	}
	return b.String()
}

// Flows are flows that the parts of a network decide about: from every cluster to what each rule of its firewalls names
// and to a host that none does, and to every entrance.
func Flows(n *egress.Network) []egress.Flow {
	var targets []egress.Flow
	for _, policy := range n.FirewallPolicies {
		for _, group := range policy.RuleCollectionGroups {
			for i := range group.Collections {
				targets = append(targets, ruled(&group.Collections[i])...)
			}
		}
	}
	for i := range n.Firewalls {
		for j := range n.Firewalls[i].Collections {
			targets = append(targets, ruled(&n.Firewalls[i].Collections[j])...)
		}
	}
	targets = append(targets, egress.Flow{Host: "ifconfig.me", Port: 80, Protocol: egress.HTTP},
		egress.Flow{Host: "mcr.microsoft.com", Port: 443, Protocol: egress.HTTPS},
		egress.Flow{Host: "ntp.ubuntu.com", Port: 123, Protocol: egress.UDP})
	flows := egress.Compile(n).Entrances()
	for _, c := range n.Clusters {
		for _, f := range targets {
			f.From = c.ID
			flows = append(flows, f)
			f.Pod = true
			flows = append(flows, f)
		}
	}
	return flows
}

// ruled are flows that the rules of a collection name.
func ruled(c *egress.RuleCollection) []egress.Flow {
	var flows []egress.Flow
	for _, r := range c.ApplicationRules {
		for _, p := range r.Protocols {
			for _, host := range append(slices.Clone(r.FQDNs), "login.microsoftonline.com") { // the latter is in FQDN tags
				flows = append(flows, egress.Flow{
					Host: strings.Replace(host, "*", "any", 1), Port: p.Port,
					Protocol: egress.Protocol(strings.ToUpper(p.Type)),
				})
			}
		}
	}
	for _, r := range c.NetworkRules {
		for _, protocol := range r.Protocols {
			f := egress.Flow{Protocol: egress.TCP, Host: "any.example.com"}
			if strings.EqualFold(protocol, "UDP") {
				f.Protocol = egress.UDP
			}
			if port, err := strconv.ParseUint(r.Ports[0], 10, 16); err == nil {
				f.Port = uint16(port)
			}
			f.ServiceTags = r.Destinations
			flows = append(flows, f)
			for _, host := range r.FQDNs {
				f.Host = host
				flows = append(flows, f)
			}
		}
	}
	return flows
}
