package azcli

import (
	"maps"
	"strings"

	"aks-egress/internal/azuresim"
)

func generalCommands() []command {
	return []command{
		{
			name: "tag update", summary: "Changes the tags of a resource.",
			flags: []flag{
				{name: "resource-id", required: true, usage: "id of the resource"},
				{name: "operation", required: true, usage: "Merge, Replace or Delete"},
				{name: "tags", kind: list, required: true, usage: "key=value"},
			},
			run: updateTags,
		},
		{
			name: "resource delete", summary: "Deletes resources of any type.",
			flags: []flag{{name: "ids", kind: list, required: true, usage: "ids of the resources"}},
			run: func(c *call, _ string) (azuresim.Record, error) {
				for _, id := range c.list("ids") {
					if _, err := c.cloud.Get(id); err != nil {
						return azuresim.Record{}, err
					}
					if err := c.cloud.Delete(id); err != nil {
						return azuresim.Record{}, err
					}
				}
				return azuresim.Record{}, nil
			},
		},
		{
			name: "group delete", summary: "Deletes a resource group with everything in it.",
			token: resourceGroupType, names: map[string]string{"resourceGroupName": "name"}, noIDs: true,
			flags: []flag{
				{
					name: "name", short: "n", aliases: []string{"resource-group"}, required: true,
					usage: "name of the resource group",
				},
				confirmed,
			},
			run: confirmedDeletion,
		},
	}
}

func updateTags(c *call, _ string) (azuresim.Record, error) {
	tags, err := c.tags()
	if err != nil {
		return azuresim.Record{}, err
	}
	return c.cloud.Change(c.text("resource-id"), func(body map[string]any) error {
		have := object(body, "tags")
		switch strings.ToLower(c.text("operation")) {
		case "merge":
			maps.Copy(have, tags)
		case "replace":
			body["tags"] = tags
		case "delete":
			for key, value := range tags {
				if have[key] == value {
					delete(have, key)
				}
			}
		default:
			return c.command.usage("--operation %s: must be Merge, Replace or Delete", c.text("operation"))
		}
		return nil
	})
}

// tags are the values of --tags.
func (c *call) tags() (map[string]any, error) {
	tags := map[string]any{}
	for _, tag := range c.list("tags") {
		key, value, _ := strings.Cut(tag, "=")
		if key == "" {
			return nil, c.command.usage("--tags %s: the form is key=value", tag)
		}
		tags[key] = value
	}
	return tags, nil
}
