package azuresim

import "strings"

func init() { refusalCases = append(refusalCases, authorizationCases) }

// Names of role assignments are UUIDs.
const (
	someGUID  = "11111111-1111-4111-8111-111111111111"
	otherGUID = "22222222-2222-4222-8222-222222222222"

	readerRole  = "acdd72a7-3385-48ef-bd42-f606fba81ae7" // azure-facts 7.3
	noSuchThing = "33333333-2222-3333-4444-555555555555"
)

func controlIdentity(s *site) { s.make("managedidentity:UserAssignedIdentity", "control", nil) }

// assignment makes the identity Network Contributor of the group.
func assignment(s *site) input {
	return input{
		"scope": strings.TrimPrefix(groupID("rg"), "/"), "principalId": s.made["control"].out("principalId"),
		"principalType": "ServicePrincipal", "roleDefinitionId": roleDefinitionID(roleNetworkContributor),
	}
}

// assigning creates a role assignment; more changes its inputs.
func assigning(name string, more input) func(s *site) error {
	return creating("authorization:RoleAssignment", name, func(s *site) input { return with(assignment(s), more) })
}

// oneAssignment is an identity with a role.
func oneAssignment(s *site) {
	controlIdentity(s)
	s.make("authorization:RoleAssignment", someGUID, assignment(s))
}

var authorizationCases = []refusalCase{
	siteCase(refuseMissingRole,
		"The specified role definition with ID '33333333222233334444555555555555' does not exist.", controlIdentity,
		assigning(someGUID, input{"roleDefinitionId": roleDefinitionID(noSuchThing)}),
		assigning(someGUID, input{"roleDefinitionId": roleDefinitionID(readerRole)})),
	siteCase(refuseMissingPrincipal, "Principal 33333333222233334444555555555555 does not exist in the directory "+
		"00000000-0000-0000-0000-0000000000aa. Check that you have the correct principal ID. If you are creating this "+
		"principal and then immediately assigning a role, this error might be related to a replication delay. In this case, "+
		"set the role assignment principalType property to a value, such as ServicePrincipal, User, or Group.  See "+
		"https://aka.ms/docs-principaltype", controlIdentity,
		assigning(someGUID, input{"principalId": noSuchThing}), assigning(someGUID, nil)),
	siteCase(refusePrincipalType, "' has type 'ServicePrincipal' , which is different from specified PrinciaplType "+
		"'User'.",
		controlIdentity, assigning(someGUID, input{"principalType": "User"}),
		assigning(someGUID, input{"principalType": "ServicePrincipal"})),
	siteCase(refuseSecondAssignment, "The role assignment already exists.", oneAssignment,
		assigning(otherGUID, nil), assigning(otherGUID, input{"roleDefinitionId": roleDefinitionID(readerRole)})),
	siteCase(refuseAssignmentUpdate,
		"Tenant ID, application ID, principal ID, and scope are not allowed to be updated.", oneAssignment,
		changing(someGUID, plainly(input{"roleDefinitionId": roleDefinitionID(readerRole)})),
		changing(someGUID, plainly(input{"description": "nodes join the subnet"}))),
	siteCase(refuseIdentityName, "Identity name id is not allowed: it needs 3 to 128 letters, digits, '-' and '_', and "+
		"begins with a letter or digit.", nil,
		creating("managedidentity:UserAssignedIdentity", "id", nil),
		creating("managedidentity:UserAssignedIdentity", "id0", nil)),
}
