// Package egress is a model of how traffic leaves an Azure network: which route a flow takes, which firewall rule
// judges it, and which public addresses the far end may see. The one idea: a Network is plain data, and Trace is a
// pure function of network and flow that answers with every decision on the way, or says what it would need to
// know.
//
// # What is modelled
//
//   - Effective routes: longest prefix, user before system, the system routes of VNet, peerings and reserved ranges
//     (azure-facts 4); service tags in routes.
//   - The way out at next hop Internet: NAT gateway, then load balancer outbound rules, then default outbound
//     access, and nothing from a private subnet (azure-facts 0, 2.4, 3).
//   - Azure Firewall in the same VNet or over a direct peering: base policy and priorities, DNAT, network and
//     application rules, FQDN tags, what a denied client sees, source translation (azure-facts 5).
//   - Pods: overlay and kubenet translate to the node's address, pod subnets have their own way out (azure-facts
//     7.4).
//
// # What a flow to a host name means
//
// A Flow with Host and without Addr goes to some public address of that host. Its address is taken not to be one
// that the network lists singly, nor private, nor in a service tag. So routes and network rules for a single
// address, a private prefix or a service tag do not match it; a wider public prefix that would change the outcome
// makes the trace Insufficient, which an address in the flow resolves. Service tags match what Flow.ServiceTags
// lists and nothing else, for flows with an address too; Trace.Reason names the rules and routes that were passed
// over for that.
//
// # What is not modelled
//
// Answered with Insufficient: virtual network gateways and routes learned by BGP where they could decide,
// appliances other than Azure Firewall, virtual hubs, service endpoints for names they may take, public IPs of
// nodes, outbound deny rules of network security groups, IP groups, web categories and URLs in rules, unknown FQDN
// tags, IPv6, platform addresses, Services of the cluster, the API server of a private cluster by name, implicit
// source translation by load balancing rules, a NAT gateway without address.
//
// Not considered at all:
//
//   - Inbound flows and return paths: asymmetric routing is not seen, and allowForwardedTraffic counts only for
//     what a firewall forwards into a peered VNet.
//   - Network security groups that the network does not hold, and the default rules of those that it does.
//   - Threat intelligence, IDPS and TLS inspection: the mode is recorded, nothing is refused for it.
//   - Name resolution: a name is taken to resolve, whatever DNS servers the VNet has; a policy's DNS settings are
//     its own.
//   - SNAT port exhaustion, capacity, idle timeouts, and a more specific BGP route for a public destination where a
//     user route already takes the internet.
//   - Private endpoints: a host name behind one still counts as public without an address in the flow.
package egress
