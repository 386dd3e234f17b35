package azuresim

func init() { refusalCases = append(refusalCases, resourceManagerCases) }

func emptyTable(s *site) { s.make("network:RouteTable", "table", nil) }

// tableInUse is a group with a route table that a subnet of another group uses, and a table that nothing uses.
func tableInUse(s *site) {
	emptyTable(s)
	s.make("network:RouteTable", "spare", nil)
	s.make("resources:ResourceGroup", "other", nil)
	s.make("network:VirtualNetwork", "user", with(addressSpace("10.9.0.0/16",
		subnetItem("nodes", "10.9.0.0/24", input{"routeTable": s.ref("table")})), input{"resourceGroupName": "other"}))
}

// reading assigns the role Reader on a scope.
func reading(scope string) func(s *site) input {
	return func(s *site) input {
		return with(assignment(s), input{"scope": scope, "roleDefinitionId": roleDefinitionID(readerRole)})
	}
}

var resourceManagerCases = []refusalCase{
	siteCase(refuseMissingGroup, "Resource group 'gone' could not be found.", nil,
		creating("network:RouteTable", "table", plainly(input{"resourceGroupName": "gone"})),
		creating("network:RouteTable", "table", nil)),
	siteCase(refuseMissingParent,
		"Can not perform requested operation on nested resource. Parent resource 'gone' not found.", emptyTable,
		creating("network:Route", "out", plainly(route("gone", "0.0.0.0/0"))),
		creating("network:Route", "out", plainly(route("table", "0.0.0.0/0")))),
	siteCase(refuseMissingResource, "The Resource 'Microsoft.Network/routeTables/gone' under resource group 'rg' was not "+
		"found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
		func(s *site) { emptyTable(s); controlIdentity(s) },
		creating("authorization:RoleAssignment", someGUID, reading(inNetwork("routeTables/gone"))),
		creating("authorization:RoleAssignment", someGUID, reading(inNetwork("routeTables/table")))),
	siteCase(refuseMissingSubscription, "The subscription '00000000-0000-0000-0000-000000000009' could not be found.",
		controlIdentity,
		creating("authorization:RoleAssignment", someGUID, reading("subscriptions/00000000-0000-0000-0000-000000000009")),
		creating("authorization:RoleAssignment", someGUID, reading("subscriptions/"+SubscriptionID))),
	siteCase(refuseOtherLocation, "The resource 'table' already exists in location 'westeurope' in resource group 'rg'. "+
		"A resource with the same name cannot be created in location 'eastus'. Please select a new resource name.",
		emptyTable,
		changing("table", plainly(input{"location": "eastus"})),
		changing("table", plainly(input{"location": "West Europe"}))),
	siteCase(refuseOtherGroupLocation,
		"Invalid resource group location 'eastus'. The Resource group already exists in location 'westeurope'.", nil,
		changing("rg", plainly(input{"location": "eastus"})),
		changing("rg", plainly(input{"location": "westeurope", "tags": input{"a": "b"}}))),
	siteCase(refuseMissingLocation, "The location property is required for this definition.", nil,
		creating("network:RouteTable", "table", plainly(input{"location": ""})),
		creating("network:RouteTable", "table", plainly(input{"location": "westeurope"}))),
	siteCase(refuseLocation, "The provided location 'atlantis' is not available for resource type "+
		"'Microsoft.Network/routeTables'. List of available regions for the resource type is 'australiacentral,", nil,
		creating("network:RouteTable", "table", plainly(input{"location": "atlantis"})),
		creating("network:RouteTable", "table", plainly(input{"location": "North Europe"}))),
	siteCase(refuseGroupLocation,
		"The provided location 'westeuropa' is not available for resource group. List of available regions is '", nil,
		creating("resources:ResourceGroup", "other", plainly(input{"location": "westeuropa"})),
		creating("resources:ResourceGroup", "other", plainly(input{"location": "westus"}))),
	siteCase(refuseGroupDeletion, "Deletion of resource group 'rg' failed as resources with identifiers "+
		"'Microsoft.Network/routeTables/table' could not be deleted. The provisioning state of the resource group will be "+
		"rolled back. The tracking Id is '", tableInUse, dropping("rg"), inOrder(dropping("other"), dropping("rg"))),
	siteCase(refuseGroupPeriod, "Resource group name ends. is not allowed", nil,
		creating("resources:ResourceGroup", "ends.", nil), creating("resources:ResourceGroup", "does.not", nil)),
	siteCase(refuseUnknownValue,
		`Cannot parse the request. sku.tier must be one of Standard, Premium, Basic (got "Gold").`, nil,
		creating("network:FirewallPolicy", "policy", plainly(input{"sku": input{"tier": "Gold"}})),
		creating("network:FirewallPolicy", "policy", plainly(input{"sku": input{"tier": "Premium"}}))),
	siteCase(refuseMissingReferenceID, "Cannot parse the request. Details: MissingJsonReferenceId: Value for reference "+
		"id is missing. Path properties.routeTable.", nil,
		creating("network:VirtualNetwork", "vnet", plainly(addressSpace("10.0.0.0/16",
			subnetItem("nodes", "10.0.0.0/24", input{"routeTable": input{"location": "westeurope"}})))),
		creating("network:VirtualNetwork", "vnet", plainly(addressSpace("10.0.0.0/16",
			subnetItem("nodes", "10.0.0.0/24", nil))))),
	siteCase(refuseUnnamedChild, "Cannot parse the request. Item 0 of subnets of resource "+
		inNetwork("virtualNetworks/vnet")+" has no name.", nil,
		creating("network:VirtualNetwork", "vnet", plainly(addressSpace("10.0.0.0/16",
			input{"addressPrefix": "10.0.0.0/24"}))),
		creating("network:VirtualNetwork", "vnet",
			plainly(addressSpace("10.0.0.0/16", subnetItem("a", "10.0.0.0/24", nil))))),
	siteCase(refuseTwinChildren, "Cannot parse the request. Resource "+inNetwork("virtualNetworks/vnet")+
		" has two child resources with the same name (a).", nil,
		creating("network:VirtualNetwork", "vnet", plainly(addressSpace("10.0.0.0/16",
			subnetItem("a", "10.0.0.0/24", nil), subnetItem("a", "10.0.1.0/24", nil)))),
		creating("network:VirtualNetwork", "vnet", plainly(addressSpace("10.0.0.0/16",
			subnetItem("a", "10.0.0.0/24", nil), subnetItem("b", "10.0.1.0/24", nil))))),
}
