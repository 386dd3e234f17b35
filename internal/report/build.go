package report

import (
	"bytes"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/doctor"
	"aks-egress/egress/endpoints"
	"aks-egress/egress/matrix"
	"aks-egress/egress/price"
	"aks-egress/internal/compare"
	"aks-egress/internal/config"
	"aks-egress/internal/deploytime"
)

// Input is what is known of a stack.
type Input struct {
	Name     string
	From     string          // Stack.From
	Problems []string        // why something is missing
	Network  *egress.Network // nil: it does not deploy
	Unknown  []string        // resources that are not in the network: ids, or URNs where there is none
	Outputs  map[string]any  // of the stack; those of this project are read, and may be missing
	Settings *config.Config  // nil: not known
	Export   []byte          // what `pulumi stack export` writes; empty: not known
}

// Title says which way a path goes.
const (
	TitleEgress  = "egress"
	TitleIngress = "ingress"
)

// Build tells what there is to say of a stack. What the input does not hold is left empty, and Problems says why.
func Build(in Input) Stack {
	s := Stack{
		Name: in.Name, From: in.From, Problems: slices.Clone(in.Problems), Paths: []Path{}, Allowed: []matrix.Row{},
		Findings: []doctor.Finding{}, Unknown: append([]string{}, in.Unknown...),
		Egress:     Egress{Expected: []string{}, Observed: []string{}, Sources: []Source{}},
		Cost:       price.Estimate{Lines: []price.Line{}, PerGB: []price.Line{}, NotPriced: []string{}},
		DeployTime: deploytime.Estimate{Chain: []deploytime.Step{}, Unknown: []string{}},
	}
	if in.Settings != nil {
		s.OutboundType = string(in.Settings.OutboundType)
	}
	n := in.Network
	if n == nil {
		return s
	}
	s.outboundType(n)
	s.Paths = paths(n, in.Settings)
	s.Egress = in.egress(s.Paths)
	s.allowed(n, in.Settings)
	s.SNAT, s.Cost = compare.SNATOf(n), price.Of(n)
	s.Findings = append(s.Findings, doctor.Examine(n)...)
	if len(in.Export) > 0 {
		estimate, err := deploytime.FromExport(bytes.NewReader(in.Export))
		if err != nil {
			s.Problems = append(s.Problems, "how long it takes to deploy: "+err.Error())
		}
		s.DeployTime = estimate
	}
	return s
}

// Gone is a stack that only the base has: its name, and what goes.
func Gone(base *Stack, change *Change) Stack {
	s := Build(Input{Name: base.Name, From: base.From})
	s.OutboundType, s.Change = base.OutboundType, change
	return s
}

func (s *Stack) outboundType(n *egress.Network) {
	var types []string
	for i := range n.Clusters {
		if t := n.Clusters[i].OutboundType; !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	if len(types) == 0 {
		s.Problems = append(s.Problems, "there is no managed cluster in it, so there is nothing to follow out")
		return
	}
	s.OutboundType = strings.Join(types, ", ")
}

// paths are the way of each cluster's pods to what its probe asks, and a client's way in to all that listens.
func paths(n *egress.Network, settings *config.Config) []Path {
	model, found := egress.Compile(n), []Path{}
	whereabouts := places(n)
	follow := func(title string, flow egress.Flow) {
		trace := model.Trace(flow)
		found = append(found, Path{Title: title, Flow: flow, Trace: trace, Network: whereabouts.of(&trace)})
	}
	for i := range n.Clusters {
		flow := target(settings)
		flow.From, flow.Pod = n.Clusters[i].ID, true
		flow.ServiceTags = endpoints.ServiceTags(flow.Host, egress.RegionName(n.Clusters[i].Location))
		follow(TitleEgress, flow)
	}
	for _, flow := range model.Entrances() {
		follow(TitleIngress, flow)
	}
	return found
}

// target is where the probe's request goes. Without settings it is what every node of AKS must reach (azure-facts 6.2).
func target(settings *config.Config) egress.Flow {
	if settings == nil || settings.ProbeTarget == nil {
		return egress.Flow{Host: "mcr.microsoft.com", Port: 443, Protocol: egress.HTTPS}
	}
	u := settings.ProbeTarget
	if e, err := endpoints.FromURL(u, ""); err == nil {
		return egress.Flow{Host: e.Host, Port: e.Port, Protocol: egress.Protocol(e.Protocol)}
	}
	addr, _ := netip.ParseAddr(u.Hostname()) // config has seen that it is one
	return egress.Flow{Addr: addr, Port: portOf(u), Protocol: egress.TCP}
}

func portOf(u *url.URL) uint16 {
	if port, err := strconv.ParseUint(u.Port(), 10, 16); err == nil {
		return uint16(port)
	}
	if u.Scheme == "https" {
		return 443
	}
	return 80
}

// egress is what the stack says of its addresses. Of a stack that says nothing, the expected ones are those by which
// the model lets its traffic leave.
func (in *Input) egress(paths []Path) Egress {
	verified, _ := in.Outputs["egressVerified"].(bool)
	e := Egress{
		Expected: texts(in.Outputs["expectedEgressIps"]), Observed: texts(in.Outputs["egressIps"]), Verified: verified,
		Sources: []Source{},
	}
	if len(e.Expected) == 0 {
		for _, p := range paths {
			if p.Title != TitleEgress || p.Trace.Disposition != egress.ExitsInternet {
				continue
			}
			for _, source := range p.Trace.Sources {
				if text := egress.PrefixText(source); !slices.Contains(e.Expected, text) {
					e.Expected = append(e.Expected, text)
				}
			}
		}
	}
	for _, address := range e.Expected {
		e.Sources = append(e.Sources, sourceOf(in.Network, address))
	}
	return e
}

// allowed asks for every class of destinations, from each cluster.
func (s *Stack) allowed(n *egress.Network, settings *config.Config) {
	own := matrix.OwnOf(n)
	if settings != nil {
		own.Allowed = append(own.Allowed, settings.Allow...)
		own.Images = append(own.Images, settings.ProbeImage)
		own.Targets = append(own.Targets, targetEndpoint(settings))
	}
	for i := range n.Clusters {
		start := matrix.Start{From: n.Clusters[i].ID, Pod: true}
		region := start.Region(n)
		if !endpoints.PublicCloud(region) || region == "" {
			s.Problems = append(s.Problems, fmt.Sprintf(
				"cluster %s is in region %q, and hosts are known of Azure public cloud only: what is allowed cannot be told",
				n.Clusters[i].Name, region))
			continue
		}
		rows := matrix.Rows(n, start, matrix.Destinations(region, own))
		s.Allowed = append(s.Allowed, matrix.Shown([][]matrix.Row{rows})[0]...)
	}
}

func targetEndpoint(settings *config.Config) endpoints.Endpoint {
	flow := target(settings)
	e := endpoints.Endpoint{Host: flow.Host, Port: flow.Port, Protocol: endpoints.Protocol(flow.Protocol)}
	if flow.Addr.IsValid() {
		e.Prefix = netip.PrefixFrom(flow.Addr, flow.Addr.BitLen())
	}
	return e
}

// texts is an output that is a list of texts; never nil.
func texts(value any) []string {
	list, _ := value.([]any)
	found := []string{}
	for _, element := range list {
		if text, ok := element.(string); ok {
			found = append(found, text)
		}
	}
	return found
}
