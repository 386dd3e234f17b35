package shell

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGlob(t *testing.T) {
	t.Parallel()
	for url, want := range map[string][]string{
		"http://x/ip":                {"http://x/ip"},
		"http://x/[1-3]":             {"http://x/1", "http://x/2", "http://x/3"},
		"http://x/[08-10]":           {"http://x/08", "http://x/09", "http://x/10"},
		"http://x/[1-9:4]":           {"http://x/1", "http://x/5", "http://x/9"},
		"http://[a-b].x/":            {"http://a.x/", "http://b.x/"},
		"http://{a,b}/{c,d}":         {"http://a/c", "http://a/d", "http://b/c", "http://b/d"},
		"http://[2001:db8::1]:80/ip": {"http://[2001:db8::1]:80/ip"},
		"http://[fe80::1%25eth0]/":   {"http://[fe80::1%25eth0]/"},
		`http://x/\[1-3\]{}`:         {"http://x/[1-3]{}"},
		"http://x/?a=[1-2]&b={one,two}": {
			"http://x/?a=1&b=one", "http://x/?a=1&b=two", "http://x/?a=2&b=one", "http://x/?a=2&b=two",
		},
	} {
		got, err := glob(url)
		require.NoError(t, err, url)
		assert.Equal(t, want, got, url)
	}
	for url, want := range map[string]string{
		"http://x/[1-":    "bad range in URL position 10:\nhttp://x/[1-\n         ^",
		"http://x/[b-a]":  "bad range in URL position 10:",
		"http://x/[a]":    "bad range in URL position 10:",
		"http://x/{a":     "unmatched brace in URL position 10:",
		"http://x/{a,{b}": "nested brace in URL position 10:",
		"http://x/{a,}":   "empty string within braces in URL position 10:",
		"http://x/a}":     "unmatched close brace/bracket in URL position 11:",
		"[1-999][1-999]":  "not simulated: [1-999][1-999] stands for more than 1000 URLs",
	} {
		_, err := glob(url)
		require.ErrorContains(t, err, want, url)
	}
}

func TestCurlGlobs(t *testing.T) {
	t.Parallel()
	result, _ := runArgs(t, "curl", "-s", "-w", "|", "http://x/[1-2]")
	assert.Equal(t, "http x:80/1 curl/8.16.0|http x:80/2 curl/8.16.0|", result.Output)
	result, _ = runArgs(t, "curl", "-s", "--globoff", "http://x/%5B1-2%5D")
	assert.Equal(t, "http x:80/%5B1-2%5D curl/8.16.0", result.Output)
	result, _ = runArgs(t, "curl", "-sg", "http://x/{a,b}")
	assert.Contains(t, result.Output, "http x:80/")
	assert.NotContains(t, result.Output, "/b curl")
	result, _ = runArgs(t, "curl", "-sS", "http://x/{a")
	assert.Equal(t, 3, result.ExitCode)
	assert.Contains(t, result.Output, "curl: (3) unmatched brace in URL position 10")
}

func FuzzGlob(f *testing.F) {
	f.Add("http://x/[1-9]{a,b}")
	f.Fuzz(func(t *testing.T, url string) {
		urls, err := glob(url)
		assert.Equal(t, err == nil, len(urls) > 0)
		assert.LessOrEqual(t, len(urls), maxGlobbed)
	})
}
