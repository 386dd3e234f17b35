package documents

import (
	"regexp"
	"strings"
)

// wildcard stands for any lines, or within a line for any text.
const wildcard = "…"

// random is what differs from run to run: the eight hex digits that azure-native appends to the name of a resource, and
// UUIDs, with dashes or without.
var random = regexp.MustCompile(`([^0-9A-Za-z]|^)([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32})` + wordEnd +
	`|([a-z-])([0-9a-f]{8})` + wordEnd)

const wordEnd = `(?:[^0-9A-Za-z]|$)`

var digit = regexp.MustCompile(`[0-9a-f]`)

// names are the random digits of the document with those of the run, one to one.
type names map[string]string

// inRun is a text of the document with the digits of the run.
func (n names) inRun(text string) string { return replaceRandom(text, n) }

// inDocument is a text of the run with the digits of the document.
func (n names) inDocument(text string) string {
	_, byRun := n.copied()
	return replaceRandom(text, byRun)
}

func replaceRandom(text string, by names) string {
	var out strings.Builder
	end := 0
	for _, at := range findRandom(text) {
		out.WriteString(text[end:at[0]])
		digits := text[at[0]:at[1]]
		if other, ok := by[digits]; ok {
			digits = other
		}
		out.WriteString(digits)
		end = at[1]
	}
	return out.String() + text[end:]
}

// findRandom are where random digits begin and end. Two names may share the character between them.
func findRandom(text string) [][2]int {
	var found [][2]int
	for from := 0; from < len(text); {
		at := random.FindStringSubmatchIndex(text[from:])
		if at == nil {
			break
		}
		begin, end := at[4], at[5]
		if begin < 0 {
			begin, end = at[8], at[9]
		}
		found = append(found, [2]int{from + begin, from + end})
		from += end
	}
	return found
}

// copied are the names, in both directions.
func (n names) copied() (byDocument, byRun names) {
	byDocument, byRun = names{}, names{}
	for shown, actual := range n {
		byDocument[shown], byRun[actual] = actual, shown
	}
	return byDocument, byRun
}

// match compares lines of the document with lines of the run. It answers the names with those that these lines add.
func match(shown, actual []string, known names) (names, bool) {
	if len(shown) == 0 {
		return known, len(actual) == 0
	}
	if shown[0] == wildcard {
		for skip := range len(actual) + 1 {
			if found, ok := match(shown[1:], actual[skip:], known); ok {
				return found, true
			}
		}
		return nil, false
	}
	if len(actual) == 0 {
		return nil, false
	}
	added, ok := matchLine(shown[0], actual[0], known)
	if !ok {
		return nil, false
	}
	return match(shown[1:], actual[1:], added)
}

// matchLine compares one line. Trailing blanks are not seen on paper, so they do not count.
func matchLine(shown, actual string, known names) (names, bool) {
	pattern, groups := linePattern(strings.TrimRight(shown, " "))
	found := pattern.FindStringSubmatch(actual)
	if found == nil {
		return nil, false
	}
	all, taken := known.copied()
	for i, digits := range groups {
		run := found[i+1]
		if other, ok := all[digits]; ok && other != run {
			return nil, false
		}
		if other, ok := taken[run]; ok && other != digits {
			return nil, false
		}
		all[digits], taken[run] = run, digits
	}
	return all, true
}

// linePattern is a line of the document as a pattern, and the random digits that its groups stand for.
func linePattern(shown string) (*regexp.Regexp, []string) {
	var pattern strings.Builder
	var groups []string
	literal := func(text string) {
		for i, part := range strings.Split(text, wildcard) {
			if i > 0 {
				pattern.WriteString(".*?")
			}
			pattern.WriteString(regexp.QuoteMeta(part))
		}
	}
	end := 0
	for _, at := range findRandom(shown) {
		literal(shown[end:at[0]])
		digits := shown[at[0]:at[1]]
		pattern.WriteString("(" + digit.ReplaceAllString(digits, "[0-9a-f]") + ")")
		groups = append(groups, digits)
		end = at[1]
	}
	literal(shown[end:])
	return regexp.MustCompile("^" + pattern.String() + " *$"), groups
}
