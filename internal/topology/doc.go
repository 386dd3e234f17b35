// Package topology turns the resources of azure-native programs, as Pulumi's state or the simulated Azure hold them,
// into the egress model's network. The one idea: it reads what the resources say and nothing else, so it works for any
// azure-native program: versions 1 to 3 of the provider, any API version of the types it knows, children inline or
// standalone, one state file or several together.
//
// What it is not: it decides nothing about traffic (package egress does), it fills in no defaults of Azure's, and it
// invents no resource.
//
// # What is unknown
//
// Build lists as unknown, with the reason, what may change where traffic goes and is not in the network:
//   - types it does not read, of the azure-native (or classic azure) modules that carry traffic or the names that
//     traffic goes to: network, compute, containerservice, cdn, apimanagement and so on (trafficModules). So a virtual
//     network gateway is listed; resource groups, role assignments and key vaults are not;
//   - Kubernetes resources that route, filter or hide traffic: Ingress, Gateway and NetworkPolicy types, Helm releases;
//   - children whose parent is not among the resources, and Kubernetes objects whose cluster is not;
//   - resources that hide what the network must know.
//
// Resources of other packages, such as random or aws, are of no interest.
//
// # Secrets
//
// A secret is never read, not even in an export with --show-secrets, and neither is a value that a preview does not
// know yet. Where the network has a word for "not known", such as the address of a public IP, the value counts as
// absent. Elsewhere absence would mean something, as that of a route or a rule does: there the whole resource is
// unknown, and with a child its parent, so that the model finds a gap and says that it cannot tell. Errors quote
// numbers, flags and texts that are no secrets, and describe anything else.
//
// # What is left out of types it reads
//
// Inbound NAT rules and gateway load balancers, TCP and TLS listeners and backend names of application gateways,
// public addresses of a firewall in a virtual hub.
package topology
