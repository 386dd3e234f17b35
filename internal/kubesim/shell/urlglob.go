package shell

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// maxGlobbed is how many URLs one pattern may stand for in the simulation; curl has no such bound.
const maxGlobbed = 1000

// globError is curl's refusal of a URL pattern.
type globError struct {
	why      string
	position int // counted from 1
	url      string
}

// Error is what curl prints: the reason, the URL, and a mark below the position.
func (e *globError) Error() string {
	return fmt.Sprintf("%s in URL position %d:\n%s\n%s^", e.why, e.position, e.url, strings.Repeat(" ", e.position-1))
}

// glob are the URLs that a URL stands for unless --globoff is given: {a,b} and [1-9], [001-100:2], [a-z] are patterns.
// An address in brackets, {} and what follows a backslash stand for themselves (curl, src/tool_urlglob.c).
func glob(url string) ([]string, error) {
	urls := []string{""}
	for i := 0; i < len(url); {
		words, length, why := globPart(url[i:])
		if why != "" {
			return nil, &globError{why, i + 1, url}
		}
		if len(urls)*len(words) > maxGlobbed {
			return nil, fmt.Errorf("not simulated: %s stands for more than %d URLs", url, maxGlobbed)
		}
		joined := make([]string, 0, len(urls)*len(words))
		for _, start := range urls {
			for _, word := range words {
				joined = append(joined, start+word)
			}
		}
		urls, i = joined, i+length
	}
	return urls, nil
}

// globPart is what the beginning of a pattern stands for, and how long that beginning is.
func globPart(rest string) (words []string, length int, why string) {
	switch {
	case strings.HasPrefix(rest, "{}"):
		return []string{"{}"}, 2, ""
	case rest[0] == '{':
		return globSet(rest)
	case rest[0] == '[':
		if end := strings.IndexByte(rest, ']'); end > 0 && isAddress(rest[1:end]) {
			return []string{rest[:end+1]}, end + 1, ""
		}
		return globRange(rest)
	case rest[0] == '}', rest[0] == ']':
		return nil, 0, "unmatched close brace/bracket"
	case rest[0] == '\\' && len(rest) > 1 && strings.IndexByte("{}[]", rest[1]) >= 0:
		return []string{rest[1:2]}, 2, ""
	}
	return []string{rest[:1]}, 1, ""
}

func isAddress(text string) bool {
	address, err := netip.ParseAddr(strings.Replace(text, "%25", "%", 1))
	return err == nil && address.Is6()
}

func globSet(rest string) (words []string, length int, why string) {
	end := strings.IndexByte(rest, '}')
	switch {
	case end < 0:
		return nil, 0, "unmatched brace"
	case strings.ContainsAny(rest[1:end], "{["):
		return nil, 0, "nested brace"
	}
	words = strings.Split(rest[1:end], ",")
	for _, word := range words {
		if word == "" {
			return nil, 0, "empty string within braces"
		}
	}
	return words, end + 1, ""
}

//nolint:cyclop // one branch for each form that curl's manual has
func globRange(rest string) (words []string, length int, why string) {
	const bad = "bad range"
	end := strings.IndexByte(rest, ']')
	if end < 0 {
		return nil, 0, bad
	}
	span, step := rest[1:end], 1
	if before, after, stepped := strings.Cut(span, ":"); stepped {
		var err error
		if step, err = strconv.Atoi(after); err != nil || step < 1 {
			return nil, 0, bad
		}
		span = before
	}
	from, to, isRange := strings.Cut(span, "-")
	if !isRange {
		return nil, 0, bad
	}
	if len(from) == 1 && len(to) == 1 && isLetter(from[0]) && isLetter(to[0]) && from[0] <= to[0] {
		for c := int(from[0]); c <= int(to[0]); c += step {
			words = append(words, string(rune(c)))
		}
		return words, end + 1, ""
	}
	first, firstErr := strconv.ParseUint(from, 10, 31)
	last, lastErr := strconv.ParseUint(to, 10, 31)
	if firstErr != nil || lastErr != nil || first > last {
		return nil, 0, bad
	}
	width := 0
	if from[0] == '0' {
		width = len(from)
	}
	for n := first; n <= last && len(words) <= maxGlobbed; n += uint64(step) {
		words = append(words, fmt.Sprintf("%0*d", width, n))
	}
	return words, end + 1, ""
}

func isLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
