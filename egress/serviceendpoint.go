package egress

import "strings"

// serviceSuffixes are the host names behind the service endpoints of a subnet; a flow to such a name may leave by the
// service endpoint instead of the route table (azure-facts 4).
var serviceSuffixes = map[string][]string{
	"microsoft.storage":              {".core.windows.net", ".storage.azure.net"},
	"microsoft.storage.global":       {".core.windows.net", ".storage.azure.net"},
	"microsoft.sql":                  {".database.windows.net", ".database.azure.com"},
	"microsoft.azurecosmosdb":        {".azure.com"},
	"microsoft.keyvault":             {".vault.azure.net", ".managedhsm.azure.net"},
	"microsoft.servicebus":           {".servicebus.windows.net"},
	"microsoft.eventhub":             {".servicebus.windows.net"},
	"microsoft.containerregistry":    {".azurecr.io"},
	"microsoft.azureactivedirectory": {".microsoftonline.com", ".azuredatalakestore.net"},
	"microsoft.cognitiveservices":    {".azure.com"},
	"microsoft.web":                  {".azurewebsites.net"},
}

// mayBeService says whether a service endpoint may take the flow. Without a host name, and for services that are
// not in the list, any public address may.
func (w *walk) mayBeService(service string) bool {
	if w.flow.Addr.IsValid() && containsAddr(reservedPrefixes, w.flow.Addr) {
		return false
	}
	suffixes, known := serviceSuffixes[strings.ToLower(service)]
	if !known || w.flow.Host == "" {
		return true
	}
	for _, suffix := range suffixes {
		if strings.HasSuffix(strings.ToLower(w.flow.Host), suffix) {
			return true
		}
	}
	return false
}
