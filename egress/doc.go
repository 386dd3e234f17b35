// Package egress is a model of how traffic leaves and enters an Azure network: which route a flow takes, which rule
// judges it, which public addresses the far end may see, and whether the answer finds its way back. The one idea: a
// Network is plain data, and Trace is a pure function of network and flow that answers with every decision on the way,
// or says what it would need to know.
//
// Compile makes a network ready for many traces; Validate names its inconsistencies. Section numbers in this package
// are those of docs/reference/azure-facts.md.
//
// # What is modelled
//
//   - Effective routes: longest prefix; user before gateway (BGP) before system; the system routes of VNet, peerings
//     and reserved ranges; service tags in routes; service endpoints (azure-facts 4).
//   - The way out at next hop Internet: NAT gateway, then nodes' own public IPs, then load balancer outbound rules,
//     then default outbound access, and nothing from a private subnet (azure-facts 0, 2.4, 3).
//   - Azure Firewall in the same VNet or over a direct peering: threat intelligence, base policy and priorities, DNAT,
//     network and application rules, FQDN tags, what a denied client sees, source translation, a NAT gateway on its
//     subnet (azure-facts 5).
//   - Network security groups of subnets, with Azure's default rules.
//   - Pods: overlay and kubenet translate to the node's address, pod subnets have their own way out (azure-facts
//     7.4).
//   - Flows from the internet: load balancers and Services, DNAT, application gateways, Application Gateway for
//     Containers, the API server's authorized ranges (azure-facts 7.1, 7.2, 7.5, 7.7, 7.8, 8). A flow that leaves for a
//     public address of the network comes in again there.
//   - Answers: each flow's answer is routed back leg by leg. A firewall that sees one direction only ends the flow as
//     Asymmetric, and a route that drops the answer as NoReturn; Trace.Return ends where it is lost (azure-facts 7.5).
//
// # What a flow to a host name means
//
// A Flow with Host and without Addr goes to some public address of that host. Its address is taken not to be one
// that the network lists singly, nor private, nor in a service tag. So routes and network rules for a single
// address, a private prefix or a service tag do not match it; a wider public prefix that would change the outcome
// makes the trace Insufficient, which an address in the flow resolves. Service tags match what Network.ServiceTags
// and Flow.ServiceTags list and nothing else; Trace.Reason names the rules and routes that were passed over for that.
// Likewise a flow FromInternet without Client comes from some public address.
//
// # What is not modelled
//
// Answered with Insufficient: what lies behind a virtual network gateway, and routes that a gateway may announce and
// VNet.GatewayRoutes does not list, where they could decide; appliances other than Azure Firewall; virtual hubs;
// service endpoints for names they may take; public IPs of nodes that no prefix names; application security groups and
// source ports in security rules; IP groups that the network does not hold, web categories and URLs in rules; unknown
// FQDN tags; route tables that disable the routes of peerings; storage of its own region from a private subnet, and
// answers from one by a user route to the internet (azure-facts 2.4); IPv6; platform addresses; Services by their
// cluster address; the name of a private API server where DNS servers or links of its zone are not known; an operator
// whose address is in no subnet; implicit source translation by load balancing rules; a NAT gateway without address.
//
// Not considered at all:
//
//   - Network security groups on network interfaces, such as AKS's own, which AKS opens for what it publishes.
//   - Azure Firewall's built-in infrastructure rules, whose hosts are not published (azure-facts 5.4); a denial that
//     they may overrule says so.
//   - IDPS and TLS inspection, and what Microsoft's threat intelligence lists: Flow.Malicious says that.
//   - Name resolution: a name is taken to resolve, whatever DNS servers the VNet has; a policy's DNS settings are
//     its own.
//   - SNAT port exhaustion (package snat), idle timeouts, health probes, Kubernetes network policies, and a more
//     specific BGP route for a public destination where a user route already takes the internet.
//   - Private endpoints: a host name behind one still counts as public without an address in the flow.
package egress
