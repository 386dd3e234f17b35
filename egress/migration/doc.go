// Package migration is what Azure says about changing the outbound type of a living AKS cluster: which moves it makes
// in place, what must stand before each, what each changes, and who outside has to be told.
//
// The source is azure-facts 1.6 (Microsoft's egress-outboundtype article of 5 August 2026 and AKS's changelog), with
// 1.2 for which outbound type goes with which network. Where the sources differ the article's table counts, and
// [Move.Notes] says so. The package is data and look-ups: it knows neither Pulumi nor the simulation.
package migration
