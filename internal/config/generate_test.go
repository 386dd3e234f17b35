package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"aks-egress/egress/endpoints"
)

// projectFile renders Pulumi.yaml from Keys.
func projectFile() []byte {
	var out bytes.Buffer
	out.WriteString(`# Generated from internal/config/keys.go by: UPDATE_GOLDEN=1 go test ./internal/config
name: ` + Namespace + `
description: AKS with any outbound type, and proof of the public IP by which its traffic leaves
runtime: go
config:
`)
	for _, key := range Keys() {
		fmt.Fprintf(&out, "  %s:\n    type: %s\n", key.Name, key.Type)
		if key.Type == Array {
			out.WriteString("    items: {type: string}\n")
		}
		if key.Default != nil {
			fmt.Fprintf(&out, "    default: %s\n", jsonText(key.Default))
		}
		fmt.Fprintf(&out, "    description: >-\n%s", wrapped(key.Description, "      ", 100))
	}
	return out.Bytes()
}

// referencePage renders docs/reference/config.md from Keys and the presets of endpoints.
func referencePage() []byte {
	var out bytes.Buffer
	out.WriteString(`<!-- Generated from internal/config/keys.go by: UPDATE_GOLDEN=1 go test ./internal/config -->
# Configuration

Every key, its default and the outbound types that give it a meaning. A key is set with
` + "`pulumi config set KEY VALUE` or in `Pulumi.<stack>.yaml`, with its namespace: `" + Namespace + ":KEY`" + `. The
region is the azure-native provider's key, ` + "`" + LocationKey + "`" + `, and is required.

All of the configuration is checked before any resource is registered, and everything that is wrong is reported at once.
Setting a key that has no meaning beside the others is an error. A key counts as set when its value differs from its
default. Numbers and booleans may be quoted; items of lists and values of maps must be text, so quote zones.
`)
	heading := ""
	for _, key := range Keys() {
		if key.Group != heading {
			heading = key.Group
			fmt.Fprintf(&out, "\n## %s\n\n"+
				"| key | type | default | has a meaning | what it does |\n|---|---|---|---|---|\n", heading)
		}
		fmt.Fprintf(&out, "| `%s` | %s | %s | %s | %s |\n", key.Name, key.Type, defaultCell(key), meaningCell(key),
			cell(key.Description))
	}
	out.WriteString(`
## Entries of allow

Besides the presets, an entry is ` + "`https://host[:port]`, `http://host[:port]`, `tcp://host-or-cidr:port`" + ` or
` + "`udp://host-or-cidr:port`. The leftmost label of an http or https host may be `*`" + `. A tcp or udp entry with a
host name needs a firewall with DNS proxy, so not the Basic tier.

| preset | allows |
|---|---|
`)
	for _, preset := range endpoints.Presets() {
		fmt.Fprintf(&out, "| `%s` | %s |\n", preset.Name, cell(preset.Description))
	}
	return out.Bytes()
}

func defaultCell(key Key) string {
	text, ok := key.DefaultText()
	switch {
	case !ok:
		return "required"
	case text == "":
		return "empty"
	default:
		return "`" + text + "`"
	}
}

func meaningCell(key Key) string {
	words := []string{"always"}
	if len(key.OutboundTypes) > 0 {
		words[0] = "under " + orList(key.OutboundTypes)
	}
	for i, condition := range key.Conditions {
		if i == 0 && words[0] == "always" {
			words = nil
		}
		words = append(words, string(condition))
	}
	return strings.Join(words, ", ")
}

// cell escapes what Markdown would take for markup in a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "<", `\<`, "*", `\*`).Replace(text)
}

func wrapped(text, indent string, width int) string {
	var out strings.Builder
	line := indent
	for _, word := range strings.Fields(text) {
		if len(line)+1+len(word) > width && line != indent {
			out.WriteString(line + "\n")
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	return out.String() + line + "\n"
}

// jsonText is a value on one line; JSON is YAML too.
func jsonText(value any) string {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err)
	}
	return strings.TrimSpace(out.String())
}
