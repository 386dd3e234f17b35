package components

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// script runs the sampling script in the machine's own shell, against a curl and a sleep of the test's making.
type script struct {
	t      *testing.T
	dir    string
	env    []string
	report string // the termination message
}

func newScript(t *testing.T, curl, sleep string) *script {
	t.Helper()
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no POSIX shell on this machine; the lab's shell runs the script in tests/")
	}
	s := &script{t: t, dir: t.TempDir()}
	for name, text := range map[string]string{"curl": curl, "sleep": sleep} {
		program := fmt.Sprintf("#!%s\ncd %s\n%s\n", shell, s.dir, text)
		require.NoError(t, os.WriteFile(s.path(name), []byte(program), 0o700))
	}
	s.env = []string{
		"PATH=" + s.dir + string(os.PathListSeparator) + os.Getenv("PATH"), "PROBE_TARGET=http://t", "PROBE_SAMPLES=4",
		"PROBE_MEMORY=" + s.path("memory"),
	}
	return s
}

func (s *script) path(name string) string { return filepath.Join(s.dir, name) }

func (s *script) read(name string) string {
	text, err := os.ReadFile(s.path(name))
	if !os.IsNotExist(err) {
		require.NoError(s.t, err)
	}
	return string(text)
}

// run reports whether the script ended by itself; the sleep of the test may kill it. It always exits 0.
func (s *script) run(env ...string) bool {
	text := strings.ReplaceAll(probeScript, "/dev/termination-log", s.path("log"))
	cmd := exec.CommandContext(s.t.Context(), "sh", "-c", text)
	cmd.Env = append(s.env, env...)
	output, err := cmd.CombinedOutput()
	s.report = s.read("log")
	if err != nil {
		assert.Equal(s.t, -1, cmd.ProcessState.ExitCode(), "only a signal ends it otherwise: %s", output)
		return false
	}
	assert.Empty(s.t, string(output))
	return true
}

// What reaches the program is what judge understands.
func TestProbeScript(t *testing.T) {
	t.Parallel()
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
		"a target is no pattern": {
			`case " $* " in *" --globoff "*) printf '203.0.113.1\n200' ;; esac`, `"addresses":["203.0.113.1"]`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, test.curl, "")
			require.True(t, s.run("PROBE_MUST_BE_BLOCKED=http://blocked"))
			assert.Contains(t, s.report, test.want)
			assert.NotContains(t, judge(s.report, nil).err.Error(), "left no report")
		})
	}
}

// The sampler ends when egress is not as last reported, and at no other time. Each number is a sample of four requests,
// whose digits are the addresses that they saw; 0 is a failure. The first sample of all is the init container's.
func TestProbeScript_SamplesUntilSomethingChanges(t *testing.T) {
	t.Parallel()
	const curl = `
n=$(cat n 2>/dev/null || echo 0); n=$((n + 1)); echo $n >n
digit=$(cut -c $n answers)
case $digit in
  0 | '') printf '\n000'; echo 'curl: (28) timed out' >&2; exit 28 ;;
esac
printf '192.0.2.%s\n200' "$digit"`
	// The sleep before a sample that the test does not have kills the script, as a node that goes down does.
	const sleep = `[ "$(cat n 2>/dev/null || echo 0)" -lt "$(($(wc -c <answers)))" ] || kill -9 $PPID`
	tests := map[string]struct {
		samples string
		want    string // addresses of the report; empty: it goes on
	}{
		"the same":                     {"1111 1111 1111 1111", ""},
		"another address":              {"1111 1111 2222", "2"},
		"one more":                     {"1111 1112", "12"},
		"one less":                     {"1212" + strings.Repeat(" 1111", 10), "1"},
		"not long enough to be sure":   {"1212" + strings.Repeat(" 1111", 9), ""},
		"chance":                       {"1212" + strings.Repeat(" 1111 2222 1112", 9), ""},
		"one came and one went":        {"1212 1313", "123"},
		"some requests fail":           {"1111 1011 1100 1111", ""},
		"all fail":                     {"1111 000", "none"},
		"they go on to fail":           {"000 000 000 000", ""},
		"they no longer fail":          {"000 000 1111", "1"},
		"both are others":              {"1212 3434", "34"},
		"in another order":             {"1212 2121 2211", ""},
		"twelve is not one and not 19": {"1111 1111 9999", "9"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t, curl, sleep)
			answers := strings.ReplaceAll(test.samples, " ", "")
			require.NoError(t, os.WriteFile(s.path("answers"), []byte(answers), 0o600))
			require.True(t, s.run("PROBE_INTERVAL="), "the init container ends")
			first := s.read("memory")
			require.NoError(t, os.Remove(s.path("log")))
			ended := s.run("PROBE_INTERVAL=900")
			if test.want == "" {
				assert.False(t, ended)
				assert.Empty(t, s.report)
				assert.Empty(t, s.read("memory"), "killed, it hides the report of before: the next run reports anew")
				return
			}
			require.True(t, ended)
			var addresses []string
			for _, digit := range strings.TrimPrefix(test.want, "none") {
				addresses = append(addresses, fmt.Sprintf("%q", "192.0.2."+string(digit)))
			}
			assert.Contains(t, s.report, `"addresses":[`+strings.Join(addresses, ",")+`]`)
			assert.NotEqual(t, first, s.read("memory"))
		})
	}
}

// What must be blocked and answers is reported, and so is a sample after one whose report is lost.
func TestProbeScript_ReportsAnew(t *testing.T) {
	t.Parallel()
	const curl = `case " $* " in *blocked*) printf 'no\n%s' "$(cat status)" ;; *) printf '192.0.2.1\n200' ;; esac`
	s := newScript(t, curl, `[ ! -e slept ] || kill -9 $PPID; : >slept`)
	s.env = append(s.env, "PROBE_MUST_BE_BLOCKED=http://blocked")
	run := func(status, interval string) bool {
		for _, name := range []string{"log", "slept"} {
			_ = os.Remove(s.path(name))
		}
		require.NoError(t, os.WriteFile(s.path("status"), []byte(status), 0o600))
		return s.run("PROBE_INTERVAL=" + interval)
	}
	require.True(t, run("470", ""))
	assert.False(t, run("470", "900"), "nothing changed, and it was killed")
	require.True(t, run("470", "900"), "its first sample is reported")
	require.True(t, run("200", "900"), "the target answers")
	assert.Contains(t, s.report, `"code":0,"status":200`)
	assert.False(t, run("200", "900"))
}
