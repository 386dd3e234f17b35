package main

import (
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// A name of any length takes a few lines of a table, and memory in proportion to it: once each line copied the rest.
func TestWrapName_LongNames(t *testing.T) {
	long := strings.Repeat("w", 1_000_000)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	lines := strings.Split(wrapName("https://"+long+".azmk8s.io", 44), "\n")
	runtime.ReadMemStats(&after)
	assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(10*len(long)))
	assert.Less(t, len(lines), 20)
	assert.Contains(t, strings.Join(lines, ""), "bytes)", "what is not shown is said")
	for _, line := range lines {
		assert.LessOrEqual(t, len(line), 44)
	}
	assert.Equal(t, "a-long.\n    namewith-\n    a.dot", wrapName("a-long.namewith-a.dot", 14))
	assert.Equal(t, []string{shortened(long)}, wrap(long, 80))
}
