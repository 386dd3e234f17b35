package faults

import (
	"slices"
	"strings"
)

// Operation is what Pulumi asks of a provider. The fault hits the one request that does it: PUT, DELETE, GET or POST.
type Operation string

// The operations.
const (
	Create Operation = "create"
	Update Operation = "update"
	Delete Operation = "delete"
	Read   Operation = "read"   // refresh, import, and resources that a program reads
	Invoke Operation = "invoke" // the functions of a package, such as listManagedClusterUserCredentials
)

// Operations are all operations.
var Operations = []Operation{Create, Update, Delete, Read, Invoke}

// Fault is what goes wrong with a request.
type Fault string

// The faults.
const (
	None        Fault = ""
	Throttled   Fault = "throttled"    // 429 with Retry-After, nothing done
	Conflict    Fault = "conflict"     // 409, nothing done
	Error       Fault = "error"        // 500, nothing done
	Timeout     Fault = "timeout"      // done, but the provider's patience ends before it hears of it
	Failed      Fault = "failed"       // accepted, and then it fails: the resource is there, or still there, unusable
	Lost        Fault = "lost"         // done, but the provider's process dies before it answers
	CrashBefore Fault = "crash-before" // the process of the simulation dies before anything is done
	Crash       Fault = "crash"        // done and on disk, then the process of the simulation dies
)

// Faults are all faults.
var Faults = []Fault{Throttled, Conflict, Error, Timeout, Failed, Lost, CrashBefore, Crash}

// Subject is a type, without API version, or a function, and what can go wrong with it.
type Subject struct {
	Type   string
	Faults map[Operation][]Fault
}

func (s Subject) allows(o Operation, f Fault) bool { return slices.Contains(s.Faults[o], f) }

// is tells whether a rule's type means this one: the whole token, its end after a colon, with or without the module
// (network:AzureFirewall, AzureFirewall, apps/v1:StatefulSet), or "*". The API version of azure-native does not matter.
func is(token, pattern string) bool {
	if pattern == anyType {
		return true
	}
	token, pattern = unversioned(token), unversioned(pattern)
	return strings.EqualFold(token, pattern) ||
		len(token) > len(pattern) && strings.EqualFold(token[len(token)-len(pattern)-1:], ":"+pattern)
}

// anyType is the type of a rule for all types.
const anyType = "*"

// unversioned is an azure-native token without its API version: network/v20240501:Subnet is network:Subnet. The
// versions of Kubernetes, such as apps/v1, are part of a type's name and stay.
func unversioned(token string) string {
	head, name, ok := cutLast(token, ":")
	module, version, versioned := cutLast(head, "/")
	if !ok || !versioned || len(version) < len("v20240501") || version[0] != 'v' {
		return token
	}
	return module + ":" + name
}

func cutLast(text, separator string) (before, after string, found bool) {
	at := strings.LastIndex(text, separator)
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+len(separator):], true
}
