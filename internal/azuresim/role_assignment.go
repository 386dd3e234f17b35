package azuresim

import (
	"fmt"
	"slices"
	"strings"
)

const roleAssignmentToken = "azure-native:authorization:RoleAssignment"

// The built-in roles that decide something here (azure-facts 7.3 and Azure's list of built-in roles).
const (
	roleOwner              = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
	roleContributor        = "b24988ac-6180-42a0-ab88-20f7382dd24c"
	roleNetworkContributor = "4d97b98b-1d4f-4787-a291-c67834d212e7"
)

// builtInRoles are the role definitions of the simulated tenant by GUID. Any other GUID does not exist.
var builtInRoles = map[string]string{
	roleOwner:                              "Owner",
	roleContributor:                        "Contributor",
	roleNetworkContributor:                 "Network Contributor",
	roleReader:                             "Reader",
	"f1a07417-d97a-45cb-824c-7a7467783830": "Managed Identity Operator",
	"7f951dda-4ed3-4680-a7ca-43fe172d538d": "AcrPull",
	"b12aa53e-6015-4669-85d0-8515ebb3ae7f": "Private DNS Zone Contributor",
	roleConfigurationManager:               "AppGw for Containers Configuration Manager",
}

// roleAssignmentKind is Microsoft.Authorization/roleAssignments (azure-native.md, appendix).
func roleAssignmentKind() kind {
	return kind{
		token:    roleAssignmentToken,
		path:     "/{scope}/providers/Microsoft.Authorization/roleAssignments/{roleAssignmentName}",
		autoname: "roleAssignmentName",
		naming:   uuidName,
		replace:  []string{"principalId", "scope"},
		put:      putRoleAssignment,
	}
}

func putRoleAssignment(op *operation, old, desired *Record) error {
	in := desired.Inputs
	scope := "/" + strings.Trim(text(in, "scope"), "/")
	role := strings.ToLower(nameOf(text(in, "roleDefinitionId")))
	principal, principalType := text(in, "principalId"), text(in, "principalType")
	if err := scopeExists(op, scope); err != nil {
		return err
	}
	if old != nil && !assigns(old, principal, role) {
		return refuseAssignmentUpdate.because()
	}
	if _, ok := builtInRoles[role]; !ok {
		return refuseMissingRole.because(undashed(role))
	}
	if !principalExists(op, principal) {
		return refuseMissingPrincipal.because(undashed(principal), TenantID)
	}
	if principalType == "" {
		principalType = "User" // the API's default (azure-native.md 1.2)
	}
	if principalType != "ServicePrincipal" {
		return refusePrincipalType.because(undashed(principal), principalType)
	}
	for _, r := range op.list(roleAssignmentToken) {
		if !sameID(r.ID, desired.ID) && assigns(r, principal, role) && sameID(text(r.Outputs, "scope"), scope) {
			return refuseSecondAssignment.because()
		}
	}
	desired.Outputs = map[string]any{
		"name":             nameOf(desired.ID),
		"type":             "Microsoft.Authorization/roleAssignments",
		"scope":            scope,
		"principalId":      principal,
		"principalType":    principalType,
		"roleDefinitionId": roleDefinitionID(role),
	}
	for _, k := range []string{"condition", "conditionVersion", "delegatedManagedIdentityResourceId", "description"} {
		if v, ok := in[k]; ok {
			desired.Outputs[k] = v
		}
	}
	op.put(desired)
	runIngressControllers(op)
	return nil
}

// scopeExists refuses a scope that is not the subscription, one of its resource groups or a resource.
func scopeExists(op *operation, scope string) error {
	subscription, ok := strings.CutPrefix(strings.ToLower(scope), "/subscriptions/")
	if !ok {
		return fmt.Errorf("%s scope: only scopes below the subscription %s are simulated (got %q)",
			roleAssignmentToken, SubscriptionID, scope)
	}
	subscription, below, _ := strings.Cut(subscription, "/")
	if subscription != SubscriptionID {
		return refuseMissingSubscription.because(subscription)
	}
	if below == "" {
		return nil
	}
	group := groupOf(scope)
	if _, ok := op.get(groupID(group)); !ok {
		return groupNotFound(group)
	}
	if _, ok := op.get(scope); !ok {
		return resourceNotFound(scope)
	}
	return nil
}

// hasRole tells whether a principal has one of these roles on a resource, given there or above it.
func hasRole(op *operation, principal, id string, roles ...string) bool {
	for _, r := range op.list(roleAssignmentToken) {
		scope := strings.ToLower(text(r.Outputs, "scope"))
		if !strings.HasPrefix(strings.ToLower(id)+"/", scope+"/") {
			continue
		}
		if slices.ContainsFunc(roles, func(role string) bool { return assigns(r, principal, role) }) {
			return true
		}
	}
	return false
}

// assigns tells whether a role assignment gives this role to this principal.
func assigns(r *Record, principal, role string) bool {
	return strings.EqualFold(text(r.Outputs, "principalId"), principal) &&
		sameID(nameOf(text(r.Outputs, "roleDefinitionId")), role)
}

func roleDefinitionID(role string) string {
	return "/subscriptions/" + SubscriptionID + "/providers/Microsoft.Authorization/roleDefinitions/" + role
}

// undashed is how Azure's authorization errors print a UUID.
func undashed(uuid string) string { return strings.ReplaceAll(uuid, "-", "") }
