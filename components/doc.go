// Package components holds the parts of which a stack is composed, as Pulumi ComponentResources on azure-native and
// kubernetes. They are meant to be imported by other programs too.
//
// # The contract of every component
//
//   - The constructor takes a context, a name, a pointer to its arguments and resource options. Nil arguments are an
//     error, and every problem of the arguments is returned at once, before anything is registered.
//   - An argument that decides which resources exist, their names or their address ranges is plain Go; an argument that
//     only flows into a property is a pulumi Input.
//   - Children are named "<component>-<suffix>" and have the component as parent. The caller's options go to the
//     component and nowhere else: give providers to the component ([pulumi.Providers]), its children inherit them.
//   - No resource is created inside an Apply and none depends on an Output's value, so a preview registers the same
//     resources as an update.
//   - Outputs that a consumer needs are gated: they resolve only when what Azure needs in place first is in place.
//     [SpokeNetwork.NodeSubnetID], for one, waits for the peerings, and [HubFirewall.PrivateIP] for the rules in force.
//     A consumer that takes its values from there cannot start too early.
//
// Nothing here knows whether a real Azure or the lab's simulation answers.
package components
