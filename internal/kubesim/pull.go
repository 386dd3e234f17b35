package kubesim

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/distribution/reference"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

// pull fetches an image through the node's way out. It answers containerd's words if a registry or layer host cannot be
// reached, with the model's reason at the end; empty means that the image is there.
func (s *session) pull(image string, node netip.Addr) string {
	named, err := reference.ParseNormalizedNamed(image)
	if err != nil {
		return fmt.Sprintf("Failed to apply default image tag %q: couldn't parse image name %q: %v", image, image, err)
	}
	hosts, err := endpoints.Image(image)
	if err != nil {
		return err.Error()
	}
	full := reference.TagNameOnly(named).String()
	for i, host := range hosts {
		flow := pullFlow(s.cluster.ID, host)
		trace := s.k.infra.Trace(flow)
		if trace.Disposition == egress.ExitsInternet || trace.Disposition == egress.DeliveredService {
			continue
		}
		return fmt.Sprintf("failed to pull and unpack image %q: %s: %s (%s)",
			full, pullStep(i, flow, named, full), connectionFailure(flow, trace, node), trace.Reason)
	}
	return ""
}

func pullFlow(cluster string, host endpoints.Endpoint) egress.Flow {
	flow := egress.Flow{
		From: cluster, Port: host.Port, Protocol: egress.Protocol(host.Protocol),
		// Any host that the wildcard stands for will do: a rule allows all of them or none.
		Host: strings.Replace(host.Host, "*", "layers", 1),
	}
	if host.Prefix.IsValid() {
		flow.Addr = host.Prefix.Addr()
	}
	return flow
}

// pullStep is what containerd was about to do with the host.
func pullStep(i int, flow egress.Flow, named reference.Named, full string) string {
	host := flow.Host
	if host == "" {
		host = flow.Addr.String()
	}
	switch {
	case i == 0:
		tag := full[strings.LastIndexAny(full, ":@")+1:]
		return fmt.Sprintf("failed to resolve reference %q: failed to do request: Head \"https://%s/v2/%s/manifests/%s\"",
			full, host, reference.Path(named), tag)
	case strings.HasPrefix(host, "auth."):
		return fmt.Sprintf("failed to resolve reference %q: failed to authorize: failed to fetch anonymous token: "+
			"Get \"https://%s/token?scope=repository%%3A%s%%3Apull\"",
			full, host, strings.ReplaceAll(reference.Path(named), "/", "%2F"))
	}
	return fmt.Sprintf("failed to copy: httpReadSeeker: failed open: failed to do request: Get \"https://%s/…\"", host)
}

func connectionFailure(flow egress.Flow, trace egress.Trace, node netip.Addr) string {
	to := flow.Host
	if to == "" {
		to = flow.Addr.String()
	}
	switch {
	case trace.Disposition == egress.DeniedOut && trace.Refusal == egress.RefusedTLSReset:
		return fmt.Sprintf("read tcp %s->%s:%d: read: connection reset by peer", node, to, flow.Port)
	case trace.Disposition == egress.DeliveredLocal:
		return fmt.Sprintf("dial tcp %s:%d: connect: connection refused: what listens there is not simulated", to, flow.Port)
	case trace.Disposition == egress.Insufficient:
		return "not known to the simulation"
	}
	return fmt.Sprintf("dial tcp %s:%d: i/o timeout", to, flow.Port)
}
