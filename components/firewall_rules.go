package components

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	network "github.com/pulumi/pulumi-azure-native-sdk/network/v2/v20240501"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"aks-egress/egress/endpoints"
)

// RuleGroup is one rule collection group of a firewall policy: what the sources may reach.
type RuleGroup struct {
	Name     string               // unique in the policy, 1-80 characters
	Priority int                  // 100-65000, unique in the policy; low is first
	Sources  []netip.Prefix       // who may; never everybody
	Allow    []endpoints.Endpoint // what they may reach; empty makes no group
}

// Inside a group, DNAT rules come first, then network rules, whatever their priority (azure-facts 5.4); the numbers say
// so too.
const (
	natCollectionPriority         = 100
	networkCollectionPriority     = 100
	applicationCollectionPriority = 200
)

// collections turns the group into an application collection, for what the firewall matches by host name, and a
// network collection for the rest.
func (g RuleGroup) collections() pulumi.Array {
	sources := prefixStrings(g.Sources...)
	var application, networking pulumi.Array
	for i, e := range g.Allow {
		name := ruleName(i, e)
		if e.Protocol == endpoints.HTTP || e.Protocol == endpoints.HTTPS {
			application = append(application, applicationRule(name, e, sources))
		} else {
			networking = append(networking, networkRule(name, e, sources))
		}
	}
	var collections pulumi.Array
	if len(networking) > 0 {
		collections = append(collections, allowCollection(g.Name+"-network", networkCollectionPriority, networking))
	}
	if len(application) > 0 {
		collections = append(collections,
			allowCollection(g.Name+"-application", applicationCollectionPriority, application))
	}
	return collections
}

func allowCollection(name string, priority int, rules pulumi.Array) network.FirewallPolicyFilterRuleCollectionArgs {
	return network.FirewallPolicyFilterRuleCollectionArgs{
		RuleCollectionType: pulumi.String("FirewallPolicyFilterRuleCollection"),
		Name:               pulumi.String(name),
		Priority:           pulumi.Int(priority),
		Action:             network.FirewallPolicyFilterRuleCollectionActionArgs{Type: pulumi.String("Allow")},
		Rules:              rules,
	}
}

func applicationRule(name string, e endpoints.Endpoint, sources pulumi.StringArray) network.ApplicationRuleArgs {
	rule := network.ApplicationRuleArgs{
		RuleType:        pulumi.String("ApplicationRule"),
		Name:            pulumi.String(name),
		Description:     pulumi.String(e.Why),
		SourceAddresses: sources,
	}
	if e.FQDNTag != "" {
		rule.FqdnTags = pulumi.StringArray{pulumi.String(e.FQDNTag)}
		rule.Protocols = network.FirewallPolicyRuleApplicationProtocolArray{
			applicationProtocol(endpoints.HTTP, 80), applicationProtocol(endpoints.HTTPS, 443),
		}
		return rule
	}
	rule.TargetFqdns = pulumi.StringArray{pulumi.String(e.Host)}
	rule.Protocols = network.FirewallPolicyRuleApplicationProtocolArray{applicationProtocol(e.Protocol, e.Port)}
	return rule
}

func applicationProtocol(p endpoints.Protocol, port uint16) network.FirewallPolicyRuleApplicationProtocolArgs {
	name := "Https"
	if p == endpoints.HTTP {
		name = "Http"
	}
	return network.FirewallPolicyRuleApplicationProtocolArgs{
		ProtocolType: pulumi.String(name), Port: pulumi.Int(int(port)),
	}
}

func networkRule(name string, e endpoints.Endpoint, sources pulumi.StringArray) network.NetworkRuleArgs {
	rule := network.NetworkRuleArgs{
		RuleType:         pulumi.String("NetworkRule"),
		Name:             pulumi.String(name),
		Description:      pulumi.String(e.Why),
		SourceAddresses:  sources,
		IpProtocols:      pulumi.StringArray{pulumi.String(string(e.Protocol))},
		DestinationPorts: pulumi.StringArray{pulumi.String(strconv.Itoa(int(e.Port)))},
	}
	switch {
	case e.ServiceTag != "":
		rule.DestinationAddresses = pulumi.StringArray{pulumi.String(e.ServiceTag)}
	case e.Prefix.IsValid():
		rule.DestinationAddresses = prefixStrings(e.Prefix)
	default:
		rule.DestinationFqdns = pulumi.StringArray{pulumi.String(e.Host)}
	}
	return rule
}

// ruleName is unique by its number and readable by its destination, within Azure's characters and 80 of them.
func ruleName(i int, e endpoints.Endpoint) string {
	destination := e.Host + e.FQDNTag + e.ServiceTag
	if e.Prefix.IsValid() {
		destination = e.Prefix.String()
	}
	readable := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '-':
			return r
		case r == '*':
			return 'x'
		}
		return '-'
	}, destination)
	name := fmt.Sprintf("%02d-%s-%s", i+1, strings.ToLower(string(e.Protocol)), readable)
	if e.Port != 0 {
		name += fmt.Sprintf("-%d", e.Port)
	}
	if len(name) > 80 {
		name = name[:80]
	}
	return strings.TrimRight(name, ".-")
}
