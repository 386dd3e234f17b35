package egress

import "strings"

// ShortName is how an ARM id reads in a sentence: the names behind the provider, joined by slashes.
func ShortName(id string) string {
	i := strings.LastIndex(strings.ToLower(id), "/providers/")
	if i < 0 {
		return id
	}
	parts := strings.Split(id[i+len("/providers/"):], "/") // namespace, type, name, type, name …
	var names []string
	for j := 2; j < len(parts); j += 2 {
		names = append(names, parts[j])
	}
	if len(names) == 0 {
		return id
	}
	return strings.Join(names, "/")
}

// RegionName is Azure's short name of a location: westeurope for "West Europe".
func RegionName(location string) string {
	return strings.ToLower(strings.ReplaceAll(location, " ", ""))
}
