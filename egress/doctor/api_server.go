package doctor

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

func apiServerChecks() []Check {
	const subject = "API server"
	return []Check{
		{
			ID: "authorized-ranges-without-egress", Severity: Error, Subject: subject,
			Title: "Authorized IP ranges that shut out the cluster's own nodes",
			Rule:  "The API server's authorized IP ranges hold every address that the cluster's nodes leave by.",
			Why: "Nodes reach the API server over their way out, so they are refused and turn NotReady. AKS adds the outbound " +
				"IPs of its own load balancer only.",
			Source: "azure-facts 1.2, 7.2", find: rangesWithoutEgress,
		},
		{
			ID: "authorized-ranges-hold-everything", Severity: Warning, Subject: subject,
			Title:  "Authorized IP ranges that hold the whole internet",
			Rule:   "The API server's authorized IP ranges are smaller than 0.0.0.0/0.",
			Why:    "The list then keeps nobody out.",
			Source: "azure-facts 7.2", find: rangesOpen,
		},
	}
}

func rangesWithoutEgress(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		missing, unknown := c.unauthorized()
		if !c.shutOut || len(missing) == 0 && unknown {
			continue
		}
		leave := "by addresses that Azure picks"
		if len(missing) > 0 {
			leave = "by " + list(missing)
		}
		found = append(found, Finding{
			Resource: c.ID,
			Message: fmt.Sprintf("Nodes of cluster %s leave %s, which authorizedIPRanges (%s) do not hold.",
				c.Name, leave, list(prefixWords(c.AuthorizedIPRanges))),
			Fix: fmt.Sprintf("Give it fixed egress addresses if it has none, and list them: `az aks update --resource-group %s "+
				"--name %s --api-server-authorized-ip-ranges %s`.", group(c.ID), c.Name,
				strings.Join(append(prefixWords(c.AuthorizedIPRanges), missing...), ",")),
		})
	}
	return found
}

// unauthorized are the addresses by which the cluster's nodes leave and that no authorized range holds; unknown says
// that there are more, whose values the network does not know.
func (c *cluster) unauthorized() (missing []string, unknown bool) {
	var sources []netip.Prefix
	for _, source := range c.leaves {
		authorized := slices.ContainsFunc(c.AuthorizedIPRanges, func(r netip.Prefix) bool {
			return r.IsValid() && r.Bits() <= source.Bits() && r.Contains(source.Addr())
		})
		switch {
		case standIns.Contains(source.Addr()):
			unknown = true
		case !authorized && !slices.Contains(sources, source):
			sources = append(sources, source)
		}
	}
	return prefixWords(sources), unknown
}

func rangesOpen(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		if slices.Contains(c.AuthorizedIPRanges, everywhere) {
			found = append(found, Finding{
				Resource: c.ID, Message: fmt.Sprintf("The authorizedIPRanges of cluster %s hold 0.0.0.0/0.", c.Name),
				Fix: "List the addresses of administrators, pipelines and the cluster's own egress instead.",
			})
		}
	}
	return found
}
