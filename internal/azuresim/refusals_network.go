package azuresim

// What the network resource provider refuses of every type.
var (
	refuseName = row(Refusal{
		ID: "resource-name", Code: "InvalidResourceName",
		Message: "Resource name %s is invalid. The name can be up to 80 characters long. It must begin with a word " +
			"character, and it must end with a word character or with '_'. The name may contain word characters or '.', " +
			"'-', '_'.",
		When:   "The name of a network resource breaks the rule of azure-facts 11.1.",
		Source: "public logs (Code: InvalidResourceName)",
	})
	refuseNetworkName = row(Refusal{
		ID: "virtual-network-name", Code: "InvalidResourceName",
		Message: "Virtual network name %s is invalid: it needs 2 to 64 characters.",
		When:    "The name of a virtual network is shorter than 2 or longer than 64 characters.",
		Source:  "azure-facts 11.1", Knowledge: AzuresCode,
	})
	refuseReference = row(Refusal{
		ID: "reference-not-found", Code: "InvalidResourceReference",
		Message: "Resource %s referenced by resource %s was not found. Please make sure that the referenced resource " +
			"exists, and that both resources are in the same region.",
		When:   "A referenced resource does not exist, is of another type, or is in another region.",
		Source: "SA (AKS, InvalidResourceReference); public logs",
	})
	refuseZoneChange = row(Refusal{
		ID: "zones-change", Code: "ResourceAvailabilityZonesCannotBeModified",
		Message: "Resource %s has an existing availability zone constraint %s and the request has availability zone " +
			"constraint %s, which do not match. Zones cannot be added/updated/removed once the resource is created. The " +
			"resource cannot be updated from regional to zonal or vice-versa.",
		When:   "The zones of a NAT gateway, firewall, public IP address or prefix change (azure-facts 3, 5.1).",
		Source: "Azure/AzOps issue 701, azure-cli issue 16653",
	})
	refuseUnknownZone = row(Refusal{
		ID: "zone-not-supported", Code: "InvalidAvailabilityZone",
		Message: "The zone(s) '%s' for resource '%s' is not supported. The supported zones for location '%s' are '1,2,3'",
		When:    "A zone is none of 1, 2 and 3. In the lab every region has these three.",
		Source:  "public log of a public IP address (Code: InvalidAvailabilityZone)",
	})
	refuseIdleTimeout = row(Refusal{
		ID: "idle-timeout", Code: "BadRequest",
		Message: "idleTimeoutInMinutes of resource %s must be from %v to %v (got %v).",
		When:    "The idle timeout is outside 4-120 minutes (NAT gateway) or 4-30 (public IP address).",
		Source:  "azure-facts 3 (NAT gateway); az-docs public-ip-addresses.md (address)", Knowledge: LabsWords,
	})
	refusePrefixFormat = row(Refusal{
		ID: "address-prefix-format", Code: "InvalidAddressPrefixFormat",
		Message: "Address prefix %s of resource %s is not formatted correctly. It should follow CIDR notation, for " +
			"example 10.0.0.0/24.",
		When:   "An address prefix is no CIDR.",
		Source: "public logs (Code: InvalidAddressPrefixFormat)",
	})
	refuseHostBits = row(Refusal{
		ID: "address-prefix-host-bits", Code: "InvalidCIDRNotation",
		Message: "The address prefix %s in resource %s has an invalid CIDR notation. For the given prefix length, the " +
			"address prefix should be %s.",
		When:   "An address prefix has bits below its length.",
		Source: "public logs (Code: InvalidCIDRNotation)",
	})
)

// What it refuses of virtual networks and subnets.
var (
	refuseEmptySpace = row(Refusal{
		ID: "address-space-empty", Code: "BadRequest",
		Message: "Virtual network %s needs at least one address prefix.",
		When:    "A virtual network has no address prefix.",
		Source:  "general knowledge, not verified", Knowledge: LabsWords,
	})
	refuseSpaceOverlap = row(Refusal{
		ID: "address-space-overlap", Code: "BadRequest",
		Message: "Address prefixes %s and %s of virtual network %s overlap.",
		When:    "Two address prefixes of one virtual network overlap.",
		Source:  "general knowledge, not verified", Knowledge: LabsWords,
	})
	refuseSubnetOutside = row(Refusal{
		ID: "subnet-outside-network", Code: "NetcfgSubnetRangeOutsideVnet",
		Message: "Subnet '%s' is not valid because its IP address range is outside the IP address range of virtual " +
			"network '%s'.",
		When:   "A subnet lies outside the address space of its virtual network, at the subnet's or the network's PUT.",
		Source: "azure-docs pull request 123869 (2024); until 2023 it was NetcfgInvalidSubnet",
	})
	refuseSubnetOverlap = row(Refusal{
		ID: "subnet-overlap", Code: "NetcfgSubnetRangesOverlap",
		Message: "Subnet '%s' is not valid because its IP address range overlaps with that of an existing subnet in " +
			"virtual network '%s'.",
		When:   "Two subnets of a virtual network overlap.",
		Source: "azure-docs pull request 123869",
	})
	refuseSubnetRange = row(Refusal{
		ID: "subnet-without-range", Code: "BadRequest",
		Message: "Subnet %s has no address prefix.",
		When:    "A subnet has no address prefix.",
		Source:  "general knowledge, not verified", Knowledge: LabsWords,
	})
	refuseSmallSubnet = row(Refusal{
		ID: "subnet-too-small", Code: "BadRequest",
		Message: "Subnet %s with prefix %s is too small: Azure keeps five addresses, so /29 is the smallest.",
		When:    "A subnet is smaller than /29.",
		Source:  "azure-facts 11.2 (five addresses are Azure's)", Knowledge: LabsWords,
	})
	refuseSubnetInUse = row(Refusal{
		ID: "subnet-in-use", Code: "InUseSubnetCannotBeDeleted",
		Message: "Subnet %s is in use by %s and cannot be deleted. In order to delete the subnet, delete all the " +
			"resources within the subnet. See aka.ms/deletesubnet.",
		When:   "A subnet, or its network, is deleted while something is in the subnet.",
		Source: "azure-facts 13",
	})
	refuseSubnetPrefixInUse = row(Refusal{
		ID: "subnet-prefix-in-use", Code: "InUsePrefixCannotBeDeleted",
		Message: "IpPrefix %s on Subnet %s has active allocations and cannot be deleted.",
		When:    "The address prefix of a subnet changes while something is in the subnet.",
		Source: "public logs of 2025 and 2026 (Code: InUsePrefixCannotBeDeleted), newer than " +
			"InUseSubnetCannotBeUpdated of azure-facts 13",
	})
	refuseSecurityGroupThere = row(Refusal{
		ID: "security-group-on-gateway-subnet", Code: "NetworkSecurityGroupCannotBeAttachedToGatewaySubnet",
		Message: "The operation failed because the network security group %s can not be associated to the GatewaySubnet. " +
			"Please remove the network security group associated to the GatewaySubnet. No changes have occurred on the " +
			"gateway at this time. See here for additional details: https://aka.ms/GatewaySubnet.",
		When:   "A network security group is put on GatewaySubnet.",
		Source: "Azure-Terraform/terraform-azurerm-virtual-network issue 18",
	})
	refuseManyNetworks = row(Refusal{
		ID: "virtual-network-limit", Code: "VnetCountLimitReached",
		Message: "The subscription can have %d virtual networks at most.",
		When:    "A subscription has more than 1,000 virtual networks.",
		Source:  "azure-facts 4; the code is a name in AKS's public list of codes (EC)", Knowledge: AzuresCode,
	})
)

// What it refuses of peerings.
var (
	refuseOwnPeering = row(Refusal{
		ID: "peering-with-itself", Code: "BadRequest",
		Message: "Peering %s needs another virtual network as remoteVirtualNetwork (got %q).",
		When:    "A peering names no remote network, or its own.",
		Source:  "general knowledge, not verified", Knowledge: LabsWords,
	})
	refuseSecondPeering = row(Refusal{
		ID: "peering-exists", Code: "AnotherPeeringAlreadyReferencesRemoteVnet",
		Message: "Peering %s already references remote virtual network %s. Cannot add another peering %s referencing the " +
			"same remote virtual network.",
		When:   "Another peering of the network goes to the same remote network.",
		Source: "kyma-project/cloud-manager, its list of Azure's errors (code, and text without the ids)",
	})
	refuseDisconnected = row(Refusal{
		ID: "remote-peering-disconnected", Code: "RemotePeeringIsDisconnected",
		Message: "Cannot create or update peering %s because remote peering %s referencing parent virtual network %s is " +
			"in Disconnected state. Update or re-create the remote peering to get it back to Initiated state. Peering gets " +
			"Disconnected when remote vnet or remote peering is deleted and re-created.",
		When:   "One side of a peering is made anew while the other side still is Disconnected.",
		Source: "terraform-provider-azurerm issue 14051",
	})
	refusePeeringOverlap = row(Refusal{
		ID: "peering-overlap", Code: "VnetAddressSpacesOverlap",
		Message: "Cannot create or update peering %s. Virtual networks %s and %s cannot be peered because their address " +
			"spaces overlap. Overlapping address prefixes: %s",
		When:   "The address spaces of the two networks overlap, at the peering's or a network's PUT.",
		Source: "public logs (VnetAddressSpacesOverlap)",
	})
	refusePeerOverlap = row(Refusal{
		ID: "peering-overlap-with-peer", Code: "VnetAddressSpaceOverlapsWithAlreadyPeeredVnet",
		Message: "Cannot create or update peering %s. Virtual networks %s and %s cannot be peered because address space " +
			"of the first virtual network overlaps with address space of virtual network %s already peered with the second " +
			"virtual network. Overlapping address prefixes: %s. For more information please refer to " +
			"https://aka.ms/VnetPeeringInfo",
		When: "The address space of one network overlaps that of a network that the other one is peered with.",
		Source: "AzureTRE issue 4641 (2025), Azure/ResourceModules issue 731; which of the two comes first is seen for " +
			"one order",
	})
	refuseManyPeerings = row(Refusal{
		ID: "peering-limit", Code: "BadRequest",
		Message: "Virtual network %s can have %d peerings at most.",
		When:    "A virtual network has more than 500 peerings.",
		Source:  "azure-facts 4", Knowledge: LabsWords,
	})
)

// What it refuses of route tables and network security groups.
var (
	refuseNoNextHop = row(Refusal{
		ID: "next-hop-address-missing", Code: "MissingNextHopIpAddress",
		Message: "NextHopIpAddress cannot be Null or Empty in route %s when NextHopType is VirtualAppliance.",
		When:    "A route to a VirtualAppliance has no address.",
		Source:  "azure-facts 4, terraform-provider-azurerm pull request 20365",
	})
	refuseNextHop = row(Refusal{
		ID: "next-hop-address-format", Code: "BadRequest",
		Message: "NextHopIpAddress %s in route %s is no IP address.",
		When:    "The address of a VirtualAppliance is no IP address.",
		Source:  "azure-facts 4", Knowledge: LabsWords,
	})
	refuseNeedlessNextHop = row(Refusal{
		ID: "next-hop-address-not-allowed", Code: "BadRequest",
		Message: "NextHopIpAddress %s in route %s is allowed with NextHopType VirtualAppliance only.",
		When:    "A route to something else than a VirtualAppliance has an address.",
		Source:  "azure-facts 4, XenitAB/terraform-modules issue 303", Knowledge: LabsWords,
	})
	refuseTwinRoutes = row(Refusal{
		ID: "route-conflict", Code: "RouteConflict",
		Message: "Route: %s conflicts with Route: %s. Routes cannot have the same AddressPrefix.",
		When:    "Two routes of a table have the same address prefix.",
		Source:  "kubernetes-sigs/cloud-provider-azure issue 657",
	})
	refuseManyRoutes = row(Refusal{
		ID: "route-limit", Code: "BadRequest",
		Message: "Route table %s can have %d routes at most (got %d).",
		When:    "A table has more than 400 routes.",
		Source:  "azure-facts 4 and 14.4", Knowledge: LabsWords,
	})
	refuseManyTags = row(Refusal{
		ID: "route-service-tag-limit", Code: "BadRequest",
		Message: "Route table %s can have %d routes with a service tag at most (got %d).",
		When:    "A table has more than 25 routes with a service tag.",
		Source:  "azure-facts 4", Knowledge: LabsWords,
	})
	refuseManyTables = row(Refusal{
		ID: "route-table-limit", Code: "BadRequest",
		Message: "The subscription can have %d route tables in %s at most.",
		When:    "A subscription has more than 200 route tables in a region.",
		Source:  "azure-facts 4", Knowledge: LabsWords,
	})
	refuseTableInUse = row(Refusal{
		ID: "route-table-in-use", Code: "InUseRouteTableCannotBeDeleted",
		Message: "Route table %s is in use and cannot be deleted.",
		When:    "A route table is deleted while a subnet uses it.",
		Source:  "azure-facts 13",
	})
	refuseSecurityGroupInUse = row(Refusal{
		ID: "security-group-in-use", Code: "InUseNetworkSecurityGroupCannotBeDeleted",
		Message: "Network security group %s cannot be deleted because it is in use by the following resources: %s. In " +
			"order to delete the Network security group, remove the association with the resource(s). To learn how to do " +
			"this, see aka.ms/deletensg.",
		When:   "A network security group is deleted while a subnet uses it.",
		Source: "azure-facts 13, Azure/sap-hana pull request 211",
	})
	refuseRulePriority = row(Refusal{
		ID: "security-rule-priority", Code: "SecurityRuleInvalidPriority",
		Message: "Security rule has invalid Priority. Value provided: %v Allowed range 100-4096.",
		When:    "The priority of a security rule is missing or outside 100-4096.",
		Source:  "az-docs network-security-groups-overview.md (range); code not verified", Knowledge: LabsWords,
	})
	refuseRulePorts = row(Refusal{
		ID: "security-rule-port-range", Code: "SecurityRuleInvalidPortRange",
		Message: "Security rule has invalid Port range. Value provided: %s. Value should be an integer OR integer range " +
			"with '-' delimiter. Valid range 0-65535.",
		When:   "A port range of a security rule is no *, port or range.",
		Source: "azure-cli issue 23499",
	})
	refuseRuleAddress = row(Refusal{
		ID: "security-rule-address-prefix", Code: "SecurityRuleInvalidAddressPrefix",
		Message: "Security rule %s has invalid Address prefix. Value provided: %s",
		When:    "An address prefix of a security rule is no *, address, CIDR or service tag.",
		Source:  "terraform-provider-azurerm issue 5617 (code), azure-powershell issue 4557 (text)",
	})
	refuseRulePart = row(Refusal{
		ID: "security-rule-incomplete", Code: "BadRequest",
		Message: "Security rule %s has neither %s nor %s.",
		When:    "A security rule has no source or destination, or no ports for one of them.",
		Source:  "azure-libraries-for-java issue 870 (required)", Knowledge: LabsWords,
	})
	refuseTwinRules = row(Refusal{
		ID: "security-rule-conflict", Code: "SecurityRuleConflict",
		Message: "Security rule %s conflicts with rule %s. Rules cannot have the same Priority and Direction.",
		When:    "Two rules of a group have the same priority and direction.",
		Source:  "grycap/im issue 359",
	})
	refuseManyRules = row(Refusal{
		ID: "security-rule-limit", Code: "BadRequest",
		Message: "Network security group %s can have %d rules at most (got %d).",
		When:    "A network security group has more than 1,000 rules.",
		Source:  "azure-facts 4", Knowledge: LabsWords,
	})
)
