// Package doctor finds what is wrong with a network before traffic does: an outbound type that the subnets contradict,
// a firewall that refuses what AKS needs, addresses that overlap, ports that will not last. The one idea: a check is a
// row of a table with a small function, and Examine runs them all on a network, so that docs/reference/findings.md can
// be generated from the same table.
//
// Whether a flow arrives does not depend on the address by which it leaves, so an unknown address of a public IP is no
// reason not to tell.
//
// What a flow would meet is never judged here: checks that depend on it ask the model (package egress), and what the
// model cannot tell becomes the finding cannot-tell. Such a symptom is left out when another finding about the same
// path already explains it.
//
// The checks read what Azure would refuse as well. A simulator never lets that come to be; somebody's export, half a
// deployment or a change by hand may hold it.
package doctor
