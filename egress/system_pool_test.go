package egress_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"aks-egress/egress"
)

func TestTooSmallForSystemPool(t *testing.T) {
	t.Parallel()
	for size, tooSmall := range map[string]bool{
		"Standard_B1s": true, "standard_b1S": true, "Standard_F1": true,
		"Standard_B2s": false, "Standard_D2s_v5": false, "Standard_NewerThanThis_v9": false,
	} {
		assert.Equal(t, tooSmall, egress.TooSmallForSystemPool(size), size)
	}
}
