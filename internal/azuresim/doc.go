// Package azuresim is a simulated Azure behind the interface of Pulumi's azure-native provider: the resource manager,
// the network resource provider and AKS, for the resource types that this project's programs use.
//
// The one idea: a [Cloud] is a set of records, one for each ARM resource, and a request is a transaction on it. A kind
// decides what a PUT or DELETE of its type does; whatever Azure would refuse is refused with Azure's code, and a
// refused request changes nothing. Everything that follows from other resources (a network's subnets, the holder of an
// address, the state of a peering) is computed when it is asked for, so that it can never be stale.
//
// It is not ARM's REST interface, and has no permissions but the role assignments that AKS needs. What it does not know
// it refuses by name: types, API versions, invokes, properties at any depth, and properties that Azure would obey and
// the simulation would not.
//
// Time is Azure's, 20,000 times as fast: a PUT goes on after it was accepted, its scope refuses other writes meanwhile,
// and the provider polls, tries again and gives up as azure-native does. What a write changes is there from its
// beginning. Running operations are forgotten with the process: between two runs of the lab Azure has finished.
//
// What the provider does before Azure sees a request (names, default locations, differences, replacement, previews) is
// that of azure-native 2.90, as azure-native.md describes it. The property trees come from the SDK's source; schemagen
// writes them.
//
// What it refuses stands in one table, the files refusals_*.go: each row has Azure's code and text as far as a source
// has them, the source, and a grade that says how much is Azure's own ([Knowledge]). Where Azure's code or text is not
// known the message says so. docs/reference/refusals.md is generated from the table, and every row has a test.
package azuresim
