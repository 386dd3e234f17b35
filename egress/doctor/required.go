package doctor

import (
	"fmt"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

func requiredChecks() []Check {
	const subject = "What AKS and images need"
	return []Check{
		{
			ID: "required-endpoint-denied", Severity: Error, Subject: subject,
			Title: "Endpoint that AKS requires is refused",
			Rule:  "The nodes of a cluster reach every endpoint on AKS's list of required outbound rules.",
			Why: "Nodes fail to join or to upgrade, and the cluster ends as Failed. What is being replaced is a warning; what " +
				"only clusters without konnectivity need is an info.",
			Source: endpoints.RequiredSource + " of " + endpoints.RequiredSourceDate + " (azure-facts 6.1, 6.2, 6.6)",
			find:   requiredDenied,
		},
		{
			ID: "image-registry-denied", Severity: Error, Subject: subject,
			Title: "Host of an image registry is refused",
			Rule: "The nodes of a cluster reach the registry of each image that its workloads run, with its token server " +
				"and layers.",
			Why: "The pull fails (ErrImagePull), also where the registry itself answers and only its layers are refused. " +
				"A registry's private endpoint is not seen.",
			Source: "azure-facts 6.4", find: imageDenied,
		},
	}
}

func requiredDenied(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		for _, p := range c.probes {
			if len(p.images) > 0 || p.trace.Disposition != egress.DeniedOut {
				continue
			}
			severity, note := Error, ""
			if old, ok := endpoints.FindRetired(p.endpoint.Host); ok {
				severity, note = Warning, fmt.Sprintf(" (%s is taking its place)", old.Instead)
			}
			if p.endpoint.ServiceTag != "" {
				severity, note = Info, " (only clusters without konnectivity need it)"
			}
			found = append(found, Finding{
				Resource: denier(c, p.trace), Severity: severity,
				Message: fmt.Sprintf("%s may not reach %s, which AKS requires%s: %s.",
					c.sender(p), p.endpoint, note, reason(p.trace)),
				Fix: allowFix(p),
			})
		}
	}
	return found
}

// denier is what refused a flow: the last hop, or the cluster where no hop names a resource.
func denier(c *cluster, t egress.Trace) string {
	if n := len(t.Hops); n > 0 && t.Hops[n-1].Resource != "" {
		return t.Hops[n-1].Resource
	}
	return c.ID
}

// allowFix says which rule would let a probe pass.
func allowFix(p probe) string {
	e := p.endpoint
	byName := e.Protocol == endpoints.HTTPS || e.Protocol == endpoints.HTTP
	if byName && len(p.images) == 0 {
		return fmt.Sprintf("Allow the FQDN tag %s in an application rule (http:80, https:443), or the host %s with %s:%d.",
			endpoints.TagAKS, e.Host, strings.ToLower(string(e.Protocol)), e.Port)
	}
	if byName {
		return fmt.Sprintf("Allow the host %s with %s:%d in an application rule.", e.Host,
			strings.ToLower(string(e.Protocol)), e.Port)
	}
	target := e.ServiceTag
	if e.Prefix.IsValid() {
		target = e.Prefix.Addr().String()
	}
	return fmt.Sprintf("Allow %s %d to %s in a network rule.", e.Protocol, e.Port, target)
}

func imageDenied(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		for _, p := range c.probes {
			if len(p.images) == 0 || p.trace.Disposition != egress.DeniedOut || c.otherLayers(p) {
				continue
			}
			found = append(found, Finding{
				Resource: denier(c, p.trace),
				Message: fmt.Sprintf("%s may not reach %s, which image %s needs: %s.",
					c.sender(p), p.endpoint, list(p.images), reason(p.trace)),
				Fix: allowFix(p),
			})
		}
	}
	return found
}

// layerHosts are the two places of an Azure container registry's layers, of which a registry has one: its dedicated
// data endpoint or a storage account (azure-facts 6.4).
var layerHosts = []string{"*.data.azurecr.io", "*.blob.core.windows.net"}

// otherLayers says whether a refused endpoint is one place of layers while the other is allowed.
func (c *cluster) otherLayers(p probe) bool {
	for i, host := range layerHosts {
		if p.endpoint.Host != host {
			continue
		}
		for _, q := range c.probes {
			if q.endpoint.Host == layerHosts[1-i] && q.trace.Disposition.Arrives() {
				return true
			}
		}
	}
	return false
}
