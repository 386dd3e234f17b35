package engine

// Version is the Pulumi CLI that the lab runs, exactly. tools/go.mod pins the same version of the CLI's source and
// go.mod the same version of the SDK; a test keeps the three equal.
const Version = "v3.250.0"
