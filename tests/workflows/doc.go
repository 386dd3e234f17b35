// Package workflows checks the workflows in .github and the sample for Azure DevOps: what they may do, and, with a
// server that answers as GitHub or Azure DevOps does, what their shell steps do.
package workflows
