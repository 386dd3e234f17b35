package doctor_test

import (
	"encoding/json"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
)

// A case is a healthy network and the smallest change of it that brings exactly one finding.
type finding struct {
	id       string
	base     func() *egress.Network
	change   func(*egress.Network)
	words    string          // in the message
	severity doctor.Severity // empty: the check's own; or anySeverity
	resource string
	count    int // of findings, all of the same check; 0 means 1
}

// anySeverity is for a case whose findings differ in severity.
const anySeverity doctor.Severity = "any"

func cases() []finding {
	var all []finding
	for _, list := range [][]finding{
		outboundCases(), routeCases(), peeringCases(), rangeCases(), placementCases(), tierCases(), ruleCases(),
		nameCases(), requiredCases(), serviceCases(), apiServerCases(), snatCases(), exposureCases(), unusedCases(),
		symptomCases(),
	} {
		all = append(all, list...)
	}
	return all
}

func TestHealthy(t *testing.T) {
	t.Parallel()
	for name, network := range healthy {
		assert.Empty(t, doctor.Examine(network()), name)
		assert.NoError(t, network().Validate(), name)
	}
}

func TestCases(t *testing.T) {
	t.Parallel()
	severities := map[string]doctor.Severity{}
	for _, c := range doctor.Checks() {
		severities[c.ID] = c.Severity
	}
	for _, c := range cases() {
		t.Run(c.id+"/"+c.words, func(t *testing.T) {
			t.Parallel()
			n := c.base()
			c.change(n)
			got := doctor.Examine(n)
			require.Len(t, got, max(c.count, 1), "%+v", got)
			for _, f := range got {
				assert.Equal(t, c.id, f.ID)
				assert.Equal(t, c.resource, f.Resource)
				assert.Contains(t, f.Message, c.words)
				want := c.severity
				if want == "" {
					want = severities[c.id]
				}
				if want != anySeverity {
					assert.Equal(t, want, f.Severity)
				}
			}
		})
	}
}

func TestEveryCheckHasACase(t *testing.T) {
	t.Parallel()
	tested := map[string]bool{}
	for _, c := range cases() {
		tested[c.id] = true
	}
	known := map[string]bool{}
	for _, c := range doctor.Checks() {
		assert.True(t, tested[c.ID], "check %s has no case", c.ID)
		assert.False(t, known[c.ID], "two checks are named %s", c.ID)
		known[c.ID] = true
	}
	for id := range tested {
		assert.True(t, known[id], "case for %s, which is no check", id)
	}
}

// Readers see these words in the terminal, in JSON and in docs/reference/findings.md.
func TestChecksAreWellFormed(t *testing.T) {
	t.Parallel()
	for _, c := range doctor.Checks() {
		assert.Regexp(t, regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`), c.ID)
		assert.Contains(t, doctor.Severities(), c.Severity, c.ID)
		for _, text := range []string{c.Subject, c.Title, c.Rule, c.Why, c.Source} {
			assert.NotEmpty(t, text, c.ID)
		}
		assert.Regexp(t, `\.$`, c.Rule, c.ID)
		assert.Regexp(t, `\.$`, c.Why, c.ID)
		assert.NotRegexp(t, `\.$`, c.Title, c.ID)
	}
}

// Every finding says all that a reader needs, in whole sentences, and has the keys that scripts read.
func TestFindingsAreWhole(t *testing.T) {
	t.Parallel()
	for _, c := range cases() {
		n := c.base()
		c.change(n)
		for _, f := range doctor.Examine(n) {
			for what, text := range map[string]string{"message": f.Message, "fix": f.Fix, "why": f.Why, "rule": f.Rule} {
				assert.Regexp(t, `\.$`, text, "%s: %s", c.id, what)
				assert.NotRegexp(t, `%!|\.\.$|  `, text, "%s: %s", c.id, what)
			}
			document, err := json.Marshal(f)
			require.NoError(t, err)
			var keys map[string]string
			require.NoError(t, json.Unmarshal(document, &keys))
			for _, key := range []string{"id", "severity", "resource", "message", "rule", "why", "fix", "source"} {
				assert.NotEmpty(t, keys[key], "%s: %s", c.id, key)
			}
		}
	}
}

// All findings come at once, the worst first, and in the same order each time.
func TestOrder(t *testing.T) {
	t.Parallel()
	n := hub()
	wanted := map[string]bool{}
	for _, c := range cases() {
		switch c.id {
		case "udr-with-node-public-ips", "peering-without-forwarded-traffic", "nat-gateway-unassociated", "public-ip-unused",
			"reserved-range", "fqdn-needs-dns-proxy", "application-rule-allows-all", "retired-name-allowed",
			"security-rule-open-to-internet", "tag-used-as-fqdn":
			if !wanted[c.id] {
				c.change(n)
				wanted[c.id] = true
			}
		}
	}
	first := doctor.Examine(n)
	rank := map[doctor.Severity]int{doctor.Error: 0, doctor.Warning: 1, doctor.Info: 2}
	for i, f := range first {
		delete(wanted, f.ID)
		if i > 0 {
			assert.LessOrEqual(t, rank[first[i-1].Severity], rank[f.Severity])
			assert.NotEqual(t, first[i-1], f)
		}
	}
	assert.Empty(t, wanted, "%+v", first)
	for range 20 {
		assert.Equal(t, first, doctor.Examine(n))
	}
}
