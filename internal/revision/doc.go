// Package revision has the project as another git revision has it: it finds the commit, tells which files differ from
// the working tree, writes the commit's files into a folder, and builds and runs the lab that is in them.
//
// The one idea: the working tree and the repository are only read. What another revision needs is made in a folder of
// the caller's, and nothing that the commit holds is written outside of it.
//
// It knows neither Pulumi nor the lab's code: a lab of another revision is a command line with two verbs.
package revision
