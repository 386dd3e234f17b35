package main

import (
	"bytes"
	"fmt"
	"io"
	"sync"
)

// prefixWriter puts a stack's name before each line, so that stacks that run side by side can be told apart. Lines are
// written whole; blank ones are left out.
type prefixWriter struct {
	out    io.Writer
	mutex  *sync.Mutex // shared by all that write to out
	prefix string
	rest   []byte // of the last, unfinished line
}

func newPrefixWriter(out io.Writer, mutex *sync.Mutex, name string, all []string) *prefixWriter {
	width := 0
	for _, other := range all {
		width = max(width, len(other))
	}
	return &prefixWriter{out: out, mutex: mutex, prefix: fmt.Sprintf("%-*s | ", width, name)}
}

// Write never fails for a part of a line that is only kept.
func (w *prefixWriter) Write(text []byte) (int, error) {
	w.rest = append(w.rest, text...)
	for {
		line, rest, complete := bytes.Cut(w.rest, []byte("\n"))
		if !complete {
			return len(text), nil
		}
		w.rest = rest
		if err := w.line(line); err != nil {
			return 0, err
		}
	}
}

func (w *prefixWriter) line(line []byte) error {
	if len(bytes.TrimSpace(line)) == 0 {
		return nil
	}
	w.mutex.Lock()
	defer w.mutex.Unlock()
	_, err := fmt.Fprintf(w.out, "%s%s\n", w.prefix, line)
	return err
}

// flush writes an unfinished last line. Nothing can be done when that fails: it is only display.
func (w *prefixWriter) flush() {
	_ = w.line(w.rest)
	w.rest = nil
}
