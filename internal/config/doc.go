// Package config turns a stack's configuration into one typed value, in which every field is inside Azure's limits and
// fits the others. It reports everything that is wrong at once, in the words of the config file, before any resource
// is registered.
//
// It is not a copy of Azure's validation: it refuses what is certain to fail or to mislead, and leaves to Azure what
// only Azure knows (quotas, VM sizes, versions, ids of other people's resources).
//
// The one idea: Keys is the only list of keys. Pulumi.yaml, pulumi-stack.schema.json and docs/reference/config.md are
// generated from it, and Load reads by it.
package config
