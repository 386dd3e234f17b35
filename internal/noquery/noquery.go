// Package noquery keeps a library from asking the terminal for its background colour while packages are initialised:
// bubbletea, which Pulumi's SDK imports, does so in its tea_init.go, on every start of a program, with an escape
// sequence that NO_COLOR does not keep back, and waits for the answer. termenv, by which it asks, does not where CI is
// set.
//
// Go initialises packages in the order of their import paths, as far as their imports are (language specification,
// "Program initialization"), and "aks-egress/…" comes before "github.com/…".
package noquery

import "os"

const variable = "CI"

// set tells that the variable is ours, to be taken away again.
var set = begin()

func begin() bool {
	if os.Getenv(variable) != "" {
		return false // nothing is asked anyway
	}
	return os.Setenv(variable, "true") == nil
}

// End restores the environment, for an init function of package main: those run last.
func End() {
	if set {
		_ = os.Unsetenv(variable) // it can: it was set
		set = false
	}
}
