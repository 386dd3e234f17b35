package azuresim

import (
	"fmt"
	"slices"
	"strings"
)

// Knowledge is how much of a refusal is Azure's own.
type Knowledge int

// The grades of knowledge. What is not Azure's is said in the message itself, so that nobody searches the web for it.
const (
	AzuresText Knowledge = iota // condition, code and text are Azure's
	AzuresCode                  // condition and code are Azure's; the text is the lab's, since no source has Azure's
	LabsWords                   // Azure refuses this; neither its code nor its text are known
)

// Refusal is one row of the table of what the simulated Azure refuses, whoever asks: programs, az users and AKS itself.
// The rows stand in the files refusals_*.go; docs/reference/refusals.md is generated from them, and every row has a
// test of its own.
type Refusal struct {
	ID        string    // kebab-case, unique: names the row in tests and in the reference
	Status    int       // HTTP status
	Code      string    // such as InUseSubnetCannotBeDeleted
	Subcode   string    // AKS only
	Target    string    // AKS only, such as properties.vnetSubnetID
	Message   string    // format of fmt
	When      string    // the condition, in one sentence for readers
	Source    string    // where condition, code and text come from, such as "azure-facts 1.4"
	Knowledge Knowledge //
}

// table holds the rows in the order of their definition.
var table []*Refusal

// row adds a refusal to the table. Status 400 and AzuresText are the defaults.
func row(r Refusal) *Refusal {
	if r.Status == 0 {
		r.Status = 400
	}
	table = append(table, &r)
	return &r
}

// Refusals are all rows of the table, sorted by id.
func Refusals() []Refusal {
	var all []Refusal
	for _, r := range table {
		all = append(all, *r)
	}
	slices.SortFunc(all, func(a, b Refusal) int { return strings.Compare(a.ID, b.ID) })
	return all
}

// because is the refusal of one request; args fill the message.
func (r *Refusal) because(args ...any) *armError {
	message := fmt.Sprintf(r.Message, args...)
	switch r.Knowledge {
	case AzuresText:
	case AzuresCode:
		message += " (The code is Azure's; its wording is not known.)"
	case LabsWords:
		message += " (Azure refuses this; its code and wording are not known.)"
	}
	return &armError{
		row: r, Status: r.Status, Code: r.Code, Subcode: r.Subcode, Target: r.Target, Message: message,
	}
}

// at is because with a target that depends on the request.
func (r *Refusal) at(target string, args ...any) *armError {
	e := r.because(args...)
	e.Target = target
	return e
}
