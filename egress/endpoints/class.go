package endpoints

import (
	"slices"
	"strings"
)

// Class is a kind of destination that the nodes and workloads of a cluster talk to.
type Class struct {
	Name    string // such as "Key Vault"
	Preset  string // of Presets, which opens it under userDefinedRouting; empty: none does
	Example string // stands for the resource's name that the preset takes; empty: it takes none
	Why     string // one sentence: who talks to it
}

// classTable is in the order in which a cluster comes to need them. A class with a preset has the preset's endpoints.
var classTable = []Class{
	{Name: ClassAKS, Why: "What AKS requires of every cluster: API server, Azure Resource Manager, Entra ID, packages. " +
		"The firewall lets it through without an entry."},
	{Name: "Microsoft Container Registry", Preset: "mcr", Why: "AKS's own images, and Microsoft's for workloads."},
	{
		Name: "Azure Container Registry", Preset: "acr:<name>", Example: "myregistry",
		Why: "Images of workloads, with the layers at a data endpoint or in Azure Storage.",
	},
	{Name: "Docker Hub", Preset: "docker-hub", Why: "Images of workloads."},
	{Name: "GitHub Container Registry", Preset: "ghcr", Why: "Images of workloads."},
	{Name: "Ubuntu updates", Preset: "ubuntu-updates", Why: "Packages of nodes, and of images that run apt."},
	{Name: "Windows updates", Preset: "windows-updates", Why: "Updates of Windows nodes."},
	{
		Name: "Key Vault", Preset: "key-vault:<name>", Example: "myvault",
		Why: "Secrets, keys and certificates of workloads.",
	},
	{
		Name: "Storage", Preset: "storage:<name>", Example: "mystorage",
		Why: "Blobs, files, queues and tables of workloads.",
	},
	{
		Name: "Cosmos DB", Preset: "cosmos-db:<name>", Example: "mycosmos",
		Why: "Databases of workloads, in gateway mode.",
	},
	{Name: "Azure Monitor", Preset: "azure-monitor", Why: "Logs, metrics and traces of nodes and workloads."},
	{
		Name: "Application Gateway for Containers", Preset: "application-gateway-for-containers",
		Why: "What its ALB Controller pulls and calls; ingress applicationGatewayForContainers opens it.",
	},
	{Name: classThirdParty, Why: "Somebody else's service, which may list the callers that it lets in."},
}

// ClassAKS is the class of what AKS itself requires.
const ClassAKS = "AKS itself"

const classThirdParty = "Third-party API"

// Classes lists the classes in the order in which a cluster comes to need them.
func Classes() []Class { return slices.Clone(classTable) }

// Entry is what opens the class in the `allow` list for a resource of this name; empty: no preset does.
func (c Class) Entry(name string) string { return strings.ReplaceAll(c.Preset, "<name>", name) }

// Destinations are the class's endpoints as they can be asked for (see Concrete): of an FQDN tag, the hosts that it is
// known to hold. Name is the resource's, where the preset takes one. Region is Azure's short name.
func (c Class) Destinations(name, region string) []Endpoint {
	list := distinctPatterns(untagged(c.endpoints(name, region), region))
	for i := range list {
		list[i] = list[i].Concrete()
	}
	return list
}

func (c Class) endpoints(name, region string) []Endpoint {
	switch c.Name {
	case ClassAKS:
		return slices.DeleteFunc(RequiredFQDNs(region), func(e Endpoint) bool { return covers(mcr(), e) })
	case classThirdParty:
		return []Endpoint{https("api.example.com", "Somebody else's API.")}
	}
	for _, p := range presetTable {
		if p.Name == c.Preset {
			return p.expand(name, region)
		}
	}
	return nil
}

// Names are the resources of the class that endpoints open as its preset would; sorted.
func (c Class) Names(allowed []Endpoint, region string) []string {
	if c.Example == "" {
		return nil
	}
	_, suffix, _ := strings.Cut(c.endpoints(c.Example, region)[0].Host, ".")
	var names []string
	for _, e := range allowed {
		name, rest, _ := strings.Cut(e.Host, ".")
		if rest != suffix || name == "*" || slices.Contains(names, name) {
			continue
		}
		whole := !slices.ContainsFunc(c.endpoints(name, region), func(part Endpoint) bool { return !covers(allowed, part) })
		if whole {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// covers says whether one of a list's endpoints is, or stands for, another.
func covers(list []Endpoint, e Endpoint) bool {
	return slices.ContainsFunc(list, func(l Endpoint) bool {
		return l.Protocol == e.Protocol && l.Port == e.Port && l.Host != "" && MatchHost(l.Host, e.Host)
	})
}

// untagged puts the hosts of FQDN tags in place of the tags; each once, however many protocols the tag is there for.
func untagged(list []Endpoint, region string) []Endpoint {
	var out []Endpoint
	for _, e := range list {
		if e.FQDNTag == "" {
			out = append(out, e)
			continue
		}
		hosts, _ := FQDNTag(e.FQDNTag, region)
		for _, host := range hosts {
			if !slices.Contains(out, host) {
				out = append(out, host)
			}
		}
	}
	return out
}

// distinctPatterns leaves out what a pattern of the list stands for.
func distinctPatterns(list []Endpoint) []Endpoint {
	return slices.DeleteFunc(slices.Clone(list), func(e Endpoint) bool {
		return slices.ContainsFunc(list, func(other Endpoint) bool {
			return other.Host != e.Host && covers([]Endpoint{other}, e)
		})
	})
}
