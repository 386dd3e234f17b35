package engine

import (
	"fmt"
	"os"
	"time"
)

// spaceFloor is what a first run of the largest stack takes on disk, with room: about 1 MB.
const spaceFloor = 8 << 20

// checkSpace fails when the disk has no room for a run, which would leave files cut off: a run writes the state anew at
// each step, beside the file that is there, its backup and its copy, and the simulated cloud grows.
func (f folder) checkSpace(stateFile string) error {
	needed := uint64(spaceFloor)
	for _, path := range []string{stateFile, f.cloud(), f.journal()} {
		if info, err := os.Stat(path); err == nil {
			needed += 4 * uint64(info.Size())
		}
	}
	free, known := freeSpace(string(f))
	if known && free < needed {
		return fmt.Errorf("state folder %s: %d MB are free on its disk and a run needs %d MB; nothing was started: "+
			"free some space, or use --dir on another disk", f, free>>20, (needed>>20)+1)
	}
	return nil
}

// spaceLeast is less than any write of a state takes: with less, or less than the state has, it cannot be written.
const spaceLeast = 64 << 10

// watchSpace stops the CLI when the disk is full: by itself it tries to write its state for most of a minute.
// The returned function ends the watch, and reports whether the disk was full.
func (s *Stack) watchSpace() (end func() bool) {
	stop, full := make(chan struct{}), make(chan bool, 1)
	go func() {
		ticker := time.NewTicker(500 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				full <- false
				return
			case <-ticker.C:
				needed := uint64(spaceLeast)
				if info, err := os.Stat(s.stateFile()); err == nil {
					needed = max(needed, uint64(info.Size()))
				}
				if free, known := freeSpace(string(s.folder)); known && free < needed {
					s.fill.Do(func() { close(s.full) })
					full <- true
					return
				}
			}
		}
	}()
	return func() bool {
		close(stop)
		return <-full
	}
}
