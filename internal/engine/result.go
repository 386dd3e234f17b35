package engine

// Result is what one operation on one stack came to. It is the JSON contract of the lab's commands.
type Result struct {
	OK      bool           `json:"ok"`
	Changes map[string]int `json:"changes"` // resources by Pulumi's word for what happened: create, same, update, …
	Outputs map[string]any `json:"outputs"` // stack outputs; secrets are "[secret]"
	Errors  []string       `json:"errors"`  // one per problem, without colour

	// Steps is what the engine did, or in a preview would do, with each resource: Pulumi's word by URN.
	Steps map[string]string `json:"-"`
}

// Failed is the result of an operation that did not get to the engine.
func Failed(problems ...error) Result {
	r := newResult()
	for _, err := range problems {
		r.Errors = append(r.Errors, errorLines(err)...)
	}
	return r
}

func newResult() Result {
	// The usual changes are always there, so that readers need no case for a missing key.
	return Result{
		Changes: map[string]int{"create": 0, "update": 0, "replace": 0, "delete": 0, "same": 0},
		Outputs: map[string]any{},
		Errors:  []string{},
	}
}

// errorLines is one text per joined error.
func errorLines(err error) []string {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var lines []string
		for _, e := range joined.Unwrap() {
			lines = append(lines, errorLines(e)...)
		}
		return lines
	}
	return []string{err.Error()}
}
