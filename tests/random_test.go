package tests

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"aks-egress/internal/azuresim"
	"aks-egress/internal/engine"
	"aks-egress/internal/program"
)

// Random programs: whatever rapid thinks of, preview and up agree, a second up changes nothing, destroy leaves nothing,
// and what is refused is refused by name. AKS_EGRESS_RANDOM is how many of each kind (a sample without it);
// AKS_EGRESS_SEED makes others than the usual ones.
func TestRandomConfigs(t *testing.T) {
	t.Parallel()
	randomly(t, func(rt *rapid.T) bool {
		c := randomConfig().Draw(rt, "config")
		deployed, err := checkConfig(t, c.Stack, c.Overrides...)
		if err != nil {
			rt.Fatalf("%v\n\n%s", err, reproduction("checkConfig", c.arguments()))
		}
		return deployed
	})
}

func TestRandomEstates(t *testing.T) {
	t.Parallel()
	randomly(t, func(rt *rapid.T) bool {
		e := randomEstate().Draw(rt, "estate")
		deployed, err := checkEstate(t, e)
		if err != nil {
			rt.Fatalf("%v\n\n%s", err, reproduction("checkEstate", goSource(e)))
		}
		return deployed
	})
}

// randomly is rapid.Check with our number of checks and a seed that does not change from run to run, so that a red
// test is red again. The property answers whether its program was deployed; some must be, and some refused.
func randomly(t *testing.T, property func(*rapid.T) bool) {
	t.Helper()
	for name, variable := range map[string]string{"rapid.checks": "AKS_EGRESS_RANDOM", "rapid.seed": "AKS_EGRESS_SEED"} {
		value := os.Getenv(variable)
		if value == "" {
			value = map[string]string{"rapid.checks": "4", "rapid.seed": "3"}[name]
		}
		if err := flag.Set(name, value); err != nil {
			t.Fatalf("%s=%s: %v", variable, value, err)
		}
	}
	var deployed, refused int
	rapid.Check(t, func(rt *rapid.T) {
		if property(rt) {
			deployed++
		} else {
			refused++
		}
	})
	t.Logf("%d programs deployed, %d refused", deployed, refused)
	assert.Positive(t, deployed)
	assert.Positive(t, refused)
}

// reproduction is a Go test that does again what failed.
func reproduction(function, arguments string) string {
	return fmt.Sprintf("To reproduce, put this into package tests:\n\nfunc TestReproduction(t *testing.T) {\n"+
		"\tif _, err := %s(t, %s); err != nil {\n\t\tt.Fatal(err)\n\t}\n}\n", function, arguments)
}

// goSource is a value as Go source of this package.
func goSource(value any) string { return strings.ReplaceAll(fmt.Sprintf("%#v", value), "tests.", "") }

// checkConfig checks the project's program with a stack's configuration and overrides. What is wrong with them it says
// before the first resource is registered.
func checkConfig(t testing.TB, stack string, overrides ...string) (deployed bool, err error) {
	t.Helper()
	return checkProgram(t, stack, program.Deploy, func(preview, up engine.Result) error {
		if created := up.Changes["create"]; !preview.OK && created > 1 { // the stack is there before its program speaks
			return fmt.Errorf("the preview failed and up created %d resources: %q", created, preview.Errors)
		}
		return agree(preview, up)
	}, (*lab).checkIntent, overrides...)
}

// checkProgram takes one program through its whole life and says what is wrong with it, and whether it was deployed.
// Inspect, if any, looks at it while it stands.
func checkProgram(
	t testing.TB, stack string, deploy pulumi.RunFunc, agree func(preview, up engine.Result) error,
	inspect func(*lab, engine.Result, ...string) error, overrides ...string,
) (deployed bool, err error) {
	t.Helper()
	l := newLab(t, stack, deploy)
	defer os.RemoveAll(l.options.Dir) // rapid shrinks with the same t
	if slices.Contains(overrides, "privateCluster=true") {
		l.operatedFrom(inside(stack, overrides...))
	}
	preview := l.run((*engine.Stack).Preview, overrides...)
	up := l.run((*engine.Stack).Up, overrides...)
	err = agree(preview, up)
	if err == nil && up.OK && inspect != nil {
		err = inspect(l, up, overrides...)
	}
	if err == nil && up.OK {
		if again := changed(l.run((*engine.Stack).Up, overrides...)); len(again) > 0 {
			err = fmt.Errorf("a second up is not empty: %v", again)
		}
	}
	if destroy := l.run((*engine.Stack).Destroy, overrides...); err == nil && !destroy.OK {
		err = fmt.Errorf("destroy: %s", strings.Join(destroy.Errors, "\n"))
	}
	return up.OK, err
}

// agree compares what a preview foretold with what happened. A preview cannot know what Azure will refuse; everything
// else it must.
func agree(preview, up engine.Result) error {
	switch {
	case !preview.OK && up.OK:
		return fmt.Errorf("the preview failed and up did not: %s", strings.Join(preview.Errors, "\n"))
	case up.OK && preview.Changes["create"] != up.Changes["create"]:
		return fmt.Errorf("the preview creates %d resources, up %d", preview.Changes["create"], up.Changes["create"])
	case up.OK:
		return nil
	}
	for _, text := range up.Errors {
		if !isRefusal(text) && !slices.Contains(preview.Errors, text) {
			return fmt.Errorf("up failed with what is neither in the preview nor a refusal of the table: %s", text)
		}
	}
	return nil
}

var refusalCode = regexp.MustCompile(`Status=(\d+) Code="(\w+)"`)

// isRefusal tells whether an error is one of the table of refusals, or the warning beside one.
func isRefusal(text string) bool {
	found := refusalCode.FindStringSubmatch(text)
	return found != nil && slices.ContainsFunc(azuresim.Refusals(), func(r azuresim.Refusal) bool {
		return r.Code == found[2] && fmt.Sprint(r.Status) == found[1]
	})
}
