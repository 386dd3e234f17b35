package config

import (
	"strings"
	"unicode"
)

// armPattern matches the ARM id of a Microsoft.Network resource. ARM ids are compared without case, and Azure itself
// writes some of them in lower case, so capitals match either way; inline flags are not part of JSON Schema's patterns.
func armPattern(kind string) string {
	return `^/subscriptions/[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}/` + eitherCase("resourceGroups") +
		`/[^/]{1,90}/providers/` + eitherCase("Microsoft") + `\.` + eitherCase("Network") + `/` + eitherCase(kind) +
		`/[^/]{1,80}$`
}

func eitherCase(word string) string {
	var out strings.Builder
	for _, r := range word {
		if unicode.IsUpper(r) {
			out.WriteString("[" + string(r) + string(unicode.ToLower(r)) + "]")
			continue
		}
		out.WriteRune(r)
	}
	return out.String()
}
