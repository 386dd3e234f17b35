// Package shell runs the command of a simulated container: a POSIX script, or one of the few programs that kubesim
// knows, above all curl. Scripts are interpreted by mvdan.cc/sh; nothing of the host is reachable: files live in
// memory, there are no processes, and the network is what the caller's Network answers.
//
// The one idea: time is counted, not spent. `sleep 60` and a curl that waits for its timeout add to Result.Elapsed and
// return at once, so a script is a function of its files, environment and network.
//
// It is not a general sandbox: a command that the image has and this package does not simulate says so and fails, and
// background jobs add up their time instead of sharing it.
package shell
