package engine

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/stretchr/testify/assert"
)

func TestProblems_OnceAndWithoutFrames(t *testing.T) {
	t.Parallel()
	const component = "urn:pulumi:dev::aks-egress::aks-egress:probe:EgressProbe::egress-probe"
	c := &collector{}
	for _, event := range []apitype.DiagnosticEvent{
		{URN: component, Message: "egress probe: no address"},
		{Message: "an unhandled error occurred: waiting for RPCs: egress probe: no address"},
		{Message: `an unhandled error occurred: program failed: marshaling properties: awaiting input property "id": other`},
		{Message: "an unhandled error occurred: 2 errors occurred:\n\t* first\n\t* second"},
		{Message: "update failed"},
	} {
		c.errors = addNew(c.errors, "", &event)
	}
	assert.Equal(t, []string{
		"aks-egress:probe:EgressProbe egress-probe: egress probe: no address", "other", "first", "second",
	}, c.problems())
}
