package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
)

// onTerminal runs a command line of the lab on a terminal of 80 columns, by util-linux's script, and answers what the
// terminal is told, without the carriage returns that it adds.
func onTerminal(t *testing.T, environment []string, arguments string) string {
	t.Helper()
	if _, err := exec.LookPath("script"); err != nil || runtime.GOOS != "linux" {
		t.Skip("script of util-linux, which gives a program a terminal, is not on PATH")
	}
	self, err := os.Executable()
	require.NoError(t, err)
	named := filepath.Join(t.TempDir(), "lab") // the name by which the test binary is the lab
	require.NoError(t, os.Symlink(self, named))
	command := exec.CommandContext(t.Context(), "script", "-qec", "stty cols 80; exec "+named+" "+arguments, "/dev/null")
	command.Env = append(os.Environ(), "TERM=xterm-256color", "NO_COLOR=", "CI=")
	command.Env = append(command.Env, environment...)
	output, err := command.Output()
	require.NoError(t, err, string(output))
	return strings.ReplaceAll(string(output), "\r\n", "\n")
}

// traced is a verb that colours, and whose table has a narrow form: of a state of the tests of topology.
const traced = "trace --to ifconfig.me:80 --state ../../internal/topology/testdata/udr.json"

func TestColoursAreForTerminals(t *testing.T) {
	t.Parallel()
	const escape = "\x1b"
	assert.Contains(t, onTerminal(t, nil, traced), escape+"[")
	assert.NotContains(t, onTerminal(t, []string{"NO_COLOR=1"}, traced), escape, "https://no-color.org")
	assert.NotContains(t, onTerminal(t, []string{"TERM=dumb"}, traced), escape)
	assert.NotContains(t, onTerminal(t, nil, traced+" | cat"), escape, "a pipe is no terminal")
	code, stdout, stderr := call(strings.Fields(traced)...)
	assert.Equal(t, exitFine, code, stderr)
	assert.NotContains(t, stdout+stderr, escape)
	assert.NotContains(t, stdout+stderr, "\r")
}

// escapes are those that change colours.
var escapes = regexp.MustCompile(`\x1b\[[0-9;]*m`)

func assertFits(t *testing.T, output string) {
	t.Helper()
	for line := range strings.SplitSeq(output, "\n") {
		assert.LessOrEqual(t, text.StringWidthWithoutEscSequences(line), 80, escapes.ReplaceAllString(line, ""))
	}
}

func TestOutputsFitATerminalOf80Columns(t *testing.T) {
	t.Parallel()
	for _, arguments := range []string{
		traced,
		"capacity --nodes 200 --connections-per-node 3000 --simulate",
		"doctor --state ../../internal/topology/testdata/udr.json",
	} {
		t.Run(arguments, func(t *testing.T) {
			t.Parallel()
			assertFits(t, onTerminal(t, nil, arguments))
		})
	}
}

// Where there is room a hop takes one line; where there is none, what decided it stands below.
func TestHopLines(t *testing.T) {
	t.Parallel()
	hop := egress.Hop{At: "route", Action: "next hop Internet", Rule: "system"}
	short := traceReport{Trace: egress.Trace{Hops: []egress.Hop{hop}}}
	assert.Equal(t, []string{"route  next hop Internet  system"}, hopLines(&short, 80))
	long := short
	long.Hops = []egress.Hop{{At: "firewall", Action: "allow", Rule: strings.Repeat("r", 60)}, short.Hops[0]}
	assert.Equal(t, []string{
		"firewall  allow",
		"          " + strings.Repeat("r", 60),
		"route     next hop Internet",
		"          system",
	}, hopLines(&long, 80))
	assert.Len(t, hopLines(&long, traceWidth), 2)
}

func TestHelpFits80Columns(t *testing.T) {
	t.Parallel()
	l := &lab{}
	commands := l.command().Commands()
	require.NotEmpty(t, commands)
	_, stdout, _ := call("--help")
	assertFits(t, stdout)
	for _, c := range commands {
		code, stdout, stderr := call(c.Name(), "--help")
		assert.Equal(t, exitFine, code, stderr)
		assertFits(t, stdout)
		assert.Contains(t, stdout, "Global Flags:\n", "all parts of cobra's template are there")
	}
}

func TestWrapParagraphs(t *testing.T) {
	t.Parallel()
	word := strings.Repeat("x", 39)
	assert.Equal(t, word+" "+word+"\n"+word+"\n\n  "+word+"\n    "+word+"\n  y",
		wrapParagraphs(word+"\n"+word+" "+word+"\n\n  "+word+" "+word+"\n  y\n"))
}
