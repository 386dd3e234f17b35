// Package report gathers what there is to say about the egress of stacks: addresses, paths, what is allowed, source
// ports, findings, cost and time; and, against another revision, what changes.
package report
