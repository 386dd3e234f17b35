package doctor_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
)

// An operator whom the API server lets in is no finding, nor one whose way nobody knows; the fix lets in whom it says.
func TestOperator(t *testing.T) {
	t.Parallel()
	for operator, network := range map[string]func() *egress.Network{
		"192.0.2.10": behindNAT, "192.0.2.11": balanced, "10.1.0.200": behindNAT, "10.77.0.1": behindNAT,
	} {
		n := network()
		operatedFrom(operator, "192.0.2.0/24", "203.0.113.1/32")(n)
		assert.Empty(t, doctor.Examine(n), operator)
	}
	n := balanced()
	operatedFrom("192.0.2.10", "0.0.0.0/32")(n)
	assert.Contains(t, doctor.Examine(n)[0].Fix, " --api-server-authorized-ip-ranges 192.0.2.10` lets")
	n = behindNAT()
	operatedFrom("10.1.0.200", "192.0.2.0/24")(n)
	found := doctor.Examine(n)
	assert.Equal(t, "api-server-unreachable", found[0].ID)
	assert.Contains(t, found[0].Fix, "`az aks update --resource-group rg --name aks "+
		"--api-server-authorized-ip-ranges 192.0.2.0/24,203.0.113.1` lets 203.0.113.1 in.")
}
