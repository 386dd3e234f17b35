package faults

import (
	"context"
	"fmt"
	"sync"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Request is what a simulated cloud is asked.
type Request struct {
	Type      string // Pulumi token of the resource or the function
	Operation Operation
	Names     []string // Pulumi name, and the last part of the id; empty for functions
}

// Injector decides for the requests to one simulated cloud. It is safe for concurrent use. The nil Injector lets
// everything pass.
type Injector struct {
	plan  *Plan
	tell  func(line string)
	crash func()

	mutex sync.Mutex
	seen  []int // matching requests, by rule
}

// Injector makes the decisions of a plan for one cloud. Tell gets one line for each fault that happens. Crash ends the
// process that simulates the cloud; where it returns, the request that crashed is never answered.
func (p *Plan) Injector(tell func(line string), crash func()) *Injector {
	if p == nil {
		return nil
	}
	return &Injector{plan: p, tell: tell, crash: crash, seen: make([]int, len(p.rules))}
}

// Next is what happens to a request. The first rule that it meets decides.
func (i *Injector) Next(r Request) Fault {
	if i == nil {
		return None
	}
	fault := i.next(r)
	if fault != None {
		name := ""
		if len(r.Names) > 0 {
			name = " " + r.Names[0]
		}
		i.tell(fmt.Sprintf("fault: %s %s%s: %s", r.Operation, unversioned(r.Type), name, fault))
	}
	return fault
}

func (i *Injector) next(r Request) Fault {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	for n, rule := range i.plan.rules {
		if !rule.matches(r) || !i.plan.possible(r, rule.Fault) {
			continue
		}
		i.seen[n]++
		if before := i.seen[n] - 1 - rule.After; before >= 0 && before < rule.Times {
			i.plan.meet(n)
			return rule.Fault
		}
	}
	return None
}

// possible tells whether the request's type can meet the fault: a rule for * is for those that can.
func (p *Plan) possible(r Request, f Fault) bool {
	for _, s := range p.subjects {
		if is(r.Type, s.Type) {
			return s.allows(r.Operation, f)
		}
	}
	return false
}

func (p *Plan) meet(rule int) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	p.fired[rule] = true
}

// Die crashes. Where the process goes on, it waits for the caller to go away, and answers what nobody hears.
func (i *Injector) Die(ctx context.Context) error {
	i.crash()
	<-ctx.Done()
	return ErrLost
}

// ErrLost is what an engine sees of a provider whose process died before it answered.
var ErrLost = status.Error(codes.Unavailable, "error reading from server: EOF")
