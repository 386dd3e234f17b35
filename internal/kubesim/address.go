package kubesim

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	corev1 "k8s.io/api/core/v1"
)

// azureReserved is how many addresses Azure keeps at the start of a subnet.
const azureReserved = 4

// nth is the address at an offset in an IPv4 prefix; false if it is outside.
func nth(prefix netip.Prefix, offset uint64) (netip.Addr, bool) {
	if !prefix.IsValid() || !prefix.Addr().Is4() || offset >= size(prefix) {
		return netip.Addr{}, false
	}
	base := prefix.Masked().Addr().As4()
	var out [4]byte
	binary.BigEndian.PutUint32(out[:], binary.BigEndian.Uint32(base[:])+uint32(offset))
	return netip.AddrFrom4(out), true
}

func size(prefix netip.Prefix) uint64 { return 1 << (32 - prefix.Bits()) }

// pick is an address of prefix between two offsets that depends on the parts alone, unless it is taken.
func pick(prefix netip.Prefix, first, end uint64, taken map[netip.Addr]bool, parts ...string) (netip.Addr, error) {
	if !prefix.IsValid() || !prefix.Addr().Is4() {
		return netip.Addr{}, fmt.Errorf("no IPv4 range to take an address from (got %s)", prefix)
	}
	end = min(end, size(prefix))
	if first >= end {
		return netip.Addr{}, fmt.Errorf("range %s is too small", prefix)
	}
	start := uint64(number(uint32(min(end-first, 1<<31)), parts...))
	for i := range end - first {
		if addr, ok := nth(prefix, first+(start+i)%(end-first)); ok && !taken[addr] {
			return addr, nil
		}
	}
	return netip.Addr{}, fmt.Errorf("range %s is full", prefix)
}

// nodeName is the name that AKS gives a node of a pool on a scale set; which pool and scale set is not simulated.
func nodeName(i int) string {
	const digits = "0123456789abcdefghijklmnopqrstuvwxyz"
	suffix := []byte("000000")
	for at := len(suffix) - 1; at >= 0 && i > 0; at-- {
		suffix[at] = digits[i%36]
		i /= 36
	}
	return "aks-system-12345678-vmss" + string(suffix)
}

// nodeAddress is the address of a node; the first usable ones of the node subnet.
func (s *session) nodeAddress(i int) (netip.Addr, error) {
	addr, ok := nth(s.cluster.NodeSubnet, azureReserved+uint64(i))
	if !ok {
		return netip.Addr{}, fmt.Errorf("node subnet %s is too small for %d nodes", s.cluster.NodeSubnet, s.cluster.NodeCount)
	}
	return addr, nil
}

// podAddress takes an address for a pod: of its node's /24 of the pod CIDR with overlay networking, else of the node
// subnet behind the nodes.
func (s *session) podAddress(pod *corev1.Pod, node int) (netip.Addr, error) {
	taken := map[netip.Addr]bool{}
	for _, other := range list[corev1.Pod](s, pods, "") {
		if addr, err := netip.ParseAddr(other.Status.PodIP); err == nil && other.UID != pod.UID {
			taken[addr] = true
		}
	}
	if !s.cluster.PodCIDR.IsValid() {
		first := azureReserved + uint64(s.cluster.NodeCount)
		return pick(s.cluster.NodeSubnet, first, size(s.cluster.NodeSubnet)-1, taken, pod.Namespace, pod.Name)
	}
	first := uint64(node) * 256
	addr, err := pick(s.cluster.PodCIDR, first+azureReserved, first+255, taken, pod.Namespace, pod.Name)
	if err != nil {
		return addr, fmt.Errorf("pod CIDR %s: node %d of %d: %w", s.cluster.PodCIDR, node+1, s.cluster.NodeCount, err)
	}
	return addr, nil
}
