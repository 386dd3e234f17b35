package engine

import (
	"regexp"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/pulumi/pulumi/sdk/v3/go/auto/events"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/diag/colors"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// stackType is the type of the resource that stands for the stack itself.
const stackType = "pulumi:pulumi:Stack"

// collector reads the engine's event stream: the one place where problems are told apart from display.
type collector struct {
	stream  chan events.EngineEvent
	stop    chan struct{}
	stopped chan struct{}

	reached  atomic.Int64 // steps that have begun: read while it runs
	changes  map[string]int
	steps    map[string]string // by URN
	outputs  map[string]any    // of the stack, as the engine shows them
	errors   []string
	warnings []string
}

func collect() *collector {
	c := &collector{
		stream: make(chan events.EngineEvent), stop: make(chan struct{}), stopped: make(chan struct{}),
		changes: map[string]int{}, steps: map[string]string{},
	}
	go func() {
		defer close(c.stopped)
		for {
			select {
			case event, ok := <-c.stream:
				if !ok {
					return
				}
				c.add(event.EngineEvent)
			case <-c.stop:
				return
			}
		}
	}()
	return c
}

// end waits for what was sent. The stream is closed only when the engine got as far as sending events.
func (c *collector) end() {
	close(c.stop)
	<-c.stopped
}

func (c *collector) add(event apitype.EngineEvent) {
	switch {
	case event.DiagnosticEvent != nil && event.DiagnosticEvent.Severity == "error":
		c.errors = addNew(c.errors, "", event.DiagnosticEvent)
	case event.DiagnosticEvent != nil && event.DiagnosticEvent.Severity == "warning":
		c.warnings = addNew(c.warnings, "warning: ", event.DiagnosticEvent)
	case event.SummaryEvent != nil:
		for operation, count := range event.SummaryEvent.ResourceChanges {
			c.changes[string(operation)] = count
		}
	case event.ResourcePreEvent != nil:
		c.reached.Add(1)
		c.steps[event.ResourcePreEvent.Metadata.URN] = string(event.ResourcePreEvent.Metadata.Op)
	case event.ResOutputsEvent != nil:
		if m := event.ResOutputsEvent.Metadata; m.Type == stackType && m.New != nil {
			c.outputs = m.New.Outputs
		}
	}
}

// addNew adds what a diagnostic says, with the resource that it is about, unless it is there already.
func addNew(texts []string, severity string, event *apitype.DiagnosticEvent) []string {
	for _, text := range programErrors(plainText(event.Message)) {
		if name := resourceName(event.URN); name != "" {
			text = name + ": " + text
		}
		if text != "" && !slices.Contains(texts, severity+text) {
			texts = append(texts, severity+text)
		}
	}
	return texts
}

var programFailed = regexp.MustCompile(`^an unhandled error occurred: \d+ errors? occurred:\n\s*\* `)

// sdkFrames is how the SDK says where it met an error of a program's output; readers look for the error.
var sdkFrames = regexp.MustCompile(`^(an unhandled error occurred: |program failed: |waiting for RPCs: |` +
	`marshaling properties: |awaiting input property "[^"]*": )+`)

// programErrors takes the errors of a program out of the SDK's list and frames; any other text is one error.
func programErrors(text string) []string {
	list := programFailed.FindString(text)
	if list == "" {
		return []string{sdkFrames.ReplaceAllString(text, "")}
	}
	var each []string
	for _, item := range strings.Split(text[len(list):], "\n\t* ") {
		each = append(each, strings.TrimSpace(item))
	}
	return each
}

// problems are the errors of a failed run without the engine's closing remark, which says nothing when there are
// others, and then the warnings: where Kubernetes gives the reason of a failure, the provider shows it as a warning.
func (c *collector) problems() []string {
	closing := func(text string) bool {
		return text == "update failed" || text == "preview failed" || text == "update canceled"
	}
	others := slices.DeleteFunc(slices.Clone(c.errors), closing)
	if len(others) == 0 {
		others = c.errors
	}
	// An error of a component is reported by it and again by the program, which ends with it.
	others = slices.DeleteFunc(slices.Clone(others), func(text string) bool {
		return slices.ContainsFunc(c.errors, func(other string) bool { return strings.HasSuffix(other, ": "+text) })
	})
	return append(others, c.warnings...)
}

// resourceName is a resource's type and name; empty for the stack itself and for no resource.
func resourceName(text string) string {
	urn, err := resource.ParseURN(text)
	if err != nil || urn.Type() == stackType {
		return ""
	}
	return string(urn.Type()) + " " + urn.Name()
}

var ansi = regexp.MustCompile("\x1b\\[[0-9;]*[A-Za-z]")

// plainText is a diagnostic without Pulumi's colour tags, terminal colours and outer white space.
func plainText(text string) string {
	return strings.TrimSpace(ansi.ReplaceAllString(colors.Never.Colorize(text), ""))
}
