package azuresim

// What Azure Firewall refuses.
var (
	refuseFirewallName = row(Refusal{
		ID: "firewall-name", Code: "BadRequest",
		Message: "Azure Firewall name %s is too long: 50 characters at most (got %d).",
		When:    "The name of a firewall has more than 50 characters.",
		Source:  "azure-facts 11.1 (firewall FAQ; the API specification allows 56)", Knowledge: LabsWords,
	})
	refuseFirewallGroup = row(Refusal{
		ID: "firewall-resource-group", Code: "BadRequest",
		Message: "Azure Firewall %s and %s must be in one resource group. This is a rule of an older FAQ; Azure may have " +
			"dropped it.",
		When:   "A firewall, its virtual network and its addresses are in different resource groups.",
		Source: "azure-facts 5.1 (older FAQ)", Knowledge: LabsWords,
	})
	refuseManagement = row(Refusal{
		ID: "firewall-management-incomplete", Code: "AzureFirewallManagementIpConfigRequiresSubnetAndPublicIp",
		Message: "AzureFirewall %s management IP configuration requires both a subnet and a public IP address.",
		When:    "managementIpConfiguration lacks its subnet or its address.",
		Source:  "azure-facts 5.1, bicep-registry-modules issue 2589",
	})
	refuseNoManagement = row(Refusal{
		ID: "basic-firewall-without-management", Code: "BadRequest",
		Message: "Azure Firewall %s of tier Basic needs a managementIpConfiguration with subnet %s.",
		When:    "A firewall of tier Basic has no managementIpConfiguration.",
		Source:  "azure-facts 5.1, 5.2", Knowledge: LabsWords,
	})
	refuseSecondSubnet = row(Refusal{
		ID: "firewall-second-subnet", Code: "BadRequest",
		Message: "Only the first ipConfiguration of Azure Firewall %s can have a subnet; %s has %s.",
		When:    "An ipConfiguration other than the first has a subnet.",
		Source:  "azure-facts 5.1", Knowledge: LabsWords,
	})
	refuseNoSubnet = row(Refusal{
		ID: "firewall-without-subnet", Code: "InvalidRequestFormat",
		Message: "Cannot parse the request. Details: MissingJsonReferenceId: Value for reference id is missing. Path " +
			"properties.ipConfigurations[0].properties.subnet.",
		When:   "The first ipConfiguration has no subnet.",
		Source: "azure-docs issue 78914; the lab writes the details into the message",
	})
	refuseNoAddress = row(Refusal{
		ID: "firewall-without-public-ip", Code: "BadRequest",
		Message: "ipConfiguration %s of Azure Firewall %s needs a publicIPAddress.",
		When:    "An ipConfiguration has no address; the first can do without when there is a managementIpConfiguration.",
		Source:  "azure-facts 5.1", Knowledge: LabsWords,
	})
	refuseSubnetName = row(Refusal{
		ID: "firewall-subnet-name", Code: "BadRequest",
		Message: "Azure Firewall %s must be in a subnet named %s (got %s).",
		When:    "A firewall is not in AzureFirewallSubnet, or its management not in AzureFirewallManagementSubnet.",
		Source:  "azure-facts 5.1", Knowledge: LabsWords,
	})
	refuseFirewallSubnetSize = row(Refusal{
		ID: "firewall-subnet-size", Code: "BadRequest",
		Message: "Subnet %s of Azure Firewall %s must be /26 or larger (got %s).",
		When:    "AzureFirewallSubnet or AzureFirewallManagementSubnet is smaller than /26.",
		Source:  "azure-facts 5.1", Knowledge: LabsWords,
	})
	refuseSecondFirewall = row(Refusal{
		ID: "firewall-in-network", Code: "BadRequest",
		Message: "Azure Firewall %s cannot be in subnet %s: %s is there already.",
		When:    "The virtual network has a firewall already.",
		Source:  "azure-facts 5.1", Knowledge: LabsWords,
	})
	refuseConfigurationName = row(Refusal{
		ID: "firewall-configuration-names", Code: "BadRequest",
		Message: "ipConfigurations of Azure Firewall %s need different names (got %q).",
		When:    "Two ipConfigurations have the same name, or one has none.",
		Source:  "general knowledge, not verified", Knowledge: LabsWords,
	})
	refuseAddressTwice = row(Refusal{
		ID: "firewall-public-ip-twice", Code: "BadRequest",
		Message: "ipConfiguration %s of Azure Firewall %s has the public IP address %s of another one.",
		When:    "Two ipConfigurations have the same address.",
		Source:  "azure-facts 5.1 (its own address)", Knowledge: LabsWords,
	})
	refuseManyFirewallAddresses = row(Refusal{
		ID: "firewall-address-limit", Code: "BadRequest",
		Message: "Azure Firewall %s can have %d public IP addresses at most (got %d).",
		When:    "A firewall has more than 250 public IP addresses.",
		Source:  "azure-facts 5.3", Knowledge: LabsWords,
	})
	refuseFirewallRoutes = row(Refusal{
		ID: "firewall-route-table", Code: "AzureFirewallSubnetRouteTableMustHaveDefaultRouteToInternet",
		Message: "Route Table %s on firewall subnet %s must have 0.0.0.0/0 route with next hop Internet.",
		When: "A route table on AzureFirewallSubnet takes the way to the internet, and there is no management " +
			"interface.",
		Source: "azure-facts 5.1",
	})
	refusePolicyOfHigherTier = row(Refusal{
		ID: "firewall-policy-tier", Code: "BadRequest",
		Message: "Azure Firewall %s of tier %s cannot use firewall policy %s of tier %s.",
		When:    "The tier of the policy is above that of the firewall.",
		Source:  "azure-facts 5.4, azure-docs issue 83843", Knowledge: LabsWords,
	})
	refuseRulesBesidePolicy = row(Refusal{
		ID: "firewall-rules-beside-policy", Code: "BadRequest",
		Message: "Azure Firewall %s cannot have %s beside firewall policy %s.",
		When:    "A firewall has rules of its own and a policy.",
		Source:  "azure-facts 5.4, azure-cli issue 11834", Knowledge: LabsWords,
	})
	refuseBasicDeny = row(Refusal{
		ID: "basic-firewall-threat-intelligence", Code: "BadRequest",
		Message: "%s of tier Basic cannot have threatIntelMode Deny.",
		When:    "A firewall or policy of tier Basic has threatIntelMode Deny: Basic only alerts.",
		Source:  "azure-facts 5.2", Knowledge: LabsWords,
	})
	refuseClassicNames = row(Refusal{
		ID: "firewall-rule-fqdn-without-dns-proxy", Code: "AzureFirewallDNSProxyMustBeEnabled",
		Message: "DNS Proxy must be enabled in order to use DestinationFqdns in Network Rules.",
		When:    "A network rule of the firewall itself names FQDNs, and the firewall is no DNS proxy.",
		Source:  "azure-facts 5.4, public log of azurerm",
	})
	refuseTwinClassicPriorities = row(Refusal{
		ID: "firewall-rule-collection-priorities", Code: "BadRequest",
		Message: "Rule collections %s and %s of %s have the same priority %v.",
		When:    "Two collections of one kind of a firewall's own rules have the same priority.",
		Source:  "azure-facts 5.4", Knowledge: LabsWords,
	})
)

// What it refuses of firewall policies.
var (
	refusePolicyInUse = row(Refusal{
		ID: "firewall-policy-in-use", Code: "BadRequest",
		Message: "Firewall policy %s is in use by %s and cannot be deleted.",
		When:    "A policy is deleted while a firewall uses it, or another policy inherits from it.",
		Source:  "terraform-provider-azurerm issues 12212 and 29114 (condition)", Knowledge: LabsWords,
	})
	refusePolicyTierChange = row(Refusal{
		ID: "firewall-policy-tier-change", Code: "FirewallPolicySkuChangeDisallowed",
		Message: "Firewall Policy %s cannot change sku from SKU Tier=%s to SKU Tier=%s",
		When:    "The tier of an existing policy changes. azure-native previews that as an update.",
		Source:  "azure-docs issue 88954",
	})
	refuseHigherTierProperties = row(Refusal{
		ID: "firewall-policy-properties-of-higher-tier", Code: "FirewallPolicyHigherTierOnlyProperties",
		Message: "Firewall Policy %s contains higher tier only properties - %s",
		When: "A policy has what its tier lacks: any dnsSettings in Basic, any intrusionDetection below Premium, " +
			"whatever their values.",
		Source: "azure-facts 5.2, Azure-Landing-Zones issues 1527 and 2905, Azure/missionlz issue 736",
	})
	refuseOwnBase = row(Refusal{
		ID: "firewall-policy-circle", Code: "BadRequest",
		Message: "Firewall policy %s cannot be its own base policy.",
		When:    "A policy inherits from itself, by way of others or not.",
		Source:  "azure-facts 5.4 (base before child)", Knowledge: LabsWords,
	})
	refuseBaseTier = row(Refusal{
		ID: "firewall-policy-base-tier", Code: "BadRequest",
		Message: "Firewall policy %s of tier %s cannot have base policy %s of tier %s.",
		When:    "The base policy is of a higher tier.",
		Source:  "az-docs firewall-manager/policy-overview.md", Knowledge: LabsWords,
	})
	refuseManyGroups = row(Refusal{
		ID: "rule-collection-group-limit", Code: "BadRequest",
		Message: "Firewall policy %s can have %d rule collection groups at most (got %d).",
		When:    "A policy has more than 60 rule collection groups.",
		Source:  "azure-facts 5.4", Knowledge: LabsWords,
	})
	refuseTwinGroups = row(Refusal{
		ID: "rule-collection-group-priorities", Code: "BadRequest",
		Message: "Rule collection groups %s and %s of firewall policy %s have the same priority %v.",
		When:    "Two groups of a policy have the same priority.",
		Source:  "azure-facts 5.4", Knowledge: LabsWords,
	})
	refuseGroupSize = row(Refusal{
		ID: "rule-collection-group-size", Code: "BadRequest",
		Message: "Rule collection group %s can have %d bytes at most (got %d).",
		When:    "A rule collection group is larger than 2 MB.",
		Source:  "azure-facts 5.4", Knowledge: LabsWords,
	})
	refuseGroupPriority = row(Refusal{
		ID: "rule-collection-group-priority", Code: "BadRequest",
		Message: "Rule collection group %s needs a priority from 100 to 65000.",
		When:    "A rule collection group has no priority.",
		Source:  "azure-facts 5.4", Knowledge: LabsWords,
	})
)

// What it refuses of rules.
var (
	refuseCollectionName = row(Refusal{
		ID: "rule-collection-names", Code: "BadRequest",
		Message: "Rule collections of %s need different names (got %q).",
		When:    "Two rule collections have the same name, or one has none.",
		Source:  "general knowledge, not verified", Knowledge: LabsWords,
	})
	refuseCollectionPriority = row(Refusal{
		ID: "rule-collection-priority", Code: "BadRequest",
		Message: "Rule collection %s of %s needs a priority from 100 to 65000.",
		When:    "A rule collection has no priority.",
		Source:  "azure-facts 5.4", Knowledge: LabsWords,
	})
	refuseTwinCollections = row(Refusal{
		ID: "rule-collection-priorities", Code: "FirewallPolicyRuleCollectionGroupRuleCollectionPrioritiesMustBeUnique",
		Message: "Invalid Rule Collection Group. Priority %v used for more than one rule collection.",
		When:    "Two rule collections of a group have the same priority.",
		Source:  "public log of azurerm_firewall_policy_rule_collection_group",
	})
	refuseCollectionAction = row(Refusal{
		ID: "rule-collection-action", Code: "BadRequest",
		Message: "%s cannot have the action %q.",
		When:    "A NAT collection has another action than DNAT, or another collection has it, or none.",
		Source:  "bicep (the action types of each collection type)", Knowledge: LabsWords,
	})
	refuseRuleName = row(Refusal{
		ID: "firewall-rule-names", Code: "BadRequest",
		Message: "Rules in %s need different names (got %q).",
		When:    "Two rules of a collection have the same name, or one has none.",
		Source:  "general knowledge, not verified", Knowledge: LabsWords,
	})
	refuseRuleType = row(Refusal{
		ID: "firewall-rule-type", Code: "BadRequest",
		Message: "%s cannot have the rule %s of type %s.",
		When:    "A collection mixes network, application and NAT rules.",
		Source:  "azure-facts 5.4 (type order), general knowledge", Knowledge: LabsWords,
	})
	refuseIncompleteRule = row(Refusal{
		ID: "firewall-rule-incomplete", Code: "BadRequest",
		Message: "Rule %s in %s has no %s.",
		When:    "A rule lacks its sources, protocols or ports.",
		Source:  "general knowledge, not verified", Knowledge: LabsWords,
	})
	refuseNoTarget = row(Refusal{
		ID: "application-rule-without-target", Code: "BadRequest",
		Message: "The request is invalid. Rule %s in %s has neither targetFqdns nor fqdnTags.",
		When:    "An application rule has neither FQDNs nor FQDN tags.",
		Source:  "Azure/bicep-ptn-aiml-landing-zone issue 80", Knowledge: AzuresCode,
	})
	refuseBothTargets = row(Refusal{
		ID: "application-rule-tags-beside-fqdns", Code: "BadRequest",
		Message: "Rule %s in %s cannot have both targetFqdns and fqdnTags.",
		When:    "An application rule has FQDNs and FQDN tags.",
		Source:  "azure-facts 5.4 [U]", Knowledge: LabsWords,
	})
	refuseApplicationWildcard = row(Refusal{
		ID: "application-rule-wildcard", Code: "BadRequest",
		Message: "Rule %s in %s has the FQDN %s: * is allowed at the left end only.",
		When:    "An FQDN of an application rule has a * that is not its first character.",
		Source:  "azure-facts 5.4, azure-docs issue 57934", Knowledge: LabsWords,
	})
	refuseNoDestination = row(Refusal{
		ID: "network-rule-without-destination", Code: "BadRequest",
		Message: "Firewall Policy Network Rule %s must have one of destinationAddresses, destinationIpGroups or " +
			"destinationFqdns specified",
		When:   "A network rule has no destination.",
		Source: "azure-cli issue 18932; it came without a code, inside \"The request is invalid.\"",
	})
	refuseNamesWithoutProxy = row(Refusal{
		ID: "network-rule-fqdn-without-dns-proxy", Code: "BadRequest",
		Message: "Rule %s in %s names FQDNs, and firewall policy %s has no dnsSettings.enableProxy.",
		When:    "A network rule of a policy names FQDNs, and the policy is no DNS proxy.",
		Source:  "azure-facts 5.4", Knowledge: LabsWords,
	})
	refuseNetworkWildcard = row(Refusal{
		ID: "network-rule-wildcard", Code: "FirewallPolicyRuleInvalidFqdnFormat",
		Message: "Rule %s in %s has the FQDN %s: network rules know no *.",
		When:    "An FQDN of a network rule has a *.",
		Source:  "azure-facts 5.4; the code from a comment in public Terraform code", Knowledge: AzuresCode,
	})
	refuseNoTranslation = row(Refusal{
		ID: "nat-rule-without-translation", Code: "BadRequest",
		Message: "Rule %s in %s needs translatedPort and translatedAddress or translatedFqdn.",
		When:    "A NAT rule does not say where to.",
		Source:  "azure-facts 5.4 (DNAT)", Knowledge: LabsWords,
	})
)
