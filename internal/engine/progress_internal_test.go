package engine

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// page is written by one goroutine and read by another.
type page struct {
	mutex sync.Mutex
	text  strings.Builder
}

func (p *page) Write(text []byte) (int, error) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.text.Write(text)
}

func (p *page) String() string {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return p.text.String()
}

func progressInto(out *page, terminal bool) *Progress {
	p := NewProgress(out, terminal)
	p.interval = time.Millisecond
	return p
}

func saying(text string) func(time.Duration) string {
	return func(time.Duration) string { return text }
}

func TestProgressInALog(t *testing.T) {
	t.Parallel()
	var out page
	p := progressInto(&out, false)
	stop := p.Step(saying("building"))
	twice := func() bool { return strings.Count(out.String(), "building\n") > 1 }
	require.Eventually(t, twice, time.Minute, time.Millisecond)
	stop()
	assert.NotContains(t, out.String(), "\r")
	silent := out.String()
	time.Sleep(20 * time.Millisecond)
	assert.Equal(t, silent, out.String(), "what has ended says nothing")
}

// Several steps share one line, which fits, and which nothing is left of: neither behind a line nor at the end.
func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	var out page
	p := progressInto(&out, true)
	stopFirst := p.Step(saying("first"))
	stopSecond := p.Step(saying(strings.Repeat("→", 100)))
	require.Eventually(t, func() bool { return strings.Contains(out.String(), "first; →") }, time.Minute, time.Millisecond)
	p.Line("told")
	stopFirst()
	stopSecond()
	text := out.String()
	assert.Contains(t, text, "\rtold\n")
	assert.NotContains(t, text, "\x1b")
	assert.True(t, strings.HasSuffix(text, " \r") || strings.HasSuffix(text, "told\n"), "%q", text)
	for line := range strings.SplitSeq(text, "\r") {
		assert.LessOrEqual(t, len([]rune(strings.TrimSuffix(line, "\n"))), 80)
	}
}

func TestNoProgress(t *testing.T) {
	t.Parallel()
	var none *Progress
	none.Line("nothing")
	none.Step(saying("nothing"))()
}
