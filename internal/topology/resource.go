package topology

// Resource is one azure-native resource as Pulumi's state holds it: outputs in the SDK's flattened shape.
type Resource struct {
	Type       string         // token with or without API version, such as azure-native:network/v20240501:VirtualNetwork
	ID         string         // ARM id
	Properties map[string]any // outputs; numbers are float64, as in JSON
}
