// Package azuresim is a simulated Azure behind the interface of Pulumi's azure-native provider: the resource manager,
// the network resource provider and AKS, for the resource types that this project's programs use.
//
// The one idea: a [Cloud] is a set of records, one for each ARM resource, and a request is a transaction on it. A kind
// decides what a PUT or DELETE of its type does; whatever Azure would refuse is refused with Azure's code, and a
// refused request changes nothing. Everything that follows from other resources (a network's subnets, the holder of an
// address, the state of a peering) is computed when it is asked for, so that it can never be stale.
//
// It is not ARM's REST interface, keeps no time (requests end at once, one after another, so that Azure's answers to
// concurrent ones never come), and has no permissions but the role assignments that AKS needs. What it does not know
// it refuses by name: types, API versions, invokes, properties at any depth, and properties that Azure would obey and
// the simulation would not.
//
// What the provider does before Azure sees a request (names, default locations, differences, replacement, previews) is
// that of azure-native 2.90, as azure-native.md describes it. The property trees come from the SDK's source; schemagen
// writes them.
//
// Codes and messages of refusals have three grades. Codes in azure-facts.md are Azure's, with its text where that file
// has one. Others are Azure's to the best of general knowledge or public logs and are not verified, such as
// NetcfgInvalidSubnet, RouteConflict and RemotePeeringIsDisconnected. Where Azure's code is not known, the code is
// BadRequest and the message says in our words what is wrong.
package azuresim
