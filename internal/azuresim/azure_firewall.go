package azuresim

import (
	"net/netip"
	"strings"
)

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

// checkAzureFirewall refuses what Azure Firewall cannot be (azure-facts 5.1, 5.2, 11.1).
func checkAzureFirewall(op *operation, old, desired *Record) error {
	if err := checkName(desired, 1, 56); err != nil {
		return err
	}
	if err := locationRequired(desired); err != nil {
		return err
	}
	if strings.EqualFold(text(desired.Inputs, "sku", "name"), "AZFW_Hub") {
		return notSimulated(desired.ID, "sku.name AZFW_Hub")
	}
	if err := checkZones(desired, 3); err != nil {
		return err
	}
	if err := zonesFixed(old, desired); err != nil {
		return err
	}
	if err := checkFirewallPlacement(op, desired); err != nil {
		return err
	}
	return checkFirewallRules(op, desired)
}

// checkFirewallPlacement refuses wrong subnets and addresses.
func checkFirewallPlacement(op *operation, firewall *Record) error {
	configurations := objects(firewall.Inputs, "ipConfigurations")
	management := object(firewall.Inputs, "managementIpConfiguration")
	if len(configurations) == 0 {
		return invalidFirewall("Azure Firewall %s needs an ipConfiguration with subnet %s.", firewall.ID, firewallSubnet)
	}
	if management == nil && firewallTier(firewall.Inputs) == "Basic" {
		return invalidFirewall("Azure Firewall %s of tier Basic needs a managementIpConfiguration with subnet %s.",
			firewall.ID, firewallManagementSubnet)
	}
	for i, configuration := range configurations {
		subnet := text(configuration, "subnet", "id")
		if i > 0 && subnet != "" {
			return invalidFirewall("Only the first ipConfiguration of Azure Firewall %s can have a subnet; %s has %s.",
				firewall.ID, text(configuration, "name"), subnet)
		}
		if text(configuration, "publicIPAddress", "id") == "" && (i > 0 || management == nil) {
			return invalidFirewall("ipConfiguration %s of Azure Firewall %s needs a publicIPAddress.",
				text(configuration, "name"), firewall.ID)
		}
	}
	if err := checkFirewallSubnet(op, firewall, configurations[0], firewallSubnet); err != nil {
		return err
	}
	if management != nil {
		if err := checkFirewallSubnet(op, firewall, management, firewallManagementSubnet); err != nil {
			return err
		}
		if text(management, "publicIPAddress", "id") == "" {
			return invalidFirewall("managementIpConfiguration of Azure Firewall %s needs a publicIPAddress.", firewall.ID)
		}
	}
	return checkFirewallAddresses(op, firewall)
}

// checkFirewallSubnet refuses a subnet of another name, smaller than /26, or with another firewall in it.
func checkFirewallSubnet(op *operation, firewall *Record, configuration map[string]any, name string) error {
	id, by := text(configuration, "subnet", "id"), configurationID(firewall, configuration)
	if id == "" {
		return invalidFirewall("ipConfiguration %s of Azure Firewall %s needs subnet %s.",
			text(configuration, "name"), firewall.ID, name)
	}
	subnet, err := op.referenced(id, by, subnetToken, "")
	if err != nil {
		return err
	}
	if network, ok := op.get(parentOf(id)); ok &&
		!sameLocation(text(network.Outputs, "location"), text(firewall.Inputs, "location")) {
		return referenceNotFound(id, by)
	}
	if nameOf(subnet.ID) != name {
		return invalidFirewall("Azure Firewall %s must be in a subnet named %s (got %s).", firewall.ID, name, subnet.ID)
	}
	ranges, err := subnetPrefixes(subnet)
	if err != nil {
		return err
	}
	if ranges[0].Bits() > 26 {
		return invalidFirewall("Subnet %s of Azure Firewall %s must be /26 or larger (got %s).", id, firewall.ID, ranges[0])
	}
	for _, h := range op.holders(id, subnetUsers...) {
		if !sameID(h.ID, firewall.ID) {
			return invalidFirewall("Azure Firewall %s cannot be in subnet %s: %s is there already.", firewall.ID, id, h.ID)
		}
	}
	return nil
}

// checkFirewallAddresses refuses addresses that are not the firewall's to use, or that it names twice.
func checkFirewallAddresses(op *operation, firewall *Record) error {
	named, region := map[string]bool{}, text(firewall.Inputs, "location")
	names := map[string]bool{}
	for _, configuration := range ipConfigurations(firewall.Inputs) {
		name, by := strings.ToLower(text(configuration, "name")), configurationID(firewall, configuration)
		if name == "" || names[name] {
			return invalidFirewall("ipConfigurations of Azure Firewall %s need different names (got %q).", firewall.ID, name)
		}
		names[name] = true
		id := text(configuration, "publicIPAddress", "id")
		if id == "" {
			continue
		}
		if err := op.takePublicIP(id, by, firewall.ID, region); err != nil {
			return err
		}
		key := strings.ToLower(id)
		if named[key] {
			return refuse("PublicIPAddressInUse",
				"Resource %s is referencing public IP address %s that is already allocated to "+
					"another ipConfiguration of it.", by, id)
		}
		named[key] = true
	}
	return nil
}

// invalidFirewall is how the firewall's resource provider refuses a request.
func invalidFirewall(format string, args ...any) *armError {
	return refuse("AzureFirewallInvalidRequest", format, args...)
}

// checkFirewallRules refuses a policy that does not fit, and classic rules beside a policy (azure-facts 5.4).
func checkFirewallRules(op *operation, firewall *Record) error {
	id := text(firewall.Inputs, "firewallPolicy", "id")
	if id == "" {
		return checkClassicRules(firewall)
	}
	policy, err := op.referenced(id, firewall.ID, firewallPolicyToken, text(firewall.Inputs, "location"))
	if err != nil {
		return err
	}
	for _, list := range classicRules {
		if len(items(firewall.Inputs, list)) > 0 {
			return invalidFirewall("Azure Firewall %s cannot have %s beside firewall policy %s.", firewall.ID, list, id)
		}
	}
	mine, its := firewallTier(firewall.Inputs), firewallTier(policy.Outputs)
	if rank(its) > rank(mine) {
		return invalidFirewall("Azure Firewall %s of tier %s cannot use firewall policy %s of tier %s.",
			firewall.ID, mine, id, its)
	}
	return nil
}

// rank orders the tiers.
func rank(tier string) int { return map[string]int{"Basic": 0, "Standard": 1, "Premium": 2}[tier] }

// checkClassicRules refuses lists with two collections of one name or priority, and names in network rules without DNS
// proxy.
func checkClassicRules(firewall *Record) error {
	for _, list := range classicRules {
		seen := newUnique()
		for _, collection := range objects(firewall.Inputs, list) {
			if err := seen.add(text(collection, "name"), collection["priority"], firewall.ID+" "+list); err != nil {
				return err
			}
		}
	}
	proxy := strings.EqualFold(text(firewall.Inputs, "additionalProperties", "Network.DNS.EnableProxy"), "true")
	for _, collection := range objects(firewall.Inputs, "networkRuleCollections") {
		for _, rule := range objects(collection, "rules") {
			if len(items(rule, "destinationFqdns")) > 0 && !proxy {
				return refuse("AzureFirewallDNSProxyMustBeEnabled",
					"DNS Proxy must be enabled in order to use DestinationFqdns in Network Rules.")
			}
		}
	}
	return nil
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
				return refuse("AzureFirewallSubnetRouteTableMustHaveDefaultRouteToInternet",
					"Route Table %s on firewall subnet %s must have 0.0.0.0/0 route with next hop Internet.",
					nameOf(table), nameOf(subnet.ID))
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
