package azuresim

// partialError is a refusal that leaves the resource behind, as Azure does when a cluster's nodes cannot boot.
//
// Contract with the core: where put of a kind answers one (errors.As), the request's writes are committed, desired with
// its outputs (provisioning state Failed) among them, and the provider answers Create or Update with id, properties,
// status resource.StatusPartialFailure and a *plugin.InitError with the text: Pulumi then keeps the resource in its
// state with an initialization error and updates it the next time.
type partialError struct{ err error }

func (e *partialError) Error() string { return e.err.Error() }
func (e *partialError) Unwrap() error { return e.err }
