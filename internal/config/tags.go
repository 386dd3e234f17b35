package config

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of tags (learn.microsoft.com/azure/azure-resource-manager/management/tag-resources).
const (
	maxTags     = 50
	maxTagName  = 512
	maxTagValue = 256
	// badTagRunes are what Azure refuses in a tag's name.
	badTagRunes = `<>%&\?/`
)

var reservedTag = regexp.MustCompile(`^(?i)(azure|microsoft|windows)`)

func (in *input) loadTags(config *Config) {
	tags, _ := in.values["tags"].(map[string]string)
	config.Tags = tags
	if len(tags) > maxTags {
		in.report("tags", "", "has %d tags, and Azure takes %d", len(tags), maxTags)
	}
	names := make([]string, 0, len(tags))
	for name := range tags {
		names = append(names, name)
	}
	slices.Sort(names)
	seen := map[string]string{}
	for _, name := range names {
		in.checkTag(name, tags[name])
		if other, twice := seen[strings.ToLower(name)]; twice {
			in.report("tags", show(name), "is the same tag as %s: Azure ignores case in names", other)
		}
		seen[strings.ToLower(name)] = name
	}
}

func (in *input) checkTag(name, value string) {
	switch {
	case name == "":
		in.report("tags", show(name), "is not a name")
	case utf8.RuneCountInString(name) > maxTagName:
		in.report("tags", show(string([]rune(name)[:20]))+"…", "has a name longer than %d characters", maxTagName)
	case strings.ContainsFunc(name+value, unicode.IsControl):
		in.report("tags", show(name), "has a control character in its name or value: remove it")
	case strings.ContainsAny(name, badTagRunes):
		in.report("tags", show(name), "has one of %s, which Azure refuses in a name",
			strings.Join(strings.Split(badTagRunes, ""), " "))
	case reservedTag.MatchString(name):
		in.report("tags", show(name), "starts with azure, microsoft or windows, which Azure keeps for itself")
	}
	if utf8.RuneCountInString(value) > maxTagValue {
		in.report("tags", show(name), "has a value longer than %d characters", maxTagValue)
	}
}
