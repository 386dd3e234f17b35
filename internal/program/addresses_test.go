package program

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPrimary(t *testing.T) {
	t.Parallel()
	const low, high = "203.0.113.35", "203.0.113.182"
	tests := map[string]struct {
		observed, expected []string
		want               string
	}{
		"one":                            {[]string{high}, []string{high}, high},
		"another one was added":          {[]string{low, high}, []string{high, low}, high},
		"the first was not seen":         {[]string{low}, []string{high, low}, low},
		"the lowest of a prefix":         {[]string{high, low}, []string{"203.0.113.0/24"}, low},
		"none of them is expected":       {[]string{high, low}, []string{"198.51.100.1"}, low},
		"nothing was observed":           {nil, []string{high}, ""},
		"what is expected is no address": {[]string{high}, []string{"x", high}, high},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, primary(test.observed, test.expected))
		})
	}
}

func TestInOrder(t *testing.T) {
	t.Parallel()
	given := []string{"203.0.113.182", "203.0.113.35", "198.51.100.0/28", "x", "2001:db8::1"}
	assert.Equal(t, []string{"198.51.100.0/28", "203.0.113.35", "203.0.113.182", "2001:db8::1", "x"}, inOrder(given))
	assert.Equal(t, "203.0.113.182", given[0], "the argument is not changed")
}
