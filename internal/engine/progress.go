package engine

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// lineInterval is how often a long step reports in a log; on a terminal one line is updated each second.
const lineInterval = 20 * time.Second

// Progress is where the engine tells about itself, in lines; Pulumi's own display does not go through it.
// It is safe for concurrent use. The nil Progress is silent.
type Progress struct {
	mutex    sync.Mutex
	out      io.Writer
	terminal bool
}

// NewProgress writes to out. On a terminal, lines about one long step replace each other.
func NewProgress(out io.Writer, terminal bool) *Progress {
	return &Progress{out: out, terminal: terminal}
}

// Line writes one line.
func (p *Progress) Line(format string, arguments ...any) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	fmt.Fprintf(p.out, format+"\n", arguments...)
}

// Step reports a long step until the returned function is called: status gives the current text.
func (p *Progress) Step(status func(elapsed time.Duration) string) (stop func()) {
	if p == nil {
		return func() {}
	}
	start, done, ended := time.Now(), make(chan struct{}), make(chan struct{})
	interval, prefix, suffix := lineInterval, "", "\n"
	if p.terminal {
		interval, prefix, suffix = time.Second, "\r\x1b[K", ""
	}
	write := func(text string) {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		fmt.Fprint(p.out, text)
	}
	go func() {
		defer close(ended)
		ticker := time.NewTicker(interval)
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				write(prefix + status(time.Since(start).Round(time.Second)) + suffix)
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
		if p.terminal {
			write(prefix)
		}
	}
}
