package doctor

import "slices"

// Check is one thing that the doctor looks for: a row of the table that docs/reference/findings.md is made from.
type Check struct {
	ID       string   // kebab-case, unique, and a contract: it is what scripts filter by
	Severity Severity // of its findings; a finding may be milder where its message says why
	Subject  string   // heading in the reference
	Title    string   // what is wrong, in a few words
	Rule     string   // what must hold, in one sentence
	Why      string   // what happens otherwise, in one sentence
	Source   string   // of the rule: azure-facts with its section, or an address

	// find looks for violations. Of a finding it fills in Resource, Message, Fix, and Severity where it is milder.
	find func(*examination) []Finding

	// breaks: a violation stops traffic or misdirects it, so it explains what flows on that path meet.
	breaks bool

	// symptom: the check looks at how flows end, so it runs after all others and leaves out what they explain.
	symptom bool
}

// Checks are all checks, by subject.
func Checks() []Check {
	return slices.Concat(
		outboundChecks(), precedenceChecks(), routeChecks(), peeringChecks(), rangeChecks(), placementChecks(),
		tierChecks(), ruleChecks(),
		nameChecks(), requiredChecks(), serviceChecks(), apiServerChecks(), snatChecks(), exposureChecks(), unusedChecks(),
		symptomChecks(),
	)
}
