package azcli

import (
	"strings"

	"aks-egress/internal/azuresim"
)

const roleAssignmentToken = "azure-native:authorization:RoleAssignment"

func roleCommands() []command {
	return []command{{
		name: "role assignment delete", summary: "Deletes role assignments, by id or by who, what and where.",
		flags: []flag{
			{name: "ids", kind: list, usage: "ids of role assignments"},
			{name: "assignee", usage: "object id of the principal"},
			{name: "role", usage: "name or id of the role"},
			{name: "scope", usage: "id of the resource on which the role is assigned"},
			confirmed,
		},
		run: deleteRoleAssignments,
	}}
}

func deleteRoleAssignments(c *call, _ string) (azuresim.Record, error) {
	ids := c.list("ids")
	if len(ids) == 0 {
		if c.text("assignee")+c.text("role")+c.text("scope") == "" {
			return azuresim.Record{}, c.command.usage("give --ids, or --assignee, --role or --scope")
		}
		for _, r := range c.cloud.List(roleAssignmentToken) {
			if c.assigned(r) {
				ids = append(ids, r.ID)
			}
		}
	}
	if len(ids) == 0 {
		return azuresim.Record{}, c.command.usage("No matched assignments were found to delete")
	}
	for _, id := range ids {
		if _, err := azuresim.ResourceNames(roleAssignmentToken, id); err != nil {
			return azuresim.Record{}, c.command.usage("--ids: %v", err)
		}
		if err := c.cloud.Delete(id); err != nil {
			return azuresim.Record{}, err
		}
	}
	return azuresim.Record{}, nil
}

// assigned tells whether a role assignment is one of those that the flags describe.
func (c *call) assigned(r azuresim.Record) bool {
	is := func(flag, property string) bool {
		value, _ := r.Outputs[property].(string)
		return !c.given(flag) || strings.EqualFold(c.text(flag), value)
	}
	role, _ := r.Outputs["roleDefinitionId"].(string)
	named := strings.EqualFold(c.text("role"), azuresim.RoleName(role)) || strings.HasSuffix(role, "/"+c.text("role"))
	return is("assignee", "principalId") && is("scope", "scope") && (named || is("role", "roleDefinitionId"))
}
