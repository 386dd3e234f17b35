package azuresim

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"aks-egress/internal/faults"
)

// client is azure-native's HTTP client for one call of the engine: it tries requests again, polls what goes on after
// an answer, and gives up when the call's time is over. Time is simulated.
type client struct {
	cloud   *Cloud
	ctx     context.Context // ends with the engine, or when the engine cancels
	seed    string          // the resource's URN: where addresses are chosen, it stands for the id
	request faults.Request
	left    time.Duration // of the call's patience
}

// armWrite is a PUT or DELETE as Azure's bookkeeping of running operations needs it.
type armWrite struct {
	token, id string
	inputs    map[string]any // of the resource as it is written, or was
	scopes    []string
	state     string // provisioning state while it runs
	pace      pace
}

func newWrite(token, id string, inputs map[string]any, state string) armWrite {
	return armWrite{token, id, inputs, scopes(token, id, inputs), state, paces[unversioned(token)]}
}

// newClient prepares the requests of one call. seconds is the call's customTimeouts; 0: the default.
func newClient(
	ctx context.Context, c *Cloud, urn resource.URN, token, id string, operation faults.Operation, seconds float64,
) *client {
	limit := defaultLimit
	if seconds > 0 {
		limit = time.Duration(seconds * float64(time.Second))
	}
	request := faults.Request{Type: token, Operation: operation}
	if urn != "" {
		request.Names = append(request.Names, urn.Name())
	}
	if id != "" {
		request.Names = append(request.Names, nameOf(id))
	}
	return &client{cloud: c, ctx: ctx, seed: string(urn), request: request, left: limit}
}

// wait lets simulated time pass, as long as the call's patience lasts.
func (c *client) wait(d time.Duration) error {
	if d > c.left {
		d = c.left
	}
	c.left -= d
	if err := sleep(c.ctx, d); err != nil {
		return err
	}
	if c.left <= 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// send sends a request, again and again where azcore does. do gets the faults that let Azure do the request's work.
func (c *client) send(w armWrite, do func(f faults.Fault) error) error {
	for try := 1; ; try++ {
		err := c.try(w, do)
		delay, again := retryDelay(err, try)
		if !again {
			return err
		}
		if err := c.wait(delay); err != nil {
			return err
		}
	}
}

func (c *client) try(w armWrite, do func(f faults.Fault) error) error {
	switch f := c.cloud.faults.Next(c.request); f {
	case faults.Throttled:
		return throttled(c.request.Type)
	case faults.Error:
		return refuseInternalError.because()
	case faults.Conflict:
		return alreadyRunning(w, busy{state: "Updating"})
	case faults.CrashBefore:
		return c.cloud.faults.Die(c.ctx)
	case faults.Lost, faults.Crash:
		if err := do(faults.None); err != nil && !isPartial(err) {
			return err
		}
		if f == faults.Crash {
			return c.cloud.faults.Die(c.ctx)
		}
		return faults.ErrLost
	default:
		return do(f)
	}
}

// get is a GET: what Azure answers, or nil for 404.
func (c *client) get(id string) (shown *Record, err error) {
	err = c.send(armWrite{}, func(faults.Fault) error {
		shown = c.cloud.look(id)
		return nil
	})
	return shown, err
}

// unanswered waits for an answer that does not come.
func (c *client) unanswered() error {
	if err := c.wait(c.left); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return errTimedOut
}

// errTimedOut is azure-native's word for the end of its patience. Nobody knows then what Azure has done, which the
// engine's journal understands by the error that it wraps.
var errTimedOut = timedOut{}

type timedOut struct{}

func (timedOut) Error() string { return "operation timed out" }
func (timedOut) Unwrap() error { return context.DeadlineExceeded }

// look is what Azure answers for a resource at this moment, or nil.
func (c *Cloud) look(id string) (shown *Record) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	op := c.operation(id, "")
	if r, ok := op.get(id); ok {
		shown = op.show(r)
		if b, running := c.running(strings.ToLower(r.ID)); running {
			setState(shown.Outputs, b.state)
		}
	}
	return shown
}

// setState sets the provisioning state of an answer that has one.
func setState(outputs map[string]any, state string) {
	if _, ok := outputs["provisioningState"]; ok {
		outputs["provisioningState"] = state
	} else if properties, ok := outputs["properties"].(map[string]any); ok {
		properties["provisioningState"] = state
	}
}

// put is a PUT with all that follows until Azure is done. It answers the resource where there is one afterwards, with
// an *unfinished error beside it where the operation did not end well.
func (c *client) put(r *Record, state string) (*Record, error) {
	w := newWrite(r.Token, r.ID, r.Inputs, state)
	endless := false
	err := c.send(w, func(f faults.Fault) error {
		endless = f == faults.Timeout
		return c.cloud.do(r.ID, c.seed, func(op *operation) error {
			if err := errors.Join(op.begin(w), op.referencesSettled(w)); err != nil {
				return err
			}
			desired := r.clone()
			err := op.request(desired)
			if err == nil && f == faults.Failed {
				setState(desired.Outputs, "Failed")
				op.put(desired)
				err = &partialError{refuseOperationFailed.because()}
			}
			if err == nil || isPartial(err) {
				op.hold(w, w.pace.put)
			}
			return err
		})
	})
	if err != nil && !isPartial(err) {
		return nil, err
	}
	if waited := c.poll(w.pace.put, pollPut, endless); waited != nil {
		return c.abandoned(r, w, waited)
	}
	shown := c.cloud.look(r.ID)
	if shown == nil {
		return nil, fmt.Errorf("%s: deleted by somebody else while it was written", r.ID)
	}
	if err != nil {
		return shown, &unfinished{err}
	}
	return shown, nil
}

// poll asks until a running operation has ended: at once, and then in intervals.
func (c *client) poll(lasts, interval time.Duration, endless bool) error {
	if endless {
		return c.unanswered()
	}
	if err := c.wait((lasts + interval - 1).Truncate(interval)); err != nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return errTimedOut
		}
		return err
	}
	return nil
}

// abandoned is the end of a PUT that azure-native does not follow any more. Of an accepted long-running operation it
// knows that there is something, and keeps the id without a state, since the read that it then tries fails as the
// polling did (crud.HandleErrorWithCheckpoint). Of a request without an answer it knows nothing.
func (c *client) abandoned(r *Record, w armWrite, err error) (*Record, error) {
	if !w.pace.longPut {
		return nil, err
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		err = fmt.Errorf("resource created but read failed %v: %w", err, err) //nolint:errorlint // the text of the first
	}
	return &Record{Token: r.Token, ID: r.ID}, &unfinished{err}
}

// unfinished is the error of a write that Azure accepted and that did not end well: the resource is there.
type unfinished struct{ error }

func (e *unfinished) Unwrap() error { return e.error }

// remove is a DELETE with all that follows. What is not there any more is deleted.
func (c *client) remove(token, id string) error {
	w := newWrite(token, id, c.cloud.inputsOf(id), "Deleting")
	lasts, endless := time.Duration(0), false
	err := c.send(w, func(f faults.Fault) error {
		endless = f == faults.Timeout
		return c.cloud.do(id, c.seed, func(op *operation) error {
			if err := op.begin(w); err != nil {
				return err
			}
			r, ok := op.get(id)
			if !ok {
				return nil // ARM answers 204
			}
			lasts = w.pace.delete
			if f == faults.Failed {
				return op.failToDelete(r)
			}
			err := op.delete(r)
			if err == nil {
				op.hold(w, lasts)
			}
			return err
		})
	})
	if err != nil && !isPartial(err) {
		return err
	}
	if waited := c.poll(lasts, pollDelete, endless); waited != nil {
		return waited
	}
	return err
}

// inputsOf are the inputs of a resource, nil where there is none.
func (c *Cloud) inputsOf(id string) map[string]any {
	if r := c.look(id); r != nil {
		return r.Inputs
	}
	return nil
}

// failToDelete is a delete that Azure accepts and cannot finish: the resource stays, in state Failed.
func (op *operation) failToDelete(r *Record) error {
	failed := &partialError{refuseOperationFailed.because()}
	var refused error
	_ = op.attempt(func() error { // undone: it only tells whether Azure would accept the request
		refused = op.delete(r)
		return failed
	})
	if refused != nil {
		return refused
	}
	setState(r.Outputs, "Failed")
	op.put(r)
	return failed
}
