package azuresim

// What the network resource provider refuses of public IP addresses and prefixes.
var (
	refuseBasicAddress = row(Refusal{
		ID: "basic-public-ip", Code: "IPv4BasicSkuPublicIpCountLimitReached",
		Message: "Cannot create more than 0 IPv4 Basic SKU public IP addresses for this subscription in this region.",
		When:    "A public IP address is of SKU Basic, which is the default. Azure retired it on 30 September 2025.",
		Source:  "public logs since 2025 (Code: IPv4BasicSkuPublicIpCountLimitReached)",
	})
	refuseDynamicAddress = row(Refusal{
		ID: "dynamic-public-ip", Code: "StandardAndStandardV2SkuPublicIPAddressesMustBeStatic",
		Message: "Standard sku publicIp %s must have AllocationMethod set to Static.",
		When:    "A Standard public IP address is not Static; Dynamic is the default.",
		Source: "azure-docs issue 42889 (text); the code's name since StandardV2 from the tests of azure-sdk-for-java " +
			"and public logs",
	})
	refuseAddressInUse = row(Refusal{
		ID: "public-ip-in-use", Code: "PublicIPAddressCannotBeDeleted",
		Message: "Public IP address %s can not be deleted since it is still allocated to resource %s. In order to delete " +
			"the public IP, disassociate/detach the Public IP address from the resource.  To learn how to do this, see " +
			"aka.ms/deletepublicip.",
		When:   "A public IP address is deleted while something holds it.",
		Source: "azure-facts 13, terraform-provider-azurerm issue 2566",
	})
	refuseTakenAddress = row(Refusal{
		ID: "public-ip-taken", Code: "PublicIPAddressInUse",
		Message: "Resource %s is referencing public IP address %s that is already allocated to resource %s.",
		When:    "A NAT gateway or firewall asks for an address that something else holds.",
		Source:  "gardener/gardener-extension-provider-azure issue 757",
	})
	refuseAddressPrefixChange = row(Refusal{
		ID: "public-ip-prefix-of-address-change", Code: "BadRequest",
		Message:   "publicIPPrefix of public IP address %s cannot change from %q to %q.",
		When:      "An existing public IP address is put with another prefix, or without its own.",
		Source:    "azure-native 1.4 (replaces for it), AviatrixSystems/terraform-provider-aviatrix issue 1918",
		Knowledge: LabsWords,
	})
	refuseDomainLabel = row(Refusal{
		ID: "domain-name-label", Code: "InvalidDomainNameLabel",
		Message: "The domain name label %s is invalid. It must conform to the following regular expression: %s.",
		When:    "dnsSettings.domainNameLabel breaks the rule.",
		Source:  "public logs (ErrorCode: InvalidDomainNameLabel)",
	})
	refuseTakenDomain = row(Refusal{
		ID: "domain-name-taken", Code: "DnsRecordInUse",
		Message: "DNS record %s is already used by another public IP.",
		When:    "Another public IP address in the region has the domain name label.",
		Source:  "az-docs azure-resource-manager, deployment operations (DnsRecordInUse)",
	})
	refuseNoAddressLeft = row(Refusal{
		ID: "public-ip-pool-exhausted", Code: "PublicIPCountLimitReached",
		Message: "No public address range of length /%d is left: the simulated Azure has %v and %v.",
		When:    "The lab's public addresses are used up. Azure has limits per subscription and region instead.",
		Source:  "azure-facts 4 and 13 (code)", Knowledge: AzuresCode,
	})
	refusePrefixSku = row(Refusal{
		ID: "public-ip-prefix-sku", Code: "BadRequest",
		Message: "Public IP prefix %s must have sku.name Standard (got %q).",
		When:    "A public IP prefix is not of SKU Standard.",
		Source:  "general knowledge, not verified", Knowledge: LabsWords,
	})
	refusePrefixLength = row(Refusal{
		ID: "public-ip-prefix-length", Code: "SpecifiedPrefixLengthNotSupported",
		Message: "Specified PrefixLength %v for PublicIpPrefix %s is outside limits. Minimum PrefixLength 28 Maximum " +
			"PrefixLength 31.",
		When:   "The length of a public IP prefix is outside 28-31.",
		Source: "azure-facts 3, terraform-provider-azurerm pull request 19060",
	})
	refusePrefixLengthChange = row(Refusal{
		ID: "public-ip-prefix-length-change", Code: "BadRequest",
		Message: "prefixLength of public IP prefix %s cannot change from %v to %v.",
		When:    "The length of an existing prefix changes. azure-native previews that as an update.",
		Source:  "azure-native 1.4", Knowledge: LabsWords,
	})
	refusePrefixFull = row(Refusal{
		ID: "public-ip-prefix-full", Code: "BadRequest",
		Message: "Public IP prefix %s has no address left for %s.",
		When:    "More addresses are taken from a prefix than it has.",
		Source:  "general knowledge, not verified", Knowledge: LabsWords,
	})
	refusePrefixInUse = row(Refusal{
		ID: "public-ip-prefix-in-use", Code: "InUsePublicIpPrefixCannotBeDeleted",
		Message: "Public IP prefix %s is in use by %s and cannot be deleted.",
		When:    "A prefix is deleted while a NAT gateway or an address uses it.",
		Source:  "Azure/kube-egress-gateway pull request 1223", Knowledge: AzuresCode,
	})
)

// What it refuses of NAT gateways.
var (
	refuseGatewaySku = row(Refusal{
		ID: "nat-gateway-sku", Code: "BadRequest",
		Message: "NAT gateway %s must have sku.name Standard (got %q).",
		When:    "A NAT gateway has no SKU.",
		Source:  "azure-facts 3", Knowledge: LabsWords,
	})
	refuseGatewayZones = row(Refusal{
		ID: "nat-gateway-zones", Code: "BadRequest",
		Message: "NAT gateway %s of SKU Standard can be in one zone or none (got %s).",
		When:    "A Standard NAT gateway is in more than one zone.",
		Source:  "azure-facts 3", Knowledge: LabsWords,
	})
	refuseManyAddresses = row(Refusal{
		ID: "nat-gateway-address-limit", Code: "BadRequest",
		Message: "NAT gateway %s can have %d public IP addresses at most, prefixes included (got %d).",
		When:    "A NAT gateway has more than 16 addresses; a prefix counts with its size.",
		Source:  "azure-facts 3", Knowledge: LabsWords,
	})
	refuseTakenPrefix = row(Refusal{
		ID: "nat-gateway-prefix-taken", Code: "BadRequest",
		Message: "NAT gateway %s cannot use public IP prefix %s: %s uses it.",
		When:    "A NAT gateway asks for a prefix of which something else uses an address: it takes the whole prefix.",
		Source:  "azure-facts 3", Knowledge: LabsWords,
	})
	refuseGatewayOtherNetwork = row(Refusal{
		ID: "nat-gateway-of-another-network", Code: "NatGatewayCannotBeUsedBySubnetsBelongingToDifferentVirtualNetworks",
		Message: "NAT Gateway cannot be configured on multiple virtual networks. NAT Gateway %s is currently used on " +
			"virtual network %s and cannot be added to virtual network%s.", // without a blank, as in the source
		When:   "A NAT gateway is put on subnets of two virtual networks.",
		Source: "azure-facts 3, microsoft/azure_arc issue 3288",
	})
	refuseGatewayThere = row(Refusal{
		ID: "nat-gateway-on-gateway-subnet", Code: "BadRequest",
		Message: "NAT gateway %s cannot be used by subnet %s: no NAT gateway on GatewaySubnet.",
		When:    "A NAT gateway is put on GatewaySubnet.",
		Source:  "azure-facts 3", Knowledge: LabsWords,
	})
	refuseManySubnets = row(Refusal{
		ID: "nat-gateway-subnet-limit", Code: "BadRequest",
		Message: "NAT gateway %s can serve %d subnets at most.",
		When:    "A NAT gateway is put on more than 800 subnets.",
		Source:  "azure-facts 3", Knowledge: LabsWords,
	})
	refuseGatewayInUse = row(Refusal{
		ID: "nat-gateway-in-use", Code: "CannotDeleteNatGatewayAssociatedToSubnet",
		Message: "NAT Gateway %s is still configured on %d subnets. Remove NAT Gateway from all referenced subnets and " +
			"then delete NAT Gateway.",
		When: "A NAT gateway is deleted while a subnet uses it.",
		Source: "Azure-Samples/Copilot-Studio-with-Azure-AI-Search issue 62 (2025), rather than " +
			"InUseNatGatewayCannotBeDeleted of azure-facts 13, of which only the name is known",
	})
)
