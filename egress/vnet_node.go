package egress

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/gaissmai/bart"
)

// vnetNode is a VNet with what tracing needs of it.
type vnetNode struct {
	*VNet
	links     map[*VNet]*link  // peerings to VNets of the network
	byPeering map[string]*link // by the peering's id
	all       []*link
	subnets   bart.Table[*subnetNode] // by address
}

// subnetNode is a subnet with its effective routes.
type subnetNode struct {
	*Subnet
	vnet     *vnetNode
	sources  []netip.Prefix // its IPv4 prefixes, masked
	unknown  string         // why its routes cannot be told; empty: they can
	routes   bart.Table[*routeNode]
	tagged   []*routeNode // for service tags whose prefixes are not known
	byTag    []*routeNode // for any service tag; flows to a mere host name go by these
	public   publicRoute
	deaf     bool // no gateway announces routes that the network does not hold
	nsg      *securityRules
	services []serviceEndpoint
	nat      *exit                // of its NAT gateway; nil: none
	back     map[*subnetNode]back // answers to these subnets, where many are asked for; see routeBack
}

// routeNode is a route with its words ready.
type routeNode struct {
	EffectiveRoute
	rule    string
	hop     Hop
	peering *link // of a system route with next hop VNetPeering
}

// nextHop is a next hop as a key.
type nextHop struct {
	kind NextHopType
	ip   netip.Addr
}

func (m *Model) newRoute(r EffectiveRoute, vnet *vnetNode) *routeNode {
	hop := nextHop{r.NextHopType, r.NextHopIP}
	action, known := m.actions[hop]
	if !known { // routes are many, next hops few
		action = "next hop " + r.nextHop()
		m.actions[hop] = action
	}
	rule := r.rule()
	node := &routeNode{
		EffectiveRoute: r, rule: rule, hop: Hop{At: "route", Resource: r.ID, Rule: rule, Action: action},
	}
	if r.NextHopType == NextHopVNetPeering {
		node.peering = vnet.byPeering[r.ID]
	}
	return node
}

// sameWay says whether two routes lead to the same next hop.
func (r *routeNode) sameWay(other *routeNode) bool {
	return r.NextHopType == other.NextHopType && r.NextHopIP == other.NextHopIP
}

func (m *Model) addVNet(vnet *VNet) {
	node := &vnetNode{VNet: vnet, links: map[*VNet]*link{}, byPeering: map[string]*link{}, all: m.ix.links(vnet)}
	m.vnets[vnet] = node
	for _, l := range node.all {
		node.byPeering[l.ID] = l
		if l.remote != nil {
			node.links[l.remote] = l
		}
	}
	for i := range vnet.Subnets {
		subnet := &vnet.Subnets[i]
		s := m.newSubnet(node, subnet)
		for _, p := range s.sources {
			if _, taken := node.subnets.Get(p); !taken {
				node.subnets.Insert(p, s)
			}
		}
		if key := idKey(subnet.ID); m.subnets[key] == nil {
			m.subnets[key] = s
			m.subnets[subnet.ID] = s
		}
	}
}

func (m *Model) newSubnet(vnet *vnetNode, subnet *Subnet) *subnetNode {
	s := &subnetNode{Subnet: subnet, vnet: vnet, sources: ipv4(subnet.Prefixes)}
	for i, p := range s.sources {
		s.sources[i] = p.Masked()
	}
	routes, err := m.ix.effectiveRoutes(vnet.VNet, subnet, vnet.all)
	if err != nil {
		s.unknown = err.Error()
	}
	var byPrefix []*routeNode
	for _, r := range routes {
		node := m.newRoute(r, vnet)
		switch {
		case r.ServiceTag == "":
			byPrefix = append(byPrefix, node)
			s.insert(r.Prefix, node)
		case len(m.tags.prefixes(r.ServiceTag)) == 0:
			s.tagged, s.byTag = append(s.tagged, node), append(s.byTag, node)
		default:
			s.byTag = append(s.byTag, node)
		}
	}
	s.insertTagged(&m.tags)
	s.public = choosePublic(byPrefix)
	s.deaf = !m.ix.hearsUnknownRoutes(vnet.VNet, subnet, vnet.all)
	if group := m.ix.securityGroup(subnet.NSGID); group != nil {
		s.nsg = newSecurityRules(group, vnet, m.ix.routeTable(subnet.RouteTableID))
	}
	s.services = newServiceEndpoints(subnet, vnet.Location, &m.tags)
	if subnet.NATGatewayID != "" {
		s.nat = m.natExit(subnet)
	}
	return s
}

// insert keeps the first of several routes for a prefix.
func (s *subnetNode) insert(p netip.Prefix, r *routeNode) {
	if !p.IsValid() {
		return
	}
	if _, taken := s.routes.Get(p); !taken {
		s.routes.Insert(p, r)
	}
}

// insertTagged adds the known prefixes of service tags. At equal prefixes an explicit route wins, then the narrower
// tag: a regional one, one for all regions, AzureCloud of a region, AzureCloud (azure-facts 4).
func (s *subnetNode) insertTagged(tags *tagTable) {
	narrowFirst := slices.Clone(s.byTag)
	slices.SortStableFunc(narrowFirst, func(a, b *routeNode) int { return breadth(a.ServiceTag) - breadth(b.ServiceTag) })
	for _, r := range narrowFirst {
		for _, p := range tags.prefixes(r.ServiceTag) {
			s.insert(p, r)
		}
	}
}

// breadth orders service tags from narrow to wide.
func breadth(tag string) int {
	wide := 0
	if !strings.Contains(tag, ".") {
		wide = 1
	}
	if name, _, _ := strings.Cut(tag, "."); strings.EqualFold(name, "AzureCloud") {
		wide += 2
	}
	return wide
}

// routeTo selects the route of one address by longest prefix; nil: no route holds it.
func (s *subnetNode) routeTo(addr netip.Addr) *routeNode {
	r, _ := s.routes.Lookup(addr)
	return r
}

// routeToward selects the route of all addresses of a prefix. The second route is one that takes a part of them
// elsewhere, or nil.
func (s *subnetNode) routeToward(p netip.Prefix) (whole, part *routeNode) {
	whole, _ = s.routes.LookupPrefix(p)
	if p.IsSingleIP() {
		return whole, nil
	}
	for inside, r := range s.routes.Subnets(p) {
		if inside != p && (whole == nil || !r.sameWay(whole)) {
			return whole, r
		}
	}
	return whole, nil
}

// private says that Azure gives the machines of the subnet no address to leave by (azure-facts 2.4).
func (s *subnetNode) private() bool {
	return s.DefaultOutboundAccess != nil && !*s.DefaultOutboundAccess
}
