package topology

import "strings"

// Resource is one resource as Pulumi's state holds it.
type Resource struct {
	Type       string         // token with or without API version, such as azure-native:network/v20240501:VirtualNetwork
	ID         string         // ARM id; of Kubernetes objects namespace/name
	Properties map[string]any // outputs in the SDK's flattened shape; numbers are float64, as in JSON

	URN      string // empty outside a state
	Provider string // urn::id of its provider, as a state refers to it
	External bool   // read by the program, not managed by it
	Source   string // what it was read from, such as a file name: errors name it

	// Reason says why a resource is unknown; only Build sets it.
	Reason string
}

// token is the parts of a type token that say what it is: of azure-native:network/v20240501:Subnet the package
// azure-native, the module network and the name Subnet.
type token struct {
	pkg, module, name string
}

// splitToken reads a type token. The local packages of azure-native 3 have the API version in the package as well
// (azure-native_network_v20240501:network/v20240501:Subnet); for them the package is azure-native too.
func splitToken(text string) (token, bool) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return token{}, false
	}
	module, _, _ := strings.Cut(parts[1], "/")
	pkg := parts[0]
	if strings.HasPrefix(pkg, "azure-native_") {
		pkg = "azure-native"
	}
	return token{pkg, module, parts[2]}, true
}

// Unversioned is a type token without the version of its API: of azure-native:network/v20240501:Subnet it is
// azure-native:network:Subnet. What is no token stays as it is.
func Unversioned(text string) string {
	t, ok := splitToken(text)
	if !ok {
		return text
	}
	if t.pkg == kubernetesPackage { // whose modules end with the version of the API, which is part of what they are
		return text
	}
	return t.pkg + ":" + t.module + ":" + t.name
}

// lastName is the last segment of an ARM id: the resource's name.
func lastName(id string) string { return id[strings.LastIndex(id, "/")+1:] }

// parentID cuts the last two segments of an ARM id.
func parentID(id string) string {
	for range 2 {
		id = id[:max(strings.LastIndex(id, "/"), 0)]
	}
	return id
}

// subscriptionOf is the first two segments of an ARM id; empty for an id of another form.
func subscriptionOf(id string) string {
	parts := strings.SplitN(id, "/", 4)
	if len(parts) < 4 || !strings.EqualFold(parts[1], "subscriptions") {
		return ""
	}
	return strings.Join(parts[:3], "/")
}

// groupOf is an ARM id up to its resource group, in lower case; empty for an id without one.
func groupOf(id string) string {
	parts := strings.SplitN(strings.ToLower(id), "/", 6)
	if len(parts) < 5 || parts[1] != "subscriptions" || parts[3] != "resourcegroups" {
		return ""
	}
	return strings.Join(parts[:5], "/")
}

// Kubernetes says whether this is an object of Kubernetes, or a provider of such objects.
func (r Resource) Kubernetes() bool {
	return r.Type == kubernetesProvider || strings.HasPrefix(r.Type, kubernetesPackage+":")
}
