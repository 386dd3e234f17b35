package shell

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// network is a small internet: names decide how a connection ends.
type network struct{ requests int }

func (n *network) Request(r Request) Answer {
	n.requests++
	switch {
	case strings.HasSuffix(r.Host, ".invalid"):
		return Answer{Outcome: Unresolved}
	case strings.HasPrefix(r.Host, "silent."):
		return Answer{Outcome: Silent}
	case strings.HasPrefix(r.Host, "reset."):
		return Answer{Outcome: Reset}
	case strings.HasPrefix(r.Host, "refused."):
		return Answer{Outcome: Refused, Reason: "nobody there"}
	case strings.HasPrefix(r.Host, "denied."):
		return Answer{Status: 470, Body: "Action: Deny.", Type: "text/plain"}
	}
	return Answer{
		Status: 200, Type: "text/plain",
		Body: fmt.Sprintf("%s %s:%d%s %s", r.Scheme, r.Host, r.Port, r.Path, r.UserAgent),
	}
}

func runArgs(t *testing.T, args ...string) (Result, *Files) {
	t.Helper()
	files := NewFiles(true, "/work", "/tmp")
	files.MountFile("/dev/termination-log")
	return Run(t.Context(), Process{
		Args: args, Files: files, Network: &network{}, Env: map[string]string{"NAME": "value"},
		Without: []string{"rev", "wc"}, Patience: time.Hour,
	}), files
}

func TestScripts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script string
		output string
		exit   int
	}{
		"environment, none of the host's": {`echo "$NAME,$HOME,$PWD,$USER,$GOPATH"`, "value,/,/,,\n", 0},
		"expansion": {
			`x=abc; printf '%s %s %s' "${x#a}" "${x%c}" "${y:-none}"`,
			"bc ab none",
			0,
		},
		"functions, local and case": {
			`f() { local v=$1; case $v in a*) return 3;; esac; }; f ab; echo $?`,
			"3\n",
			0,
		},
		"while, arithmetic and [":     {`i=0; while [ "$i" -lt 3 ]; do i=$((i+1)); printf "$i"; done`, "123", 0},
		"exit code":                   {`exit 7`, "", 7},
		"exit code of a substitution": {`x=$(false) || echo "failed $?"`, "failed 1\n", 0},
		"not there":                   {`frobnicate; echo $?`, "sh: frobnicate: not found\n127\n", 0},
		"not in the image":            {`echo a | wc -l`, "sh: wc: not found\n", 127},
		"tr": {
			`echo 'a"b' | tr -d '"'; echo aabb | tr -s a; echo abc | tr a-b xy; echo a | tr '[:lower:]' x`,
			"ab\nabb\nxyc\ntr: these arguments are not simulated: [:lower:] x\n",
			2,
		},
		"uniq, rm and mkdir": {
			`printf 'a\na\n' | uniq; mkdir -p /tmp/d; echo >/tmp/d/f; rm /tmp/d/f; rm -f /tmp/d/f; ` +
				`rm /tmp/d/f || echo gone`,
			"a\nrm: can't remove '/tmp/d/f': no such file or directory\ngone\n",
			0,
		},
		"in the image but not here": {`sed s/a/b/`, "sh: sed: not simulated\n", 127},
		"host builtins": {
			`cd /etc; . /etc/passwd`,
			"sh: cd: not simulated\nsh: .: not simulated\n",
			127,
		},
		"no host files": {
			`cat /etc/passwd; [ -r /etc/passwd ] || echo none`,
			"cat: can't open '/etc/passwd': No such file or directory\nnone\n",
			0,
		},
		"no host programs": {
			`command -v go || echo none; command -v curl; type frob || echo no`,
			"none\n/usr/bin/curl\nno\n",
			0,
		},
		"no host directory listing": {`echo /*`, "/dev /tmp /work\n", 0},
		"files": {
			`echo one >/tmp/f; echo two >>/tmp/f; cat /tmp/f; [ -s /tmp/f ]; tail -c 4 /tmp/f`,
			"one\ntwo\ntwo\n",
			0,
		},
		"read-only root": {
			`echo x >/etc/f; echo $?`,
			"sh: can't create /etc/f: no such file or directory\n1\n",
			0,
		},
		"nothing":                {`echo x >/dev/null 2>&1; cat </dev/null`, "", 0},
		"here document and read": {"while read -r a b; do echo \"$b\"; done <<E\n1 2\n3 4\nE", "2\n4\n", 0},
		"pipes and tools": {
			`printf 'b\na\nb\n' | sort -u | head -n 1; seq 3 | tail -1; echo a:b | cut -d: -f2`,
			"a\n3\nb\n",
			0,
		},
		"grep":                          {`echo abc | grep -q b && echo yes; echo abc | grep -c x`, "yes\n0\n", 1},
		"time passes in the simulation": {`a=$(date +%s); sleep 90; echo $(( $(date +%s) - a ))`, "90\n", 0},
		"syntax": {
			`if`,
			"sh: syntax error: 1:1: \"if\" must be followed by a statement list\n",
			2,
		},
		"not POSIX": {
			`a=(1 2)`,
			"sh: syntax error: 1:3: arrays are a bash/mksh feature; tried parsing as posix\n",
			2,
		},
		"trap":                             {`trap 'echo bye' EXIT; exit 4`, "bye\n", 4},
		"errexit":                          {`set -e; false; echo never`, "", 1},
		"environment of one command":       {`A=1 true; echo "[$A]"`, "[]\n", 0},
		"many failures are the last one's": {`false; true`, "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, _ := runArgs(t, "/bin/sh", "-c", test.script)
			assert.Equal(t, Exited, result.Ending)
			assert.Equal(t, test.output, result.Output)
			assert.Equal(t, test.exit, result.ExitCode)
		})
	}
}

func TestCurl(t *testing.T) {
	t.Parallel()
	const agent = "curl/" + curlVersion
	for name, test := range map[string]struct {
		args   string
		output string
		exit   int
		takes  time.Duration
	}{
		"plain": {`example.com`, "http example.com:80/ " + agent, 0, roundTrip},
		"joined and long": {
			`-sSm10 --connect-timeout 3 -L -4 --no-keepalive -A me https://example.com:8443/ip?x=1`,
			"https example.com:8443/ip?x=1 me",
			0,
			roundTrip,
		},
		"status": {
			`-s -o /dev/null -w '%{http_code}\n%%' http://denied.example.com`,
			"470\n%",
			0,
			roundTrip,
		},
		"body of a refusal": {`-s http://denied.example.com`, "Action: Deny.", 0, roundTrip},
		"fail": {
			`-fsS http://denied.example.com`,
			"curl: (22) The requested URL returned error: 470\n",
			22,
			roundTrip,
		},
		"no such host": {`-sS http://x.invalid`, "curl: (6) Could not resolve host: x.invalid\n", 6, roundTrip},
		"silent error": {`-s http://x.invalid`, "", 6, roundTrip},
		"reset": {
			`-sS https://reset.example.com`,
			"curl: (35) Recv failure: Connection reset by peer\n",
			35,
			roundTrip,
		},
		"refused": {
			`-sS http://refused.example.com`,
			"curl: (7) Failed to connect to refused.example.com port 80: nobody there\n",
			7,
			roundTrip,
		},
		"timeout": {
			`-sS -m 10 http://silent.example.com`,
			"curl: (28) Connection timed out after 10001 milliseconds\n",
			28,
			10 * time.Second,
		},
		"connect timeout": {
			`-sS -m 10 --connect-timeout 2.5 -w '%{http_code}' http://silent.example.com`,
			"curl: (28) Connection timed out after 2501 milliseconds\n000",
			28,
			2500 * time.Millisecond,
		},
		"no timeout": {
			`-sS http://silent.example.com`,
			"curl: (28) Failed to connect to silent.example.com port 80 after 127000 ms: Could not " +
				"connect to server\n",
			28,
			kernelGaveUp,
		},
		"unknown option": {
			`--frob x`,
			"curl: option --frob: is unknown\ncurl: try 'curl --help' for more information\n",
			2,
			0,
		},
		"unknown letter": {
			`-sZ x`,
			"curl: option -sZ: is unknown\ncurl: try 'curl --help' for more information\n",
			2,
			0,
		},
		"missing value": {
			`x -m`,
			"curl: option -m: requires parameter\ncurl: try 'curl --help' for more information\n",
			2,
			0,
		},
		"bad number": {
			`-m soon x`,
			"curl: option -m: expected a proper numerical parameter\ncurl: try 'curl --help' for " +
				"more information\n",
			2,
			0,
		},
		"no URL":         {`-s`, "curl: (2) no URL specified\n", 2, 0},
		"other protocol": {`ftp://example.com`, "curl: (1) Protocol \"ftp\" not supported\n", 1, 0},
		"no host":        {`http:///x`, "curl: (3) URL rejected: No host part in the URL\n", 3, 0},
		"bad host":       {`'http://a b/'`, "curl: (3) URL rejected: Malformed input to a URL function\n", 3, 0},
		"no such directory": {
			`-s -o /none/x http://example.com`,
			"curl: Failed to open the file /none/x\n",
			23,
			roundTrip,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result, _ := runArgs(t, "sh", "-c", "curl "+test.args)
			assert.Equal(t, test.output, result.Output)
			assert.Equal(t, test.exit, result.ExitCode)
			assert.Equal(t, test.takes, result.Elapsed)
		})
	}
}

func TestCurlWritesFiles(t *testing.T) {
	t.Parallel()
	result, files := runArgs(t,
		"curl", "-s", "-o", "/tmp/body", "-w", "%{http_code} %{size_download}", "http://denied.example.com/")
	assert.Equal(t, "470 13", result.Output)
	assert.Equal(t, "Action: Deny.", files.Tail("/tmp/body", 100))
	assert.Equal(t, "Deny.", files.Tail("/tmp/body", 5))
}

func TestEndings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args   []string
		ending Ending
		reason string
	}{
		"busy for ever":     {[]string{"sh", "-c", "while :; do :; done"}, Endless, "does not end"},
		"polls for ever":    {[]string{"sh", "-c", "while true; do sleep 5; done"}, StillRunning, ""},
		"sleeps for ever":   {[]string{"sleep", "infinity"}, StillRunning, ""},
		"a server":          {[]string{"nginx", "-g", "daemon off;"}, StillRunning, ""},
		"becomes a server":  {[]string{"sh", "-c", "echo start; exec nginx -g 'daemon off;'"}, StillRunning, ""},
		"unknown program":   {[]string{"/app/run"}, NotSimulated, `program "/app/run" is not simulated`},
		"interactive shell": {[]string{"sh"}, NotSimulated, "a shell without a script"},
		"not a file":        {[]string{"sh", "/none.sh"}, Exited, ""},
		"no command":        {nil, NotSimulated, "no command"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			begin := time.Now()
			result, _ := runArgs(t, test.args...)
			assert.Equal(t, test.ending, result.Ending, "%+v", result)
			assert.Contains(t, result.Reason, test.reason)
			assert.Less(t, time.Since(begin), maxHostTime+2*time.Second)
		})
	}
}

func TestShellOptionsAndParameters(t *testing.T) {
	t.Parallel()
	result, _ := runArgs(t, "/bin/sh", "-euc", `echo "$1-$#"; echo "$nope"`, "sh", "one", "two")
	assert.Contains(t, result.Output, "one-2\n")
	assert.Contains(t, result.Output, "nope: unbound variable")
	assert.NotZero(t, result.ExitCode)
}

func TestDateIsSimulatedTime(t *testing.T) {
	t.Parallel()
	result := Run(t.Context(), Process{
		Args: []string{"sh", "-c", "sleep 61; date -u '+%F %T'"}, Files: NewFiles(false), Network: &network{},
		Start: time.Date(2026, 1, 1, 23, 59, 0, 0, time.UTC),
	})
	assert.Equal(t, "2026-01-02 00:00:01\n", result.Output)
}

func TestTerminationLog(t *testing.T) {
	t.Parallel()
	_, files := runArgs(t, "sh", "-c", `printf '{"a":1}' >/dev/termination-log`)
	require.Equal(t, `{"a":1}`, files.Tail("/dev/termination-log", 4096))
}

func TestFilesAreLimited(t *testing.T) {
	t.Parallel()
	files := NewFiles(false)
	file, err := files.open("/tmp/f", os.O_WRONLY|os.O_CREATE)
	require.NoError(t, err)
	for range maxFileBytes >> 20 {
		_, err = file.Write(make([]byte, 1<<20))
		require.NoError(t, err)
	}
	_, err = file.Write([]byte("x"))
	require.ErrorIs(t, err, syscall.ENOSPC)
	require.NoError(t, files.remove("/tmp/f"))
	require.ErrorIs(t, files.remove("/tmp/f"), syscall.ENOENT)
}

func TestWhereFilesCanBeWritten(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		readOnly bool
		path     string
		err      error
	}{
		"tmp":                     {false, "/tmp/f", nil},
		"tmp of a read-only root": {true, "/tmp/f", syscall.EROFS},
		"a mount":                 {true, "/data/f", nil},
		"a mounted file":          {true, "/dev/termination-log", nil},
		"root":                    {false, "/f", syscall.EACCES},
		"a directory":             {false, "/tmp", syscall.EISDIR},
		"no directory":            {false, "/tmp/none/f", syscall.ENOENT},
		"nothing":                 {true, "/dev/null", nil},
		"as Windows writes it":    {true, `/data/./f`, nil},
	} {
		files := NewFiles(test.readOnly, "/data")
		files.MountFile("/dev/termination-log")
		_, err := files.open(test.path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
		assert.ErrorIs(t, err, test.err, name)
	}
}

func TestEndlessWithoutCommands(t *testing.T) {
	t.Parallel()
	for _, script := range []string{"while x=1; do y=2; done", "f() { true; f; }; f"} {
		p := &process{hostTime: 100 * time.Millisecond, Process: Process{
			Args: []string{"sh", "-c", script}, Files: NewFiles(false), Network: &network{},
		}}
		assert.Equal(t, Endless, p.start(t.Context()).Ending, script)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`echo "$(curl -s x)" | while read a; do :; done`)
	f.Add(`local x; f() { local y; }`)
	f.Fuzz(func(t *testing.T, script string) {
		_, _ = parse(script)
	})
}

func FuzzCurlOptions(f *testing.F) {
	f.Add("-sSm10 -o x -w %{http_code}\\n http://h/")
	f.Fuzz(func(t *testing.T, text string) {
		var o curlOptions
		if o.parse(strings.Fields(text)) == nil {
			_, _ = parseURL(o.url, "")
			_ = writeOut(&o, &transfer{})
		}
	})
}
