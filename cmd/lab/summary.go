package main

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/fatih/color"
	"github.com/jedib0t/go-pretty/v6/text"
	"mvdan.cc/sh/v3/syntax"

	"aks-egress/egress"
	"aks-egress/internal/engine"
)

// Layout of a summary: two blanks, a label, the value wrapped at summaryWidth columns.
const (
	summaryWidth = 80
	labelWidth   = 12
)

// summary writes what a verb came to, for people.
type summary struct {
	out   io.Writer
	color bool
	lab   *lab

	// enter follows a client's request to the stack's ingress; nil where nobody asks.
	enter func(stack, url string) (egress.Trace, error)
}

// deployed says by which IP a stack's traffic leaves, and how. Of a failed update it says nothing but what was changed:
// the outputs are those of before.
func (w *summary) deployed(stack string, r engine.Result) {
	o := r.Outputs
	w.title(stack, stringOf(o["outboundType"]))
	w.line("changes", changesText(r.Changes, done))
	if !r.OK {
		return
	}
	w.egress(o)
	w.path(stringsOf(o["egressPath"]))
	w.line("snat", snatText(o["snat"]))
	w.ingress(stack, o)
	w.unwrapped("next", w.lab.next("destroy", stack))
}

// egress shows what was expected and what the probe saw.
func (w *summary) egress(outputs map[string]any) {
	observed := strings.Join(stringsOf(outputs["egressIps"]), ", ")
	if observed == "" {
		observed = "nothing"
	}
	verdict := w.paint("NOT verified", color.FgRed)
	if verified, _ := outputs["egressVerified"].(bool); verified {
		verdict = w.paint("verified", color.FgGreen)
	}
	w.line("expected", strings.Join(stringsOf(outputs["expectedEgressIps"]), ", "))
	w.line("observed", observed+"   "+verdict)
}

// ingress shows where clients come in, and whether the model lets a request arrive there and its answer come back.
func (w *summary) ingress(stack string, outputs map[string]any) {
	entrance := ingressText(outputs)
	if entrance == "" {
		w.line("ingress", "none")
		return
	}
	w.line("ingress", entrance)
	if w.enter == nil {
		return
	}
	trace, err := w.enter(stack, entrance)
	switch {
	case err != nil:
		w.line("", "whether clients on the internet reach it cannot be told: "+err.Error())
	case trace.Disposition.Arrives():
		w.line("", w.paint("reached", color.FgGreen)+" by clients on the internet")
	default:
		w.line("", w.paint(string(trace.Disposition), color.FgRed)+": "+trace.Reason)
	}
}

// changes says what an operation did.
func (w *summary) changes(stack string, r engine.Result) {
	w.title(stack, changesText(r.Changes, done))
}

// planned says what an operation would do.
func (w *summary) planned(stack string, r engine.Result) {
	w.title(stack, changesText(r.Changes, toDo))
}

func (w *summary) destroyed(stack string, r engine.Result) {
	if r.OK {
		w.title(stack, fmt.Sprintf("destroyed: %s; the simulated cloud is empty", changesText(r.Changes, done)))
	}
}

// outputs lists all outputs by name.
func (w *summary) outputs(stack string, r engine.Result) {
	w.title(stack, "")
	names := make([]string, 0, len(r.Outputs))
	width := 0
	for name := range r.Outputs {
		names = append(names, name)
		width = max(width, len(name))
	}
	slices.Sort(names)
	for _, name := range names {
		label := name
		for _, line := range outputLines(r.Outputs[name]) {
			for _, part := range wrap(line, widthUpTo(w.out, math.MaxInt)-width-4) { // only a terminal has an edge
				fmt.Fprintln(w.out, strings.TrimRight(fmt.Sprintf("  %-*s  %s", width, label, part), " "))
				label = ""
			}
		}
	}
}

func (w *summary) title(stack, rest string) {
	fmt.Fprintln(w.out, strings.TrimRight(w.paint(stack, color.Bold)+"  "+rest, " "))
}

// line writes a label and its value; continuation lines are indented like the value's text.
func (w *summary) line(label, value string) {
	indent := ""
	if text.StringWidthWithoutEscSequences(value) > summaryWidth-labelWidth && strings.HasPrefix(value, "→ ") {
		indent = "  "
	}
	for i, part := range wrap(value, summaryWidth-labelWidth-len(indent)) {
		if i > 0 {
			part = indent + part
		}
		w.unwrapped(label, part)
		label = ""
	}
}

// unwrapped is for what people copy.
func (w *summary) unwrapped(label, value string) {
	fmt.Fprintf(w.out, "  %-*s%s\n", labelWidth-2, label, value)
}

// longestWord is more than any name that Azure allows, and than an id of Azure takes in practice.
const longestWord = 400

// shortened is a word that people can read: what is longer than any name, as a damaged or hostile state may have it, is
// cut in the middle, and says how much of it is not shown. JSON has it whole.
func shortened(word string) string {
	if len(word) <= longestWord {
		return word
	}
	half := longestWord / 2
	head, tail := strings.ToValidUTF8(word[:half], ""), strings.ToValidUTF8(word[len(word)-half:], "")
	return fmt.Sprintf("%s…(%d bytes)…%s", head, len(word)-len(head)-len(tail), tail)
}

// wrap breaks a text at blanks into lines of at most width columns, where words allow it. Colours take no columns.
func wrap(value string, width int) []string {
	lines := []string{""}
	for i, word := range strings.Split(value, " ") {
		word = shortened(word)
		last := &lines[len(lines)-1]
		switch {
		case i == 0:
			*last = word
		case text.StringWidthWithoutEscSequences(*last)+1+text.StringWidthWithoutEscSequences(word) > width:
			lines = append(lines, word)
		default:
			*last += " " + word
		}
	}
	return lines
}

// problem writes one error of a stack.
func (w *summary) problem(stack, message string) {
	if !strings.HasPrefix(message, "stack ") {
		message = stack + ": " + message
	}
	fmt.Fprintln(w.out, w.paint("error:", color.FgRed), message)
}

func (w *summary) paint(value string, attribute color.Attribute) string {
	c := color.New(attribute)
	if w.color {
		c.EnableColor()
	} else {
		c.DisableColor()
	}
	return c.Sprint(value)
}

// next is the command line to run next.
func (l *lab) next(verb, stack string) string {
	command := commandName() + " " + verb + " " + stack
	if l.directory != "" {
		command += " --dir " + quoteIfNeeded(l.directory)
	}
	return command
}

// quoteIfNeeded quotes a path for the shell that people copy the command into, so that nothing of it is expanded:
// PowerShell on Windows, else one that reads sh.
func quoteIfNeeded(path string) string {
	if runtime.GOOS == "windows" {
		if strings.ContainsFunc(path, func(r rune) bool { return !strings.ContainsRune(`\/:.-_`, r) && !isPlainLetter(r) }) {
			return "'" + strings.ReplaceAll(path, "'", "''") + "'"
		}
		return path
	}
	quoted, err := syntax.Quote(path, syntax.LangBash)
	if err != nil { // a NUL, which no path has
		return strconv.Quote(path)
	}
	return quoted
}

func isPlainLetter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
