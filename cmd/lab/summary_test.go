package main

import (
	"bytes"
	"errors"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/internal/engine"
)

func udrOutputs() map[string]any {
	return map[string]any{
		"outboundType":      "userDefinedRouting",
		"egressIps":         []any{"203.0.113.7"},
		"expectedEgressIps": []any{"203.0.113.7"},
		"egressVerified":    true,
		"egressPath": []any{
			"pod in 10.244.0.0/16: SNAT to its node's address",
			"Azure Firewall Standard 10.0.0.4: rules decide, SNAT to 203.0.113.7",
		},
		"snat":       map[string]any{"ipCount": 1.0, "ports": 4992.0, "portsPerNode": 0.0},
		"ingressIp":  "",
		"ingressUrl": "",
	}
}

func write(color bool, f func(w *summary)) string {
	var out bytes.Buffer
	f(&summary{out: &out, color: color, lab: &lab{}})
	return out.String()
}

func TestSummary_Deployed(t *testing.T) {
	t.Parallel()
	result := engine.Result{OK: true, Changes: map[string]int{"create": 26, "read": 1}, Outputs: udrOutputs()}
	got := write(false, func(w *summary) { w.deployed("udr", result) })
	got = strings.ReplaceAll(got, commandName(), "lab")
	assert.Equal(t, `udr  userDefinedRouting
  changes   26 created
  expected  203.0.113.7
  observed  203.0.113.7   verified
  path        pod in 10.244.0.0/16: SNAT to its node's address
            → Azure Firewall Standard 10.0.0.4: rules decide, SNAT to
              203.0.113.7
  snat      1 IP, 4992 ports, taken on demand
  ingress   none
  next      lab destroy udr
`, got)
	for line := range strings.Lines(got) {
		assert.LessOrEqual(t, utf8.RuneCountInString(line)-1, summaryWidth)
	}
}

func TestSummary_Egress(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		key   string
		value any
		want  string
	}{
		"not verified": {"egressVerified", false, "expected 203.0.113.7 observed 203.0.113.7 NOT verified"},
		"no report":    {"egressIps", []any{}, "expected 203.0.113.7 observed nothing"},
		"no outputs":   {"egressVerified", nil, "NOT verified"},
		"prefix":       {"expectedEgressIps", []any{"203.0.113.0/28"}, "expected 203.0.113.0/28 observed 203.0.113.7 ver"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outputs := udrOutputs()
			outputs[test.key] = test.value
			got := write(false, func(w *summary) { w.egress(outputs) })
			assert.Contains(t, strings.Join(strings.Fields(got), " "), test.want)
		})
	}
}

func TestSummary_Color(t *testing.T) {
	t.Parallel()
	assert.Contains(t, write(true, func(w *summary) { w.egress(udrOutputs()) }), "\x1b[32mverified\x1b[0m")
	assert.NotContains(t, write(false, func(w *summary) { w.problem("lb", "x") }), "\x1b")
}

func TestSummary_Outputs(t *testing.T) {
	t.Parallel()
	got := write(false, func(w *summary) {
		w.outputs("lb", engine.Result{Outputs: map[string]any{
			"a": []any{"one", "two"}, "longer": "x", "none": []any{}, "object": map[string]any{"n": 1.0}, "empty": "",
		}})
	})
	assert.Equal(t, `lb
  a       one
          two
  empty
  longer  x
  none    none
  object  {"n":1}
`, got)
}

func TestSummary_Ingress(t *testing.T) {
	t.Parallel()
	published := map[string]any{"ingressUrl": "http://192.0.2.1/", "ingressIp": "192.0.2.1"}
	for name, test := range map[string]struct {
		outputs map[string]any
		trace   egress.Trace
		err     error
		want    string
	}{
		"not published": {outputs: map[string]any{"ingressUrl": "", "ingressIp": ""}, want: "  ingress   none\n"},
		"reached": {
			outputs: published, trace: egress.Trace{Disposition: egress.DeliveredLocal},
			want: "  ingress   http://192.0.2.1/\n            reached by clients on the internet\n",
		},
		"by address only": {
			outputs: map[string]any{"ingressIp": "192.0.2.1"}, trace: egress.Trace{Disposition: egress.DeliveredLocal},
			want: "  ingress   192.0.2.1\n            reached by clients on the internet\n",
		},
		"answers are lost": {
			outputs: published, trace: egress.Trace{Disposition: egress.Asymmetric, Reason: "lost at firewall afw"},
			want: "  ingress   http://192.0.2.1/\n            asymmetric: lost at firewall afw\n",
		},
		"not to be told": {
			outputs: published, err: errors.New("no network"),
			want: "  ingress   http://192.0.2.1/\n" +
				"            whether clients on the internet reach it cannot be told: no network\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			asked := ""
			got := write(false, func(w *summary) {
				w.enter = func(stack, url string) (egress.Trace, error) {
					asked = stack + " " + url
					return test.trace, test.err
				}
				w.ingress("lb", test.outputs)
			})
			assert.Equal(t, test.want, got)
			if entrance := ingressText(test.outputs); entrance != "" {
				assert.Equal(t, "lb "+entrance, asked)
			}
		})
	}
}

func TestSNATText(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "2 IPs, 128000 ports, 1024 for each node",
		snatText(map[string]any{"ipCount": 2.0, "ports": 128000.0, "portsPerNode": 1024.0}))
	assert.Equal(t, "not known", snatText(nil))
}

func TestChangesText(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "1 created, 2 unchanged, 3 import",
		changesText(map[string]int{"same": 2, "create": 1, "import": 3, "update": 0, "discard": 4}, done))
	assert.Equal(t, "1 to create", changesText(map[string]int{"create": 1}, toDo))
	assert.Equal(t, "nothing to do", changesText(nil, done))
}

func TestWrap(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"a  b", "ccccc", "d"}, wrap("a  b ccccc d", 5))
	assert.Equal(t, []string{""}, wrap("", 5))
	assert.Equal(t, []string{"\x1b[32mabc\x1b[0m d"}, wrap("\x1b[32mabc\x1b[0m d", 5))
}

func TestQuoteIfNeeded(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		assert.Equal(t, `'C:\a b'`, quoteIfNeeded(`C:\a b`))
		assert.Equal(t, `C:\a.b`, quoteIfNeeded(`C:\a.b`))
		return
	}
	for _, path := range []string{
		"plain/a-b_c.d", "a b", "x$(id)", "a;b&c|d", `a"b`, "a'b", "a*b?[c]{d}!", "~home", "a\nb\x1b", "#a", "`id`", "a\\b",
	} {
		output, err := exec.CommandContext(t.Context(), "bash", "-c", "printf %s "+quoteIfNeeded(path)).Output()
		require.NoError(t, err)
		assert.Equal(t, path, string(output))
	}
	assert.Equal(t, "plain/a-b_c.d", quoteIfNeeded("plain/a-b_c.d"))
}
