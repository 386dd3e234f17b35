package components

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"aks-egress/egress"
)

// probeReport is what the sampling container leaves in its termination message.
type probeReport struct {
	Samples   int      `json:"samples"`   // requests made
	Answered  int      `json:"answered"`  // of them answered with an address
	Addresses []string `json:"addresses"` // the distinct answers
	Failures  []string `json:"failures"`  // the words of those that failed, three at most
	Blocked   *struct {
		Target string `json:"target"`
		Code   int    `json:"code"`   // curl's exit code
		Status int    `json:"status"` // HTTP status, 0 without an answer
		Answer string `json:"answer"`
	} `json:"blocked"`
}

// verdict is a report held against the expected egress.
type verdict struct {
	observed []string // sorted addresses that the target saw
	verified bool     // every expectation held
	warning  string   // some samples failed, though not all
	err      error    // what did not hold, in the words of the far end
}

// firewallDenied is the HTTP status of Azure Firewall's own answer (azure-facts 5.5).
const firewallDenied = 470

// judge holds a termination message against the expected addresses and prefixes. A message that says nothing (no pod
// yet, no report) is an error of the verdict, not a panic.
func judge(message string, expected []string) verdict {
	var report probeReport
	if err := json.Unmarshal([]byte(strings.TrimSpace(message)), &report); err != nil {
		return verdict{err: fmt.Errorf("the sampling container left no report (got %q)", message)}
	}
	v := verdict{observed: report.Addresses}
	slices.SortFunc(v.observed, egress.CompareAddresses)
	problem := errors.Join(report.unanswered(), unexpected(v.observed, expected), report.unblocked())
	if problem != nil {
		v.err = problem
		return v
	}
	v.verified = true
	if len(report.Failures) > 0 {
		v.warning = fmt.Sprintf("%d of %d samples failed: %s",
			report.Samples-report.Answered, report.Samples, report.causes())
	}
	return v
}

func (r probeReport) unanswered() error {
	if r.Answered > 0 {
		return nil
	}
	return fmt.Errorf("no sample got an address: %s", r.causes())
}

// measured is what differs between two failures of one cause: how long curl waited, to the millisecond.
var measured = regexp.MustCompile(`[0-9]+ (ms|milliseconds)`)

// causes are the words of the failed samples, those of one cause once.
func (r probeReport) causes() string {
	var words []string
	seen := map[string]bool{}
	for _, failure := range r.Failures {
		if cause := measured.ReplaceAllString(failure, ""); !seen[cause] {
			seen[cause] = true
			words = append(words, failure)
		}
	}
	return strings.Join(words, "; ")
}

// unexpected names both sets when an address was seen that is not expected. What Pulumi knows of addresses that AKS
// owns is as old as its last refresh, hence the advice.
func unexpected(observed, expected []string) error {
	var prefixes []netip.Prefix
	for _, text := range expected {
		prefix, err := egress.ParsePrefix(text)
		if err != nil {
			return fmt.Errorf("expected egress: %w", err)
		}
		prefixes = append(prefixes, prefix)
	}
	var strangers []string
	for _, text := range observed {
		address, err := netip.ParseAddr(text)
		inside := func(p netip.Prefix) bool { return p.Contains(address) }
		if err != nil || !slices.ContainsFunc(prefixes, inside) {
			strangers = append(strangers, text)
		}
	}
	if len(strangers) == 0 {
		return nil
	}
	return fmt.Errorf("traffic left by %s, which is not expected: observed [%s], expected [%s]; "+
		"if egress was changed outside Pulumi, run `pulumi refresh` first, then `pulumi up`",
		strings.Join(strangers, ", "), strings.Join(observed, " "),
		strings.Join(slices.SortedFunc(slices.Values(expected), egress.CompareAddresses), " "))
}

// unblocked reports a target that must be blocked and is not. Blocked is a firewall's answer or a connection that
// curl could not make, keep or finish; a name that does not resolve proves nothing.
func (r probeReport) unblocked() error {
	b := r.Blocked
	if b == nil {
		return nil
	}
	const refused, timedOut, tlsFailed, emptyReply, receiveFailed = 7, 28, 35, 52, 56
	switch b.Code {
	case 0:
		if b.Status == firewallDenied {
			return nil
		}
		return fmt.Errorf("%s must be blocked, but answered: %s", b.Target, b.Answer)
	case refused, timedOut, tlsFailed, emptyReply, receiveFailed:
		return nil
	}
	return fmt.Errorf("cannot tell whether %s is blocked: %s", b.Target, b.Answer)
}
