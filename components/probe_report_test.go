package components

import (
	"testing"

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
			message: report(`"answered":0,"addresses":[],` +
				`"failures":["curl: (28) Connection timed out after 10001 milliseconds",` +
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
