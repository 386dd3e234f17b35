package doctor

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"aks-egress/egress"
)

// onlyBalancer authorizes nothing but the load balancer's outbound addresses.
var onlyBalancer = netip.MustParsePrefix("0.0.0.0/32")

// APIServerUnreachable is the id of the finding that explains why Pulumi and kubectl do not reach a cluster.
const APIServerUnreachable = "api-server-unreachable"

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
		{
			ID: APIServerUnreachable, Severity: Error, Subject: subject,
			Title: "An API server that its operator cannot reach",
			Rule:  "Whoever runs Pulumi and kubectl reaches the API server from where they run.",
			Why: "kubectl then ends with a timeout or an unknown host, and Pulumi with `configured Kubernetes cluster is " +
				"unreachable`: objects in the cluster can be neither read nor changed.",
			Source: "azure-facts 7.2", find: operatorShutOut,
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

// operatorShutOut asks how the operator comes to each API server, where the network says who that is.
func operatorShutOut(x *examination) []Finding {
	var found []Finding
	if !x.n.Operator.IsValid() {
		return nil
	}
	for _, c := range x.clusters {
		if c.APIServerFQDN == "" {
			continue
		}
		f := egress.Flow{From: egress.FromOperator, Host: c.APIServerFQDN, Port: 443, Protocol: egress.HTTPS}
		t := x.trace(f)
		if t.Disposition.Arrives() || t.Disposition == egress.Insufficient {
			continue
		}
		why, fix := x.letOperatorIn(c, f, t)
		found = append(found, Finding{
			Resource: c.ID,
			Message: fmt.Sprintf("The operator at %s cannot reach the API server of cluster %s: %s.", x.n.Operator, c.Name,
				why),
			Fix: fix,
		})
	}
	return found
}

// letOperatorIn says why a flow of the operator does not arrive, and what lets it in.
func (x *examination) letOperatorIn(c *cluster, f egress.Flow, t egress.Trace) (why, fix string) {
	switch open := x.open(f); {
	case t.Refusal == egress.RefusedUnresolved:
		return t.Reason, fmt.Sprintf("Run Pulumi and kubectl on a machine in the VNet of the nodes, such as a jump box, or "+
			"by a VPN into it; or link the cluster's private DNS zone to the operator's VNet. Single commands also run with "+
			"`az aks command invoke --resource-group %s --name %s`.", group(c.ID), c.Name)
	case !open.Disposition.Arrives():
		return t.Reason, fmt.Sprintf("Open the operator's way to %s, port 443.", c.APIServerFQDN)
	default:
		ranges := slices.DeleteFunc(slices.Clone(c.AuthorizedIPRanges), func(r netip.Prefix) bool {
			return r == onlyBalancer // which AKS takes alone only
		})
		own := list(prefixWords(open.Sources))
		return fmt.Sprintf("its authorizedIPRanges (%s) do not hold %s", list(prefixWords(c.AuthorizedIPRanges)), own),
			fmt.Sprintf("`az aks update --resource-group %s --name %s --api-server-authorized-ip-ranges %s` lets %s in. List "+
				"it where the ranges are kept, too (in this project: apiServerAuthorizedIpRanges), or the next update of the "+
				"cluster takes it out again.", group(c.ID), c.Name,
				strings.Join(prefixWords(append(ranges, open.Sources...)), ","), own)
	}
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
