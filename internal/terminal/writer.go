// Package terminal is the edge between this program and what reads its output: a terminal, a file, a pipe. Names of
// resources, messages of providers and answers of servers come from others, and a terminal obeys what it is sent
// (CWE-150): one name can clear the screen and write "No findings". So all output passes a Writer.
package terminal

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Writer writes text to a terminal or a file. Characters that a terminal obeys or hides are written as escapes such as
// \u001b, which are what they mean inside of JSON too: control characters but tab and line end, marks that turn the
// direction of writing, and invisible ones. With color, sequences that color text pass (SGR, without those that hide or
// invert it). It remembers the first error of writing. It is safe for concurrent use.
type Writer struct {
	to    io.Writer
	color bool

	mutex sync.Mutex
	rest  []byte // the beginning of a character or of a sequence, to be continued by the next Write
	err   error
}

// NewWriter writes to a terminal or a file; color lets sequences that color text pass.
func NewWriter(to io.Writer, color bool) *Writer { return &Writer{to: to, color: color} }

// Unwrap is what it writes to, for who wants to know whether it is a terminal, or writes nothing foreign.
func (w *Writer) Unwrap() io.Writer { return w.to }

// Write writes text, except for an unfinished character or sequence at its end, which waits for the rest.
func (w *Writer) Write(text []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.err != nil {
		return 0, w.err
	}
	safe, rest := neutralize(append(w.rest, text...), w.color)
	w.rest = append([]byte(nil), rest...)
	w.write(safe)
	if w.err != nil {
		return 0, w.err
	}
	return len(text), nil
}

// Flush writes what waits for more, and is the first error of all writes.
func (w *Writer) Flush() error {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	if w.err == nil && len(w.rest) > 0 {
		w.write(Plain(string(w.rest)))
		w.rest = nil
	}
	return w.err
}

func (w *Writer) write(text string) {
	if text == "" {
		return
	}
	if _, err := io.WriteString(w.to, text); err != nil {
		w.err = err
	}
}

// Plain is text of others without anything that a terminal obeys or hides, as a Writer without color writes it.
func Plain(text string) string {
	safe, rest := neutralize([]byte(text), false)
	if len(rest) == 0 {
		return safe
	}
	var b strings.Builder
	b.WriteString(safe)
	for len(rest) > 0 {
		r, size := utf8.DecodeRune(rest)
		writeRune(&b, r)
		rest = rest[size:]
	}
	return b.String()
}

// neutralize is the safe form of text, and its end that only the following text decides on.
func neutralize(text []byte, color bool) (safe string, rest []byte) {
	var b strings.Builder
	b.Grow(len(text))
	for len(text) > 0 {
		if !utf8.FullRune(text) {
			return b.String(), text
		}
		if text[0] == '\r' {
			if len(text) == 1 {
				return b.String(), text
			}
			if text[1] == '\n' { // the end of a line, as servers write it
				b.WriteString("\r\n")
				text = text[2:]
				continue
			}
		}
		if color && text[0] == '\x1b' {
			length, complete := colorSequence(text)
			if !complete {
				return b.String(), text
			}
			if length > 0 {
				b.Write(text[:length])
				text = text[length:]
				continue
			}
		}
		r, size := utf8.DecodeRune(text)
		writeRune(&b, r)
		text = text[size:]
	}
	return b.String(), nil
}

func writeRune(b *strings.Builder, r rune) {
	switch {
	case r == '\n' || r == '\t' || !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
		b.WriteRune(r) // bytes that are no text become U+FFFD
	case r > 0xffff: // as JSON writes it, in two halves
		r -= 0x10000
		fmt.Fprintf(b, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
	default:
		fmt.Fprintf(b, `\u%04x`, r)
	}
}

// longestColor is more than any sequence that only sets a color.
const longestColor = 24

// colorSequence is the length of the sequence at the beginning of text, ESC [ numbers m; 0 when it is another one or
// hides what follows, and incomplete when more text is needed to know.
func colorSequence(text []byte) (length int, complete bool) {
	if len(text) < 2 {
		return 0, false
	}
	if text[1] != '[' {
		return 0, true
	}
	for i := 2; i < len(text); i++ {
		switch c := text[i]; {
		case c == 'm':
			if hides(string(text[2:i])) {
				return 0, true
			}
			return i + 1, true
		case c != ';' && (c < '0' || c > '9') || i > longestColor:
			return 0, true
		}
	}
	return 0, false
}

// hides reports whether the numbers of a sequence make text blink, inverted, invisible, or set its background.
func hides(numbers string) bool {
	list := strings.Split(numbers, ";")
	for i := 0; i < len(list); i++ {
		switch n := list[i]; {
		case n == "38" && i+2 < len(list) && list[i+1] == "5": // a color of the palette follows
			i += 2
		case n == "", n == "0", n == "1", n == "2", n == "3", n == "4", n == "22", n == "23", n == "24", n == "39":
		case len(n) == 2 && (n[0] == '3' || n[0] == '9') && n[1] >= '1' && n[1] <= '7':
		default:
			return true
		}
	}
	return false
}
