package azuresim

import (
	"errors"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refusalCase is the test of one row of the table. Its inputs are written from azure-facts.md by hand, never from the
// code: a request that Azure refuses, and beside it the nearest request that Azure accepts.
type refusalCase struct {
	row *Refusal
	// base makes what both requests stand on.
	base func(t *testing.T) (cloud *Cloud, refused, accepted func() error)
	says string // part of the message; the whole one where Azure's text is known
}

// refusalCases are the cases of all rows; each area adds its own.
var refusalCases [][]refusalCase

func TestRefusalCases(t *testing.T) {
	t.Parallel()
	tested, said := map[string]bool{}, map[string]bool{}
	for _, area := range refusalCases {
		for _, c := range area {
			tested[c.row.ID] = true
			said[c.row.ID] = said[c.row.ID] || c.says != ""
			t.Run(c.row.ID, func(t *testing.T) {
				t.Parallel()
				cloud, refused, _ := c.base(t)
				before := cloud.Records()
				err := refused()
				var refusal *armError
				require.ErrorAs(t, err, &refusal)
				require.NotNil(t, refusal.row, "a refusal outside the table: %v", err)
				assert.Equal(t, c.row.ID, refusal.row.ID, "%v", err)
				assert.Contains(t, refusal.Message, c.says)
				var partial *partialError
				if !errors.As(err, &partial) {
					assert.Equal(t, before, cloud.Records(), "a refused request changes nothing")
				}
				_, _, accepted := c.base(t)
				assert.NoError(t, accepted(), "the nearest request that Azure accepts")
			})
		}
	}
	for _, r := range Refusals() {
		assert.True(t, tested[r.ID], "no case for row %s", r.ID)
		assert.Equal(t, tested[r.ID], said[r.ID], "no case looks at the message of row %s", r.ID)
	}
}

func TestRefusalTable(t *testing.T) {
	t.Parallel()
	ids := map[string]bool{}
	for _, r := range Refusals() {
		assert.Regexp(t, regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`), r.ID)
		assert.False(t, ids[r.ID], "two rows %s", r.ID)
		ids[r.ID] = true
		assert.NotEmpty(t, r.Code, r.ID)
		assert.NotEmpty(t, r.When, r.ID)
		assert.NotEmpty(t, r.Source, r.ID)
		// 200 is the status of an operation that was accepted and failed later: its code is in the operation's result.
		assert.True(t, r.Status == 200 || r.Status >= 400, "%s: %d", r.ID, r.Status)
	}
}
