package egress

import "net/netip"

// AzureFirewallSubnet is the name that the subnet of an Azure Firewall must have (azure-facts 5.1).
const AzureFirewallSubnet = "AzureFirewallSubnet"

// Firewall is an Azure Firewall. PolicyID and Collections (classic rules) exclude each other (azure-facts 5.4).
type Firewall struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	Location    string           `json:"location,omitempty"`
	Tier        string           `json:"tier,omitempty"`     // Basic, Standard or Premium
	PrivateIP   netip.Addr       `json:"privateIp,omitzero"` // of the first IP configuration; invalid: not known
	SubnetID    string           `json:"subnetId,omitempty"` // empty in a virtual hub
	PublicIPIDs []string         `json:"publicIpIds,omitempty"`
	PolicyID    string           `json:"policyId,omitempty"`
	Collections []RuleCollection `json:"collections,omitempty"` // classic rules
	DNSProxy    bool             `json:"dnsProxy,omitempty"`    // classic; a policy has its own
	ThreatIntel string           `json:"threatIntel,omitempty"` // classic: Off, Alert or Deny
	Zones       []string         `json:"zones,omitempty"`

	// ManagementSubnetID is where the Basic tier must, and others may, have their management interface (azure-facts 5.1).
	ManagementSubnetID string `json:"managementSubnetId,omitempty"`
}

// FirewallPolicy holds a firewall's rules; those of the base policy come first.
type FirewallPolicy struct {
	ID                   string                `json:"id"`
	Name                 string                `json:"name"`
	Tier                 string                `json:"tier,omitempty"` // Basic, Standard or Premium
	DNSProxy             bool                  `json:"dnsProxy,omitempty"`
	ThreatIntel          string                `json:"threatIntel,omitempty"`        // Off, Alert or Deny
	ThreatIntelAllowed   []string              `json:"threatIntelAllowed,omitempty"` // its allow-list: FQDNs, addresses
	BasePolicyID         string                `json:"basePolicyId,omitempty"`
	SNATPrivateRanges    []string              `json:"snatPrivateRanges,omitempty"` // empty: RFC 1918 and RFC 6598
	RuleCollectionGroups []RuleCollectionGroup `json:"ruleCollectionGroups,omitempty"`
	AbsentGroupIDs       []string              `json:"absentGroupIds,omitempty"` // groups it has that the network lacks
}

// RuleCollectionGroup is a group of rule collections; lower priority numbers come first.
type RuleCollectionGroup struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	Priority    int              `json:"priority"` // 100 to 65000
	Collections []RuleCollection `json:"collections,omitempty"`
}

// RuleAction is what a rule collection does with a flow that one of its rules matches.
type RuleAction string

// The actions of a rule collection.
const (
	ActionAllow RuleAction = "Allow"
	ActionDeny  RuleAction = "Deny"
	ActionDNAT  RuleAction = "DNAT"
)

// RuleCollection holds rules of one kind: NAT rules with action DNAT, else network or application rules.
type RuleCollection struct {
	Name             string            `json:"name"`
	Priority         int               `json:"priority"` // 100 to 65000
	Action           RuleAction        `json:"action"`
	NATRules         []NATRule         `json:"natRules,omitempty"`
	NetworkRules     []NetworkRule     `json:"networkRules,omitempty"`
	ApplicationRules []ApplicationRule `json:"applicationRules,omitempty"`
}

// NetworkRule matches by address, service tag or resolved name. Addresses are "*", an address, a prefix, a range
// such as 10.0.0.1-10.0.0.9 or (destinations only) a service tag; ports are "*", a port or a range such as
// 1000-2000.
type NetworkRule struct {
	Name         string   `json:"name"`
	Protocols    []string `json:"protocols,omitempty"` // TCP, UDP, ICMP or Any
	Sources      []string `json:"sources,omitempty"`
	Destinations []string `json:"destinations,omitempty"`
	FQDNs        []string `json:"fqdns,omitempty"` // no wildcards; the policy must have DNS proxy on
	Ports        []string `json:"ports,omitempty"`
	NotModelled  []string `json:"notModelled,omitempty"` // properties whose matching the model cannot tell
}

// ApplicationRule matches HTTP and HTTPS by host name.
type ApplicationRule struct {
	Name        string                `json:"name"`
	Sources     []string              `json:"sources,omitempty"`
	Protocols   []ApplicationProtocol `json:"protocols,omitempty"`
	FQDNs       []string              `json:"fqdns,omitempty"` // "*" only as the leftmost part
	FQDNTags    []string              `json:"fqdnTags,omitempty"`
	NotModelled []string              `json:"notModelled,omitempty"` // see NetworkRule
}

// protocolMSSQL is SQL Server's protocol in application rules, in upper case.
const protocolMSSQL = "MSSQL"

// ApplicationProtocol is a protocol and port of an application rule.
type ApplicationProtocol struct {
	Type string `json:"type"` // Http, Https or Mssql
	Port uint16 `json:"port"`
}

// NATRule translates the destination of a flow to one of the firewall's addresses, and allows it.
type NATRule struct {
	Name              string   `json:"name"`
	Protocols         []string `json:"protocols,omitempty"`
	Sources           []string `json:"sources,omitempty"`
	Destinations      []string `json:"destinations,omitempty"`
	Ports             []string `json:"ports,omitempty"`
	TranslatedAddress string   `json:"translatedAddress,omitempty"`
	TranslatedFQDN    string   `json:"translatedFqdn,omitempty"`
	TranslatedPort    string   `json:"translatedPort,omitempty"`
	NotModelled       []string `json:"notModelled,omitempty"` // see NetworkRule
}
