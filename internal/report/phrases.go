package report

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"aks-egress/egress"
)

// headlineLength is how long a headline may be, in characters.
const headlineLength = 200

// headline joins phrases, as many as there is room for.
func headline(phrases []string) string {
	for told := len(phrases); told > 0; told-- {
		text := strings.Join(phrases[:told], "; ")
		if left := len(phrases) - told; left > 0 {
			text += fmt.Sprintf("; and %d more", left)
		}
		if utf8.RuneCountInString(text) <= headlineLength {
			return text
		}
	}
	if len(phrases) == 0 {
		return ""
	}
	more := ""
	if left := len(phrases) - 1; left > 0 {
		more = fmt.Sprintf("; and %d more", left)
	}
	return cut(phrases[0], headlineLength-len(more)) + more
}

// cut shortens a text to a number of characters, at a blank if there is one late enough.
func cut(text string, length int) string {
	runes := []rune(text)
	if len(runes) <= length {
		return text
	}
	short := string(runes[:length-2])
	if i := strings.LastIndexByte(short, ' '); i > length/2 {
		short = short[:i]
	}
	return short + " …"
}

// firstLine is the first line of some problems.
func firstLine(problems []string) string {
	if len(problems) == 0 {
		return "why is not known"
	}
	line, _, _ := strings.Cut(problems[0], "\n")
	return line
}

// gist is the first line of a problem, or what that announces by a colon.
func gist(problem string) string {
	lines := linesOf(problem)
	if len(lines) > 1 && strings.HasSuffix(lines[0], ":") {
		return lines[1]
	}
	return firstLine(lines)
}

// linesOf are the lines of a text that are not blank, without indents.
func linesOf(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// fewNames is up to how many names a sentence has.
const fewNames = 2

// list is a few names, or how many there are; the noun is for counting.
func list(names []string, noun string) string {
	switch {
	case len(names) == 0:
		return "no known " + noun
	case len(names) <= fewNames:
		return strings.Join(names, " and ")
	}
	return fmt.Sprintf("%d %s", len(names), plural(noun))
}

func plural(noun string) string {
	if strings.HasSuffix(noun, "s") {
		return noun + "es"
	}
	return noun + "s"
}

// some is the first of some names, and how many there are besides.
func some(names []string) string {
	switch len(names) {
	case 1, fewNames:
		return strings.Join(names, " and ")
	}
	return fmt.Sprintf("%s and %d more", names[0], len(names)-1)
}

// blocker is what stopped a flow (egress.Trace.Stop), in a sentence.
func blocker(stop string) string {
	device, rule, ruled := strings.Cut(stop, ": ")
	switch {
	case stop == "":
		return ""
	case !ruled:
		return ": " + stop
	case rule == "no rule":
		rule = "no rule matched"
	}
	return fmt.Sprintf(" by the %s (%s)", device, rule)
}

// costs is a difference of cost in words.
func costs(usd float64) string {
	more := "more"
	if usd < 0 {
		more = "less"
	}
	return fmt.Sprintf("%.2f USD a month %s", math.Abs(usd), more)
}

// cents rounds an amount of money.
func cents(usd float64) float64 { return math.Round(usd*100) / 100 }

// differs tells two amounts of money apart, in cents.
func differs(usd float64) bool { return cents(usd) != 0 }

// without are the names or addresses of a list that another does not have, sorted.
func without(names, other []string) []string {
	var left []string
	for _, name := range names {
		if !slices.Contains(other, name) {
			left = append(left, name)
		}
	}
	slices.SortFunc(left, egress.CompareAddresses)
	return left
}

func urlOf(f egress.Flow) *url.URL {
	return &url.URL{
		Scheme: strings.ToLower(string(f.Protocol)), Host: f.Host + ":" + strconv.Itoa(int(f.Port)),
	}
}
