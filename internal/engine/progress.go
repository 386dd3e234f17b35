package engine

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"aks-egress/internal/terminal"
)

// How often long steps report: in a log by a line, on a terminal by one line that is written again.
const (
	lineInterval     = 20 * time.Second
	terminalInterval = time.Second
)

// terminalColumns is what the line on a terminal may take: a longer one would not be written again but below.
const terminalColumns = 79

// Progress is where the engine tells about itself, in lines; Pulumi's own display does not go through it.
// It is safe for concurrent use. The nil Progress is silent.
type Progress struct {
	out      io.Writer
	terminal bool
	interval time.Duration

	mutex   sync.Mutex
	running []*step
	shown   int           // columns of the line that stands on the terminal
	done    chan struct{} // closed when nothing runs any more
}

// step is something that takes long.
type step struct {
	start  time.Time
	status func(elapsed time.Duration) string
}

// NewProgress writes to out. On a terminal, one line about the steps that run is written again and again; it takes
// nothing of a terminal but to go back to the beginning of a line.
func NewProgress(out io.Writer, terminal bool) *Progress {
	interval := lineInterval
	if terminal {
		interval = terminalInterval
	}
	return &Progress{out: out, terminal: terminal, interval: interval}
}

// Line writes one line.
func (p *Progress) Line(format string, arguments ...any) {
	if p == nil {
		return
	}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.wipe()
	fmt.Fprintln(p.out, terminal.Plain(fmt.Sprintf(format, arguments...)))
}

// Step reports a long step until the returned function is called: status gives the current text.
func (p *Progress) Step(status func(elapsed time.Duration) string) (stop func()) {
	if p == nil {
		return func() {}
	}
	s := &step{time.Now(), status}
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.running = append(p.running, s)
	if len(p.running) == 1 {
		p.done = make(chan struct{})
		go p.report(p.done)
	}
	return func() {
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.running = slices.DeleteFunc(p.running, func(other *step) bool { return other == s })
		if len(p.running) == 0 {
			close(p.done)
		}
		p.wipe()
	}
}

func (p *Progress) report(done chan struct{}) {
	ticker := time.NewTicker(p.interval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			p.show(done)
		case <-done:
			return
		}
	}
}

// show tells of all steps that run: in a log a line each, on a terminal in one.
func (p *Progress) show(done chan struct{}) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if p.done != done || len(p.running) == 0 {
		return // it ended meanwhile
	}
	var texts []string
	for _, s := range p.running {
		texts = append(texts, terminal.Plain(s.status(time.Since(s.start).Round(time.Second))))
	}
	if !p.terminal {
		fmt.Fprintln(p.out, strings.Join(texts, "\n"))
		return
	}
	line := []rune(strings.Join(texts, "; "))
	if len(line) > terminalColumns {
		line = append(line[:terminalColumns-1], '…')
	}
	p.wipe()
	fmt.Fprint(p.out, string(line))
	p.shown = utf8.RuneCountInString(string(line))
}

// wipe takes the line on the terminal away.
func (p *Progress) wipe() {
	if p.shown > 0 {
		fmt.Fprint(p.out, "\r"+strings.Repeat(" ", p.shown)+"\r")
		p.shown = 0
	}
}
