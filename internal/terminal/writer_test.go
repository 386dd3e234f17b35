package terminal_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/internal/terminal"
)

func TestWriter(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text, want string
		color      bool
	}{
		"text":       {text: "pod → 10.0.0.4\tand\nmore", want: "pod → 10.0.0.4\tand\nmore"},
		"clears":     {text: "\x1b[2J\x1b[HNo findings", color: true, want: `\u001b[2J\u001b[HNo findings`},
		"title":      {text: "\x1b]0;own\a", color: true, want: `\u001b]0;own\u0007`},
		"C1":         {text: "\u009b2J", want: `\u009b2J`},
		"overwrites": {text: "denied\rallowed", want: `denied\u000dallowed`},
		"line end":   {text: "HTTP/1.1 200 OK\r\n", want: "HTTP/1.1 200 OK\r\n"},
		"bidi":       {text: "a\u202eb\u2066", want: `a\u202eb\u2066`},
		"invisible":  {text: "a\u200bb\ufeff\U000e0041", want: `a\u200bb\ufeff\udb40\udc41`},
		"bytes":      {text: "a\xffb", want: "a\ufffdb"},
		"color": {
			text: "\x1b[31mred\x1b[0m \x1b[38;5;13mpink\x1b[1;32mx", color: true,
			want: "\x1b[31mred\x1b[0m \x1b[38;5;13mpink\x1b[1;32mx",
		},
		"color, unasked": {text: "\x1b[31mred", want: `\u001b[31mred`},
		"concealed": {
			text: "\x1b[8mx\x1b[7mx\x1b[40mx\x1b[30mx\x1b[0;8mx", color: true,
			want: `\u001b[8mx\u001b[7mx\u001b[40mx\u001b[30mx\u001b[0;8mx`,
		},
		"unfinished":  {text: "x\x1b[3", color: true, want: `x\u001b[3`},
		"half a rune": {text: "x\xe2\x86", want: "x\ufffd\ufffd"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{1, 2, 3, len(test.text)} {
				var out bytes.Buffer
				w := terminal.NewWriter(&out, test.color)
				for text := []byte(test.text); len(text) > 0; {
					n := min(size, len(text))
					_, err := w.Write(text[:n])
					require.NoError(t, err)
					text = text[n:]
				}
				require.NoError(t, w.Flush())
				assert.Equal(t, test.want, out.String(), "in pieces of %d", size)
			}
		})
	}
}

type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

func TestWriter_RemembersTheFirstError(t *testing.T) {
	t.Parallel()
	err := errors.New("no space left on device")
	w := terminal.NewWriter(full{err}, false)
	_, _ = w.Write([]byte("lost"))
	require.ErrorIs(t, w.Flush(), err)
	require.ErrorIs(t, w.Flush(), err)
}

// Whatever is written, in whatever pieces, a terminal gets nothing that it obeys, and JSON keeps its meaning.
func FuzzWriter(f *testing.F) {
	f.Add("\x1b[2J\x1b[1;1HNo findings", uint8(3))
	f.Add("\x1b]8;;http://evil\x1b\\link\u202e\u2028\r", uint8(1))
	f.Add("\xff\xc2\x9b2J\u200d", uint8(2))
	f.Fuzz(func(t *testing.T, text string, size uint8) {
		var out bytes.Buffer
		w := terminal.NewWriter(&out, false)
		for rest := []byte(text); len(rest) > 0; {
			n := min(int(size%16)+1, len(rest))
			_, err := w.Write(rest[:n])
			require.NoError(t, err)
			rest = rest[n:]
		}
		require.NoError(t, w.Flush())
		require.Equal(t, terminal.Plain(text), out.String())
		for i, r := range out.String() {
			lineEnd := r == '\r' && i+1 < out.Len() && out.String()[i+1] == '\n'
			require.True(t, r == '\n' || r == '\t' || lineEnd || !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp))
		}
		encoded, err := json.Marshal(text)
		require.NoError(t, err)
		var back, direct string
		require.NoError(t, json.Unmarshal([]byte(terminal.Plain(string(encoded))), &back))
		require.NoError(t, json.Unmarshal(encoded, &direct))
		require.Equal(t, direct, back)
	})
}
