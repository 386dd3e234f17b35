package azuresim

import (
	"hash/fnv"
	"net/netip"
	"strings"
)

// addressKey begins the store keys of allocations; resource ids begin with a slash.
const addressKey = "address:"

// allocation is a public address (/32) or prefix that is taken.
type allocation struct {
	Prefix netip.Prefix `json:"prefix"`
}

// The public address space of the simulated Azure: the documentation ranges of RFC 5737, so that no address of the
// lab is anybody's. 192.0.2.0/24 is left out because AKS refuses it (azure-facts 11.2).
var (
	addressPool = netip.MustParsePrefix("203.0.113.0/24")
	prefixPool  = netip.MustParsePrefix("198.51.100.0/24")
)

// DefaultOperator is the address by which Pulumi and kubectl come to the simulated clusters, unless SetOperator says
// another one. It is in neither pool, so that it is nobody's else.
var DefaultOperator = netip.MustParseAddr("192.0.2.10")

// allocateIP is a public address that nobody else has. The same key gets the same address while it is free, and the
// one it holds while it holds one. Where a key begins with the id of the request's resource, the choice depends on the
// Pulumi URN instead, because ids have random parts: use "<resource id>/<what for>".
func (op *operation) allocateIP(key string) (netip.Addr, error) {
	if a, ok := op.allocation(key); ok {
		return a.Prefix.Addr(), nil
	}
	prefix, err := op.allocate(key, 32, addressPool, prefixPool)
	return prefix.Addr(), err
}

// allocatePrefix is a public prefix of this length that overlaps no other address or prefix; keys work as in
// allocateIP.
func (op *operation) allocatePrefix(key string, bits int) (netip.Prefix, error) {
	if a, ok := op.allocation(key); ok {
		return a.Prefix, nil
	}
	return op.allocate(key, bits, prefixPool)
}

// release frees what key holds, if anything.
func (op *operation) release(key string) {
	if _, ok := op.allocation(key); ok {
		op.addresses[strings.ToLower(key)] = nil
	}
}

// allocation is what a key holds.
func (op *operation) allocation(key string) (*allocation, bool) {
	key = strings.ToLower(key)
	if a, ok := op.addresses[key]; ok {
		return a, a != nil
	}
	a, ok := op.cloud.addresses[key]
	return &a, ok
}

// allocate takes the first free prefix of a pool, beginning where the key's hash points.
func (op *operation) allocate(key string, bits int, pools ...netip.Prefix) (netip.Prefix, error) {
	key = strings.ToLower(key)
	for _, pool := range pools {
		slots := uint32(1) << (bits - pool.Bits())
		start := op.hash(key) % slots
		for i := range slots {
			candidate := slot(pool, bits, (start+i)%slots)
			if op.free(candidate, pool) {
				op.addresses[key] = &allocation{candidate}
				return candidate, nil
			}
		}
	}
	return netip.Prefix{}, refuseNoAddressLeft.because(bits, addressPool, prefixPool)
}

// hash of a key, with the request's seed in place of its resource id.
func (op *operation) hash(key string) uint32 {
	if rest, ok := strings.CutPrefix(key, op.id); ok && op.id != "" && op.seed != "" {
		key = op.seed + rest
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(key)) // never fails
	return h.Sum32()
}

// free tells whether a candidate overlaps no allocation, is not the operator's and, if a single address, is neither
// first nor last of its pool.
func (op *operation) free(candidate, pool netip.Prefix) bool {
	if candidate.Contains(op.cloud.operator) {
		return false
	}
	if candidate.IsSingleIP() {
		last := slot(pool, 32, 1<<(32-pool.Bits())-1)
		if candidate.Addr() == pool.Addr() || candidate == last {
			return false
		}
	}
	for _, a := range op.addresses {
		if a != nil && a.Prefix.Overlaps(candidate) {
			return false
		}
	}
	for key, a := range op.cloud.addresses {
		if _, changed := op.addresses[key]; !changed && a.Prefix.Overlaps(candidate) {
			return false
		}
	}
	return true
}

// slot is the n-th IPv4 prefix of this length in a pool.
func slot(pool netip.Prefix, bits int, n uint32) netip.Prefix {
	b := pool.Addr().As4()
	value := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	value += n << (32 - bits)
	addr := netip.AddrFrom4([4]byte{byte(value >> 24), byte(value >> 16), byte(value >> 8), byte(value)})
	return netip.PrefixFrom(addr, bits)
}
