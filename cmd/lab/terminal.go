package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"aks-egress/internal/noquery"
	"aks-egress/internal/terminal"
)

func init() { noquery.End() }

func isTerminal(w io.Writer) bool {
	file, ok := fileOf(w)
	return ok && term.IsTerminal(int(file.Fd()))
}

// unwrapped is a writer without the edge: for what neutralizes by itself, and for commands of the caller.
func unwrapped(w io.Writer) io.Writer {
	if edge, ok := w.(*terminal.Writer); ok {
		return edge.Unwrap()
	}
	return w
}

// fileOf is the file that a writer writes to, also through the edge.
func fileOf(w io.Writer) (*os.File, bool) {
	file, ok := unwrapped(w).(*os.File)
	return file, ok
}

// wantsColor: only on a terminal, and not when the user said no (https://no-color.org).
func wantsColor(w io.Writer) bool {
	return isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
}

// rewrites tells whether a line can be written again: on a terminal that knows how to go back to its beginning.
func rewrites(w io.Writer) bool { return isTerminal(w) && os.Getenv("TERM") != "dumb" }

// widthUpTo is what text for people may take: usual, or less on a narrower terminal, but not less than 80 columns.
func widthUpTo(w io.Writer, usual int) int { return max(min(usual, terminalWidth(w, usual)), 80) }

// terminalWidth is the number of columns of a terminal; usual for other outputs.
func terminalWidth(w io.Writer, usual int) int {
	file, ok := fileOf(w)
	if !ok || !isTerminal(w) {
		return usual
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil || width <= 0 {
		return usual
	}
	return width
}
