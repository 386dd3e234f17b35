package doctor

import (
	"fmt"
	"strings"

	"aks-egress/egress"
	"aks-egress/egress/endpoints"
)

func symptomChecks() []Check {
	const subject = "How flows end"
	return []Check{
		{
			ID: "no-way-out", Severity: Error, Subject: subject, symptom: true,
			Title:  "Nodes without a way out",
			Rule:   "Flows of a cluster with egress reach the internet.",
			Why:    "Nodes cannot join the cluster. It is reported when no other finding about the path says why.",
			Source: "azure-facts 0, 2.4, 6.6", find: noWayOut,
		},
		{
			ID: "cannot-tell", Severity: Warning, Subject: subject, symptom: true,
			Title:  "What the model cannot tell",
			Rule:   "The network holds what is needed to follow the flows that AKS and images need.",
			Why:    "What was not followed was not checked: it may work or not.",
			Source: "docs of package egress: what is not modelled", find: cannotTell,
		},
	}
}

// outcome is a way in which several probes of a cluster end alike.
type outcome struct {
	disposition egress.Disposition
	reason      string
	targets     []string
}

// outcomes groups the probes that end in one of some dispositions, in their order; by reason too, if asked.
func (c *cluster) outcomes(byReason bool, among ...egress.Disposition) []*outcome {
	var groups []*outcome
	known := map[string]*outcome{}
	for _, p := range c.probes {
		for _, d := range among {
			if p.trace.Disposition != d {
				continue
			}
			k := string(d)
			if byReason { // reasons that differ in the host alone are one
				k += strings.ReplaceAll(p.trace.Reason, c.flow(p).Host, "")
			}
			if known[k] == nil {
				known[k] = &outcome{disposition: d, reason: reason(p.trace)}
				groups = append(groups, known[k])
			}
			known[k].targets = append(known[k].targets, p.endpoint.String())
		}
	}
	return groups
}

func noWayOut(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		if x.explained(c) {
			continue
		}
		groups := c.outcomes(false,
			egress.NoEgress, egress.NoRoute, egress.NullRouted, egress.Loop, egress.Asymmetric, egress.NoReturn,
			egress.DeniedIn)
		for _, o := range groups {
			found = append(found, Finding{
				Resource: c.ID,
				Message: fmt.Sprintf("Flows of cluster %s to %s end as %s: %s.",
					c.Name, some(o.targets), o.disposition, o.reason),
				Fix: fmt.Sprintf("Follow one: `lab trace` to %s shows every hop; mend what its last one names.", o.targets[0]),
			})
		}
	}
	return found
}

// some names two of many.
func some(words []string) string {
	if len(words) <= 3 {
		return list(words)
	}
	return fmt.Sprintf("%s, %s and %d more", words[0], words[1], len(words)-2)
}

func cannotTell(x *examination) []Finding {
	var found []Finding
	for _, c := range x.clusters {
		found = append(found, c.unknowns()...)
		if x.explained(c) {
			continue
		}
		for _, o := range c.outcomes(true, egress.Insufficient) {
			found = append(found, Finding{
				Resource: c.ID,
				Message: fmt.Sprintf("Whether cluster %s reaches %s cannot be told: %s.",
					c.Name, some(o.targets), o.reason),
				Fix: "Examine the state that holds the rest together with this one (--state FILE, several times), or look at " +
					"this path yourself.",
			})
		}
	}
	return found
}

// unknowns are the parts of the lists that cannot be made for a cluster.
func (c *cluster) unknowns() []Finding {
	var found []Finding
	report := func(message, fix string) {
		found = append(found, Finding{Resource: c.ID, Message: message, Fix: fix})
	}
	switch {
	case c.is(noOutbound, blockOutbound):
	case c.region == "":
		report(fmt.Sprintf("Cluster %s has no location, so the hosts that AKS requires of its region are not known.", c.Name),
			"Set location on the cluster.")
	case !endpoints.PublicCloud(c.region):
		report(fmt.Sprintf("Cluster %s is in %s, and the list of required endpoints here is that of Azure public cloud.",
			c.Name, c.region), "Compare the rules with "+endpoints.RequiredSource+" yourself.")
	}
	if missing, unknown := c.unauthorized(); unknown && len(missing) == 0 {
		report(fmt.Sprintf("Whether authorizedIPRanges let in the nodes of cluster %s cannot be told: the address of its "+
			"outbound public IP is not known.", c.Name), "Compare them with the cluster's effectiveOutboundIPs in Azure.")
	}
	for _, image := range c.Images {
		if _, err := endpoints.Image(image); err != nil {
			report(fmt.Sprintf("Which hosts cluster %s needs for an image cannot be told: %v.", c.Name, err),
				"Write the image as registry/name:tag.")
		}
	}
	return found
}
