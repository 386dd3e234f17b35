package documents

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// page is a document in which ”' stands for a fence.
func page(t *testing.T, text string) *Document {
	t.Helper()
	d, err := Parse([]byte(strings.ReplaceAll(text, "'''", "```")))
	require.NoError(t, err)
	return d
}

func runPage(t *testing.T, text string) (*Document, []Answer) {
	t.Helper()
	d := page(t, text)
	r := &Reader{Folder: t.TempDir(), Environment: os.Environ()}
	answers, err := r.Run(t.Context(), d)
	require.NoError(t, err)
	return d, answers
}

func TestParse(t *testing.T) {
	t.Parallel()
	d := page(t, `# Title

'''yaml title=a/b.yaml
key: value
'''

Text with $ a price.

'''console exit=3
$ echo one \
    two
one two
$ exit 3
'''

'''console norun: needs Azure
$ az login
'''

'''
$ no console
'''
`)
	require.Len(t, d.Steps, 3)
	assert.Equal(t, &File{Path: "a/b.yaml", Text: "key: value\n"}, d.Steps[0].File)
	one := d.Steps[1].Command
	assert.Equal(t, "echo one \\\n    two", one.Text)
	assert.Equal(t, []string{"one two"}, one.Output)
	assert.Equal(t, 10, d.Steps[1].Line)
	assert.Zero(t, one.Exit)
	assert.Equal(t, 3, d.Steps[2].Command.Exit)
	assert.Equal(t, []string{"needs Azure"}, d.NotRun)
	assert.Equal(t, []int{20}, d.Plain)
}

func TestParse_Refused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"'''console\noutput\n'''\n":           "line 1: a console block begins with a command that can run",
		"'''console\n$ az login\n'''\n":       "line 1: a console block begins with a command that can run",
		"'''console\n'''\n":                   "without a command",
		"'''console exit=many\n$ true\n'''\n": "want exit=NUMBER",
		"'''console later\n$ true\n'''\n":     "want exit=NUMBER",
		"'''console norun\n$ true\n'''\n":     "give the reason",
	} {
		_, err := Parse([]byte(strings.ReplaceAll(text, "'''", "```")))
		assert.ErrorContains(t, err, want)
	}
}

func TestMatch(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		shown, actual string
		want          bool
	}{
		"same":                     {"a\nb", "a\nb", true},
		"blanks at the end":        {"a", "a  ", true},
		"blanks at the front":      {"a", " a", false},
		"a line more":              {"a", "a\nb", false},
		"a line less":              {"a\nb", "a", false},
		"no output":                {"", "a", false},
		"any lines":                {"…", "a\nb", true},
		"any lines, none":          {"…", "", true},
		"any lines between":        {"a\n…\nd", "a\nb\nc\nd", true},
		"any lines, wrong end":     {"a\n…\nd", "a\nb\nc", false},
		"any lines before a twin":  {"…\nb\nc", "b\nx\nb\nc", true},
		"any text":                 {"took … s", "took 3.1 s", true},
		"any text, none":           {"create …\nb", "create \nb", true},
		"no pattern":               {"a.c", "abc", false},
		"names of this run":        {"vnet0123abcd", "vnetffff0000", true},
		"the same name twice":      {"vnet0123abcd a0123abcd", "vnetffff0000 affff0000", true},
		"one name for two":         {"vnet0123abcd a0123abcd", "vnetffff0000 aeeee0000", false},
		"two names for one":        {"vnet0123abcd a4567abcd", "vnetffff0000 affff0000", false},
		"a name across lines":      {"vnet0123abcd\na0123abcd", "vnetffff0000\naeeee0000", false},
		"names side by side":       {"MC_x0123abcd_y4567abcd_z", "MC_xffff0000_yeeee0000_z", true},
		"a UUID":                   {"01234567-0123-0123-0123-0123456789ab", "fffffff0-0000-0000-0000-00000000000f", true},
		"a UUID and no UUID":       {"01234567-0123-0123-0123-0123456789ab", "fffffff0", false},
		"a UUID without dashes":    {"a1234567012301230123456789abcdef-T", "afffffff0123ffff0123456789abcdef-T", true},
		"seven digits are no name": {"vnet123abcd", "vnet123abce", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, ok := match(splitLines(c.shown), splitLines(c.actual), names{})
			assert.Equal(t, c.want, ok)
		})
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	_, answers := runPage(t, `
'''text title=folder/names.txt
group-ffff0000 net-eeee0000
'''
'''console
$ cd folder; WORD=is; export GROUP
$ read a b <names.txt; echo group $WORD $a, net $WORD $b
group is group-12345678, net is net-87654321
'''
'''console exit=1
$ echo net-87654321 >&2; false
net-87654321
'''
'''console
$ echo what else
something else
'''
`)
	require.Len(t, answers, 4)
	for _, a := range answers[:3] {
		assert.True(t, a.Matches, "%s", a)
	}
	last := answers[3]
	assert.False(t, last.Matches)
	assert.Equal(t, "line 15: $ echo what else\nthe document shows:\nsomething else\nit answers:\nwhat else",
		last.String())
}

func TestRun_Script(t *testing.T) {
	t.Parallel()
	_, answers := runPage(t, `
'''sh
# a comment
WORD=there
echo $WORD \
    and more
false  # refused (exit 1), as it should be
'''
'''console
$ echo $WORD
there
'''
`)
	require.Len(t, answers, 4)
	assert.Equal(t, []string{"there and more"}, answers[1].Output)
	for _, a := range answers {
		assert.True(t, a.Matches, "%s", a)
		assert.Equal(t, a.Command.Exit, a.Exit)
	}
}

func TestRun_EndsWhereAnExitCodeIsWrong(t *testing.T) {
	t.Parallel()
	d, answers := runPage(t, `
'''console
$ echo reason; exit 4
$ echo after
'''
`)
	require.Len(t, answers, 1)
	assert.Equal(t, "line 3: $ echo reason; exit 4\nended with 4, want 0:\nreason", answers[0].String())
	assert.Equal(t, d.source, d.Rewrite(answers), "a failure is nothing to show")
}

func TestRun_Instead(t *testing.T) {
	t.Parallel()
	executable, err := os.Executable()
	require.NoError(t, err)
	r := &Reader{Folder: t.TempDir(), Environment: os.Environ(), Instead: func(typed []string) (string, []string, bool) {
		return executable, []string{"tests", "-test.run", "XXX", "-test.v"}, typed[0] == "program"
	}}
	answers, err := r.Run(t.Context(), page(t, `
'''console
$ program 2>&1
testing: warning: no tests to run
PASS
'''
`))
	require.NoError(t, err)
	assert.True(t, answers[0].Matches, "%s", answers[0])
}

func TestRewrite(t *testing.T) {
	t.Parallel()
	d, answers := runPage(t, `before
'''console
$ echo kept net-ffff0000
kept net-12345678
$ echo new net-ffff0000; echo and net-eeee0000
old
older
$ echo net-eeee0000
$ true
gone
'''
after
`)
	want := `before
'''console
$ echo kept net-ffff0000
kept net-12345678
$ echo new net-ffff0000; echo and net-eeee0000
new net-12345678
and net-eeee0000
$ echo net-eeee0000
net-eeee0000
$ true
'''
after
`
	rewritten := d.Rewrite(answers)
	assert.Equal(t, strings.ReplaceAll(want, "'''", "```"), string(rewritten))
	_, again := runPage(t, string(rewritten))
	for _, a := range again {
		assert.True(t, a.Matches, "%s", a)
	}
}
