package kubesim

import (
	"bytes"
	"fmt"
	"strings"

	"k8s.io/client-go/util/jsonpath"
)

// annotationWaitFor says what the provider waits for, instead of what it waits for by itself: in the words of kubectl
// wait, "condition=Name", "condition=Name=Status" or "jsonpath={…}=value" (pulumi-kubernetes, await/condition). Lists
// of them are not simulated.
const annotationWaitFor = "pulumi.com/waitFor"

// waitFor is one parsed expression.
type waitFor struct {
	condition, status string // of .status.conditions
	path              *jsonpath.JSONPath
	text, value       string // of a path
}

func parseWaitFor(text string) (*waitFor, error) {
	if expression, ok := strings.CutPrefix(text, "jsonpath="); ok {
		return parseWaitForPath(expression)
	}
	expression, ok := strings.CutPrefix(text, "condition=")
	if !ok {
		return nil, fmt.Errorf("annotation %s: only condition=… and jsonpath=… are simulated (got %q)",
			annotationWaitFor, text)
	}
	name, status, found := strings.Cut(expression, "=")
	if !found {
		status = "True"
	}
	return &waitFor{condition: name, status: status}, nil
}

func parseWaitForPath(expression string) (*waitFor, error) {
	end := strings.LastIndex(expression, "}")
	if end < 0 {
		return nil, fmt.Errorf("annotation %s: jsonpath wants {…} (got %q)", annotationWaitFor, expression)
	}
	w := &waitFor{path: jsonpath.New("wait").AllowMissingKeys(true), text: expression[:end+1]}
	if err := w.path.Parse(w.text); err != nil {
		return nil, fmt.Errorf("annotation %s: %w", annotationWaitFor, err)
	}
	w.value = strings.TrimPrefix(expression[end+1:], "=")
	return w, nil
}

// met says whether an object is as wanted, and what it is instead.
func (w *waitFor) met(manifest map[string]any) (met bool, instead string) {
	if w.path != nil {
		var out bytes.Buffer
		if err := w.path.Execute(&out, manifest); err != nil {
			return false, err.Error()
		}
		got := out.String()
		return got != "" && (w.value == "" || got == w.value), fmt.Sprintf("%s is %q (want %q)", w.text, got, w.value)
	}
	status, _ := manifest["status"].(map[string]any)
	conditions, _ := status["conditions"].([]any)
	for _, item := range conditions {
		condition, _ := item.(map[string]any)
		if !strings.EqualFold(text(condition, "type"), w.condition) {
			continue
		}
		got := text(condition, "status")
		return strings.EqualFold(got, w.status), fmt.Sprintf("condition %s=%s: %s: %s", w.condition, got,
			text(condition, "reason"), text(condition, "message"))
	}
	return false, fmt.Sprintf("it has no condition %s", w.condition)
}

// awaited replaces what the provider waits for by what an object's annotation wants. The last line of the reasons is
// the lab's: pulumi-kubernetes shows it while it waits, and drops it in the end.
func (s *session) awaited(k *kind, o object, state readiness) readiness {
	wanted := o.GetAnnotations()[annotationWaitFor]
	if wanted == "" {
		return state
	}
	w, err := parseWaitFor(wanted)
	if err != nil { // Check refuses it
		return readiness{reasons: []string{err.Error()}}
	}
	manifest, _ := s.raw(k, o.GetNamespace(), o.GetName())
	met, instead := w.met(manifest)
	if met {
		return readiness{ready: true, after: state.after}
	}
	return readiness{
		timeout: "timed out waiting for the condition",
		reasons: []string{fmt.Sprintf("[%s %s/%s]: %s", k.name, o.GetNamespace(), o.GetName(), instead)},
	}
}
