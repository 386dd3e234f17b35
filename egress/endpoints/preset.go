package endpoints

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Preset is a word of the `allow` list that stands for several endpoints.
type Preset struct {
	Name        string // as written, with <name> where the resource's name goes
	Description string // one sentence
}

type preset struct {
	Preset
	expand func(name, region string) []Endpoint
}

// presetTable is sorted by name.
var presetTable = []preset{
	{Preset{"acr:<name>", "An Azure container registry and its layers. Without dedicated data endpoints these come from " +
		"*.blob.core.windows.net, so that is allowed; write two https:// entries instead if yours has them."}, acr},
	{Preset{"application-gateway-for-containers", "What the ALB Controller of Application Gateway for Containers pulls " +
		"and calls; ingress applicationGatewayForContainers has it already."}, plain(ApplicationGatewayForContainers)},
	{
		Preset{"azure-monitor", "Container insights, managed Prometheus and Application Insights."},
		func(_, region string) []Endpoint { return azureMonitor(region) },
	},
	{Preset{"cosmos-db:<name>", "A Cosmos DB account in gateway mode, at its global and its regional name " +
		"(direct mode needs TCP 10000-20000 to its addresses)."}, cosmosDB},
	{Preset{"docker-hub", "Docker Hub: registry, token server and both CDN names."}, plain(dockerHub)},
	{Preset{"ghcr", "GitHub's container registry."}, plain(ghcr)},
	{Preset{"key-vault:<name>", "A key vault."}, keyVault},
	{Preset{"mcr", "Microsoft Container Registry."}, plain(mcr)},
	{Preset{"storage:<name>", "A storage account's blob, data lake, file, queue and table services over HTTPS."}, storage},
	{Preset{"ubuntu-updates", "Ubuntu's package archives, for nodes and for images that run apt."}, plain(ubuntuUpdates)},
	{Preset{"windows-updates", "Windows Update, by Azure Firewall's FQDN tag."}, plain(windowsUpdateTag)},
}

func plain(list func() []Endpoint) func(string, string) []Endpoint {
	return func(string, string) []Endpoint { return list() }
}

// Presets lists the presets by name.
func Presets() []Preset {
	list := make([]Preset, len(presetTable))
	for i, p := range presetTable {
		list[i] = p.Preset
	}
	return list
}

// parsePreset expands "docker-hub" or "key-vault:name".
func parsePreset(entry, region string) ([]Endpoint, error) {
	word, name, named := strings.Cut(entry, ":")
	for _, p := range presetTable {
		if base, wantsName := strings.CutSuffix(p.Name, ":<name>"); base == word {
			switch {
			case wantsName && !named:
				return nil, fmt.Errorf("preset %s needs a name: write %s", word, p.Name)
			case !wantsName && named:
				return nil, fmt.Errorf("preset %s takes no name: write %s", word, word)
			case wantsName:
				if err := checkName(word, name); err != nil {
					return nil, err
				}
			}
			return p.expand(name, region), nil
		}
	}
	names := make([]string, len(presetTable))
	for i, p := range presetTable {
		names[i] = p.Name
	}
	return nil, fmt.Errorf("not a preset (%s) and not https://host, http://host, tcp://host:port or udp://host:port",
		strings.Join(names, ", "))
}

// resourceNames are Azure's rules for the names that become host names
// (learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules).
var resourceNames = map[string]struct {
	pattern *regexp.Regexp
	rule    string
}{
	"acr": {regexp.MustCompile(`^[a-zA-Z0-9]{5,50}$`), "5-50 letters and digits"},
	"key-vault": {
		regexp.MustCompile(`^[a-zA-Z](-?[a-zA-Z0-9]){2,23}$`),
		"3-24 letters, digits and single hyphens, a letter first",
	},
	"storage":   {regexp.MustCompile(`^[a-z0-9]{3,24}$`), "3-24 lower-case letters and digits"},
	"cosmos-db": {regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,42}[a-z0-9]$`), "3-44 lower-case letters, digits and hyphens"},
}

func checkName(kind, name string) error {
	rule := resourceNames[kind]
	if !rule.pattern.MatchString(name) || kind == "key-vault" && len(name) > 24 {
		return fmt.Errorf("%s name is %s (got %q)", kind, rule.rule, name)
	}
	return nil
}

func keyVault(name, _ string) []Endpoint {
	return []Endpoint{https(strings.ToLower(name)+".vault.azure.net", "Key vault "+name+".")}
}

func storage(name, _ string) []Endpoint {
	var list []Endpoint
	for _, service := range []string{"blob", "dfs", "file", "queue", "table"} {
		list = append(list, https(name+"."+service+".core.windows.net", "Storage account "+name+", "+service+" service."))
	}
	return list
}

func cosmosDB(name, region string) []Endpoint {
	return []Endpoint{
		https(name+".documents.azure.com", "Cosmos DB account "+name+"."),
		https(name+"-"+region+".documents.azure.com", "Cosmos DB account "+name+", its endpoint in this region."),
	}
}

func ubuntuUpdates() []Endpoint {
	return slices.Insert(ubuntuNodeUpdates(), 0, http("archive.ubuntu.com", "Ubuntu packages of container images."))
}

// windowsUpdateTag has one endpoint for each protocol of the rule.
func windowsUpdateTag() []Endpoint {
	return []Endpoint{
		{FQDNTag: TagWindowsUpdate, Protocol: HTTP, Why: "Windows Update."},
		{FQDNTag: TagWindowsUpdate, Protocol: HTTPS, Why: "Windows Update."},
	}
}
