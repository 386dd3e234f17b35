package egress

import (
	"fmt"
	"slices"
	"strings"
)

// serviceNames are the host names and the service tag behind a service endpoint
// (learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview).
type serviceNames struct {
	suffixes []string
	tag      string
	regional bool // the endpoint takes flows to this region's service only
}

var endpointServices = map[string]serviceNames{
	"microsoft.storage":              {[]string{".core.windows.net", ".storage.azure.net"}, "Storage", true},
	"microsoft.storage.global":       {[]string{".core.windows.net", ".storage.azure.net"}, "Storage", false},
	"microsoft.sql":                  {[]string{".database.windows.net", ".database.azure.com"}, "Sql", true},
	"microsoft.azurecosmosdb":        {[]string{".azure.com"}, "AzureCosmosDB", false},
	"microsoft.keyvault":             {[]string{".vault.azure.net", ".managedhsm.azure.net"}, "AzureKeyVault", false},
	"microsoft.servicebus":           {[]string{".servicebus.windows.net"}, "ServiceBus", false},
	"microsoft.eventhub":             {[]string{".servicebus.windows.net"}, "EventHub", false},
	"microsoft.containerregistry":    {[]string{".azurecr.io"}, "AzureContainerRegistry", false},
	"microsoft.azureactivedirectory": {[]string{".microsoftonline.com", ".azuredatalakestore.net"}, "", false},
	"microsoft.cognitiveservices":    {[]string{".azure.com"}, "CognitiveServicesManagement", false},
	"microsoft.web":                  {[]string{".azurewebsites.net"}, "AppService", false},
}

// serviceEndpointWord stands before a service endpoint's name in the rule of its hop.
const serviceEndpointWord = " (service endpoint "

// serviceEndpoint is a service endpoint of a subnet.
type serviceEndpoint struct {
	name     string
	tag      string // whose prefixes the endpoint takes; empty: not known
	listed   bool   // the network lists the tag's prefixes
	suffixes []string
	hop      Hop
}

func newServiceEndpoints(s *Subnet, location string, tags *tagTable) []serviceEndpoint {
	var out []serviceEndpoint
	for _, name := range s.ServiceEndpoints {
		known := endpointServices[strings.ToLower(name)]
		e := serviceEndpoint{name: name, tag: known.tag, suffixes: known.suffixes}
		if region := RegionName(location); known.regional && e.tag != "" && region != "" {
			e.tag += "." + region
		}
		e.listed = len(tags.prefixes(e.tag)) > 0
		e.hop = Hop{
			At: "route", Resource: s.ID, Rule: e.tag + serviceEndpointWord + name + ")",
			Action: "next hop VirtualNetworkServiceEndpoint",
		}
		out = append(out, e)
	}
	return out
}

// serviceEndpoint sends the flow to an Azure service directly, which sees a private identity (azure-facts 0, 4). What
// may be such a service and is not known to be ends the trace as Insufficient.
func (w *walk) serviceEndpoint(at place) *Trace {
	for i := range at.subnet.services {
		e := &at.subnet.services[i]
		has, known := w.m.tags.holds(e.tag, w.flow.Addr)
		switch {
		case has, !known && e.tag != "" && w.listsExactly(e.tag):
			w.hops = append(w.hops, e.hop)
			w.arriveAt(nil)
			return w.arrive(DeliveredService, at.sources, "service endpoint "+e.name+" takes "+w.target())
		case !known && w.mayBeService(e):
			return w.insufficient("subnet %s has a service endpoint for %s, which may take %s: give the flow the service tag "+
				"that holds it, such as %s, or the network the tag's prefixes",
				ShortName(at.subnet.ID), e.name, w.target(), e.exampleTag())
		}
	}
	return nil
}

func (e *serviceEndpoint) exampleTag() string {
	if e.tag == "" {
		return fmt.Sprintf("that of %s", e.name)
	}
	return e.tag
}

// listsExactly says whether the flow lists a tag itself, or the same service's tag of some region when the tag is for
// all regions.
func (w *walk) listsExactly(tag string) bool {
	return len(w.flow.ServiceTags) > 0 && w.flow.listsTag(tag)
}

// mayBeService says whether a service endpoint may take the flow. Without a host name, and for services that are
// not in the list, any public address may; a flow that lists service tags names what it goes to.
func (w *walk) mayBeService(e *serviceEndpoint) bool {
	if w.reserved {
		return false
	}
	if e.tag != "" && len(w.flow.ServiceTags) > 0 {
		return false
	}
	if e.suffixes == nil || w.host == "" {
		return true
	}
	return slices.ContainsFunc(e.suffixes, func(suffix string) bool { return strings.HasSuffix(w.host, suffix) })
}

// mayBeRegionalStorage says whether the flow goes to Azure Storage of the subnet's region as far as name and service
// tags tell; a bare address outside of known tags is taken to be something else.
func (w *walk) mayBeRegionalStorage(s *subnetNode) bool {
	storage := endpointServices["microsoft.storage"]
	tag := storage.tag
	if region := RegionName(s.vnet.Location); region != "" {
		tag += "." + region
	}
	if has, known := w.m.tags.holds(tag, w.flow.Addr); known {
		return has
	}
	if len(w.flow.ServiceTags) > 0 {
		return slices.ContainsFunc(w.flow.ServiceTags, func(listed string) bool {
			return strings.EqualFold(listed, tag) || strings.EqualFold(listed, storage.tag)
		})
	}
	return slices.ContainsFunc(storage.suffixes, func(suffix string) bool { return strings.HasSuffix(w.host, suffix) })
}
