package azuresim

import (
	"context"
	"time"
)

// speed is how much faster than real time the simulated Azure lives. A firewall of five minutes takes 16 ms, and the
// whole of stack udr less than 0.1 s.
const speed = 20_000

// clock is the time of the simulated Azure, measured in real time since the process began. Operations are compared by
// it and never by who woke up first, so a busy machine makes nobody lose.
type clock struct{ start time.Time }

func newClock() clock {
	return clock{time.Now()} //nolint:forbidigo // the one place where simulated time comes from
}

func (c clock) now() time.Duration { return time.Since(c.start) }

// after is the moment when a simulated duration from now is over.
func (c clock) after(simulated time.Duration) time.Duration { return c.now() + simulated/speed }

// sleep lets a simulated duration pass. It fails with the context's error when the context ends first.
func sleep(ctx context.Context, simulated time.Duration) error {
	if err := ctx.Err(); err != nil || simulated <= 0 {
		return err
	}
	timer := time.NewTimer(simulated / speed)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
