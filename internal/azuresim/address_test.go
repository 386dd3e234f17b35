package azuresim

import (
	"errors"
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Whatever is taken and given back in whatever order, no two keys hold the same address, and each keeps its own.
func TestAddressesAreNeverShared(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		c := &Cloud{records: map[string]*Record{}, addresses: map[string]allocation{}}
		op := c.operation("", "")
		held := map[string]netip.Prefix{}
		for range rapid.IntRange(1, 60).Draw(r, "steps") {
			key := fmt.Sprintf("k%d", rapid.IntRange(0, 30).Draw(r, "key"))
			bits := rapid.SampledFrom([]int{32, 32, 31, 30, 28, 0}).Draw(r, "bits") // 0 releases
			var got netip.Prefix
			var err error
			switch bits {
			case 0:
				op.release(key)
				delete(held, key)
				continue
			case 32:
				var addr netip.Addr
				addr, err = op.allocateIP(key)
				got = netip.PrefixFrom(addr, 32)
			default:
				got, err = op.allocatePrefix(key, bits)
			}
			if err != nil {
				continue
			}
			if mine, ok := held[key]; ok {
				assert.Equal(r, mine.Addr(), got.Addr(), "the same key gets the same address")
				continue
			}
			for other, taken := range held {
				assert.False(r, taken.Overlaps(got), "%s has %s, %s gets %s", other, taken, key, got)
			}
			held[key] = got
		}
	})
}

func TestAllocationIsDeterministic(t *testing.T) {
	t.Parallel()
	first := func(id, seed, key string) netip.Addr {
		c := &Cloud{records: map[string]*Record{}, addresses: map[string]allocation{}}
		addr, err := c.operation(id, seed).allocateIP(key)
		require.NoError(t, err)
		return addr
	}
	assert.Equal(t, first("/x/pip1234", "urn:pip", "/x/pip1234"), first("/x/pip5678", "urn:pip", "/X/PIP5678"))
	assert.NotEqual(t, first("/x/pip", "urn:a", "/x/pip/0"), first("/x/pip", "urn:a", "/x/pip/1"))
}

func TestAddressesEnd(t *testing.T) {
	t.Parallel()
	c := &Cloud{records: map[string]*Record{}, addresses: map[string]allocation{}}
	op, seen := c.operation("", ""), map[netip.Addr]bool{}
	for i := range 508 { // two ranges without their first and last address
		addr, err := op.allocateIP(fmt.Sprint(i))
		require.NoError(t, err)
		require.False(t, seen[addr])
		require.True(t, addressPool.Contains(addr) || prefixPool.Contains(addr))
		seen[addr] = true
	}
	_, err := op.allocateIP("one more")
	var refusal *armError
	require.True(t, errors.As(err, &refusal))
	assert.Equal(t, "PublicIPCountLimitReached", refusal.Code)
	_, err = op.allocatePrefix("prefix", 28)
	require.True(t, errors.As(err, &refusal))
}

// Addresses of a prefix come from the prefix, and a deleted address may come again.
func TestAddressOfPrefix(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.group()
	prefix := b.create("network:PublicIPPrefix", "prefix", inGroup(input{
		"sku":          input{"name": "Standard"},
		"prefixLength": 31,
	}))
	block := netip.MustParsePrefix(prefix.out("ipPrefix").(string))
	from := with(standardAddress, input{"publicIPPrefix": input{"id": prefix.id}})
	one := b.create("network:PublicIPAddress", "one", inGroup(from))
	b.create("network:PublicIPAddress", "two", inGroup(from))
	assert.True(t, block.Contains(netip.MustParseAddr(one.out("ipAddress").(string))))
	_, err := b.try("network:PublicIPAddress", "three", inGroup(from))
	require.ErrorContains(t, err, "has no address left")
	require.ErrorContains(t, b.remove(prefix), "InUsePublicIpPrefixCannotBeDeleted")
	require.NoError(t, b.remove(one))
	three := b.create("network:PublicIPAddress", "three", inGroup(from))
	assert.Equal(t, one.out("ipAddress"), three.out("ipAddress"))
}
