package documents

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

const (
	consoleLanguage = "console"
	scriptLanguage  = "sh"
	prompt          = "$ "

	// driftPrompt begins what `lab drift` shows of az commands; az itself never runs here.
	driftPrompt = "$ az "
)

// exitComment is how a script says that a command ends with another code than 0.
var exitComment = regexp.MustCompile(`# .*\(exit ([0-9]+)\)`)

// Document is a Markdown file, as far as its reader acts on it.
type Document struct {
	Steps  []Step
	NotRun []string // the reasons of console blocks that are only shown
	Plain  []int    // the lines of fenced blocks that do not say what they are

	source []byte
}

// Step is one thing that the reader does: exactly one of File and Command is set.
type Step struct {
	Line    int // in the document, from 1
	File    *File
	Command *Command
}

// File is one that the reader writes.
type File struct {
	Path string // relative to the shell's folder, with slashes
	Text string
}

// Command is a command line and what the document shows of it.
type Command struct {
	Text   string
	Output []string // lines
	Exit   int
	Silent bool // the document does not show the output

	start, end int // where the output is in the source, whole lines
}

// Parse reads a document. It fails where the form of a block is none that this package knows.
func Parse(source []byte) (*Document, error) {
	d := &Document{source: source}
	root := goldmark.DefaultParser().Parse(text.NewReader(source))
	err := ast.Walk(root, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		block, ok := n.(*ast.FencedCodeBlock)
		switch {
		case !ok || !entering:
			return ast.WalkContinue, nil
		case block.Info == nil:
			d.Plain = append(d.Plain, d.line(block.Pos()))
			return ast.WalkContinue, nil
		}
		if err := d.block(block); err != nil {
			return ast.WalkStop, fmt.Errorf("line %d: %w", d.line(block.Info.Segment.Start), err)
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return nil, err
	}
	return d, nil
}

func (d *Document) block(block *ast.FencedCodeBlock) error {
	info := strings.TrimSpace(string(block.Info.Segment.Value(d.source)))
	language, attributes, _ := strings.Cut(info, " ")
	if path, ok := strings.CutPrefix(strings.TrimSpace(attributes), "title="); ok {
		d.Steps = append(d.Steps, Step{
			Line: d.line(block.Info.Segment.Start),
			File: &File{Path: path, Text: string(block.Lines().Value(d.source))},
		})
		return nil
	}
	if language != consoleLanguage && language != scriptLanguage {
		return nil
	}
	if reason, ok := strings.CutPrefix(attributes, "norun"); ok {
		reason = strings.TrimSpace(strings.TrimPrefix(reason, ":"))
		if reason == "" {
			return fmt.Errorf("%s: give the reason, as in ```console norun: needs Azure", info)
		}
		d.NotRun = append(d.NotRun, reason)
		return nil
	}
	if language == scriptLanguage {
		return d.script(block)
	}
	exit := 0
	if attributes != "" {
		number, ok := strings.CutPrefix(attributes, "exit=")
		var err error
		if exit, err = strconv.Atoi(number); !ok || err != nil {
			return fmt.Errorf("%s: want exit=NUMBER or norun: REASON", info)
		}
	}
	return d.commands(block, exit)
}

// commands reads the lines of a console block.
func (d *Document) commands(block *ast.FencedCodeBlock, exit int) error {
	lines := block.Lines()
	var last *Command
	goesOn := false
	for i := range lines.Len() {
		segment := lines.At(i)
		line := strings.TrimRight(string(segment.Value(d.source)), "\r\n")
		typed, isCommand := strings.CutPrefix(line, prompt)
		isCommand = isCommand && !strings.HasPrefix(line, driftPrompt)
		switch {
		case goesOn:
			last.Text += "\n" + line
			last.start, last.end = segment.Stop, segment.Stop
		case isCommand:
			last = &Command{Text: typed, start: segment.Stop, end: segment.Stop}
			d.Steps = append(d.Steps, Step{Line: d.line(segment.Start), Command: last})
		case last == nil:
			return fmt.Errorf("a console block begins with a command that can run: $ … (got %q)", line)
		default:
			last.Output = append(last.Output, line)
			last.end = segment.Stop
			continue
		}
		goesOn = strings.HasSuffix(line, `\`)
	}
	if last == nil {
		return errors.New("a console block without a command")
	}
	last.Exit = exit
	return nil
}

// script reads the lines of a block of commands without outputs.
func (d *Document) script(block *ast.FencedCodeBlock) error {
	lines := block.Lines()
	for i := 0; i < lines.Len(); i++ {
		segment := lines.At(i)
		text := strings.TrimRight(string(segment.Value(d.source)), "\r\n")
		for strings.HasSuffix(text, `\`) && i+1 < lines.Len() {
			i++
			next := lines.At(i)
			text += "\n" + strings.TrimRight(string(next.Value(d.source)), "\r\n")
		}
		if trimmed := strings.TrimSpace(text); trimmed == "" || strings.HasPrefix(trimmed, "#") {
			continue
		}
		command := &Command{Text: text, Silent: true}
		if exit := exitComment.FindStringSubmatch(text); exit != nil {
			var err error
			if command.Exit, err = strconv.Atoi(exit[1]); err != nil {
				return err
			}
		}
		d.Steps = append(d.Steps, Step{Line: d.line(segment.Start), Command: command})
	}
	return nil
}

func (d *Document) line(offset int) int { return strings.Count(string(d.source[:offset]), "\n") + 1 }
