package migrate

import (
	"net/netip"
	"slices"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
	"aks-egress/internal/config"
)

// Snapshot is a stack at one moment.
type Snapshot struct {
	Outputs map[string]any  `json:"outputs"`
	Network *egress.Network `json:"network"`
}

// View is how the traffic of a stack leaves. All but the first and the traced addresses are stack outputs.
type View struct {
	OutboundType      string   `json:"outboundType"` // of the cluster
	EgressIPs         []string `json:"egressIps"`    // as the probe saw them
	ExpectedEgressIPs []string `json:"expectedEgressIps"`
	EgressVerified    bool     `json:"egressVerified"`
	SourceIPs         []string `json:"sourceIps"` // by which the model lets the probe's request leave
	EgressPath        []string `json:"egressPath"`
	SNAT              any      `json:"snat"`
}

// View reads a snapshot. Wanted says what the probe asks.
func (s Snapshot) View(wanted *config.Config) View {
	verified, _ := s.Outputs["egressVerified"].(bool)
	v := View{
		EgressIPs: texts(s.Outputs["egressIps"]), ExpectedEgressIPs: texts(s.Outputs["expectedEgressIps"]),
		EgressVerified: verified, EgressPath: texts(s.Outputs["egressPath"]), SNAT: s.Outputs["snat"], SourceIPs: []string{},
	}
	if len(s.Network.Clusters) == 0 {
		return v
	}
	v.OutboundType = s.Network.Clusters[0].OutboundType
	target, err := endpoints.FromURL(wanted.ProbeTarget, "")
	if err != nil {
		return v // a target by address: the other flows tell the addresses
	}
	trace := s.Network.Trace(egress.Flow{
		From: s.Network.Clusters[0].ID, Pod: true, Host: target.Host, Port: target.Port,
		Protocol: egress.Protocol(target.Protocol),
	})
	for _, source := range trace.Sources {
		v.SourceIPs = append(v.SourceIPs, egress.PrefixText(source))
	}
	return v
}

// holds says whether a public IP or prefix of the network has these addresses.
func (s Snapshot) holds(address string) bool {
	wanted, err := egress.ParsePrefix(address)
	if err != nil {
		return false
	}
	covers := func(p netip.Prefix) bool {
		return p.IsValid() && p.Bits() <= wanted.Bits() && p.Contains(wanted.Addr())
	}
	return slices.ContainsFunc(s.Network.PublicIPs, func(ip egress.PublicIP) bool {
		return ip.Address.IsValid() && covers(netip.PrefixFrom(ip.Address, ip.Address.BitLen()))
	}) || slices.ContainsFunc(s.Network.PublicIPPrefixes, func(p egress.PublicIPPrefix) bool { return covers(p.Prefix) })
}

// UnderWay tells whether a migration that began with this snapshot is still under way, now being another: it is the
// same cluster, and the last update was not one that left the stack where it began.
func (s Snapshot) UnderWay(now Snapshot) bool {
	if len(s.Network.Clusters) != 1 || len(now.Network.Clusters) != 1 {
		return false
	}
	was, is := s.Network.Clusters[0], now.Network.Clusters[0]
	if !strings.EqualFold(was.ID, is.ID) {
		return false
	}
	settled := is.OutboundType == was.OutboundType && now.Outputs["outboundType"] == s.Outputs["outboundType"]
	same := slices.Equal(texts(s.Outputs["egressIps"]), texts(now.Outputs["egressIps"]))
	return !settled || same // an update that was cut off leaves the outputs of before
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
