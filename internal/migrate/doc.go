// Package migrate plans the change of a deployed stack's outbound type, and says what the change came to.
//
// A plan is what a person does on Azure, step by step, with the settings and the command lines of each step; the lab
// runs the same steps. What changed is read from two snapshots of the stack, before and after: its outputs, and the
// same flows traced in both networks. The package knows neither Pulumi's engine nor the simulation.
package migrate
