package azcli

import (
	"slices"

	"aks-egress/internal/azuresim"
)

// commands are all commands that the lab knows, in the order of the reference.
var commands []command

func init() { // the commands refer to this table for their usage
	commands = slices.Concat(aksCommands(), routeCommands(), subnetCommands(), natGatewayCommands(),
		publicIPCommands(), firewallCommands(), peeringCommands(), roleCommands(), generalCommands())
}

// The flags that most commands have.
var (
	resourceGroup = flag{name: "resource-group", short: "g", required: true, usage: "name of the resource group"}
	name          = flag{name: "name", short: "n", required: true, usage: "name of the resource"}
	confirmed     = flag{name: "yes", short: "y", kind: yes, usage: "do not ask"}
)

// deletion is a command's run that deletes its resource.
func deletion(c *call, id string) (azuresim.Record, error) {
	return azuresim.Record{}, c.cloud.Delete(id)
}

// confirmedDeletion is deletion for what az deletes only with --yes, since it cannot ask here.
func confirmedDeletion(c *call, id string) (azuresim.Record, error) {
	if !c.given(confirmed.name) {
		return azuresim.Record{}, c.command.usage("Unable to prompt for confirmation as no tty available. Use --yes.")
	}
	return deletion(c, id)
}

// reference is a SubResource.
func reference(id string) map[string]any { return map[string]any{"id": id} }

// references are the SubResources that a list of names or ids stands for; names are of a type, in the target's group.
func (c *call) references(values []string, id, token, parameter string) ([]any, error) {
	found := []any{}
	for _, value := range values {
		ref, err := c.resolve(value, id, token, parameter)
		if err != nil {
			return nil, err
		}
		found = append(found, reference(ref))
	}
	return found, nil
}

// resolve is the id that a name or id stands for; a name is of a type, in the resource group of the target.
func (c *call) resolve(value, target, token, parameter string) (string, error) {
	if value == "" || value[0] == '/' {
		return value, nil
	}
	names, err := c.names(target)
	if err != nil {
		return "", err
	}
	return azuresim.ResourceID(token, map[string]any{
		"resourceGroupName": names["resourceGroupName"], parameter: value,
	})
}

// object is the object at a property, made where it is missing.
func object(body map[string]any, name string) map[string]any {
	o, ok := body[name].(map[string]any)
	if !ok {
		o = map[string]any{}
		body[name] = o
	}
	return o
}
