package egress

import "net/netip"

// operator follows a flow of whoever runs Pulumi and kubectl. With a public address that is a client on the internet;
// with a private one a machine in a subnet, such as a jump box or the client of a VPN.
func (m *Model) operator(f Flow) Trace {
	addr := f.Client
	if !addr.IsValid() {
		addr = m.n.Operator
	}
	if !addr.IsValid() {
		return Trace{Disposition: Insufficient, Reason: "the network does not say which address its operator has"}
	}
	if !isReserved(addr) && !isSpecial(addr) {
		f.From, f.Client = FromInternet, addr
		return m.trace(f)
	}
	return m.walk(f, func(w *walk) *Trace {
		var home *subnetNode
		for i := range m.n.VNets {
			s, ok := m.vnets[&m.n.VNets[i]].subnets.Lookup(addr)
			switch {
			case ok && home != nil:
				return w.insufficient("the operator's address %s lies in subnet %s and in subnet %s", addr,
					ShortName(home.ID), ShortName(s.ID))
			case ok:
				home = s
			}
		}
		if home == nil {
			return w.insufficient("the operator's address %s lies in no subnet of the network: how it is connected is not "+
				"known", addr)
		}
		w.region = RegionName(home.vnet.Location)
		return w.fromMachine(home, []netip.Prefix{netip.PrefixFrom(addr, addr.BitLen())})
	})
}
