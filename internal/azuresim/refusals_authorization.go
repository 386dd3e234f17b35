package azuresim

// What Azure refuses of role assignments and managed identities.
var (
	refuseMissingRole = row(Refusal{
		ID: "role-definition-not-found", Status: 404, Code: "RoleDefinitionDoesNotExist",
		Message: "The specified role definition with ID '%s' does not exist.",
		When:    "A role assignment names a role definition that does not exist.",
		Source:  "azurerm logs of GET roleDefinitions; the status at a role assignment is not verified",
	})
	refuseMissingPrincipal = row(Refusal{
		ID: "principal-not-found", Code: "PrincipalNotFound",
		Message: "Principal %s does not exist in the directory %s. Check that you have the correct principal ID. If you " +
			"are creating this principal and then immediately assigning a role, this error might be related to a " +
			"replication delay. In this case, set the role assignment principalType property to a value, such as " +
			"ServicePrincipal, User, or Group.  See https://aka.ms/docs-principaltype",
		When:   "A role is assigned to a principal that the directory does not know, or does not know yet.",
		Source: "azure-facts 13",
	})
	refusePrincipalType = row(Refusal{
		ID: "principal-type", Code: "UnmatchedPrincipalType", // the spelling in the message is Azure's
		Message: "The PrincipalId '%s' has type 'ServicePrincipal' , which is different from specified PrinciaplType '%s'.",
		When: "principalType is not the principal's. The SDK's default is User, which is wrong for every managed " +
			"identity (azure-native 1.2).",
		Source: "Azure/modern-web-app-pattern-dotnet pull request 129",
	})
	refuseSecondAssignment = row(Refusal{
		ID: "role-assignment-exists", Status: 409, Code: "RoleAssignmentExists",
		Message: "The role assignment already exists.",
		When:    "Another role assignment gives the same role to the same principal on the same scope.",
		Source:  "azure-facts 13, aztfmod/terraform-azurerm-caf pull request 1589",
	})
	refuseAssignmentUpdate = row(Refusal{
		ID: "role-assignment-update", Code: "RoleAssignmentUpdateNotPermitted",
		Message: "Tenant ID, application ID, principal ID, and scope are not allowed to be updated.",
		When: "An existing role assignment is put with another principal or role. azure-native replaces it for the " +
			"principal only, so another role previews as an update (azure-native 1.4).",
		Source: "public logs of Azure landing zones (code and text); status 400 not verified",
	})
	refuseIdentityName = row(Refusal{
		ID: "identity-name", Code: "BadRequest",
		Message: "Identity name %s is not allowed: it needs 3 to 128 letters, digits, '-' and '_', and begins with a " +
			"letter or digit.",
		When:   "The name of a user-assigned identity breaks the rule.",
		Source: "az-docs resource-name-rules.md (Microsoft.ManagedIdentity)", Knowledge: LabsWords,
	})
)
