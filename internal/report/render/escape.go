package render

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// longestText is how many characters of one name or sentence Markdown shows: an error may quote a whole file.
const longestText = 2000

// joiner is invisible, and ends a word for those who look for @mentions, issues and emoji in what Markdown became:
// GitHub does, after it has read character references, so that these are no protection.
const joiner = "\u2060"

var (
	// talked is what GitHub reads in texts, but not in code: issues and emoji.
	talked = regexp.MustCompile(`(#)([0-9])|([Gg][Hh])(-[0-9])|(:)([a-zA-Z0-9_+-]+:)`)
	// numbered starts an item of a list.
	numbered = regexp.MustCompile(`^[0-9]+[.)]( |$)`)
	// linked is what GitHub makes a link of without being asked.
	linked = regexp.MustCompile(`(?i)www\.|:/`)
)

// markdown is a text of somebody else's as Markdown that shows just that, on one line, wherever text may stand: in
// a paragraph, a table, a list, or HTML. Nothing in it is a link, a picture, a tag or a mention.
func markdown(text string) string {
	text = plain(text)
	for again := true; again; {
		quiet := talked.ReplaceAllString(text, "$1$3$5"+joiner+"$2$4$6")
		text, again = quiet, quiet != text
	}
	return escaped(text)
}

// code is markdown in the letters of code.
func code(text string) string {
	if plain(text) == "" {
		return ""
	}
	return "<code>" + escaped(plain(text)) + "</code>"
}

// codes are several.
func codes(texts []string) string {
	list := make([]string, len(texts))
	for i, text := range texts {
		list[i] = code(text)
	}
	return strings.Join(list, "<br>")
}

// escaped writes the signs of Markdown and HTML by their numbers. An @ is followed by a joiner, since addresses of mail
// become links even in code.
func escaped(text string) string {
	if utf8.RuneCountInString(text) > longestText {
		text = string([]rune(text)[:longestText]) + " …"
	}
	var b strings.Builder
	loose := looseSigns(text)
	for i, r := range text {
		switch {
		case r == '@':
			b.WriteString("&#64;" + joiner)
		case strings.ContainsRune("\\`*_[]<>&|~!#$\"'^", r) || loose[i]:
			fmt.Fprintf(&b, "&#%d;", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// looseSigns are the positions of signs that mean something only where they stand.
func looseSigns(text string) map[int]bool {
	at := map[int]bool{}
	if strings.HasPrefix(text, "-") || strings.HasPrefix(text, "+") || strings.HasPrefix(text, "=") {
		at[0] = true
	}
	if m := numbered.FindStringIndex(text); m != nil {
		at[strings.IndexAny(text, ".)")] = true
	}
	for _, m := range linked.FindAllStringIndex(text, -1) {
		at[m[0]] = text[m[0]] == ':'
		at[m[1]-1] = text[m[1]-1] == '.'
	}
	return at
}
