package faults

import (
	"errors"
	"fmt"
	"math"
	"path"
	"strconv"
	"strings"
)

// always is the number of times of a rule that never stops.
const always = math.MaxInt

// Rule is one line of a plan. Its text form is "TYPE OPERATION FAULT [name=GLOB] [after=N] [times=N|always]".
type Rule struct {
	Type      string    // a token, its end such as network:AzureFirewall, or "*"
	Operation Operation //
	Fault     Fault     //
	Name      string    // glob of the Pulumi name or of the last part of the resource's id; empty: any
	After     int       // so many matching requests pass before it
	Times     int       // so many requests meet the fault; always: all
}

// parseRule reads the text form.
func parseRule(text string) (Rule, error) {
	words := strings.Fields(text)
	if len(words) < 3 {
		return Rule{}, errors.New("the form is TYPE OPERATION FAULT [name=GLOB] [after=N] [times=N|always], " +
			"such as: network:AzureFirewall create failed")
	}
	r := Rule{Type: words[0], Operation: Operation(words[1]), Fault: Fault(words[2]), Times: 1}
	for _, word := range words[3:] {
		key, value, _ := strings.Cut(word, "=")
		if err := r.set(key, value); err != nil {
			return Rule{}, err
		}
	}
	return r, nil
}

// set sets an optional part from its text.
func (r *Rule) set(key, value string) (err error) {
	switch key {
	case "name":
		r.Name = value
		if _, err = path.Match(value, ""); err != nil || value == "" {
			return fmt.Errorf("name %q: must be a name or a glob such as spoke-*", value)
		}
	case "after":
		if r.After, err = strconv.Atoi(value); err != nil || r.After < 0 {
			return fmt.Errorf("after %q: must be a number of requests, 0 or more", value)
		}
	case "times":
		if value == "always" {
			r.Times = always
			return nil
		}
		if r.Times, err = strconv.Atoi(value); err != nil || r.Times < 1 {
			return fmt.Errorf("times %q: must be a number of requests, 1 or more, or always", value)
		}
	default:
		return fmt.Errorf("%q is not known (known are name, after, times)", key)
	}
	return nil
}

// String is the text form.
func (r Rule) String() string {
	words := []string{r.Type, string(r.Operation), string(r.Fault)}
	if r.Name != "" {
		words = append(words, "name="+r.Name)
	}
	if r.After > 0 {
		words = append(words, "after="+strconv.Itoa(r.After))
	}
	switch r.Times {
	case 1:
	case always:
		words = append(words, "times=always")
	default:
		words = append(words, "times="+strconv.Itoa(r.Times))
	}
	return strings.Join(words, " ")
}

// matches tells whether a request is one that the rule is about.
func (r Rule) matches(q Request) bool {
	if q.Operation != r.Operation || !is(q.Type, r.Type) {
		return false
	}
	if r.Name == "" {
		return true
	}
	for _, name := range q.Names {
		if fits, err := path.Match(strings.ToLower(r.Name), strings.ToLower(name)); err == nil && fits {
			return true
		}
	}
	return false
}
