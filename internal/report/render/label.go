package render

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// plain is a text on one line, without what cannot be shown: control characters, marks that turn the direction of
// writing, and bytes that are no text become blanks.
func plain(text string) string {
	hidden := func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsGraphic(r) || r == utf8.RuneError {
			return ' '
		}
		return r
	}
	return strings.Join(strings.Fields(strings.Map(hidden, text)), " ")
}

// titleColumns holds the longest title of a device.
const titleColumns = 36

// label is what a box says, in lines of at most a number of columns.
func (n *node) label(width int) []string {
	lines := wrap(plain(n.title), max(width, titleColumns))
	for _, text := range n.lines {
		lines = append(lines, wrap(plain(text), width)...)
	}
	if len(lines) == 0 {
		return []string{none} // Mermaid has no box without a text
	}
	return lines
}

// wrap breaks a text into lines: at a blank, else in names behind the signs that join them, and else wherever it must.
// All but blanks at the ends of lines stays.
func wrap(text string, width int) []string {
	var lines []string
	rest := []rune(text)
	for len(rest) > width {
		at := breakAt(rest, width)
		lines = append(lines, strings.TrimSpace(string(rest[:at])))
		rest = []rune(strings.TrimSpace(string(rest[at:])))
	}
	if len(rest) > 0 {
		lines = append(lines, string(rest))
	}
	return lines
}

// breakAt is how many characters of a text that is longer than width go on its first line.
func breakAt(text []rune, width int) int {
	for _, signs := range []string{" ", "/", "-._,:"} {
		for i := width; i > width/3; i-- {
			if signs == " " && text[i] == ' ' || strings.ContainsRune(signs, text[i-1]) {
				return i
			}
		}
	}
	return width
}
