package main

import (
	"io"
	"os"

	"golang.org/x/term"

	"aks-egress/internal/noquery"
)

func init() { noquery.End() }

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
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
	if !isTerminal(w) {
		return usual
	}
	width, _, err := term.GetSize(int(w.(*os.File).Fd()))
	if err != nil || width <= 0 {
		return usual
	}
	return width
}
