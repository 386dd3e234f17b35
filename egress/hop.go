package egress

import "strings"

// String is the hop on one line: `route | rt-udr/default | 0.0.0.0/0 (user) | next hop VirtualAppliance 10.0.0.4`.
// The resource is shortened to the names in its ARM id; empty parts are left out.
func (h Hop) String() string {
	parts := make([]string, 0, 4)
	for _, part := range []string{h.At, h.ResourceName(), h.Rule, h.Action} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, " | ")
}

// ResourceName is how the hop's resource reads in a sentence: the names of its ARM id behind the provider, joined by
// slashes.
func (h Hop) ResourceName() string { return ShortName(h.Resource) }
