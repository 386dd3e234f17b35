package snat

import "container/heap"

// event is the moment at which a port can be used again.
type event struct {
	at   float64 // seconds
	pool int32
}

// events is a queue by time. add and drop go around heap.Push and heap.Pop, which would allocate for every event.
type events []event

func (q events) Len() int           { return len(q) }
func (q events) Less(i, j int) bool { return q[i].at < q[j].at }
func (q events) Swap(i, j int)      { q[i], q[j] = q[j], q[i] }

// Push is for heap.Interface.
func (q *events) Push(x any) { *q = append(*q, x.(event)) }

// Pop is for heap.Interface.
func (q *events) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}

func (q *events) add(e event) {
	*q = append(*q, e)
	heap.Fix(q, len(*q)-1)
}

// drop takes the earliest event away.
func (q *events) drop() {
	last := len(*q) - 1
	(*q)[0] = (*q)[last]
	*q = (*q)[:last]
	if last > 0 {
		heap.Fix(q, 0)
	}
}
