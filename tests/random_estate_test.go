package tests

import (
	"fmt"
	"net/netip"
	"testing"

	resources "github.com/pulumi/pulumi-azure-native-sdk/resources/v2/v20220901"
	azurenative "github.com/pulumi/pulumi-azure-native-sdk/v2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"pgregory.net/rapid"

	"aks-egress/components"
	"aks-egress/egress/endpoints"
)

// estate is a program that joins the components as forkers do, rightly or wrongly. It is plain data, so that a failing
// one can be printed as Go source.
type estate struct {
	Hub      hub
	Nats     []nat
	Spokes   []spoke
	Clusters []cluster
}

type hub struct {
	Space      string // empty: no hub
	Firewall   string
	Management string
	Tier       string
	IPs        int
	Zones      []string
	Required   bool   // whether the firewall lets through what AKS needs
	Target     string // of a DNAT rule; empty: none
}

type nat struct {
	IPs, PrefixLength, Idle int
	Zone                    string
}

type spoke struct {
	Space, Nodes string
	Nat          int // index + 1; 0: none
	Routed       bool
	Peered       bool
	Gateway      string // subnet of a gateway; empty: none
	Delegation   string
}

type cluster struct {
	Outbound               string
	Spoke                  int // index + 1; 0: the network that AKS manages
	Nodes, IPs, Ports      int
	Plugin, Mode           string
	Services, DNS, Pods    string
	AuthorizedRange, Surge string
}

const estateRegion = "westeurope"

// spaces overlap each other, and two hold ranges that AKS reserves (azure-facts 11.2).
var spaces = []string{"10.0.0.0/22", "10.1.0.0/16", "10.2.0.0/16", "10.2.128.0/20", "172.30.0.0/20", "192.168.0.0/22"}

func randomEstate() *rapid.Generator[estate] {
	return rapid.Custom(func(t *rapid.T) estate {
		e := estate{Hub: randomHub(t)}
		for i := range rapid.IntRange(0, 2).Draw(t, "nats") {
			e.Nats = append(e.Nats, randomNat(t, fmt.Sprintf("nat%d", i)))
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "spokes") {
			e.Spokes = append(e.Spokes, randomSpoke(t, fmt.Sprintf("spoke%d", i), len(e.Nats), e.Hub.Space != ""))
		}
		for i := range rapid.IntRange(0, 2).Draw(t, "clusters") {
			e.Clusters = append(e.Clusters, randomCluster(t, fmt.Sprintf("cluster%d", i), len(e.Spokes)))
		}
		return e
	})
}

func randomHub(t *rapid.T) hub {
	if !rapid.Bool().Draw(t, "hub") {
		return hub{}
	}
	h := hub{
		Space:    "10.0.0.0/22",
		Firewall: rapid.SampledFrom([]string{"10.0.0.0/26", "10.0.1.64/26", "10.0.0.0/27"}).Draw(t, "firewall"),
		Tier:     rapid.SampledFrom([]string{"Standard", "Premium", "Basic"}).Draw(t, "tier"),
		IPs:      rapid.IntRange(1, 3).Draw(t, "firewall IPs"),
		Zones:    rapid.SampledFrom([][]string{nil, {"1"}, {"1", "2", "3"}, {"4"}}).Draw(t, "zones"),
		Required: rapid.Bool().Draw(t, "required rules"),
		Target:   rapid.SampledFrom([]string{"", "", "10.1.0.200", "10.0.0.4"}).Draw(t, "DNAT target"),
	}
	if h.Tier == "Basic" {
		h.Management = "10.0.3.0/26"
	}
	return h
}

func randomNat(t *rapid.T, name string) nat {
	return nat{
		IPs:          rapid.SampledFrom([]int{0, 1, 2, 16, 17}).Draw(t, name+" IPs"),
		PrefixLength: rapid.SampledFrom([]int{0, 0, 0, 28, 31, 27}).Draw(t, name+" prefix"),
		Idle:         rapid.SampledFrom([]int{0, 4, 120, 121}).Draw(t, name+" idle"),
		Zone:         rapid.SampledFrom([]string{"", "1", "5"}).Draw(t, name+" zone"),
	}
}

func randomSpoke(t *rapid.T, name string, nats int, hasHub bool) spoke {
	space := rapid.SampledFrom(spaces).Draw(t, name+" space")
	prefix := netip.MustParsePrefix(space)
	bits := rapid.SampledFrom([]int{24, 24, 28, 30}).Draw(t, name+" size")
	s := spoke{Space: space, Nodes: netip.PrefixFrom(prefix.Addr(), bits).String()}
	switch rapid.SampledFrom([]string{"", "nat", "route", "both"}).Draw(t, name+" exit") {
	case "nat":
		s.Nat = rapid.IntRange(0, nats).Draw(t, name+" nat")
	case "route":
		s.Routed = hasHub
	case "both":
		s.Nat, s.Routed = nats, hasHub
	}
	s.Peered = hasHub && rapid.Bool().Draw(t, name+" peered")
	beside := prefix.Addr().As4()
	beside[2]++
	own := netip.PrefixFrom(netip.AddrFrom4(beside), 24).String()
	s.Gateway = rapid.SampledFrom([]string{"", "", "", own, own, own, s.Nodes}).Draw(t, name+" gateway")
	if s.Gateway != "" {
		s.Delegation = rapid.SampledFrom([]string{"", "Microsoft.ServiceNetworking/trafficControllers"}).
			Draw(t, name+" delegation")
	}
	return s
}

func randomCluster(t *rapid.T, name string, spokes int) cluster {
	c := cluster{
		Outbound: rapid.SampledFrom([]string{
			components.OutboundLoadBalancer, components.OutboundManagedNATGateway,
			components.OutboundUserAssignedNATGateway, components.OutboundUserDefinedRouting,
		}).Draw(t, name+" outbound"),
		Spoke:           rapid.IntRange(0, spokes).Draw(t, name+" spoke"),
		Nodes:           rapid.SampledFrom([]int{1, 2, 60, 300}).Draw(t, name+" nodes"),
		IPs:             rapid.SampledFrom([]int{0, 1, 3, 16, 17, 101}).Draw(t, name+" IPs"),
		Ports:           rapid.SampledFrom([]int{0, 0, 1024, 64000, 13}).Draw(t, name+" ports"),
		Plugin:          rapid.SampledFrom([]string{"azure", "azure", "kubenet"}).Draw(t, name+" plugin"),
		Mode:            rapid.SampledFrom([]string{"overlay", ""}).Draw(t, name+" mode"),
		Services:        rapid.SampledFrom([]string{"172.16.0.0/16", "10.1.0.0/20"}).Draw(t, name+" services"),
		AuthorizedRange: rapid.SampledFrom([]string{"", "", "20.1.2.0/28"}).Draw(t, name+" authorized"),
		Surge:           rapid.SampledFrom([]string{"", "33%", "0"}).Draw(t, name+" surge"),
	}
	services := netip.MustParsePrefix(c.Services)
	c.DNS = services.Addr().Next().String()
	if rapid.Bool().Draw(t, name+" good DNS") {
		c.DNS = services.Addr().Next().Next().String()
	}
	if c.Mode == "overlay" || c.Plugin == "kubenet" {
		c.Pods = rapid.SampledFrom([]string{"10.244.0.0/16", "10.1.0.0/16", "172.16.0.0/12"}).Draw(t, name+" pods")
	}
	return c
}

// checkEstate checks the program that an estate stands for.
func checkEstate(t testing.TB, e estate) (deployed bool, err error) {
	t.Helper()
	return checkProgram(t, "lb", e.deploy, agree, nil)
}

// building is an estate being deployed.
type building struct {
	ctx    *pulumi.Context
	group  pulumi.StringOutput
	azure  pulumi.ResourceOption
	nats   []*components.NatEgress
	hub    *components.HubFirewall
	table  *components.RouteTable
	spokes []*components.SpokeNetwork
}

func (e estate) deploy(ctx *pulumi.Context) error {
	azure, err := azurenative.NewProvider(ctx, "azure", &azurenative.ProviderArgs{Location: pulumi.String(estateRegion)})
	if err != nil {
		return err
	}
	group, err := resources.NewResourceGroup(ctx, "estate", nil, pulumi.Provider(azure))
	if err != nil {
		return err
	}
	b := &building{ctx: ctx, group: group.Name, azure: pulumi.Providers(azure)}
	for _, step := range []func(estate) error{b.addHub, b.addNats, b.addSpokes, b.addClusters} {
		if err := step(e); err != nil {
			return err
		}
	}
	return nil
}

func (b *building) addHub(e estate) (err error) {
	h := e.Hub
	if h.Space == "" {
		return nil
	}
	args := &components.HubFirewallArgs{
		ResourceGroupName: b.group, AddressSpace: netip.MustParsePrefix(h.Space),
		FirewallSubnet: netip.MustParsePrefix(h.Firewall), Tier: h.Tier, PublicIPCount: h.IPs, Zones: h.Zones,
	}
	if h.Management != "" {
		args.ManagementSubnet = netip.MustParsePrefix(h.Management)
	}
	if h.Required {
		args.Rules = []components.RuleGroup{{
			Name: "required", Priority: 200, Sources: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")},
			Allow: append(endpoints.RequiredNetwork(estateRegion),
				endpoints.Endpoint{FQDNTag: endpoints.TagAKS, Protocol: endpoints.HTTPS}),
		}}
	}
	if b.hub, err = components.NewHubFirewall(b.ctx, "hub", args, b.azure); err != nil {
		return err
	}
	if h.Target != "" {
		_, err := components.NewFirewallIngress(b.ctx, "ingress", &components.FirewallIngressArgs{
			ResourceGroupName: b.group, PolicyName: b.hub.PolicyName, Priority: 100,
			PublicIP: b.hub.PublicIPs.Index(pulumi.Int(0)), Port: 80, TargetIP: pulumi.String(h.Target), TargetPort: 80,
		}, b.azure)
		if err != nil {
			return err
		}
	}
	b.table, err = components.NewRouteTable(b.ctx, "routes", &components.RouteTableArgs{
		ResourceGroupName: b.group, FirewallPrivateIP: b.hub.PrivateIP,
	}, b.azure)
	return err
}

func (b *building) addNats(e estate) error {
	for i, n := range e.Nats {
		made, err := components.NewNatEgress(b.ctx, fmt.Sprintf("nat-%d", i), &components.NatEgressArgs{
			ResourceGroupName: b.group, PublicIPCount: n.IPs, PrefixLength: n.PrefixLength, IdleTimeoutMinutes: n.Idle,
			Zone: n.Zone,
		}, b.azure)
		if err != nil {
			return err
		}
		b.nats = append(b.nats, made)
	}
	return nil
}

func (b *building) addSpokes(e estate) error {
	for i, s := range e.Spokes {
		args := &components.SpokeNetworkArgs{
			ResourceGroupName: b.group,
			AddressSpace:      netip.MustParsePrefix(s.Space), NodeSubnet: netip.MustParsePrefix(s.Nodes),
		}
		if s.Gateway != "" {
			args.Gateway = &components.GatewaySubnet{
				Prefix: netip.MustParsePrefix(s.Gateway), Delegation: s.Delegation, TCPPorts: []int{80},
			}
		}
		if s.Nat > 0 {
			args.NatGatewayID = b.nats[s.Nat-1].ID
		}
		if s.Routed {
			args.RouteTableID = b.table.ID
		}
		if s.Peered {
			args.HubVnetID = b.hub.VnetID
		}
		made, err := components.NewSpokeNetwork(b.ctx, fmt.Sprintf("spoke-%d", i), args, b.azure)
		if err != nil {
			return err
		}
		b.spokes = append(b.spokes, made)
	}
	return nil
}

func (b *building) addClusters(e estate) error {
	for i, c := range e.Clusters {
		args := &components.AksClusterArgs{
			ResourceGroupName: b.group, OutboundType: c.Outbound,
			NodePool:      components.NodePool{Count: c.Nodes, VMSize: "Standard_D4s_v5", MaxSurge: c.Surge},
			NetworkPlugin: c.Plugin, NetworkPluginMode: c.Mode,
			ServiceCIDR: netip.MustParsePrefix(c.Services), DNSServiceIP: netip.MustParseAddr(c.DNS),
			LoadBalancer: components.LoadBalancerEgress{ManagedIPCount: c.IPs, PortsPerNode: c.Ports},
			ManagedNat:   components.ManagedNatEgress{IPCount: c.IPs},
		}
		if c.Pods != "" {
			args.PodCIDR = netip.MustParsePrefix(c.Pods)
		}
		if c.Spoke > 0 {
			args.NodeSubnetID = b.spokes[c.Spoke-1].NodeSubnetID
			if b.table != nil {
				args.RouteTableID = b.table.ID
			}
		}
		if c.AuthorizedRange != "" {
			args.AuthorizedIPRanges = pulumi.ToStringArray([]string{c.AuthorizedRange})
		}
		if _, err := components.NewAksCluster(b.ctx, fmt.Sprintf("aks-%d", i), args, b.azure); err != nil {
			return err
		}
	}
	return nil
}
