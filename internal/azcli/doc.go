// Package azcli interprets the az commands that people use on an AKS estate, for the simulated Azure.
//
// A command does what the real one does (Azure/azure-cli and its extension azure-firewall): it reads the resource,
// changes the body and puts the whole, so every refusal of Azure meets it, and its answer is Azure's. Commands, flags
// and properties that are not known here are refused by name.
package azcli
