package azuresim

import "net/netip"

const azureFirewallToken = "azure-native:network:AzureFirewall"

// The subnets that a firewall takes by name (azure-facts 5.1).
const (
	firewallSubnet           = "AzureFirewallSubnet"
	firewallManagementSubnet = "AzureFirewallManagementSubnet"
)

// classicRules are the firewall's own rule lists, which exclude a policy.
var classicRules = []string{"applicationRuleCollections", "natRuleCollections", "networkRuleCollections"}

// azureFirewallKind is Microsoft.Network/azureFirewalls in a virtual network; firewalls in virtual hubs are absent.
func azureFirewallKind() kind {
	return kind{
		token:    azureFirewallToken,
		path:     networkPath + "/azureFirewalls/{azureFirewallName}",
		autoname: "azureFirewallName",
		naming:   randomName,
		absent:   []string{"autoscaleConfiguration", "hubIPAddresses", "virtualHub"},
		put:      putAzureFirewall,
	}
}

func putAzureFirewall(op *operation, old, desired *Record) error {
	if err := checkAzureFirewall(op, old, desired); err != nil {
		return err
	}
	desired.Outputs = networkAnswer(desired, "azureFirewalls")
	sku := firewallTier(desired.Inputs)
	desired.Outputs["sku"] = map[string]any{"name": "AZFW_VNet", "tier": sku}
	for _, list := range classicRules {
		fill(desired.Outputs, list, []any{})
		identify(desired, list, list)
	}
	if text(desired.Inputs, "firewallPolicy", "id") == "" {
		fill(desired.Outputs, "threatIntelMode", "Alert")
	}
	for _, configuration := range ipConfigurations(desired.Outputs) {
		configuration["id"] = configurationID(desired, configuration)
		configuration["type"] = "Microsoft.Network/azureFirewalls/azureFirewallIpConfigurations"
		configuration["provisioningState"] = "Succeeded"
		if subnet, ok := op.get(text(configuration, "subnet", "id")); ok && nameOf(subnet.ID) == firewallSubnet {
			ranges, err := subnetPrefixes(subnet)
			if err != nil {
				return err
			}
			configuration["privateIPAddress"] = firstUsable(ranges[0]).String()
		}
	}
	op.put(desired)
	return op.checkFirewallRoutes()
}

// firstUsable is the first address of a subnet that Azure does not keep for itself: the fifth (azure-facts 11.2).
func firstUsable(prefix netip.Prefix) netip.Addr {
	addr := prefix.Addr()
	for range 4 {
		addr = addr.Next()
	}
	return addr
}

// firewallTier is the tier of a firewall or policy; Standard is the default.
func firewallTier(from map[string]any) string {
	if tier := text(from, "sku", "tier"); tier != "" {
		return canonical(tier, tiers...)
	}
	return "Standard"
}

// ipConfigurations are a firewall's configurations, the one for management last.
func ipConfigurations(from map[string]any) []map[string]any {
	all := objects(from, "ipConfigurations")
	if management := object(from, "managementIpConfiguration"); management != nil {
		all = append(all, management)
	}
	return all
}

func configurationID(firewall *Record, configuration map[string]any) string {
	return firewall.ID + "/azureFirewallIpConfigurations/" + text(configuration, "name")
}

// checkRoutedSubnets refuses routes that take what is in a subnet away from the internet though it must reach it.
func (op *operation) checkRoutedSubnets() error {
	if err := op.checkFirewallRoutes(); err != nil {
		return err
	}
	return op.checkApplicationGateways()
}

// checkFirewallRoutes refuses a route table on a firewall's subnet that takes its way to the internet, unless the
// firewall has a management interface (azure-facts 5.1).
func (op *operation) checkFirewallRoutes() error {
	for _, firewall := range op.list(azureFirewallToken) {
		if object(firewall.Outputs, "managementIpConfiguration") != nil {
			continue
		}
		for _, configuration := range objects(firewall.Outputs, "ipConfigurations") {
			subnet, ok := op.get(text(configuration, "subnet", "id"))
			if !ok {
				continue
			}
			table := text(subnet.Outputs, "routeTable", "id")
			if table != "" && !op.routesToInternet(table) {
				return refuseFirewallRoutes.because(nameOf(table), nameOf(subnet.ID))
			}
		}
	}
	return nil
}

func (op *operation) routesToInternet(table string) bool {
	for _, r := range op.children(&Record{ID: table}, routeToken) {
		if text(r.Outputs, "addressPrefix") == "0.0.0.0/0" && text(r.Outputs, "nextHopType") == "Internet" {
			return true
		}
	}
	return false
}
