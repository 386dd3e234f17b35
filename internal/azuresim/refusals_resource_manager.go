package azuresim

import "aks-egress/egress/endpoints"

// What Azure Resource Manager refuses before, or instead of, a resource provider.
var (
	refuseMissingGroup = row(Refusal{
		ID: "resource-group-not-found", Status: 404, Code: "ResourceGroupNotFound",
		Message: "Resource group '%s' could not be found.",
		When:    "The resource group does not exist.",
		Source:  "public logs of azurerm (Status=404 Code=\"ResourceGroupNotFound\")",
	})
	refuseMissingParent = row(Refusal{
		ID: "parent-resource-not-found", Status: 404, Code: "ParentResourceNotFound",
		Message: "Can not perform requested operation on nested resource. Parent resource '%s' not found.",
		When:    "The resource that a child resource belongs to does not exist.",
		Source:  "Azure-Samples/apptemplate-wordpress-on-aca pull request 7, azure-powershell issue 19200",
	})
	refuseMissingResource = row(Refusal{
		ID: "resource-not-found", Status: 404, Code: "ResourceNotFound",
		Message: "The Resource '%s' under resource group '%s' was not found. For more details please go to " +
			"https://aka.ms/ARMResourceNotFoundFix",
		When:   "A resource is read, or is the scope of a request, and does not exist.",
		Source: "public logs (Code: ResourceNotFound, aka.ms/ARMResourceNotFoundFix)",
	})
	refuseMissingSubscription = row(Refusal{
		ID: "subscription-not-found", Status: 404, Code: "SubscriptionNotFound",
		Message: "The subscription '%s' could not be found.",
		When:    "The scope of a request lies in a subscription that does not exist.",
		Source:  "general knowledge of ARM, not verified", Knowledge: LabsWords,
	})
	refuseOtherLocation = row(Refusal{
		ID: "location-change", Status: 409, Code: "InvalidResourceLocation",
		Message: "The resource '%s' already exists in location '%s' in resource group '%s'. A resource with the same " +
			"name cannot be created in location '%s'. Please select a new resource name.",
		When: "An existing resource is put with another location. azure-native replaces few types for that (azure-native " +
			"1.4), so others preview as an update.",
		Source: "azure-docs issue 70422; status 409 from public logs",
	})
	refuseOtherGroupLocation = row(Refusal{
		ID: "resource-group-location-change", Status: 409, Code: "InvalidResourceGroupLocation",
		Message: "Invalid resource group location '%s'. The Resource group already exists in location '%s'.",
		When:    "An existing resource group is put with another location.",
		Source:  "azure-cli issue 22242; status 409 from microsoft/bedrock issue 100",
	})
	refuseMissingLocation = row(Refusal{
		ID: "location-required", Code: "LocationRequired",
		Message: "The location property is required for this definition.",
		When:    "A regional resource is put with an empty location.",
		Source:  "azure-docs pull request 37944, bicep issue 2311",
	})
	refuseLocation = row(Refusal{
		ID: "location-unknown", Code: "LocationNotAvailableForResourceType",
		Message: "The provided location '%s' is not available for resource type '%s'. List of available regions for the " +
			"resource type is '%s'.",
		When: "A resource is put with a location that is no region of Azure public cloud (list of " + endpoints.RegionsOn +
			"). Which types a region offers is not simulated.",
		Source: "azure-docs, resource-manager-common-deployment-errors; reliability/regions-list",
	})
	refuseGroupLocation = row(Refusal{
		ID: "resource-group-location-unknown", Code: "LocationNotAvailableForResourceGroup",
		Message: "The provided location '%s' is not available for resource group. List of available regions is '%s'.",
		When:    "A resource group is put with a location that is no region of Azure public cloud.",
		Source:  "azure-docs, common-deployment-errors; public issues of azurerm and azure-cli",
	})
	refuseGroupDeletion = row(Refusal{
		ID: "resource-group-deletion-blocked", Status: 409, Code: "ResourceGroupDeletionBlocked",
		Message: "Deletion of resource group '%s' failed as resources with identifiers '%s' could not be deleted. The " +
			"provisioning state of the resource group will be rolled back. The tracking Id is '%s'. Please check audit " +
			"logs for more details. Details: %s",
		When: "A group is deleted while something outside it uses one of its resources. What nothing uses is deleted all " +
			"the same, and stays deleted.",
		Source: "azure-docs issue 52282, bicep-registry-modules pull request 1607 (code and text); status 409 not verified",
	})
	refuseGroupPeriod = row(Refusal{
		ID: "resource-group-name", Code: "BadRequest",
		Message: "Resource group name %s is not allowed: it ends with a period.",
		When:    "The name of a resource group ends with a period.",
		Source:  "azure-facts 11.1", Knowledge: LabsWords,
	})
	refuseUnknownValue = row(Refusal{
		ID: "value-outside-set", Code: "InvalidRequestFormat",
		Message: "Cannot parse the request. %s %s.",
		When:    "A property has a value that is not in its set, such as a tier Gold. azure-native does not check that.",
		Source:  "azure-docs issue 78914 (code and first sentence)", Knowledge: AzuresCode,
	})
	refuseMissingReferenceID = row(Refusal{
		ID: "reference-without-id", Code: "InvalidRequestFormat",
		Message: "Cannot parse the request. Details: MissingJsonReferenceId: Value for reference id is missing. Path %s.",
		When:    "A reference to another resource has no id.",
		Source:  "azure-docs issue 78914; the lab writes the details into the message",
	})
	refuseUnnamedChild = row(Refusal{
		ID: "child-without-name", Code: "InvalidRequestFormat",
		Message: "Cannot parse the request. Item %d of %s of resource %s has no name.",
		When:    "An inline child, such as a subnet or a route, has no name.",
		Source:  "azure-docs issue 78914 (code and first sentence)", Knowledge: AzuresCode,
	})
	refuseTwinChildren = row(Refusal{
		ID: "children-of-one-name", Code: "InvalidRequestFormat",
		Message:   "Cannot parse the request. Resource %s has two child resources with the same name (%s).",
		When:      "Two inline children of one list have the same name.",
		Source:    "public code that looks for \"has two child resources with the same name\"; the code is not verified",
		Knowledge: AzuresCode,
	})
)
