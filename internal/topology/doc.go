// Package topology turns azure-native resources, as Pulumi's state or the simulated Azure hold them, into the
// egress model's network. The one idea: it reads what the resources say and nothing else, so it works for any
// azure-native stack.
//
// What it is not: it decides nothing about traffic (package egress does), it fills in no defaults of Azure's, and it
// invents no resource. Types of the network and containerservice modules that it does not know, and children whose
// parent is not among the resources, come back as such instead of being dropped.
//
// Values that a preview does not know yet and encrypted secrets count as absent.
package topology
