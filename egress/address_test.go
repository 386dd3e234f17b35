package egress_test

import (
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"pgregory.net/rapid"

	"aks-egress/egress"
)

// Addresses sort as addresses, whatever their texts; and the order is one, so any sort ends alike.
func TestCompareAddresses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		addresses := rapid.SliceOf(rapid.Custom(func(t *rapid.T) string {
			bytes := rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(t, "bytes")
			return netip.AddrFrom4([4]byte(bytes)).String()
		})).Draw(t, "addresses")
		slices.SortFunc(addresses, egress.CompareAddresses)
		assert.True(t, slices.IsSortedFunc(addresses, func(a, b string) int {
			return netip.MustParseAddr(a).Compare(netip.MustParseAddr(b))
		}), addresses)
	})
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"10.0.0.1", "10.0.0.1/32", "10.0.0.0/8", "::1"}))
		a, b := text.Draw(t, "a"), text.Draw(t, "b")
		assert.Equal(t, egress.CompareAddresses(a, b), -egress.CompareAddresses(b, a))
		assert.Equal(t, a == b, egress.CompareAddresses(a, b) == 0)
	})
}
