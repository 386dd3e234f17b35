package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// attack is a name that clears the screen, sets the title, and looks like a result.
const attack = "x\x1b[2J\x1b[H\x1b]0;own\x07No findings\r\u202e\u009b2J\u200b"

// hostileState is an export of a deployed stack in which every name is followed by the attack.
func hostileState(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../internal/topology/testdata/udr.json")
	require.NoError(t, err)
	escaped := strings.NewReplacer("\x1b", `\u001b`, "\x07", `\u0007`, "\r", `\r`).Replace(attack)
	hostile := strings.NewReplacer(
		`"westeurope"`, `"westeurope`+escaped+`"`, `vnet-hub`, `vnet-hub`+escaped, `afw`, `afw`+escaped,
	).Replace(string(text))
	path := filepath.Join(t.TempDir(), "state.json")
	require.NoError(t, os.WriteFile(path, []byte(hostile), 0o600))
	return path
}

// forState are the arguments of each verb that reads a state that others made.
var forState = map[string][]string{
	"trace": {"--to", "ifconfig.me:80"}, "trace matrix": {"--matrix"}, "trace inbound": {"--inbound"}, "doctor": {},
	"report": {},
}

func TestVerbs_NeutralizeNamesOfOthers(t *testing.T) {
	t.Parallel()
	state := hostileState(t)
	for name, arguments := range forState {
		for _, more := range [][]string{{}, {"--json"}} {
			verb, _, _ := strings.Cut(name, " ")
			t.Run(name+strings.Join(more, ""), func(t *testing.T) {
				t.Parallel()
				var out, problems strings.Builder
				run(append(append([]string{verb, "--state", state}, arguments...), more...), &out, &problems)
				if verb != "report" && name != "trace inbound" {
					assert.Contains(t, strings.ToLower(out.String()), "findings", "the attack got as far as the output")
				}
				for _, r := range out.String() + problems.String() {
					if r != '\n' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
						t.Fatalf("%U in %q %q", r, out.String(), problems.String())
					}
				}
			})
		}
	}
	var out, problems strings.Builder
	assert.Equal(t, exitUsage, run([]string{"up", attack}, &out, &problems))
	assert.NotContains(t, problems.String(), "\x1b")
}

// Nothing in this package writes past the edge.
func TestEdge_IsTheOnlyWayOut(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") || file == "main.go" {
			continue
		}
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, past := range []string{"os.Stdout", "os.Stderr", "fmt.Print"} {
			assert.NotContains(t, string(text), past, file)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

// withoutStack are the arguments with which each verb writes a result and needs no deployed stack.
var withoutStack = map[string][]string{
	"capacity":   {"--nodes", "3", "--connections-per-node", "10"},
	"completion": {"bash"}, "help": {},
}

// A result that could not be written is a failure of every verb, also of its help.
func TestVerbs_FailWhenTheResultCannotBeWritten(t *testing.T) {
	t.Parallel()
	state := hostileState(t)
	var commands [][]string
	for _, c := range (&lab{}).command().Commands() {
		commands = append(commands, []string{c.Name(), "--help"})
	}
	for verb, arguments := range withoutStack {
		commands = append(commands, append([]string{verb}, arguments...))
	}
	for name, arguments := range forState {
		verb, _, _ := strings.Cut(name, " ")
		all := append([]string{verb, "--state", state}, arguments...)
		commands = append(commands, all, append(all[:len(all):len(all)], "--json"))
	}
	commands = append(commands, []string{}, []string{"--help"})
	for _, arguments := range commands {
		t.Run(strings.Join(arguments, " "), func(t *testing.T) {
			t.Parallel()
			var problems strings.Builder
			code := run(arguments, fullDisk{}, &problems)
			assert.NotEqual(t, exitFine, code, problems.String())
			assert.NotEmpty(t, problems.String())
		})
	}
}
