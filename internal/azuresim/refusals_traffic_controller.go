package azuresim

// What Azure refuses of Application Gateway for Containers.
var (
	refuseNestedResource = row(Refusal{
		ID: "traffic-controller-nested-resources", Status: 409, Code: "CannotDeleteResource",
		Message: "Cannot delete resource while nested resources exist. Some existing nested resource IDs include: '%s'. " +
			"Please delete all nested resources before deleting this resource.",
		When:   "A traffic controller is deleted that still has frontends or associations.",
		Source: "Azure/azure-rest-api-specs issue 26000",
	})
	refuseAssociationDelegation = row(Refusal{
		ID: "traffic-association-delegation", Code: "AppGwForContainersAssociationSubnetNotDelegatedToTrafficController",
		Message: "Application Gateway for Containers: Subnet '%s' of Association '%s' is not delegated to " +
			"Microsoft.ServiceNetworking/trafficControllers.",
		When:   "An association's subnet is not delegated to Microsoft.ServiceNetworking/trafficControllers.",
		Source: "Azure/AKS issue 5170 (code)", Knowledge: AzuresCode,
	})
	refuseAssociationSize = row(Refusal{
		ID: "traffic-association-subnet-size", Code: "AppGwForContainersSubnetAssociationNotEnoughIPv4AddressesInSubnet",
		Message: "Application Gateway for Containers: Subnet '%s' does not have enough IPv4 addresses. At least %d " +
			"addresses are required to create Association '%s' for this subnet.",
		When: "An association's subnet has fewer than 256 addresses for each association in it: it is smaller than /24, " +
			"or shared. Reports of 2025 show the number 500 in the text; the lab takes the docs' rule.",
		Source: "Azure/AKS issue 5170; AGC docs, components (256 addresses for each association)",
	})
	refuseSecondAssociation = row(Refusal{
		ID: "traffic-association-second", Code: "BadRequest",
		Message: "Application Gateway for Containers '%s' can have %d association, and has '%s'.",
		When:    "A traffic controller gets a second association.",
		Source:  "AGC docs, components (the current number of associations is limited to 1)", Knowledge: LabsWords,
	})
	refuseAssociationRegion = row(Refusal{
		ID: "traffic-association-region", Code: "BadRequest",
		Message: "Association '%s' is in %s, and its Application Gateway for Containers is in %s.",
		When:    "An association is in another region than its traffic controller.",
		Source:  "AGC docs, components (associations match the region of their parent)", Knowledge: LabsWords,
	})
	refuseAssociationSubnet = row(Refusal{
		ID: "traffic-association-subnet", Code: "BadRequest",
		Message: "Subnet of association '%s' was not found in its region: '%s'.",
		When:    "An association's subnet does not exist, or is in another region.",
		Source:  "general knowledge, not verified", Knowledge: LabsWords,
	})
	refuseDelegationChange = row(Refusal{
		ID: "subnet-delegation-in-use", Code: "SubnetDelegationsCannotChangeWhenSubnetUsedByResource",
		Message: "Delegations of subnet %s cannot be changed from [%s] to [%s] because it is being used by the resource %s.",
		When:    "A subnet is delegated, or delegated to another service, while something else uses it.",
		Source:  "public logs (Code: SubnetDelegationsCannotChangeWhenSubnetUsedByResource)",
	})
	refuseMissingDelegation = row(Refusal{
		ID: "subnet-delegation-required", Code: "SubnetMissingRequiredDelegation",
		Message: "Subnet %s requires any of the following delegation(s) [%s] to reference service association link %s.",
		When:    "The delegation of a subnet is taken away while a resource of the service is in it.",
		Source:  "public logs (Code: SubnetMissingRequiredDelegation); the name of the link is the association's id here",
	})
)
