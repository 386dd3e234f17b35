package components

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestJudge(t *testing.T) {
	t.Parallel()
	report := func(parts string) string { return `{"samples":3,` + parts + `}` }
	good := `"answered":3,"addresses":["203.0.113.1"],"failures":[]`
	tests := map[string]struct {
		message  string
		expected []string
		err      string // empty: verified
		warning  string
	}{
		"as expected":     {message: report(good), expected: []string{"203.0.113.1"}},
		"inside a prefix": {message: report(good), expected: []string{"203.0.113.0/28"}},
		"outside a prefix": {
			message: report(good), expected: []string{"203.0.113.16/28"}, err: "expected [203.0.113.16/28]",
		},
		"another address": {
			message: report(good), expected: []string{"203.0.113.2"},
			err: "observed [203.0.113.1], expected [203.0.113.2]",
		},
		"nothing expected":     {message: report(good), err: "not expected"},
		"no report":            {message: "", err: "left no report"},
		"not JSON":             {message: "oops", err: `left no report (got "oops")`},
		"expectation is no IP": {message: report(good), expected: []string{"x"}, err: `"x" is neither an address`},
		"all failed": {
			message: report(`"answered":0,"addresses":[],"failures":["HTTP 470: Action: Deny. Reason: No rule matched."]`),
			err:     "no sample got an address: HTTP 470: Action: Deny.",
		},
		"all failed alike": {
			message: report(`"answered":0,"addresses":[],"failures":["curl: (28) Connection timed out after 10001 milliseconds",` +
				`"curl: (28) Connection timed out after 10000 milliseconds","curl: (6) Could not resolve host: x"]`),
			err: "no sample got an address: curl: (28) Connection timed out after 10001 milliseconds; curl: (6) Could not",
		},
		"addresses in the order of addresses": {
			message:  report(`"answered":3,"addresses":["203.0.113.182","203.0.113.35"],"failures":[]`),
			expected: []string{"203.0.113.7", "203.0.113.4"},
			err:      "observed [203.0.113.35 203.0.113.182], expected [203.0.113.4 203.0.113.7]",
		},
		"some failed": {
			message:  report(`"answered":2,"addresses":["203.0.113.1"],"failures":["curl: (28) Connection timed out"]`),
			expected: []string{"203.0.113.1"}, warning: "1 of 3 samples failed: curl: (28)",
		},
		"blocked by the firewall": {
			message:  report(good + `,"blocked":{"target":"http://x","code":0,"status":470,"answer":"HTTP 470: Action: Deny."}`),
			expected: []string{"203.0.113.1"},
		},
		"blocked by a reset": {
			message:  report(good + `,"blocked":{"target":"https://x","code":35,"status":0,"answer":"curl: (35) reset"}`),
			expected: []string{"203.0.113.1"},
		},
		"not blocked": {
			message:  report(good + `,"blocked":{"target":"http://x","code":0,"status":200,"answer":"HTTP 200: hello"}`),
			expected: []string{"203.0.113.1"}, err: "http://x must be blocked, but answered: HTTP 200: hello",
		},
		"no proof of blocking": {
			message:  report(good + `,"blocked":{"target":"http://x","code":6,"status":0,"answer":"curl: (6) No such host"}`),
			expected: []string{"203.0.113.1"}, err: "cannot tell whether http://x is blocked: curl: (6)",
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := judge(test.message, test.expected)
			assert.Equal(t, test.err == "", v.verified)
			if test.err == "" {
				require.NoError(t, v.err)
			} else {
				require.ErrorContains(t, v.err, test.err)
			}
			assert.Contains(t, v.warning, test.warning)
		})
	}
}

func TestJudge_NeverPanics(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := judge(rapid.String().Draw(t, "message"), rapid.SliceOf(rapid.String()).Draw(t, "expected"))
		assert.Equal(t, v.err == nil, v.verified)
	})
}

// The script of the sampling container runs in the machine's own shell against a curl of the test's making: what
// reaches the program is what judge understands.
func TestProbeScript(t *testing.T) {
	t.Parallel()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no POSIX shell on this machine; the lab's shell runs the script in tests/")
	}
	tests := map[string]struct {
		curl string
		want string
	}{
		"an address": {`printf '203.0.113.1\n\n200'`, `"samples":4,"answered":4,"addresses":["203.0.113.1"],"failures":[]`},
		"denied": {
			`printf 'Action: Deny. "x" \\ y\n470'`,
			`"samples":3,"answered":0,"addresses":[],"failures":["HTTP 470: Action: Deny. \"x\" \\ y"`,
		},
		"timeout": {
			`printf '\n000'; echo 'curl: (28) Connection timed out after 10001 milliseconds' >&2; exit 28`,
			`"failures":["curl: (28) Connection timed out after 10001 milliseconds",`,
		},
		"a page instead of an address": {`printf '<html>no</html>\n200'`, `"failures":["HTTP 200: <html>no</html>"`},
		"blocked target":               {`printf 'no\n470'`, `"blocked":{"target":"http://blocked","code":0,"status":470`},
	}
	const wait = time.Second
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			curl := "#!" + shell + "\n" + test.curl + "\n"
			require.NoError(t, os.WriteFile(filepath.Join(dir, "curl"), []byte(curl), 0o700))
			log := filepath.Join(dir, "log")
			cmd := exec.CommandContext(t.Context(), shell, "-c", strings.ReplaceAll(probeScript, "/dev/termination-log", log))
			cmd.Env = []string{
				"PATH=" + dir + string(os.PathListSeparator) + os.Getenv("PATH"),
				"PROBE_TARGET=http://t", "PROBE_SAMPLES=4", "PROBE_MUST_BE_BLOCKED=http://blocked", "PROBE_INTERVAL=1",
			}
			began := time.Now()
			output, err := cmd.CombinedOutput()
			assert.GreaterOrEqual(t, time.Since(began), wait, "it waits for the interval")
			require.NoError(t, err, "the sampling container always exits 0: %s", output)
			message, err := os.ReadFile(log)
			require.NoError(t, err)
			assert.Contains(t, string(message), test.want)
			assert.NotContains(t, judge(string(message), nil).err.Error(), "left no report")
		})
	}
}
