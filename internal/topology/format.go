package topology

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// foreignFormat says what is wrong with a file that is evidently no JSON, and skips the mark that editors of Windows
// put before UTF-8.
func foreignFormat(in *bufio.Reader) string {
	head, err := in.Peek(512) // a read error comes again when the document is read
	if mark := []byte("\xef\xbb\xbf"); bytes.HasPrefix(head, mark) {
		_, _ = in.Discard(len(mark))
		head = head[len(mark):]
	}
	text := bytes.TrimSpace(head)
	switch {
	case len(text) == 0 && errors.Is(err, io.EOF):
		return "it is empty"
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "it is UTF-16, as PowerShell's > writes: use pulumi stack export --file"
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		return "it is compressed by gzip: unpack it first"
	case bytes.HasPrefix(text, []byte("-----BEGIN PGP MESSAGE")),
		bytes.HasPrefix(text, []byte("-----BEGIN AGE ENCRYPTED FILE")),
		bytes.HasPrefix(text, []byte("age-encryption.org/")):
		return "it is encrypted: decrypt it first"
	default:
		return ""
	}
}
